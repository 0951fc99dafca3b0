// Objects of a file or of memory as a table with one JSON column, whatever their shape: journals and telemetry hold rows of many shapes. What a reader
// needs is checked field by field, so that a broken row is refused with its place and not taken for a missing value.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DomainError, sourceFormatSchema } from "../domain/index.ts";
import { type Database, fileLiteral, textLiteral } from "./database.ts";
import { lineBytesMax } from "./limits.ts";
import { type SourceFile, sourceFiles } from "./sourceFiles.ts";
import { openTable, overFile } from "./sourceTable.ts";

/** Objects in memory, or an NDJSON (also .gz) or Parquet file, or a folder of such files. */
export type JsonSource<T> = readonly T[] | { readonly file: string };

export interface JsonFiles {
  readonly files: readonly SourceFile[];
  /** Removes what was made for objects in memory. */
  remove(): void;
}

/** @throws DomainError for a file that is not there or of another kind. */
export function jsonFiles<T>(source: JsonSource<T>, name: string): JsonFiles {
  if ("file" in source) {
    const files = sourceFiles(source.file, sourceFormatSchema.parse({}));
    const csv = files.find(({ format }) => format === "csv");
    if (csv !== undefined)
      throw new DomainError({
        code: "file-format-unknown",
        path: csv.path,
        message: `${csv.name} is CSV, which has no objects`,
        fix: "Give NDJSON or Parquet.",
      });
    return { files, remove: () => undefined };
  }
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "expos-rows-")));
  const path = join(folder, `${name}.ndjson`);
  writeFileSync(path, source.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return {
    files: source.length === 0 ? [] : [{ path, name, label: name, format: "ndjson", gzip: false }],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Makes `table(file INT, row BIGINT, json JSON)`; rows count from 1 in each file. @throws DomainError for files that cannot be read. */
export async function loadJsonRows(database: Database, table: string, files: readonly SourceFile[]): Promise<void> {
  await database.run(`create table ${table} (file int, row bigint, json json)`);
  for (const [index, file] of files.entries()) {
    await openTable(database, file, sourceFormatSchema.parse({}));
    const compression = file.gzip ? ", compression = 'gzip'" : "";
    const rows =
      file.format === "parquet"
        ? `select to_json(t) as json from read_parquet(${fileLiteral(file.path)}) t`
        : `select json from read_ndjson_objects(${fileLiteral(file.path)}, maximum_object_size = ${lineBytesMax}${compression})`;
    await overFile(file, () => database.run(`insert into ${table} select ${index}, row_number() over (), json from (${rows})`));
  }
}

export interface FieldRule {
  /** JSON path, such as `$.unit.id`. */
  readonly path: string;
  readonly kind: "text" | "number" | "boolean" | "object";
  readonly optional?: boolean;
}

const kinds: Readonly<Record<FieldRule["kind"], readonly string[]>> = {
  text: ["VARCHAR"],
  number: ["BIGINT", "UBIGINT", "DOUBLE", "HUGEINT"],
  boolean: ["BOOLEAN"],
  object: ["OBJECT"],
};

/** SQL: whether a JSON value is of a kind. */
export function isOfKind(value: string, kind: FieldRule["kind"]): string {
  return `(coalesce(json_type(${value}), 'NULL') in (${kinds[kind].map(textLiteral).join(", ")}))`;
}

/**
 * Refuses the first row, of those where `when` holds, with a field that is missing or of another kind.
 * @throws DomainError `row-invalid` with file, row and field.
 */
export async function requireFields(
  database: Database,
  { table, files, when, rules }: { table: string; files: readonly SourceFile[]; when: string; rules: readonly FieldRule[] },
): Promise<void> {
  for (const { path, kind, optional = false } of rules) {
    const value = `json_extract(json, ${textLiteral(path)})`;
    const missing = `coalesce(json_type(${value}), 'NULL') = 'NULL'`;
    const bad = optional ? `not ${missing} and not ${isOfKind(value, kind)}` : `not ${isOfKind(value, kind)}`;
    const [first] = await database.rows(
      `select file, row::double as row, ${value}::varchar as found from ${table} where (${when}) and (${bad}) order by file, row limit 1`,
    );
    if (first === undefined) continue;
    const field = path.slice(2);
    const found = first["found"];
    const file = files[first["file"] as number]!;
    throw new DomainError({
      code: "row-invalid",
      path: `${file.path}: row ${first["row"] as number}, ${field}`,
      message: `${field} of row ${first["row"] as number} of ${file.name} ${found === null ? "is missing" : `is no ${kind}`}`,
      fix: `Give ${field} as ${kind === "object" ? "an object" : `a ${kind}`}, or remove the row.`,
      ...(found !== null && { value: found }),
    });
  }
}
