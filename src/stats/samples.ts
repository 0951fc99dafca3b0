// The shapes tests take: counts with weights, tables of counts, and lists of measurements. Each is checked whole before any work (law L12).
import { DomainError } from "../domain/index.ts";

export function refuse(path: string, value: unknown, message: string, fix: string): never {
  throw new DomainError({ code: "stats-argument", path, message: `${path} ${message}`, fix, value });
}

/** Checks counts per arm and returns their sum. */
export function requireCounts(path: string, counts: readonly number[], leastLength: number): number {
  if (!Array.isArray(counts) || counts.length < leastLength)
    refuse(path, counts, `must be a list of at least ${leastLength} counts`, "Pass one count per arm.");
  let total = 0;
  counts.forEach((count, at) => {
    if (!(Number.isSafeInteger(count) && count >= 0))
      refuse(`${path}[${at}]`, count, "must be a whole number >= 0", "Pass counts of units, not rates or sums of money.");
    total += count;
  });
  return total;
}

/** Checks planned weights and returns them scaled to sum 1. A weight of 0 belongs to the leak check, not to a ratio test. */
export function requireWeights(weights: readonly number[], arms: number): number[] {
  if (!Array.isArray(weights) || weights.length !== arms)
    refuse("weights", weights, `must be a list of ${arms} weights, one for each count`, "Pass one planned weight per arm.");
  weights.forEach((weight, at) => {
    if (weight === 0)
      refuse(
        `weights[${at}]`,
        weight,
        "is 0: an arm that was to get nothing cannot be tested for its share",
        "Leave the arm out; units in it are a leak and are found by that check.",
      );
    if (!(weight > 0 && weight < Infinity)) refuse(`weights[${at}]`, weight, "must be a positive finite number", "Pass planned shares.");
  });
  const largest = Math.max(...weights);
  const total = weights.reduce((sum, weight) => sum + weight / largest, 0);
  return weights.map((weight) => weight / largest / total);
}

/** Checks a table of counts: equal rows, at least two of each. */
export function requireTable(table: readonly (readonly number[])[]): void {
  if (!Array.isArray(table) || table.length < 2) refuse("table", table, "must have at least two rows", "Pass one row per arm.");
  table.forEach((row: readonly number[], at) => {
    requireCounts(`table[${at}]`, row, 2);
    if (row.length !== (table[0] as readonly number[]).length)
      refuse(`table[${at}]`, row.length, "must be as long as the first row", "Pass one count for each column in every row.");
  });
}

/** The table without empty rows and columns, which no arrangement can change. */
export function withoutEmpty(table: readonly (readonly number[])[]): number[][] {
  const rows = table.filter((row) => row.some((count) => count > 0));
  const columns = (table[0] ?? []).map((_, at) => at).filter((at) => rows.some((row) => row[at]! > 0));
  return rows.map((row) => columns.map((at) => row[at]!));
}

/** The largest difference between two rows in the share of one column: for arms x failed, the points between the failure rates. */
export function largestShareDifference(table: readonly (readonly number[])[]): number {
  const shares = table.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => count / total);
  });
  return (shares[0] ?? []).reduce((most, _, column) => {
    const values = shares.map((row) => row[column]!);
    return Math.max(most, Math.max(...values) - Math.min(...values));
  }, 0);
}

export function requireSample(path: string, values: readonly number[], leastLength: number): void {
  if (!Array.isArray(values) || values.length < leastLength)
    refuse(path, values, `must be a list of at least ${leastLength} number${leastLength === 1 ? "" : "s"}`, "Pass more measurements.");
  values.forEach((value, at) => {
    if (!Number.isFinite(value))
      refuse(`${path}[${at}]`, value, "must be a finite number", "Leave missing measurements out; missing is not zero.");
  });
}
