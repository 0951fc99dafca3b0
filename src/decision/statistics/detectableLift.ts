// What an experiment of a given size can see, for the brief: 80 % power of a one-sided .05 test of paired blocks (2.49 = z.95 + z.80, rounded as
// published). Source: validity note 2.4.
import { requirePositive, requireWhole } from "./arguments.ts";

const zSum = 2.49;
const twiceZSumSquared = 12.4;

/**
 * Smallest ratio of test to control that would be found: exp(2.49 sigma sqrt(2 / N)); 1.5 is 50 % more.
 * @param sigma deviation of the log index of one post. @param blocks N. @throws DomainError `statistics-argument`.
 */
export function detectableLift(sigma: number, blocks: number): number {
  requirePositive("sigma", sigma);
  requireWhole("blocks", blocks, 1);
  return Math.exp(zSum * sigma * Math.sqrt(2 / blocks));
}

/**
 * Blocks needed to find a log lift: 12.4 (sigma / delta)^2, rounded up. @param logLift delta, positive.
 * @throws DomainError `statistics-argument`.
 */
export function blocksNeeded(sigma: number, logLift: number): number {
  requirePositive("sigma", sigma);
  requirePositive("logLift", logLift);
  return Math.ceil(twiceZSumSquared * (sigma / logLift) ** 2);
}
