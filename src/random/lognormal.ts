// Lognormal draws: the exponential of a normal one.
import { requireFinite, requirePositive } from "./arguments.ts";
import { standardNormal } from "./normal.ts";
import type { Rng } from "./rng.ts";

/**
 * A positive draw whose natural logarithm is normal with the given mean and sd.
 * @throws DomainError unless logMean is finite and logSd positive.
 */
export function lognormal(rng: Rng, logMean = 0, logSd = 1): number {
  requireFinite("logMean", logMean);
  requirePositive("logSd", logSd);
  return Math.exp(logMean + logSd * standardNormal(rng));
}
