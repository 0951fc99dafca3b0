// For large shapes: the tail beyond a point over the density at it, by Gauss-Legendre quadrature. In the right variable the log-density is
// concave and falls away from the point, so one rule serves every shape, where series and fractions would need thousands of terms.
// Source: Gil, Segura & Temme, "Numerical Methods for Special Functions", 2007, chapter 5.

/** The integral is cut where the density has fallen by e^-39: below 1e-16 of it lies beyond. */
const fallWanted = 39;
const fallMax = 45;

const { nodes, weights } = legendreRule(32);

/**
 * log of the integral from 0 to infinity of e^logRatio(w).
 * @param logRatio concave, 0 at 0, falling.
 * @param slope -logRatio'(0) >= 0.
 * @param curvature -logRatio''(0) > 0.
 */
export function logTailOverDensity(logRatio: (w: number) => number, slope: number, curvature: number): number {
  let end = (2 * fallWanted) / (slope + Math.sqrt(slope * slope + 2 * fallWanted * curvature));
  let fall = -logRatio(end);
  // The second-order guess is close; a concave exponent needs few corrections, and 200 steps of 8 % bound the search.
  for (let step = 0; step < 200 && fall < fallWanted - 1; step++) fall = -logRatio((end *= 1.08));
  for (let step = 0; step < 200 && fall > fallMax; step++) fall = -logRatio((end /= 1.08));
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) sum += weights[i]! * Math.exp(logRatio(end * nodes[i]!));
  return Math.log(end * sum);
}

/** Nodes and weights of the Gauss-Legendre rule on [0, 1], by Newton's method on the Legendre polynomial. */
function legendreRule(size: number): { nodes: Float64Array; weights: Float64Array } {
  const nodes = new Float64Array(size);
  const weights = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (size + 0.5));
    let slope = 0;
    for (let round = 0; round < 6; round++) {
      let previous = 1;
      let value = x;
      for (let k = 2; k <= size; k++) [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
      slope = (size * (x * value - previous)) / (x * x - 1);
      x -= value / slope;
    }
    nodes[i] = (1 - x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}
