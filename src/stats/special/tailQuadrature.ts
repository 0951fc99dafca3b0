// For large shapes: the tail beyond a point over the density at it, by Gauss-Legendre quadrature. In the right variable the log-density is
// concave and falls away from the point, so one rule serves every shape, where series and fractions would need thousands of terms.
// Source: Gil, Segura & Temme, "Numerical Methods for Special Functions", 2007, chapter 5.
import { gaussLegendre } from "../quadrature.ts";

/** The integral is cut where the density has fallen by e^-39: below 1e-16 of it lies beyond. */
const fallWanted = 39;
const fallMax = 45;

const { nodes, weights } = gaussLegendre(32);

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
  const half = end / 2;
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) sum += weights[i]! * Math.exp(logRatio(half * (1 + nodes[i]!)));
  return Math.log(half * sum);
}
