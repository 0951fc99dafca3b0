// A check record with its defaults filled in, so that each check writes down only what it found; and the one rule by which a test becomes a verdict.
import type { Check, Verdict } from "../domain/index.ts";
import type { TestResult } from "../stats/index.ts";

/** A check before it is bound to a policy hash and an instant. */
export type Finding = Omit<Check, "policyHash" | "asOf">;

type Told = Pick<Finding, "checkId" | "n" | "verdict" | "explanation"> & Partial<Finding>;

/** A deterministic finding unless told otherwise; E1, E2, E10 and E11 pause when invalid, others hold (validity note 2). */
export function finding(told: Told): Finding {
  const action = told.verdict !== "invalid" ? "none" : ["E1", "E2", "E10", "E11"].includes(told.checkId) ? "pause" : "hold";
  return {
    statistic: null,
    p: null,
    logP: null,
    exactness: "deterministic",
    minP: null,
    effect: null,
    floor: null,
    action,
    postIds: [],
    ...told,
  };
}

export interface Levels {
  readonly invalidP: number;
  readonly warnP: number;
  readonly effectFloor: number;
}

/**
 * Invalid where effect and p speak together, `insufficient` where the effect is large and no outcome of these sizes could have reached the level.
 * `warnsFromFloor`: a warning, too, needs the floor.
 */
export function judged(
  { p, minP, effect }: { readonly p: number; readonly minP: number; readonly effect: number },
  { invalidP, warnP, effectFloor }: Levels,
  { warnsFromFloor = false }: { readonly warnsFromFloor?: boolean } = {},
): Verdict {
  const isLarge = effect >= effectFloor - rounding;
  if (isLarge && p <= invalidP) return "invalid";
  if (p <= warnP && (isLarge || !warnsFromFloor)) return "warn";
  return isLarge && minP > invalidP ? "insufficient" : "pass";
}

/** Shares that are equal in decimals differ in the last bit: 2 of 10 less 0 of 10 is .2. */
const rounding = 1e-12;

/** The fields of a record that a test fills. */
export function testFields({ statistic, p, logP, exactness, minP, draws, seed }: TestResult): Partial<Finding> {
  return { statistic, p, logP, exactness, minP, ...(draws !== undefined && { draws }), ...(seed !== undefined && { seed }) };
}

const severity: readonly Verdict[] = ["pass", "insufficient", "warn", "invalid"];

/** The member of a family of tests that its record shows: the severest, then the one with the least p. */
export function worstOf<T extends { readonly verdict: Verdict; readonly p: number }>(members: readonly [T, ...T[]]): T {
  return members.reduce((worst, next) => {
    const rank = severity.indexOf(next.verdict) - severity.indexOf(worst.verdict);
    return rank > 0 || (rank === 0 && next.p < worst.p) ? next : worst;
  });
}

/** `p .0042`, `p 3e-7`: two digits for a sentence. */
export function pText(p: number): string {
  return `p ${p.toPrecision(2)}`;
}

export function points(share: number): string {
  return `${(100 * share).toFixed(0)} points`;
}

/** Holm's adjusted p, with the smallest p of each test widened by as much as its family widens the least p. */
export function inFamily<T extends TestResult>(test: T, adjusted: number, familySize: number): T {
  const p = Math.min(1, adjusted);
  const factor = test.p > 0 ? Math.log(p / test.p) : Math.log(familySize);
  return {
    ...test,
    p,
    logP: Math.min(0, test.p > 0 ? test.logP + factor : test.logP + Math.log(familySize)),
    minP: Math.min(1, familySize * test.minP),
  };
}
