// One data file as a table whose columns are read as text or as numbers, the same way for CSV, NDJSON and Parquet.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { DomainError, type SourceFormat } from "../domain/index.ts";
import { type Database, fileLiteral, identifier, textLiteral, translateDatabaseError } from "./database.ts";
import { columnsMax, lineBytesMax } from "./limits.ts";
import type { SourceFile } from "./sourceFiles.ts";
import { bytesOf, checkTextFile } from "./textFile.ts";

export interface SourceTable {
  readonly file: SourceFile;
  /** Names in the header. */
  readonly columns: readonly string[];
  /** SQL of the table function; give the columns that will be used, so that nothing else is read. */
  from(names: readonly string[]): string;
  /** SQL of the value as text, NULL where missing. */
  text(name: string): string;
  /** SQL of the value as finite or infinite DOUBLE, NULL where missing or not a number. */
  number(name: string): string;
}

type ColumnType = "text" | "number" | "other";

/**
 * Opens one data file: checks that it can be read, and learns its columns.
 * @throws DomainError for every reason a file cannot be used.
 */
export async function openTable(database: Database, file: SourceFile, format: SourceFormat): Promise<SourceTable> {
  switch (file.format) {
    case "csv":
      return csvTable(file, await checkTextFile(file), format);
    case "ndjson":
      return ndjsonTable(file, await checkTextFile(file), format);
    case "parquet":
      return parquetTable(database, file, format);
    default:
      return file.format satisfies never;
  }
}

/** The table must have these columns. */
export function requireColumns(table: SourceTable, names: readonly string[]): void {
  const missing = names.find((name) => !table.columns.includes(name));
  if (missing === undefined) return;
  throw new DomainError({
    code: "column-missing",
    path: `${table.file.path}: header`,
    message: `${table.file.name} has no column "${missing}"; it has ${table.columns.slice(0, 40).join(", ")}`,
    fix: "Correct the name in the mapping.",
    value: missing,
  });
}

/**
 * Runs SQL over one file; what goes wrong is said about that file.
 * @throws DomainError with the line where the engine knows it.
 */
export async function overFile<T>(file: SourceFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const translated = translateDatabaseError(error, file);
    if (file.format === "ndjson" && translated instanceof DomainError && translated.code === "row-broken")
      throw (await brokenJsonLine(file, error)) ?? translated;
    throw translated;
  }
}

const separators = [",", ";", "\t", "|"] as const;

function csvTable(file: SourceFile, head: string, format: SourceFormat): SourceTable {
  const separator = format.separator ?? likelySeparator(head);
  const columns = headerFields(head, separator);
  refuseHeader(file, columns);
  const cell = (name: string) => `c${columns.indexOf(name)}`;
  const types = columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(", ");
  const options = [
    "auto_detect = false",
    "header = true",
    `delim = ${textLiteral(separator)}`,
    `quote = '"'`,
    `escape = '"'`,
    "strict_mode = true",
    "null_padding = false",
    `max_line_size = ${lineBytesMax}`,
    `buffer_size = ${2 * lineBytesMax}`,
    `columns = {${types}}`,
  ];
  return {
    file,
    columns,
    from: () => `read_csv(${fileLiteral(file.path)}, ${options.join(", ")}${file.gzip ? ", compression = 'gzip'" : ""})`,
    text: (name) => presentText(cell(name), format.missing),
    number: (name) => numberOfText(presentText(cell(name), format.missing), format.decimal),
  };
}

function ndjsonTable(file: SourceFile, head: string, format: SourceFormat): SourceTable {
  const columns = keysOf(file, head);
  refuseHeader(file, columns);
  const options = ["format = 'newline_delimited'", `maximum_object_size = ${lineBytesMax}`];
  return {
    file,
    columns,
    from(names) {
      const types = (names.length > 0 ? [...new Set(names)] : columns.slice(0, 1))
        .map((name) => `${textLiteral(name)}: 'VARCHAR'`)
        .join(", ");
      return `read_json(${fileLiteral(file.path)}, ${[...options, `columns = {${types}}`].join(", ")}${file.gzip ? ", compression = 'gzip'" : ""})`;
    },
    text: (name) => presentText(identifier(name), format.missing),
    number: (name) => numberOfText(presentText(identifier(name), format.missing), format.decimal),
  };
}

async function parquetTable(database: Database, file: SourceFile, format: SourceFormat): Promise<SourceTable> {
  refuseWithoutParquetMarks(file);
  const from = `read_parquet(${fileLiteral(file.path)})`;
  const described = await overFile(file, () => database.rows(`describe select * from ${from}`));
  const types = new Map(described.map((row) => [row["column_name"] as string, row["column_type"] as string]));
  const numericMissing = format.missing.filter((text) => text.trim() !== "" && Number.isFinite(Number(text)));
  return {
    file,
    columns: [...types.keys()],
    from: () => from,
    text: (name) => presentText(`${identifier(name)}::VARCHAR`, format.missing),
    number(name) {
      const type = columnType(types.get(name) ?? "");
      const value = identifier(name);
      if (type === "text") return numberOfText(presentText(value, format.missing), format.decimal);
      if (type === "other")
        throw new DomainError({
          code: "column-type",
          path: `${file.path}: ${name}`,
          message: `column "${name}" of ${file.name} holds ${types.get(name)}, not numbers`,
          fix: "Name a numeric column in the mapping, or write this one as a number.",
          value: types.get(name),
        });
      return numericMissing.length === 0
        ? `${value}::DOUBLE`
        : `case when ${value}::DOUBLE in (${numericMissing.join(", ")}) then null else ${value}::DOUBLE end`;
    },
  };
}

