// E7: were the two arms published in turn, or one after the other? How much their publishing windows overlap, and the exact Mann-Whitney test
// on the order of publication. Source: validity note 2.2.
import { mannWhitneyExact, type MonteCarloOptions, type TestResult } from "../../stats/index.ts";
import { requireInstants } from "./arguments.ts";

export interface InterleavingResult extends TestResult {
  /** Length of the common window over that of the shorter window, in [0, 1]. */
  readonly overlap: number;
}

/**
 * Compares two arms; `statistic` is Mann-Whitney's U, two-sided. Exact up to about 60 posts per arm.
 * @param a @param b instants of publication in epoch milliseconds, in any order.
 * @throws DomainError for an empty arm or an instant that is not finite.
 */
export function interleaving(a: readonly number[], b: readonly number[], options: MonteCarloOptions = {}): InterleavingResult {
  const { p, logP, statistic, minP, exactness, draws, seed } = mannWhitneyExact(a, b, options);
  const drawn = { ...(draws !== undefined && { draws }), ...(seed !== undefined && { seed }) };
  return { p, logP, statistic, minP, exactness, ...drawn, overlap: windowOverlap(a, b) };
}

/**
 * Overlap of two publishing windows, each from its first to its last post, as a share of the shorter one. A window of one instant overlaps
 * wholly or not at all.
 * @throws DomainError `statistics-argument` for an empty arm or an instant that is not finite.
 */
export function windowOverlap(a: readonly number[], b: readonly number[]): number {
  requireInstants("a", a);
  requireInstants("b", b);
  const from = Math.max(Math.min(...a), Math.min(...b));
  const to = Math.min(Math.max(...a), Math.max(...b));
  if (to < from) return 0;
  const shorter = Math.min(Math.max(...a) - Math.min(...a), Math.max(...b) - Math.min(...b));
  return shorter === 0 ? 1 : (to - from) / shorter;
}
