// A rule about briefs that says which fields it reads, so that it can speak as soon as those are well-formed, whatever else is wrong.
import type { Brief } from "./brief.ts";
import type { Issue } from "./issue.ts";

export interface BriefRule<Field extends keyof Brief = keyof Brief> {
  /** The fields it reads. */
  readonly needs: readonly Field[];
  /** @returns every finding, an empty list if the rule is kept. */
  find(brief: Pick<Brief, Field>): Issue[];
}

/** A rule with its fields inferred from the list. */
export function briefRule<Field extends keyof Brief>(needs: readonly Field[], find: (brief: Pick<Brief, Field>) => Issue[]): BriefRule {
  return { needs, find };
}
