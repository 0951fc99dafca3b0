// An account's earlier posts from a file, for calibrating a rule on them: their metrics on the log scale, and what makes two of them comparable.
import { dirname } from "node:path";
import { DomainError, parseWith, sourceFormatSchema } from "../domain/index.ts";
import { openDatabase, identifier } from "./database.ts";
import { sourceFiles } from "./sourceFiles.ts";
import { openTable, overFile, requireColumns } from "./sourceTable.ts";

export interface PostHistory {
  readonly proxies: readonly string[];
  /** In the order of the file, which should be that of time; posts that lack a proxy are left out (missing is not zero, law L11). */
  readonly posts: readonly { readonly group: string; readonly logs: readonly number[] }[];
  /** Posts that lack a proxy. */
  readonly leftOut: number;
}

export interface PostHistoryOptions {
  /** Columns of counts; left out, those with the usual names of counts. */
  readonly proxies?: readonly string[];
  /** Columns that must agree for two posts to be compared, such as type and daypart. */
  readonly groupBy: readonly string[];
  /** Of CSV files. */
  readonly separator?: string;
}

/**
 * @param file CSV, NDJSON or Parquet with one row a post.
 * @throws DomainError for a file or column that cannot be used, `proxies-unknown` where no column has a usual name, or for a negative count.
 */
export async function readPostHistory(file: string, { proxies: asked, groupBy, separator }: PostHistoryOptions): Promise<PostHistory> {
  const format = parseWith(sourceFormatSchema, separator === undefined ? {} : { separator }, { code: "history-format" });
  const [source] = sourceFiles(file, format);
  const database = await openDatabase({ folders: [dirname(source!.path)] });
  try {
    const table = await openTable(database, source!, format);
    const proxies = asked ?? usualCounts(table.columns, file);
    requireColumns(table, [...proxies, ...groupBy]);
    const fields = [
      ...proxies.map((name, at) => `${table.number(name)} as ${identifier(`p${at}`)}`),
      ...groupBy.map((name, at) => `${table.text(name)} as ${identifier(`g${at}`)}`),
    ];
    const rows = await overFile(source!, () => database.rows(`select ${fields.join(", ")} from ${table.from([...proxies, ...groupBy])}`));
    const posts: { group: string; logs: number[] }[] = [];
    rows.forEach((row, at) => {
      const values = proxies.map((_, proxy) => row[`p${proxy}`] as number | null);
      const negative = values.findIndex((value) => value !== null && !(value >= 0 && value < Infinity));
      if (negative !== -1)
        throw new DomainError({
          code: "history-value",
          path: `${file}: row ${at + 1} ${proxies[negative]!}`,
          message: `${proxies[negative]!} is no count`,
          fix: "Give counts from 0, and leave a missing one empty.",
          value: values[negative],
        });
      if (values.every((value) => value !== null))
        posts.push({
          group: groupBy.map((_, group) => (row[`g${group}`] as string | null) ?? "").join("/"),
          logs: values.map((value) => Math.log1p(value)),
        });
    });
    return { proxies, posts, leftOut: rows.length - posts.length };
  } finally {
    database.close();
  }
}

/** Not how many were reached: reach and views depend on what was shown to whom as well as on the post. */
const usualNames = ["comment", "share", "save", "like", "reply", "repost", "reaction"] as const;

function usualCounts(columns: readonly string[], file: string): readonly string[] {
  const found = columns.filter((column) =>
    (usualNames as readonly string[]).includes(
      column
        .toLowerCase()
        .replace(/(?<=repl)ies$/, "y")
        .replace(/s$/, ""),
    ),
  );
  if (found.length > 0) return found;
  throw new DomainError({
    code: "proxies-unknown",
    path: `${file}: header`,
    message: `no column is called ${usualNames.join(", ")} or the like; there are ${columns.slice(0, 40).join(", ")}`,
    fix: "Name the counts that say how well a post did, such as --proxy likes.",
    value: columns.slice(0, 40),
  });
}
