// Does a fault hit the arms alike? Exact test of arm x fault with fixed margins (Fisher 1922; Freeman & Halton 1951), with the gap in shares that
// makes it worth acting on. E3 asks it of first attempts that failed, E11 of missing figures.
import { fisherExact, type MonteCarloOptions, type TestResult } from "../../stats/index.ts";
import { refuse, requireCounts, requireSameLength } from "./arguments.ts";

export interface ArmSharesResult extends TestResult {
  /** Share of each arm that was hit, in [0, 1]. */
  readonly shares: readonly number[];
  /** Largest gap between the shares of two arms, in [0, 1]: .2 is 20 points. */
  readonly effect: number;
}

/**
 * E3: failures of *first* attempts per arm (retries would hide them).
 * @param failed first attempts that failed, per arm; @param attempted first attempts, per arm (or per lane, for the table by lane).
 * @throws DomainError `statistics-argument` for counts that are not counts, more failures than attempts, or fewer than two arms with attempts.
 */
export function firstAttemptFailures(
  failed: readonly number[],
  attempted: readonly number[],
  options: MonteCarloOptions = {},
): ArmSharesResult {
  return armShares("failed", failed, "attempted", attempted, options);
}

/**
 * E11: figures that should be there by now and are not, per arm. An empty set from the platform is missing, not 0.
 * @throws DomainError as `firstAttemptFailures`.
 */
export function missingShares(missing: readonly number[], due: readonly number[], options: MonteCarloOptions = {}): ArmSharesResult {
  return armShares("missing", missing, "due", due, options);
}

function armShares(
  hitPath: string,
  hit: readonly number[],
  allPath: string,
  all: readonly number[],
  options: MonteCarloOptions,
): ArmSharesResult {
  requireCounts(hitPath, hit);
  requireCounts(allPath, all);
  requireSameLength(hitPath, hit, allPath, all);
  const table = all.map((count, arm) => {
    if (hit[arm]! > count)
      refuse(`${hitPath}[${arm}]`, `${hitPath} is ${hit[arm]} of ${count} ${allPath}`, `Count only what is among ${allPath}.`, hit[arm]);
    if (count === 0) refuse(`${allPath}[${arm}]`, `arm ${arm} has none`, "Leave out arms without any.", count);
    return [hit[arm]!, count - hit[arm]!];
  });
  return { ...fisherExact(table, options), shares: table.map(([count], arm) => count! / all[arm]!) };
}
