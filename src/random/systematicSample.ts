// A batch of draws from one distribution whose counts cannot stray: systematic sampling over randomly ordered slots (notes/bandits 2.5).
import { refuse, requireInteger } from "./arguments.ts";
import { permutation } from "./permutation.ts";
import type { Rng } from "./rng.ts";

/** How far probabilities may sum from 1; they are logged as propensities, so they are never rescaled here. */
const sumTolerance = 1e-9;

/**
 * Gives each of `slots` slots an index of `probabilities`. Every slot gets index k with probability exactly p_k, and k comes
 * floor(slots p_k) or ceil(slots p_k) times. One uniform u; the points (u + j) / slots fall on the cumulative probabilities, and a random
 * permutation deals them to the slots: without it neighbouring slots would share an index and index would be confounded with time.
 * @throws DomainError unless probabilities are >= 0 with sum 1 (within 1e-9) and slots is a whole number from 0 to 2^31.
 */
export function systematicSample(rng: Rng, probabilities: readonly number[], slots: number): number[] {
  requireInteger("slots", slots, 0, 2 ** 31);
  let total = 0;
  let last = 0;
  probabilities.forEach((probability, at) => {
    if (!(probability >= 0 && probability <= 1)) refuse(`probabilities[${at}]`, probability, "a probability in [0, 1]");
    total += probability;
    if (probability > 0) last = at;
  });
  if (!(Math.abs(total - 1) <= sumTolerance)) refuse("probabilities", total, "a list with sum 1");
  const order = permutation(rng, slots);
  const u = rng.nextDouble();
  const drawn = Array.from<number>({ length: slots });
  let index = 0;
  let end = slots * probabilities[0]!;
  let cumulative = probabilities[0]!;
  for (let point = 0; point < slots; point++) {
    while (index < last && point + u >= end) {
      index++;
      cumulative += probabilities[index]!;
      end = slots * cumulative;
    }
    drawn[order[point]!] = index;
  }
  return drawn;
}
