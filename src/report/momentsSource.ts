// Reads moments: cumulative count, mean and variance of two arms at each time, one stream per experiment, comparison and metric.
import { DomainError, type MomentsMapping } from "../domain/index.ts";
import { type Database, textLiteral } from "./database.ts";
import { countChecks, numberChecks, presenceCheck, refuseRows, rowPlace, type RowCheck, varianceChecks } from "./rowChecks.ts";
import type { SourceFile } from "./sourceFiles.ts";
import { openTable, overFile, requireColumns, type SourceTable } from "./sourceTable.ts";

export interface ArmMoments {
  readonly count: number;
  readonly mean: number;
  /** Sample variance; null where it is not known. */
  readonly variance: number | null;
}

export interface MomentsCheckpoint {
  /** In the time unit of the mapping. */
  readonly time: number;
  readonly control: ArmMoments;
  readonly treatment: ArmMoments;
}

export interface MomentsStream {
  readonly experiment: string;
  readonly comparison?: string;
  readonly metric?: string;
  /** In order of time. */
  readonly checkpoints: readonly MomentsCheckpoint[];
}

const sides = ["control", "treatment"] as const;

/**
 * Streams in the order of their first rows.
 * @throws DomainError naming file, row and column of the first row that cannot be used.
 */
export async function* readMoments(
  database: Database,
  files: readonly SourceFile[],
  mapping: MomentsMapping,
): AsyncGenerator<MomentsStream> {
  for (const [index, file] of files.entries()) {
    const table = await openTable(database, file, mapping.source);
    await overFile(file, () => loadFile(database, table, index, mapping));
  }
  await refuseRows(database, "moment_row", files, rowChecks(mapping));
  await refuseShape(database, files, mapping);
  yield* grouped(database, mapping);
}

function rowChecks({ columns }: MomentsMapping): RowCheck[] {
  return [
    presenceCheck("experiment", columns.experiment),
    ...(columns.comparison === undefined ? [] : [presenceCheck("comparison", columns.comparison)]),
    ...(columns.metric === undefined ? [] : [presenceCheck("metric", columns.metric)]),
    ...numberChecks("time", columns.time),
    ...sides.flatMap((side) => [
      ...countChecks(`${side}_count`, columns[side].count),
      ...numberChecks(`${side}_mean`, columns[side].mean),
      ...varianceChecks(`${side}_variance`, columns[side].variance),
    ]),
  ];
}

async function loadFile(database: Database, table: SourceTable, index: number, { columns }: MomentsMapping): Promise<void> {
  const names = [
    columns.experiment,
    columns.comparison,
    columns.metric,
    columns.time,
    ...sides.flatMap((side) => [columns[side].count, columns[side].mean, columns[side].variance]),
  ].filter((name) => name !== undefined);
  requireColumns(table, names);
  const number = (field: string, column: string) => [`${table.text(column)} as ${field}_text`, `${table.number(column)} as ${field}`];
  const fields = [
    `${index}::BIGINT * 1099511627776 + row_number() over () as position`,
    `${table.text(columns.experiment)} as experiment`,
    `${columns.comparison === undefined ? textLiteral("") : table.text(columns.comparison)} as comparison`,
    `${columns.metric === undefined ? textLiteral("") : table.text(columns.metric)} as metric`,
    ...number("time", columns.time),
    ...sides.flatMap((side) => [
      ...number(`${side}_count`, columns[side].count),
      ...number(`${side}_mean`, columns[side].mean),
      ...number(`${side}_variance`, columns[side].variance),
    ]),
  ];
  const select = `select ${fields.join(", ")} from ${table.from(names)}`;
  await database.run(index === 0 ? `create temp table moment_row as ${select}` : `insert into moment_row ${select}`);
}

async function refuseShape(database: Database, files: readonly SourceFile[], { columns }: MomentsMapping): Promise<void> {
  const [size] = await database.rows("select count(*)::DOUBLE as n from moment_row");
  if (size?.["n"] === 0)
    throw new DomainError({
      code: "rows-none",
      path: files.map((file) => file.path).join(", "),
      message: `${files.map((file) => file.name).join(", ")} has a header and no rows`,
      fix: "Give a file with at least one checkpoint.",
      value: 0,
    });
  const [twice] = await database.rows(
    `select experiment, time, max(position)::DOUBLE as position from moment_row
     group by experiment, comparison, metric, time having count(*) > 1 order by 3 limit 1`,
  );
  if (twice !== undefined)
    throw new DomainError({
      code: "time-duplicate",
      path: rowPlace(files, Number(twice["position"]), columns.time),
      message: `experiment ${twice["experiment"] as string} has two rows for one time`,
      fix: "Give one row per time, or name the columns that tell the rows apart in columns.comparison and columns.metric.",
      value: twice["time"],
    });
}

async function* grouped(database: Database, { columns }: MomentsMapping): AsyncGenerator<MomentsStream> {
  const lists = ["time", ...sides.flatMap((side) => [`${side}_count`, `${side}_mean`, `${side}_variance`])];
  const sql = `select experiment, comparison, metric, ${lists.map((field) => `list(${field} order by time) as ${field}`).join(", ")}
    from moment_row group by experiment, comparison, metric order by min(position)`;
  for await (const rows of database.chunks(sql))
    for (const row of rows) {
      const list = (field: string) => row[field] as readonly number[];
      const arm = (side: (typeof sides)[number], at: number): ArmMoments => ({
        count: list(`${side}_count`)[at]!,
        mean: list(`${side}_mean`)[at]!,
        variance: (row[`${side}_variance`] as readonly (number | null)[])[at]!,
      });
      yield {
        experiment: row["experiment"] as string,
        ...(columns.comparison !== undefined && { comparison: row["comparison"] as string }),
        ...(columns.metric !== undefined && { metric: row["metric"] as string }),
        checkpoints: list("time").map((time, at) => ({ time, control: arm("control", at), treatment: arm("treatment", at) })),
      };
    }
}
