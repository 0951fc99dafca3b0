// Is a guardrail metric shown to be no worse than control by more than a margin? The `regulated` option; at 8 blocks a harmless variant passes
// in .23 (log-sd .5) or .12 (1.0) of the cases only. Source: validity note 2.5.
import { signFlipTest, type MonteCarloOptions, type TestResult } from "../../stats/index.ts";
import { requireAllFinite, requireAlpha, requirePositive } from "./arguments.ts";

/** Harm of 1.25 times in either direction, log units. */
export const harmMargin = Math.log(1.25);

export interface NonInferiority extends TestResult {
  /** Shown to be better than the margin. */
  readonly shown: boolean;
  readonly margin: number;
}

/**
 * Exact sign-flip test that the mean log difference lies above -margin. `statistic` is the mean difference plus the margin. Exact up to 16 blocks.
 * @param differences test less control per block in log units, turned so that larger is better.
 * @throws DomainError for figures that are not finite, a margin not positive, or more than 16 blocks without an rng.
 */
export function nonInferiority(
  differences: readonly number[],
  { alpha, margin = harmMargin, ...options }: MonteCarloOptions & { readonly alpha: number; readonly margin?: number },
): NonInferiority {
  requireAllFinite("differences", differences);
  requireAlpha("alpha", alpha);
  requirePositive("margin", margin);
  const result = signFlipTest(
    differences.map((difference) => difference + margin),
    { ...options, alternative: "greater" },
  );
  return { ...result, margin, shown: result.p <= alpha };
}
