// E4' where the weights change from unit to unit (a bandit): the predictable bet q_t(k), proportional to p_t(k)(x_k + 1)/(e_k + 1), against the
// logged probabilities p_t(k), with x and e the counts seen and expected before t. Any-time valid for any adaptive weights (Ville's inequality).
import type { TestResult } from "../../stats/index.ts";
import { refuse, requireCount, requireProbabilities, zeros } from "./arguments.ts";

/** Plain data; the fold of `adaptiveMultinomialStep` over the draws in the order they came. */
export interface AdaptiveMultinomialState {
  readonly counts: readonly number[];
  /** Sum of the logged probabilities of each arm. */
  readonly expected: readonly number[];
  readonly n: number;
  /** ln of the e-value, now and at its highest. */
  readonly logE: number;
  readonly logEMax: number;
  /** ln of the e-value if every unit so far had fallen into this arm: the worst that could have been seen, for minP. */
  readonly logEIfAll: readonly number[];
}

export interface AdaptiveDraw {
  readonly arm: number;
  /** The probability each arm had when this unit was drawn, summing to 1; 0 where an arm was not eligible. */
  readonly probabilities: readonly number[];
}

export interface AdaptiveMultinomialResult extends TestResult {
  readonly n: number;
  readonly counts: readonly number[];
  /** Largest distance of an arm's share from its expected share, in [0, 1]. */
  readonly effect: number;
}

/**
 * Judges a whole sequence of draws with logged probabilities. Equal to folding the steps. O(n K^2).
 * @throws DomainError `statistics-argument` when probabilities are not probabilities, or a drawn arm had probability 0 (a leak, check E1).
 */
export function adaptiveMultinomial(arms: number, draws: readonly AdaptiveDraw[]): AdaptiveMultinomialResult {
  return adaptiveMultinomialResult(draws.reduce(adaptiveMultinomialStep, adaptiveMultinomialStart(arms)));
}

/** The state before the first draw. @throws DomainError `statistics-argument` for fewer than two arms. */
export function adaptiveMultinomialStart(arms: number): AdaptiveMultinomialState {
  requireCount("arms", arms, 2);
  const none = zeros(arms);
  return { counts: none, expected: none, n: 0, logE: 0, logEMax: 0, logEIfAll: none };
}

/** One more draw. Pure, O(K^2). @throws DomainError as `adaptiveMultinomial`. */
export function adaptiveMultinomialStep(state: AdaptiveMultinomialState, { arm, probabilities }: AdaptiveDraw): AdaptiveMultinomialState {
  const { counts, expected, n } = state;
  requireProbabilities("probabilities", probabilities, counts.length);
  if (!(probabilities[arm]! > 0))
    refuse("arm", `arm ${String(arm)} was drawn with probability 0`, "Report it as a leak (E1) and leave it out here.", arm);
  const logE = state.logE + logBet(arm, probabilities, expected, (other) => counts[other]!);
  const logEIfAll = state.logEIfAll.map((sum, all) =>
    probabilities[all]! > 0 ? sum + logBet(all, probabilities, expected, (other) => (other === all ? n : 0)) : sum,
  );
  return {
    counts: counts.map((count, at) => (at === arm ? count + 1 : count)),
    expected: expected.map((sum, at) => sum + probabilities[at]!),
    n: n + 1,
    logE,
    logEMax: Math.max(state.logEMax, logE),
    logEIfAll,
  };
}

/** ln of q_t(arm) / p_t(arm). */
function logBet(arm: number, probabilities: readonly number[], expected: readonly number[], seen: (arm: number) => number): number {
  const pull = (at: number) => (seen(at) + 1) / (expected[at]! + 1);
  const total = probabilities.reduce((sum, probability, at) => sum + probability * pull(at), 0);
  return Math.log(pull(arm) / total);
}

/** What the draws say so far. Exact in the any-time sense: under the logged probabilities P(p ever <= a) <= a, for every a. */
export function adaptiveMultinomialResult(state: AdaptiveMultinomialState): AdaptiveMultinomialResult {
  const { counts, expected, n, logE, logEMax, logEIfAll } = state;
  return {
    n,
    counts,
    statistic: logE,
    p: Math.exp(-logEMax),
    logP: -logEMax || 0,
    minP: Math.exp(-Math.max(logEMax, ...logEIfAll)),
    exactness: "exact",
    effect: n === 0 ? 0 : counts.reduce((most, count, arm) => Math.max(most, Math.abs(count - expected[arm]!) / n), 0),
  };
}
