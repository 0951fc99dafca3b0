// Rows as a Parquet file (zstd), for notebooks and archives. The database writes into a folder of its own; the caller gets the bytes.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identifier, openDatabase, textLiteral } from "./database.ts";

export type ParquetColumn = readonly [name: string, type: "text" | "number" | "count"];
export type ParquetCell = string | number | null;

const sqlTypes = { text: "VARCHAR", number: "DOUBLE", count: "BIGINT" } as const;
/** Rows a statement. */
const batch = 1_000;

/** @param rows one cell for each column, in the order of the columns; for results of some thousand rows. */
export async function parquetOf(columns: readonly ParquetColumn[], rows: readonly (readonly ParquetCell[])[]): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "expos-parquet-"));
  const database = await openDatabase({ folders: [folder] });
  try {
    await database.run(`create temp table result (${columns.map(([name, type]) => `${identifier(name)} ${sqlTypes[type]}`).join(", ")})`);
    for (let from = 0; from < rows.length; from += batch) {
      const values = rows.slice(from, from + batch).map((row) => `(${row.map(literal).join(", ")})`);
      await database.run(`insert into result values ${values.join(", ")}`);
    }
    const file = join(folder, "result.parquet");
    await database.run(`copy result to ${textLiteral(file)} (format parquet, compression zstd)`);
    return readFileSync(file);
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function literal(cell: ParquetCell): string {
  if (cell === null) return "null";
  if (typeof cell === "string") return textLiteral(cell);
  return Number.isFinite(cell) ? String(cell) : textLiteral(String(cell));
}
