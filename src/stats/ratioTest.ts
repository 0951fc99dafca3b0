// Did the arms get the share they were to get? Chi-square for users, the exact multinomial test for posts (notes/validity 2.2, Contracts 4).
import { drawBinomial } from "./drawFromMode.ts";
import { requireCounts, requireWeights } from "./samples.ts";
import { chiSquareLogSf, chiSquareSf, logFactorial } from "./special/index.ts";
import { exactResult, type MonteCarloOptions, monteCarloResult, requireMonteCarlo, type TestResult } from "./testResult.ts";

export interface RatioTestResult extends TestResult {
  /** Largest distance between an arm's share and its planned share; 0 without units. */
  readonly effect: number;
  /** Degrees of freedom of the chi-square method. */
  readonly df?: number;
}

/** Outcomes within this factor of the observed probability count as equally likely. */
const tieFactor = 1e-9;
const compositionsMax = 2_000_000;
const drawsDefault = 9_999;

/**
 * The method that fits the counts: exact for at most 60 units in at most 4 arms, and wherever an arm expects fewer than 5 units (drawn where
 * that is too much to enumerate); else chi-square.
 * @throws DomainError as `exactMultinomialTest` and `chiSquareTest` do.
 */
export function ratioTest(counts: readonly number[], weights: readonly number[], options: MonteCarloOptions = {}): RatioTestResult {
  const units = requireCounts("counts", counts, 2);
  const shares = requireWeights(weights, counts.length);
  const few = units <= 60 && counts.length <= 4;
  return few || shares.some((share) => units * share < 5) ? exactMultinomialTest(counts, weights, options) : chiSquareTest(counts, weights);
}

/**
 * Pearson's chi-square of counts against planned weights (any positive scale). `minP` is the p of all units in the arm with the least weight.
 * @throws DomainError for fewer than two arms, counts that are not whole numbers >= 0, or weights that are not positive.
 */
export function chiSquareTest(counts: readonly number[], weights: readonly number[]): RatioTestResult & { readonly df: number } {
  const units = requireCounts("counts", counts, 2);
  const shares = requireWeights(weights, counts.length);
  const df = counts.length - 1;
  const statistic =
    units === 0 ? 0 : counts.reduce((sum, count, arm) => sum + (count - units * shares[arm]!) ** 2 / (units * shares[arm]!), 0);
  return {
    p: chiSquareSf(statistic, df),
    logP: chiSquareLogSf(statistic, df),
    statistic,
    df,
    exactness: "asymptotic",
    minP: chiSquareSf(units * (1 / Math.min(...shares) - 1), df),
    effect: effectOf(counts, shares, units),
  };
}

/**
 * Exact multinomial test: p is the probability of all outcomes no likelier than the observed one, `statistic` the logarithm of that outcome's
 * probability. Enumerated up to 2,000,000 outcomes (60 units in 4 arms are 39,711), beyond that Monte Carlo with `options`.
 * @throws DomainError for fewer than two arms, bad counts or weights (0 belongs to the leak check), or too many outcomes without an rng.
 */
export function exactMultinomialTest(
  counts: readonly number[],
  weights: readonly number[],
  options: MonteCarloOptions = {},
): RatioTestResult {
  const units = requireCounts("counts", counts, 2);
  const shares = requireWeights(weights, counts.length);
  if (compositionCount(units, counts.length) > compositionsMax) return monteCarloMultinomial(counts, shares, units, options);

  // logTerms[arm][x] = log(share^x / x!): the log probability of an outcome is log n! plus one term per arm.
  const logTerms = shares.map((share) => Float64Array.from({ length: units + 1 }, (_, x) => x * Math.log(share) - logFactorial(x)));
  const observed = counts.reduce((sum, count, arm) => sum + logTerms[arm]![count]!, 0);
  const limit = observed + Math.log1p(tieFactor);
  const last = counts.length - 1;
  let sum = 0;
  const visit = (arm: number, rest: number, logSoFar: number): void => {
    const terms = logTerms[arm]!;
    if (arm < last - 1) {
      for (let x = 0; x <= rest; x++) visit(arm + 1, rest - x, logSoFar + terms[x]!);
      return;
    }
    const lastTerms = logTerms[last]!;
    for (let x = 0; x <= rest; x++) {
      const logProbability = logSoFar + terms[x]! + lastTerms[rest - x]!;
      if (logProbability <= limit) sum += Math.exp(logProbability - observed);
    }
  };
  visit(0, units, 0);

  const statistic = observed + logFactorial(units);
  const logP = statistic + Math.log(sum);
  return {
    ...exactResult(Math.exp(logP), statistic, leastMultinomialP(shares, units), logP),
    effect: effectOf(counts, shares, units),
  };
}

function monteCarloMultinomial(
  counts: readonly number[],
  shares: readonly number[],
  units: number,
  options: MonteCarloOptions,
): RatioTestResult {
  const monteCarlo = requireMonteCarlo(options, `${compositionsMax} outcomes`, drawsDefault);
  const { rng, draws } = monteCarlo;
  const logShares = shares.map(Math.log);
  const logProbabilityOf = (outcome: readonly number[]) =>
    outcome.reduce((sum, count, arm) => sum + count * logShares[arm]! - logFactorial(count), logFactorial(units));
  const observed = logProbabilityOf(counts);
  const limit = observed + Math.log1p(tieFactor);
  // Share of each arm among itself and the arms after it: a multinomial draw is a chain of binomial ones.
  const conditional = shares.map((share, arm) => share / shares.slice(arm).reduce((sum, each) => sum + each, 0));
  let extreme = 0;
  for (let draw = 0; draw < draws; draw++) {
    let rest = units;
    const outcome = conditional.map((p, arm) => {
      const count = arm === shares.length - 1 || rest === 0 ? rest : drawBinomial(rng, rest, p);
      rest -= count;
      return count;
    });
    if (logProbabilityOf(outcome) <= limit) extreme++;
  }
  return {
    ...monteCarloResult(monteCarlo, extreme, observed, leastMultinomialP(shares, units)),
    effect: effectOf(counts, shares, units),
  };
}

/** All units in the arm with the least share is the least likely outcome; arms that tie for it add up. */
function leastMultinomialP(shares: readonly number[], units: number): number {
  if (units === 0) return 1;
  const least = Math.min(...shares);
  const ties = shares.filter((share) => units * Math.log(share / least) <= Math.log1p(tieFactor)).length;
  return ties * least ** units;
}

function effectOf(counts: readonly number[], shares: readonly number[], units: number): number {
  return units === 0 ? 0 : Math.max(...counts.map((count, arm) => Math.abs(count / units - shares[arm]!)));
}

/** Ways to split units over arms, C(units + arms - 1, arms - 1); may stop early once it is past the limit. */
function compositionCount(units: number, arms: number): number {
  let count = 1;
  for (let k = 1; k < arms && count <= compositionsMax; k++) count = (count * (units + k)) / k;
  return count;
}
