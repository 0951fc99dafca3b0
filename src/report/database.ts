// The one module that opens DuckDB: in memory, without extensions or network, reading inside the given folders only
// (docs/analyse.md). Its errors leave as DomainErrors; the texts of the library never do.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type JS } from "@duckdb/node-api";
import { DomainError } from "../domain/index.ts";

export type Cell = JS;
export type Row = Readonly<Record<string, Cell>>;

export interface Database {
  run(sql: string): Promise<void>;
  /** All rows; for small results. */
  rows(sql: string): Promise<Row[]>;
  /** Rows in chunks as they are produced; for results of any size. */
  chunks(sql: string): AsyncIterable<readonly Row[]>;
  close(): void;
}

export interface DatabaseOptions {
  /** Folders that may be read; everything else on disk and on the network is out of reach. */
  readonly folders: readonly string[];
  /** Above this the engine spills into a temporary folder that `close` removes. It is no cap on the process. */
  readonly memoryLimitMb?: number;
  readonly threads?: number;
}

/** Opens an empty database. The caller closes it. */
export async function openDatabase({ folders, memoryLimitMb = 256, threads }: DatabaseOptions): Promise<Database> {
  const spill = mkdtempSync(join(tmpdir(), "expos-spill-"));
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    memory_limit: `${memoryLimitMb}MB`,
    temp_directory: spill,
    ...(threads !== undefined && { threads: String(threads) }),
  });
  const connection = await instance.connect();
  for (const setting of [
    "GLOBAL TimeZone = 'UTC'",
    `allowed_directories = [${folders.map(textLiteral).join(", ")}]`,
    "enable_external_access = false",
    "lock_configuration = true",
  ])
    await connection.run(`set ${setting}`);
  return {
    run: async (sql) => void (await connection.run(sql)),
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS(),
    async *chunks(sql) {
      yield* (await connection.stream(sql)).yieldRowObjectJs();
    },
    close() {
      connection.closeSync();
      instance.closeSync();
      rmSync(spill, { recursive: true, force: true });
    },
  };
}

/** A text as SQL literal. */
export const textLiteral = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** A file name as SQL literal; DuckDB would read * ? and [ as a pattern. */
export const fileLiteral = (path: string) => textLiteral(path.replaceAll(/[*?[]/g, (mark) => `[${mark}]`));

/** A column name as SQL identifier. */
export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

interface Translation {
  readonly when: RegExp;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

const translations: readonly Translation[] = [
  {
    when: /Expected Number of Columns: \d+ Found: \d+/,
    code: "row-ragged",
    message: "has another number of fields than the header",
    fix: "Quote fields that contain the separator, or complete the row.",
  },
  {
    when: /unterminated quote/i,
    code: "quote-open",
    message: "opens a quote that is never closed",
    fix: 'Close the quote; write a quote inside a field as "".',
  },
  { when: /unicode|utf-8/i, code: "file-encoding", message: "is not UTF-8 text", fix: "Save the file as UTF-8." },
  {
    when: /Maximum line size|maximum_object_size|max_line_size/i,
    code: "line-too-long",
    message: "is too long",
    fix: "Check that the file has line ends and closed quotes.",
  },
  { when: /CSV Error/, code: "row-broken", message: "is not valid CSV", fix: "Correct quotes and separators of this row." },
  {
    when: /Malformed JSON|JSON transform error|Expected OBJECT/i,
    code: "row-broken",
    message: "is not a JSON object",
    fix: "Write one complete JSON object a line.",
  },
  { when: /Parquet|magic bytes|thrift/i, code: "file-damaged", message: "is damaged or no Parquet file", fix: "Write the file again." },
  {
    when: /Out of Memory|could not allocate|No space left/i,
    code: "memory-exhausted",
    message: "needs more memory or temporary disk space than there is",
    fix: "Free space in the temporary folder, or analyse fewer rows at once.",
  },
  {
    when: /IO Error|Could not read|Permission/i,
    code: "file-unreadable",
    message: "cannot be read",
    fix: "Check the rights of the file and the disk.",
  },
];

const problemOfInput =
  /^(Invalid Input Error|Invalid Error|IO Error|Conversion Error|Out of Memory Error|Permission Error|Serialization Error)/;

/**
 * What the engine says about a file, in our words.
 * @returns a DomainError, or the error itself if it is not about the input (a bug, to be rethrown).
 */
export function translateDatabaseError(error: unknown, file: { path: string; name: string }): unknown {
  const text = error instanceof Error ? error.message : "";
  if (!problemOfInput.test(text)) return error;
  const known = translations.find(({ when }) => when.test(text));
  const line = /(?:on|in) line:? (\d+)/i.exec(text)?.[1];
  const original = /^Original Line: ?(.*)$/m.exec(text)?.[1];
  const place = line === undefined ? "" : `line ${line} `;
  return new DomainError(
    {
      code: known?.code ?? "file-unreadable",
      path: line === undefined ? file.path : `${file.path}: line ${line}`,
      message: `${place === "" ? "" : `${place}of `}${file.name} ${known?.message ?? "cannot be read in this format"}`,
      fix: known?.fix ?? "Check the format of the file, and set source.format in the mapping.",
      ...(original !== undefined && { value: original }),
    },
    { cause: error },
  );
}
