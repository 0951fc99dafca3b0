// A rule of a pack with its lists in the pack's index.
import type { RiskRule } from "./packSchema.ts";
import type { PatternList } from "./indexData.ts";

export type PatternKey = "any" | "if" | "and" | "requireAny" | "unless";

export interface CompiledRule {
  readonly rule: RiskRule;
  /** The rule's lists by their key in the document. */
  readonly lists: Readonly<Partial<Record<PatternKey, PatternList>>>;
  /** The word classes that have to stand together: left and right of `near`, each of `together`, topic and signs of `evidence`. */
  readonly classes: readonly PatternList[];
  /** Each pattern of `require` by itself, since all of them have to be there. */
  readonly requireEach: readonly PatternList[];
}
