// The three vocabularies of judgement: validity verdicts, preflight verdicts in rising order, and decisions.
import { z } from "zod";

export const verdicts = ["pass", "warn", "invalid", "insufficient"] as const;
/** What a validity check says; `invalid` makes outcomes informational only, `insufficient` says that there is too little to tell. */
export const verdictSchema = z.enum(verdicts);
export type Verdict = z.infer<typeof verdictSchema>;

/** In rising order: each is worse than the ones before it. */
export const guardVerdicts = ["pass", "warn", "unverified", "review", "block"] as const;
/** What a preflight guard says; `unverified` (it could not be read) and `review` need a human, `block` stops. */
export const guardVerdictSchema = z.enum(guardVerdicts);
export type GuardVerdict = z.infer<typeof guardVerdictSchema>;

/** The worst of several guard verdicts; of none it is `pass`. */
export function worstGuardVerdict(all: Iterable<GuardVerdict>): GuardVerdict {
  let worst = 0;
  for (const verdict of all) worst = Math.max(worst, guardVerdicts.indexOf(verdict));
  return guardVerdicts[worst]!;
}

export function guardVerdictAtLeast(verdict: GuardVerdict, floor: GuardVerdict): boolean {
  return guardVerdicts.indexOf(verdict) >= guardVerdicts.indexOf(floor);
}

export const decisionKinds = [
  "continue",
  "hold",
  "pause",
  "stop",
  "ship",
  "hypothesis",
  "iterate",
  "abandon",
  "insufficient",
  "invalid",
] as const;
export const decisionKindSchema = z.enum(decisionKinds);
export type DecisionKind = z.infer<typeof decisionKindSchema>;
