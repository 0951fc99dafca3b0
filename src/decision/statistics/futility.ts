// Can the test still win? Chance of crossing at the end under the trend seen so far, by stochastic curtailment in the normal approximation.
// Non-binding: it recommends, and ignoring it costs no alpha. Source: validity note 2.5.
import { normalSf, normalUpperQuantile } from "../../stats/index.ts";
import { refuse, requireAllFinite, requireAlpha, requireWhole } from "./arguments.ts";

export interface Futility {
  /** F: chance that the final test succeeds, in [0, 1]. */
  readonly chance: number;
  /** F below the limit. */
  readonly abandon: boolean;
}

/**
 * F = 1 - Phi((z sigma sqrt N - sum d) / (sigma sqrt R)), sigma^2 = mean d^2, R = N - n, z of alpha / testArms.
 * @param differences test less control of the n blocks so far. @param options.plannedBlocks N.
 * @param options.limit recommends abandoning below it (default .01), which costs <= .004 of power.
 * @returns null where the rule does not speak: before block 4, from block N on, or when all differences are 0.
 * @throws DomainError `statistics-argument`, also for more blocks than planned.
 */
export function futility(
  differences: readonly number[],
  options: { readonly plannedBlocks: number; readonly alpha: number; readonly testArms?: number; readonly limit?: number },
): Futility | null {
  const { plannedBlocks, alpha, testArms = 1, limit = 0.01 } = options;
  requireWhole("plannedBlocks", plannedBlocks, 1);
  requireAlpha("alpha", alpha);
  requireWhole("testArms", testArms, 1);
  requireAlpha("limit", limit);
  const n = differences.length;
  if (n > 0) requireAllFinite("differences", differences);
  if (n > plannedBlocks) refuse("differences", `${n} blocks of ${plannedBlocks} planned`, "Pass the blocks of the plan alone.", n);
  if (n < firstBlock || n === plannedBlocks) return null;
  const sigma = Math.sqrt(differences.reduce((sum, d) => sum + d * d, 0) / n);
  if (sigma === 0) return null;
  const z = normalUpperQuantile(alpha / testArms);
  const sum = differences.reduce((total, d) => total + d, 0);
  const chance = normalSf((z * sigma * Math.sqrt(plannedBlocks) - sum) / (sigma * Math.sqrt(plannedBlocks - n)));
  return { chance, abandon: chance < limit };
}

const firstBlock = 4;
