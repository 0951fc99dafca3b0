// How rows of older versions of the account machine become rows of the present one.
import type { Migrations } from "../rowReader.ts";

export const accountMigrations: Migrations = {
  /** Version 2 remembers how the last attempts ended; what a row of version 1 saw of them is in its lanes alone. */
  1: (row) => ({ ...row, version: 2, snapshot: { ...row.snapshot, context: { ...row.snapshot.context, attempts: [] } } }),
};
