// Checks of single rows as data: each names the problem, the column and the fix; the first row that fails any of them is refused.
import { DomainError } from "../domain/index.ts";
import type { Database } from "./database.ts";
import type { SourceFile } from "./sourceFiles.ts";

export interface RowCheck {
  readonly code: string;
  /** Column of the file that the error names. */
  readonly column: string;
  /** SQL over the loaded table: true where the row is refused. */
  readonly when: string;
  /** SQL of the offending value as text. */
  readonly found: string;
  readonly message: string;
  readonly fix: string;
}

/** Files are numbered in the upper bits of a row's position, rows from 1 in the lower ones. */
const rowsPerFileMax = 2 ** 40;

/** `data.csv: row 12, column clicks`; rows count from 1 without the header. */
export function rowPlace(files: readonly SourceFile[], position: number, column: string): string {
  const file = files[Math.floor(position / rowsPerFileMax)];
  return `${file?.path}: row ${position % rowsPerFileMax}, column ${column}`;
}

export function presenceCheck(field: string, column: string): RowCheck {
  return {
    code: "value-missing",
    column,
    when: `${field} is null`,
    found: "null",
    message: `"${column}" is empty`,
    fix: "Fill in the value or remove the row.",
  };
}

/** A number: present, readable and finite. Expects the SQL columns `field` and `field_text`. */
export function numberChecks(field: string, column: string): RowCheck[] {
  return [
    presenceCheck(`${field}_text`, column),
    {
      code: "number-invalid",
      column,
      when: `${field} is null or not isfinite(${field})`,
      found: `${field}_text`,
      message: `"${column}" is not a finite number`,
      fix: "Write a plain number; if it uses a decimal comma, set source.decimal in the mapping.",
    },
  ];
}

function notNegative(field: string, column: string): RowCheck {
  return {
    code: "number-negative",
    column,
    when: `${field} < 0`,
    found: `${field}_text`,
    message: `"${column}" is negative`,
    fix: "Correct the value; if it stands for a missing one, list it in source.missing of the mapping.",
  };
}

/** A count: a number, whole, not negative, and small enough to be exact. */
export function countChecks(field: string, column: string): RowCheck[] {
  return [
    ...numberChecks(field, column),
    notNegative(field, column),
    {
      code: "number-fractional",
      column,
      when: `${field} <> floor(${field})`,
      found: `${field}_text`,
      message: `"${column}" is not a whole number`,
      fix: "Give counts of units, not rates or sums of parts.",
    },
    {
      code: "number-too-large",
      column,
      when: `${field} > 9007199254740991`,
      found: `${field}_text`,
      message: `"${column}" is above 2^53, where counts are no longer exact`,
      fix: "Correct the value.",
    },
  ];
}

/** A planned weight: a positive number. */
export function weightChecks(field: string, column: string): RowCheck[] {
  return [
    ...numberChecks(field, column),
    {
      code: "share-not-positive",
      column,
      when: `${field} <= 0`,
      found: `${field}_text`,
      message: `"${column}" gives an arm no planned share`,
      fix: "Give every arm a positive planned share, or remove the arm.",
    },
  ];
}

export function varianceChecks(field: string, column: string): RowCheck[] {
  return [
    {
      code: "number-invalid",
      column,
      when: `${field}_text is not null and (${field} is null or not isfinite(${field}))`,
      found: `${field}_text`,
      message: `"${column}" is not a finite number`,
      fix: "Write a plain number, or leave the field empty where the variance is not known.",
    },
    notNegative(field, column),
  ];
}

/**
 * Refuses the first row, in file order, that fails a check.
 * @param table a loaded table with a `position` column.
 */
export async function refuseRows(
  database: Database,
  table: string,
  files: readonly SourceFile[],
  checks: readonly RowCheck[],
): Promise<void> {
  const failing = checks.map(({ when }, index) => `when ${when} then ${index}`).join(" ");
  const found = checks.map(({ found }, index) => `when ${index} then (${found})::VARCHAR`).join(" ");
  const [row] = await database.rows(
    `with first as (select *, case ${failing} end::INT as problem from ${table} where case ${failing} end is not null order by position limit 1)
     select problem, position::DOUBLE as position, case problem ${found} end as found from first`,
  );
  if (row === undefined) return;
  const { code, column, message, fix } = checks[Number(row["problem"])]!;
  throw new DomainError({ code, path: rowPlace(files, Number(row["position"]), column), message, fix, value: row["found"] ?? "" });
}
