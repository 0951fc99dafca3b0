// Uniform draws on an interval and on whole numbers.
import { requireFinite, requireInteger, refuse } from "./arguments.ts";
import type { Rng } from "./rng.ts";

/**
 * A number on [low, high) with 53 random bits.
 * @throws DomainError unless low < high, both finite.
 */
export function uniform(rng: Rng, low = 0, high = 1): number {
  requireFinite("low", low);
  requireFinite("high", high);
  if (!(low < high && high - low < Infinity)) refuse("high", high, `a finite distance above low (${low})`);
  for (;;) {
    const value = low + (high - low) * rng.nextDouble();
    // Rounding can reach high itself, which the interval leaves out.
    if (value < high) return value;
  }
}

/**
 * A whole number 0, 1, ... count - 1, each exactly equally likely (draws beyond the last full round of 2^32 are drawn again).
 * @throws DomainError unless count is a whole number from 1 to 2^32.
 */
export function uniformInteger(rng: Rng, count: number): number {
  requireInteger("count", count, 1, 2 ** 32);
  const usable = 2 ** 32 - (2 ** 32 % count);
  for (;;) {
    const value = rng.next() * 2 ** 32;
    if (value < usable) return value % count;
  }
}
