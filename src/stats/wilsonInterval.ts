// An interval for a rate that behaves at small counts and at 0 and 1 (Wilson 1927, JASA 22).
import { requireCount, requireCountUpTo } from "./special/arguments.ts";
import { refuse } from "./samples.ts";
import { normalUpperQuantile } from "./special/index.ts";

/**
 * Score interval [low, high] for successes out of trials; [0, 1] without trials.
 * @param level coverage, inside (0, 1).
 * @throws DomainError unless 0 <= successes <= trials are whole numbers and level is inside (0, 1).
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): [low: number, high: number] {
  requireCount("trials", trials);
  requireCountUpTo("successes", successes, trials);
  if (!(level > 0 && level < 1)) refuse("level", level, "must be inside (0, 1)", "Pass a coverage such as .95.");
  if (trials === 0) return [0, 1];
  const z = normalUpperQuantile((1 - level) / 2);
  const rate = successes / trials;
  const spread = z * Math.sqrt((rate * (1 - rate)) / trials + (z / (2 * trials)) ** 2);
  const centre = rate + (z * z) / (2 * trials);
  const shrink = 1 + (z * z) / trials;
  return [successes === 0 ? 0 : (centre - spread) / shrink, successes === trials ? 1 : (centre + spread) / shrink];
}
