// Estimates of a finished experiment that is known by its arm totals: rate and interval of each arm, probability of being best and
// expected loss under independent Beta(1 + successes, 1 + failures) posteriors, and the omnibus test of arms by success.
import { bestOf, contingencyTest, wilsonInterval } from "../stats/index.ts";

export interface ArmTotals {
  readonly units: number;
  readonly successes: number;
}

export interface ArmFigures {
  /** successes / units; null without units. */
  readonly rate: number | null;
  /** Wilson 95 %. */
  readonly interval: readonly [lower: number, upper: number];
}

export interface ArmTotalsFigures {
  readonly arms: readonly (ArmFigures & {
    readonly pBest: number;
    /** What choosing this arm costs on average, in units of the rate. */
    readonly expectedLoss: number;
  })[];
  /** Pearson chi-square without correction; null where nothing or everything succeeded, or fewer than two arms have units. */
  readonly outcome: { readonly p: number | null; readonly logP: number | null; readonly statistic: number | null; readonly df: number };
  /** Index of the highest rate, the first of equal ones; null if no arm has units. */
  readonly best: number | null;
}

/** @param arms whole counts with successes <= units. */
export function armTotalsFigures(arms: readonly ArmTotals[]): ArmTotalsFigures {
  const described = arms.map(armFigures);
  const { pBest, expectedLoss } = bestOf(
    arms.map(({ units, successes }) => ({ kind: "beta" as const, a: 1 + successes, b: 1 + units - successes })),
  );
  return {
    arms: described.map((figures, arm) => ({ ...figures, pBest: pBest[arm]!, expectedLoss: expectedLoss[arm]! })),
    outcome: outcomeTest(arms),
    best: highest(described.map(({ rate }) => rate)),
  };
}

/** Rate and Wilson 95 % interval of one arm. */
export function armFigures({ units, successes }: ArmTotals): ArmFigures {
  return units === 0 ? { rate: null, interval: [0, 1] } : { rate: successes / units, interval: wilsonInterval(successes, units) };
}

function outcomeTest(arms: readonly ArmTotals[]): ArmTotalsFigures["outcome"] {
  const reached = arms.filter(({ units }) => units > 0);
  const failures = reached.reduce((total, { units, successes }) => total + units - successes, 0);
  const successes = reached.reduce((total, arm) => total + arm.successes, 0);
  if (reached.length < 2 || failures === 0 || successes === 0)
    return { p: null, logP: null, statistic: null, df: Math.max(0, reached.length - 1) };
  const { p, logP, statistic, df } = contingencyTest(reached.map((arm) => [arm.successes, arm.units - arm.successes]));
  return { p, logP, statistic, df };
}

function highest(rates: readonly (number | null)[]): number | null {
  let best: number | null = null;
  for (const [arm, rate] of rates.entries()) if (rate !== null && (best === null || rate > rates[best]!)) best = arm;
  return best;
}
