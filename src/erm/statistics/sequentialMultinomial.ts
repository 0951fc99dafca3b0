// E4': is traffic or posts split as planned, looked at after every single one? Lindon & Malek (arXiv 2011.03567): a Dirichlet-multinomial Bayes
// factor against the planned weights, whose reciprocal is an any-time valid p-value. Concentration alpha_k = K theta_k: users need thousands, posts do not.
import { logGamma, type TestResult } from "../../stats/index.ts";
import { normalisedWeights, refuse, requireLevel } from "./arguments.ts";

/** Plain data; the fold of `sequentialMultinomialStep` over the arms in the order they came. */
export interface SequentialMultinomialState {
  /** Planned shares, summing to 1. */
  readonly weights: readonly number[];
  readonly counts: readonly number[];
  readonly n: number;
  /** ln of the Bayes factor of "some other shares" against the planned ones, now and at its highest. */
  readonly logBayesFactor: number;
  readonly logBayesFactorMax: number;
}

export interface SequentialMultinomialResult extends TestResult {
  readonly n: number;
  readonly counts: readonly number[];
  /** 1 / Bayes factor at this moment, which may rise again; `p` is the least so far. */
  readonly pNow: number;
  /** Largest distance of an arm's share from its planned share, in [0, 1]. */
  readonly effect: number;
}

/**
 * Judges a whole sequence. Equal to folding the steps. O(n K).
 * @param weights planned shares (scaled to sum 1), all positive: an exposure to an arm of weight 0 is a leak, check E1.
 * @param arms arm index of each unit in order of arrival; may be empty (p = 1).
 * @throws DomainError `statistics-argument`.
 */
export function sequentialMultinomial(weights: readonly number[], arms: readonly number[]): SequentialMultinomialResult {
  return sequentialMultinomialResult(arms.reduce(sequentialMultinomialStep, sequentialMultinomialStart(weights)));
}

/** The state before the first unit. @throws DomainError `statistics-argument` unless there are two or more positive weights. */
export function sequentialMultinomialStart(weights: readonly number[]): SequentialMultinomialState {
  const shares = normalisedWeights("weights", weights);
  return { weights: shares, counts: shares.map(() => 0), n: 0, logBayesFactor: 0, logBayesFactorMax: 0 };
}

/**
 * One more unit, seen in `arm`. Pure, O(K): the Bayes factor grows by the ratio of the predictive probabilities (alpha_k + x_k)/(c + n) and theta_k.
 * @throws DomainError `statistics-argument` when the arm is not one of the weights.
 */
export function sequentialMultinomialStep(state: SequentialMultinomialState, arm: number): SequentialMultinomialState {
  const share = state.weights[arm];
  if (share === undefined) refuse("arm", `there is no arm ${String(arm)}`, `Pass 0 to ${state.weights.length - 1}.`, arm);
  const concentration = state.weights.length;
  const seen = state.counts[arm]!;
  const logBayesFactor = state.logBayesFactor + Math.log((concentration * share + seen) / ((concentration + state.n) * share));
  const counts = state.counts.slice();
  counts[arm] = seen + 1;
  return {
    weights: state.weights,
    counts,
    n: state.n + 1,
    logBayesFactor,
    logBayesFactorMax: Math.max(state.logBayesFactorMax, logBayesFactor),
  };
}

/** What the sequence says so far. Exact in the any-time sense: under the planned weights P(p ever <= a) <= a, for every a. */
export function sequentialMultinomialResult(state: SequentialMultinomialState): SequentialMultinomialResult {
  const { weights, counts, n, logBayesFactor, logBayesFactorMax } = state;
  return {
    n,
    counts,
    statistic: logBayesFactor,
    p: Math.exp(-logBayesFactorMax),
    logP: -logBayesFactorMax || 0,
    pNow: Math.min(1, Math.exp(-logBayesFactor)),
    minP: sequentialMultinomialMinP(weights, n),
    exactness: "exact",
    effect: n === 0 ? 0 : weights.reduce((most, share, arm) => Math.max(most, Math.abs(counts[arm]! / n - share)), 0),
  };
}

/** The p after n units that all fell into the arm of the least weight: nothing smaller can come out. */
function sequentialMultinomialMinP(weights: readonly number[], n: number): number {
  const concentration = weights.length;
  const alpha = concentration * Math.min(...weights);
  const logBayesFactor =
    logGamma(concentration) - logGamma(concentration + n) + logGamma(alpha + n) - logGamma(alpha) - n * Math.log(alpha / concentration);
  return Math.min(1, Math.exp(-logBayesFactor));
}

/**
 * Fewest units at which p can reach `level`: 11 for .01 and 14 for .001 with two equal arms.
 * @throws DomainError `statistics-argument` unless 0 < level <= 1.
 */
export function sequentialMultinomialMinN(weights: readonly number[], level: number): number {
  const shares = normalisedWeights("weights", weights);
  requireLevel("level", level);
  let n = 0;
  while (sequentialMultinomialMinP(shares, n) > level * (1 + 1e-12)) n++;
  return n;
}
