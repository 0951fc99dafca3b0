// Overdispersed counts: a Poisson count whose mean is itself a gamma draw.
import { requireBetween } from "./arguments.ts";
import { gamma } from "./gamma.ts";
import { poisson } from "./poisson.ts";
import type { Rng } from "./rng.ts";

/**
 * A negative binomial count with the given mean and variance mean + mean^2 / size; small sizes are heavy-tailed, large ones near Poisson.
 * @throws DomainError unless mean is between 0 and 1e9 and size between 0.001 and 1e12.
 */
export function negativeBinomial(rng: Rng, mean: number, size: number): number {
  requireBetween("mean", mean, 0, 1e9);
  requireBetween("size", size, 0.001, 1e12);
  return mean === 0 ? 0 : poisson(rng, gamma(rng, size, mean / size));
}
