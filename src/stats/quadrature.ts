// Integration by Gauss-Legendre rules on panels. Nodes by Newton on the Legendre polynomial (Golub & Welsch's rule, computed as in Davis & Rabinowitz 1984).
import { refuse } from "./samples.ts";

export interface GaussLegendreRule {
  /** Ascending, inside (-1, 1). */
  readonly nodes: Float64Array;
  /** They sum to 2. */
  readonly weights: Float64Array;
}

/**
 * The rule of `order` nodes on [-1, 1], exact for polynomials up to degree 2 order - 1.
 * @throws DomainError unless order is a whole number from 1 to 100.
 */
export function gaussLegendre(order: number): GaussLegendreRule {
  if (!(Number.isInteger(order) && order >= 1 && order <= 100))
    refuse("order", order, "must be a whole number from 1 to 100", "Pass 16, and more panels if that is not enough.");
  const nodes = new Float64Array(order);
  const weights = new Float64Array(order);
  for (let at = 0; at < order; at++) {
    let x = -Math.cos((Math.PI * (at + 0.75)) / (order + 0.5));
    let slope = 0;
    for (let step = 0; step < 8; step++) {
      const values = legendre(order, x);
      slope = (order * (x * values[order]! - values[order - 1]!)) / (x * x - 1);
      x -= values[order]! / slope;
    }
    nodes[at] = x;
    weights[at] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

/**
 * Integral of f over panels between ascending breaks, `order` nodes in each.
 * @throws DomainError for fewer than two breaks, breaks that do not ascend or are not finite, or a bad order.
 */
export function integrate(f: (x: number) => number, breaks: readonly number[], order = 16): number {
  if (breaks.length < 2) refuse("breaks", breaks, "must hold at least two points", "Pass the ends of the interval.");
  breaks.forEach((point, at) => {
    if (!Number.isFinite(point) || (at > 0 && !(point > breaks[at - 1]!)))
      refuse(`breaks[${at}]`, point, "must be finite and above the one before", "Pass ascending finite points.");
  });
  const { nodes, weights } = gaussLegendre(order);
  let total = 0;
  for (let panel = 1; panel < breaks.length; panel++) {
    const half = (breaks[panel]! - breaks[panel - 1]!) / 2;
    const middle = breaks[panel - 1]! + half;
    let sum = 0;
    for (let at = 0; at < order; at++) sum += weights[at]! * f(middle + half * nodes[at]!);
    total += half * sum;
  }
  return total;
}

/**
 * Integrals of the interpolating polynomial from -1 to each node: row i times the values at the nodes gives the integral up to node i.
 * Row-major, order x order. By l_j(u) = w_j sum_n (2n + 1) / 2 P_n(x_j) P_n(u).
 */
export function cumulativeMatrix({ nodes, weights }: GaussLegendreRule): Float64Array {
  const order = nodes.length;
  const matrix = new Float64Array(order * order);
  const at = Array.from(nodes, (node) => legendre(order, node));
  for (let i = 0; i < order; i++)
    for (let j = 0; j < order; j++) {
      let sum = (nodes[i]! + 1) / 2;
      for (let n = 1; n < order; n++) sum += (at[j]![n]! * (at[i]![n + 1]! - at[i]![n - 1]!)) / 2;
      matrix[i * order + j] = weights[j]! * sum;
    }
  return matrix;
}

/** P_0(x) ... P_order(x). */
function legendre(order: number, x: number): Float64Array {
  const values = new Float64Array(order + 1);
  values[0] = 1;
  values[1] = x;
  for (let n = 1; n < order; n++) values[n + 1] = ((2 * n + 1) * x * values[n]! - n * values[n - 1]!) / (n + 1);
  return values;
}
