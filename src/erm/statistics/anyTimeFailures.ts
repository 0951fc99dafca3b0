// E3 at any time: do failures fall on the arms as the attempts do? Lindon-Malek on the sequence of failures, with the declared shares of attempts
// as weights. In complete blocks failures are drawn without replacement, which only makes the test safer (Hoeffding 1963, theorem 4).
import { refuse } from "./arguments.ts";
import {
  sequentialMultinomialResult,
  sequentialMultinomialStart,
  type SequentialMultinomialResult,
  type SequentialMultinomialState,
  sequentialMultinomialStep,
} from "./sequentialMultinomial.ts";

/** Plain data; the fold of `anyTimeFailuresStep` over first attempts in the order they were made. */
export interface AnyTimeFailuresState {
  readonly failures: SequentialMultinomialState;
  /** First attempts per arm. */
  readonly attempts: readonly number[];
}

export interface FirstAttempt {
  readonly arm: number;
  readonly failed: boolean;
}

export interface AnyTimeFailuresResult extends SequentialMultinomialResult {
  readonly attempts: readonly number[];
  /** Largest gap between two arms' shares of failed attempts, in [0, 1]; arms without attempts are left out. Replaces the share of failures. */
  readonly effect: number;
}

/**
 * Judges a whole sequence of first attempts. Equal to folding the steps. O(attempts x K).
 * @param shares declared shares of the attempts, all positive: equal in complete blocks.
 * @throws DomainError `statistics-argument`.
 */
export function anyTimeFailures(shares: readonly number[], attempts: readonly FirstAttempt[]): AnyTimeFailuresResult {
  return anyTimeFailuresResult(attempts.reduce(anyTimeFailuresStep, anyTimeFailuresStart(shares)));
}

/** The state before the first attempt. @throws DomainError `statistics-argument` unless there are two or more positive shares. */
export function anyTimeFailuresStart(shares: readonly number[]): AnyTimeFailuresState {
  return { failures: sequentialMultinomialStart(shares), attempts: shares.map(() => 0) };
}

/** One more first attempt. Pure, O(K). @throws DomainError `statistics-argument` for an unknown arm. */
export function anyTimeFailuresStep(state: AnyTimeFailuresState, { arm, failed }: FirstAttempt): AnyTimeFailuresState {
  if (state.attempts[arm] === undefined) refuse("arm", `there is no arm ${String(arm)}`, `Pass 0 to ${state.attempts.length - 1}.`, arm);
  return {
    failures: failed ? sequentialMultinomialStep(state.failures, arm) : state.failures,
    attempts: state.attempts.map((count, at) => (at === arm ? count + 1 : count)),
  };
}

/** What the attempts say so far; `n`, `counts` and `minP` are those of the failures. */
export function anyTimeFailuresResult({ failures, attempts }: AnyTimeFailuresState): AnyTimeFailuresResult {
  const shares = attempts.flatMap((count, arm) => (count === 0 ? [] : [failures.counts[arm]! / count]));
  return {
    ...sequentialMultinomialResult(failures),
    attempts,
    effect: shares.length < 2 ? 0 : Math.max(...shares) - Math.min(...shares),
  };
}
