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
  addIssue(issue: { code: "custom"; path: PropertyKey[]; message: string; params: { fix: string; code?: string } }): void;
}

/**
 * Adds a cross-field finding to a zod refinement; `parseWith` turns it into a DomainError with this path and fix.
 * @param code the word for it where all findings are listed; left out, one is made from the field.
 */
export function refuse(context: RefinementContext, path: PropertyKey[], message: string, fix: string, code?: string): void {
  context.addIssue({ code: "custom", path, message, params: { fix, ...(code !== undefined && { code }) } });
}

/** For a refinement: run it as soon as these fields are well-formed, whatever else is wrong, so that one reading finds all there is. */
export function whenSound(...fields: readonly string[]): { when: (payload: { issues: readonly RawIssue[] }) => boolean } {
  // A document that is no object has an issue without a path; so has an unknown key, which leaves the fields as they are.
  const touches = ({ code, path = [] }: RawIssue) => (path.length === 0 ? code !== "unrecognized_keys" : fields.includes(String(path[0])));
  return { when: ({ issues }) => !issues.some(touches) };
}

interface RawIssue {
  readonly code?: string;
  readonly path?: readonly PropertyKey[] | undefined;
}
