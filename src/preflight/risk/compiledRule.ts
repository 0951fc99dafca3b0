// A rule of a pack with its patterns compiled.
import type { RiskRule } from "./packSchema.ts";

export interface Patterns {
  readonly text: RegExp;
  /** For words run together in a hashtag: gaps are optional. Compiled when the first hashtag comes. */
  runTogether(): RegExp;
}

export type PatternKey = "any" | "left" | "right" | "if" | "and" | "require" | "requireAny";

export interface CompiledRule {
  readonly rule: RiskRule;
  /** The rule's pattern lists by their key in the document. */
  readonly patterns: Readonly<Partial<Record<PatternKey, Patterns>>>;
  /** Each pattern of `require` by itself, since all of them have to be there. */
  readonly requireEach: readonly RegExp[];
}
