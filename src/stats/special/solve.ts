// Newton's method on the logarithm of a tail, guarded by a bracket. In the log (or log-odds) scale the density is log-concave, so the log-tails are
// concave and Newton comes in from one side; the bracket is for the last digits and for poor starts.

export interface LogTailAt {
  /** log of the tail at the point. */
  readonly log: number;
  /** log of the density at the point, in the same scale as the unknown. */
  readonly logDensity: number;
}

const roundsMax = 300;

/**
 * The u where the log-tail equals `target`.
 * @param rising true for a lower tail, false for an upper one.
 */
export function solveLogTail(at: (u: number) => LogTailAt, target: number, start: number, rising: boolean): number {
  let low = -Infinity;
  let high = Infinity;
  let u = start;
  for (let round = 0; round < roundsMax; round++) {
    const { log, logDensity } = at(u);
    const miss = log - target;
    if (miss === 0) return u;
    if (miss < 0 === rising) low = u;
    else high = u;
    const slope = Math.exp(logDensity - log);
    let next = u - (rising ? miss : -miss) / slope;
    if (Math.abs(miss) < 1e-9) return next;
    if (!(next > low && next < high)) {
      if (low === -Infinity) next = high - Math.max(1, Math.abs(high));
      else if (high === Infinity) next = low + Math.max(1, Math.abs(low));
      else next = (low + high) / 2;
      if (next <= low || next >= high) return u;
    }
    u = next;
  }
  return u;
}
