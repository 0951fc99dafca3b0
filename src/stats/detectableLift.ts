// How large an effect an experiment of a given size can find: 80 % power of a one-sided .05 test of paired blocks (2.49 = z.95 + z.80, rounded as
// published). Source: validity note 2.4. Briefs show it before anyone approves, decisions beside their evidence.
import { refuse } from "./samples.ts";

const zSum = 2.49;
const twiceZSumSquared = 12.4;

/**
 * Smallest ratio of test to control that would be found: exp(2.49 sigma sqrt(2 / N)); 1.5 is 50 % more.
 * @param sigma deviation of the log index of one post. @param blocks N. @throws DomainError `stats-argument`.
 */
export function detectableLift(sigma: number, blocks: number): number {
  requirePositive("sigma", sigma);
  if (!(Number.isSafeInteger(blocks) && blocks >= 1))
    refuse("blocks", blocks, "must be a whole number >= 1", "Pass the number of complete blocks.");
  return Math.exp(zSum * sigma * Math.sqrt(2 / blocks));
}

/**
 * Blocks needed to find a log lift: 12.4 (sigma / delta)^2, rounded up. @param logLift delta, positive.
 * @throws DomainError `stats-argument`.
 */
export function blocksNeeded(sigma: number, logLift: number): number {
  requirePositive("sigma", sigma);
  requirePositive("logLift", logLift);
  return Math.ceil(twiceZSumSquared * (sigma / logLift) ** 2);
}

function requirePositive(path: string, value: number): void {
  if (!(value > 0 && value < Infinity)) refuse(path, value, "must be a positive finite number", `Pass ${path} in log units.`);
}
