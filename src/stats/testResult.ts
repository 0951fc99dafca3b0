// What every test of a hypothesis gives back, and how a test that is too large to enumerate gets its draws.
import { DomainError } from "../domain/index.ts";
import type { Rng } from "../random/index.ts";

/** How a p-value was found: all arrangements counted, arrangements drawn, or a limiting distribution. */
export type Exactness = "exact" | "monteCarlo" | "asymptotic";

export interface TestResult {
  /** Probability under the null hypothesis of a result at least as extreme; in (0, 1] unless it underflows. */
  readonly p: number;
  /** Natural logarithm of p, finite where p underflows. */
  readonly logP: number;
  readonly statistic: number;
  readonly exactness: Exactness;
  /** The smallest p this test could have given at these sizes: where it exceeds the level, not rejecting says nothing. */
  readonly minP: number;
  /** Draws of a Monte Carlo p, which is (1 + count) / (draws + 1). */
  readonly draws?: number;
  /** Seed of the stream the draws came from. */
  readonly seed?: string;
}

/** Which direction counts as extreme. `greater`: the first sample, or the test arm, is larger. */
export type Alternative = "greater" | "less" | "two-sided";

export interface MonteCarloOptions {
  /** Chance for the case that enumeration is too large. Give each test a fork of its own: draws reused across data sets bias p. */
  readonly rng?: Rng | undefined;
  readonly draws?: number | undefined;
}

const drawsMax = 10_000_000;

/** The stream and the number of draws, or a refusal that says how to get an answer. */
export function requireMonteCarlo(options: MonteCarloOptions, limit: string, drawsDefault: number): { rng: Rng; draws: number } {
  const { rng, draws = drawsDefault } = options;
  if (rng === undefined)
    throw new DomainError({
      code: "exact-limit",
      path: "options.rng",
      message: `the exact test stops at ${limit}, and there is no rng for a Monte Carlo one`,
      fix: "Pass { rng: createRng(key) }, with draws if the default does not suit.",
    });
  if (!(Number.isInteger(draws) && draws >= 1 && draws <= drawsMax))
    throw new DomainError({
      code: "stats-argument",
      path: "options.draws",
      message: `draws must be a whole number from 1 to ${drawsMax}, not ${draws}`,
      fix: "Pass 9999 or 19999.",
      value: draws,
    });
  return { rng, draws };
}

/** The p-value of `count` among `draws` draws that were at least as extreme. */
export function monteCarloResult({ rng, draws }: { rng: Rng; draws: number }, count: number, statistic: number, leastP = 0): TestResult {
  const p = (1 + count) / (draws + 1);
  return { p, logP: Math.log(p), statistic, exactness: "monteCarlo", minP: Math.max(1 / (draws + 1), leastP), draws, seed: rng.seed };
}

/** An exact p-value; `logP` is passed where p may underflow. Rounding above 1 is cut. */
export function exactResult(p: number, statistic: number, minP: number, logP = Math.log(p)): TestResult {
  return { p: Math.min(1, p), logP: Math.min(0, logP), statistic, exactness: "exact", minP: Math.min(1, minP) };
}

/** @throws DomainError unless the value is one of the three directions. */
export function requireAlternative(alternative: Alternative): void {
  if (alternative !== "greater" && alternative !== "less" && alternative !== "two-sided")
    throw new DomainError({
      code: "stats-argument",
      path: "options.alternative",
      message: `alternative must be greater, less or two-sided, not ${String(alternative)}`,
      fix: 'Pass "greater", "less" or "two-sided".',
      value: alternative,
    });
}
