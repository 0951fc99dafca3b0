// A random order by the shuffle of Fisher & Yates (Durstenfeld 1964).
import { requireInteger } from "./arguments.ts";
import type { Rng } from "./rng.ts";
import { uniformInteger } from "./uniform.ts";

/**
 * The numbers 0 ... length - 1 in random order, every order equally likely. O(length).
 * @throws DomainError unless length is a whole number from 0 to 2^31.
 */
export function permutation(rng: Rng, length: number): number[] {
  requireInteger("length", length, 0, 2 ** 31);
  const order = Array.from({ length }, (_, at) => at);
  for (let at = length - 1; at > 0; at--) {
    const other = uniformInteger(rng, at + 1);
    const kept = order[at]!;
    order[at] = order[other]!;
    order[other] = kept;
  }
  return order;
}
