// One index drawn with given weights, by inversion of their running sum.
import { refuse } from "./arguments.ts";
import type { Rng } from "./rng.ts";

/**
 * An index of `weights`, drawn in proportion to them; one with weight 0 never comes. One uniform draw, O(number of weights).
 * @throws DomainError unless weights are finite, none negative, with a positive finite sum.
 */
export function categorical(rng: Rng, weights: readonly number[]): number {
  let total = 0;
  let last = 0;
  weights.forEach((weight, at) => {
    if (!(weight >= 0 && weight < Infinity)) refuse(`weights[${at}]`, weight, "a finite number >= 0");
    total += weight;
    if (weight > 0) last = at;
  });
  if (!(total > 0 && total < Infinity)) refuse("weights", weights, "a list with a positive finite sum");
  let rest = rng.nextDouble() * total;
  for (let at = 0; at < last; at++) {
    rest -= weights[at]!;
    if (rest < 0) return at;
  }
  return last;
}
