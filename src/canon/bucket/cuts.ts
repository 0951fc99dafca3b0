// Weights to cuts, and a number in [0, 1) to an arm (assignment note 2.3).

/**
 * Cumulative shares. The cut of the last arm with positive weight, and every later one, is exactly 1, so that weight 0 is never drawn and rounding
 * leaks to nobody. Weights are relative, finite and not negative; at least one is positive.
 */
export function weightCuts(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const lastDrawn = weights.findLastIndex((weight) => weight > 0);
  let sum = 0;
  return weights.map((weight, index) => {
    sum += weight;
    return index >= lastDrawn ? 1 : sum / total;
  });
}

/** The first arm whose cut lies above `u`; `u` in [0, 1). */
export function armAt(cuts: readonly number[], u: number): number {
  let index = 0;
  while (u >= cuts[index]!) index++;
  return index;
}
