// Beta draws as the share of two gamma draws, in logarithms where a parameter below 1 would let both underflow.
import { requirePositive } from "./arguments.ts";
import { gammaDraw, logGammaDraw } from "./gamma.ts";
import type { Rng } from "./rng.ts";

/**
 * A draw on [0, 1] with mean a / (a + b). With small parameters a draw closer to an end than a double can tell is that end.
 * @throws DomainError unless a and b are positive and finite.
 */
export function beta(rng: Rng, a: number, b: number): number {
  requirePositive("a", a);
  requirePositive("b", b);
  if (a < 1 || b < 1) {
    const logX = logGammaDraw(rng, a);
    return 1 / (1 + Math.exp(logGammaDraw(rng, b) - logX));
  }
  const x = gammaDraw(rng, a);
  return x / (x + gammaDraw(rng, b));
}
