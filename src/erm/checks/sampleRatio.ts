// SRM: did the arms get the units they were planned to get? User-level ratio check on arm totals (docs/analyse.md: p below the level alone is
// invalid). The method follows the size: exact multinomial, Monte Carlo where an expected count is small, else chi-square with its true upper tail.
import type { Rng } from "../../random/index.ts";
import { ratioTest } from "../../stats/index.ts";
import { type Finding, finding } from "../record.ts";

export interface SampleRatioPolicy {
  /** Below this p the allocation is invalid. */
  readonly invalidP: number;
  /** Draws of a Monte Carlo p-value; it cannot fall below 1 / (draws + 1). */
  readonly draws: number;
}

export const defaultSampleRatioPolicy: SampleRatioPolicy = { invalidP: 0.001, draws: 19_999 };

export type SampleRatioFinding = Finding;

export interface SampleRatioInput {
  /** Units each arm got, at least two arms. */
  readonly units: readonly number[];
  /** Planned weights, positive, in the same order; they need not sum to 1. */
  readonly weights: readonly number[];
  /** Used, and its seed recorded, only where the p-value is simulated. */
  readonly rng: Rng;
}

/**
 * @returns a finding with `effect` = the largest distance of an arm's share from its planned share.
 * @throws DomainError for counts that are no counts, and for weights that are not positive: units in an arm that was to get none are a leak (E1).
 */
export function sampleRatio(
  { units, weights, rng }: SampleRatioInput,
  { invalidP, draws }: SampleRatioPolicy = defaultSampleRatioPolicy,
): SampleRatioFinding {
  const { p, logP, statistic, exactness, minP, effect, ...drawn } = ratioTest(units, weights, { rng, draws });
  const total = units.reduce((sum, count) => sum + count, 0);
  const invalid = p < invalidP;
  // A sample that could not have reached the level even with all units in one arm has not been tested at all.
  const blind = !invalid && minP >= invalidP;
  return finding({
    checkId: "SRM",
    n: [...units],
    statistic,
    p,
    logP,
    exactness,
    minP,
    effect,
    ...(drawn.draws !== undefined && { draws: drawn.draws }),
    ...(drawn.seed !== undefined && { seed: drawn.seed }),
    verdict: invalid ? "invalid" : blind ? "insufficient" : "pass",
    explanation: invalid
      ? `The split of ${total} units is not the planned one: an arm's share is off by ${(100 * effect).toPrecision(2)} points.`
      : blind
        ? `${total} units are too few to show a wrong split at the level ${invalidP}.`
        : `The split of ${total} units agrees with the planned shares.`,
  });
}
