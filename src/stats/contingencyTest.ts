// Do the arms differ in their outcomes? Pearson's chi-square on arms x outcome, without continuity correction.
import { largestShareDifference, requireTable, withoutEmpty } from "./samples.ts";
import { chiSquareLogSf, chiSquareSf } from "./special/index.ts";
import type { TestResult } from "./testResult.ts";

export interface ContingencyResult extends Omit<TestResult, "minP"> {
  /** Degrees of freedom; 0 says that the table had nothing to compare. */
  readonly df: number;
  /** Largest difference between two rows in the share of one column. */
  readonly effect: number;
}

/**
 * Rows are arms, columns outcomes such as [successes, failures]. Arms without units and outcomes that never happened are left out; with fewer
 * than two of either left (no success anywhere) there is nothing to compare: statistic 0, df 0, p 1.
 * @throws DomainError for fewer than two rows or columns, unequal rows, or counts that are not whole numbers >= 0.
 */
export function contingencyTest(table: readonly (readonly number[])[]): ContingencyResult {
  requireTable(table);
  const full = withoutEmpty(table);
  const columnTotals = (full[0] ?? []).map((_, at) => full.reduce((sum, row) => sum + row[at]!, 0));
  if (full.length < 2 || columnTotals.length < 2) return { p: 1, logP: 0, statistic: 0, df: 0, exactness: "asymptotic", effect: 0 };
  const units = columnTotals.reduce((sum, count) => sum + count, 0);
  const df = (full.length - 1) * (columnTotals.length - 1);
  let statistic = 0;
  for (const row of full) {
    const total = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, at) => {
      const expected = (total / units) * columnTotals[at]!;
      statistic += (count - expected) ** 2 / expected;
    });
  }
  return {
    p: chiSquareSf(statistic, df),
    logP: chiSquareLogSf(statistic, df),
    statistic,
    df,
    exactness: "asymptotic",
    effect: largestShareDifference(full),
  };
}