function columnType(sqlType: string): ColumnType {
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(sqlType)) return "number";
  return sqlType === "VARCHAR" ? "text" : "other";
}

function presentText(cell: string, missing: readonly string[]): string {
  return missing.length === 0 ? cell : `case when ${cell} in (${missing.map(textLiteral).join(", ")}) then null else ${cell} end`;
}

/** Stricter than a cast, which takes `nan`, `inf` and `1_000`. */
function numberOfText(text: string, decimal: "." | ","): string {
  const mark = decimal === "." ? "[.]" : ",";
  const pattern = `[+-]?([0-9]+(${mark}[0-9]*)?|${mark}[0-9]+)([eE][+-]?[0-9]+)?`;
  const plain = decimal === "." ? `trim(${text})` : `replace(trim(${text}), ',', '.')`;
  return `case when regexp_full_match(trim(${text}), '${pattern}') then try_cast(${plain} as DOUBLE) end`;
}

function likelySeparator(head: string): string {
  const line = firstRecord(head).replaceAll(/"[^"]*"/g, "");
  const count = (separator: string) => line.split(separator).length;
  return separators.reduce<string>((best, next) => (count(next) > count(best) ? next : best), separators[0]);
}

/** The text up to the first line end outside quotes. */
function firstRecord(head: string): string {
  let quoted = false;
  for (let index = 0; index < head.length; index++) {
    const character = head[index];
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "\n" || character === "\r")) return head.slice(0, index);
  }
  return head;
}

function headerFields(head: string, separator: string): string[] {
  const record = firstRecord(head);
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let index = 0; index < record.length; index++) {
    const character = record[index]!;
    if (character === '"' && quoted && record[index + 1] === '"') {
      field += '"';
      index++;
    } else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      fields.push(field);
      field = "";
    } else field += character;
  }
  return [...fields, field];
}

/** NDJSON has no header: the keys of the first objects stand for one. */
function keysOf(file: SourceFile, head: string): string[] {
  const lines = head.split("\n");
  const complete = lines.length > 1 ? lines.slice(0, -1) : lines;
  const keys = new Set<string>();
  for (const [index, line] of complete.entries()) {
    if (line.trim() === "") continue;
    const value = parsedLine(line);
    if (value === undefined) throw brokenLine(file, index + 1, line);
    for (const key of Object.keys(value)) keys.add(key);
  }
  return [...keys];
}

function parsedLine(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function brokenLine(file: SourceFile, line: number, value: string, cause?: unknown): DomainError {
  return new DomainError(
    {
      code: "row-broken",
      path: `${file.path}: line ${line}`,
      message: `line ${line} of ${file.name} is not a JSON object`,
      fix: "Write one complete JSON object a line.",
      value,
    },
    { cause },
  );
}

/** The engine's line numbers drift when a record is cut; reading again line by line finds the true one. */
async function brokenJsonLine(file: SourceFile, cause: unknown): Promise<DomainError | undefined> {
  let number = 0;
  for await (const line of createInterface({ input: Readable.from(bytesOf(file)), crlfDelay: Infinity })) {
    number++;
    if (line.trim() !== "" && parsedLine(line.replace(/^\uFEFF/, "")) === undefined) return brokenLine(file, number, line, cause);
  }
  return undefined;
}

function refuseHeader(file: SourceFile, columns: readonly string[]): void {
  const refuse = (code: string, message: string, fix: string, value: unknown) =>
    new DomainError({ code, path: `${file.path}: header`, message, fix, value });
  if (columns.length > columnsMax)
    throw refuse(
      "column-excess",
      `${file.name} has ${columns.length} columns`,
      `Give a file of at most ${columnsMax} columns.`,
      columns.length,
    );
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined)
    throw refuse("column-duplicate", `${file.name} has two columns called "${twice}"`, "Give every column its own name.", twice);
}

function refuseWithoutParquetMarks(file: SourceFile): void {
  const descriptor = openSync(file.path, "r");
  try {
    const { size } = fstatSync(descriptor);
    const marks = Buffer.alloc(8);
    if (size >= 12) {
      readSync(descriptor, marks, 0, 4, 0);
      readSync(descriptor, marks, 4, 4, size - 4);
    }
    if (marks.toString("latin1") === "PAR1PAR1") return;
    throw new DomainError({
      code: "file-damaged",
      path: file.path,
      message: `${file.name} is damaged or no Parquet file`,
      fix: "Write the file again.",
      value: marks.toString("latin1"),
    });
  } finally {
    closeSync(descriptor);
  }
}
