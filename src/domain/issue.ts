// One finding of a check that looks at the whole document instead of stopping at the first fault (`brief check`, a refused plan).
import { z } from "zod";

export const issueSchema = z.strictObject({
  /** Stable kebab-case word that programs may switch on. */
  code: z.string().min(1),
  /** The field concerned, such as `exposurePlan.postsPerVariant`; empty for the whole document. */
  path: z.string(),
  message: z.string().min(1),
  /** What to do about it, in one imperative sentence. */
  fix: z.string().min(1),
});

export type Issue = z.infer<typeof issueSchema>;

/** What `refuse` needs of a zod refinement's context. */
interface RefinementContext {
  addIssue(issue: { code: "custom"; path: PropertyKey[]; message: string; params: { fix: string } }): void;
}

/** Adds a cross-field finding to a zod refinement; `parseWith` turns it into a DomainError with this path and fix. */
export function refuse(context: RefinementContext, path: PropertyKey[], message: string, fix: string): void {
  context.addIssue({ code: "custom", path, message, params: { fix } });
}
