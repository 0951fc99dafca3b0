// Gamma draws by Marsaglia & Tsang (2000, "A simple method for generating gamma variables"); shapes below 1 by their boost, in logarithms.
import { requirePositive } from "./arguments.ts";
import { standardNormal } from "./normal.ts";
import type { Rng } from "./rng.ts";

/**
 * A gamma draw; mean shape x scale. A draw too small for a double (possible below shape 0.03) comes back as 0.
 * @throws DomainError unless shape and scale are positive and finite.
 */
export function gamma(rng: Rng, shape: number, scale = 1): number {
  requirePositive("shape", shape);
  requirePositive("scale", scale);
  return scale * (shape < 1 ? Math.exp(logGammaDraw(rng, shape)) : gammaDraw(rng, shape));
}

/** Scale 1, shape >= 1, unchecked. */
export function gammaDraw(rng: Rng, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = standardNormal(rng);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = rng.nextDouble();
    if (u < 1 - 0.0331 * x ** 4 || Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** Logarithm of a gamma draw of scale 1: keeps what would underflow at small shapes. Unchecked. */
export function logGammaDraw(rng: Rng, shape: number): number {
  return shape < 1 ? Math.log(gammaDraw(rng, shape + 1)) + Math.log1p(-rng.nextDouble()) / shape : Math.log(gammaDraw(rng, shape));
}
