// Reads moments: cumulative count, mean and variance of each arm at each time, one stream per experiment, treatment and metric. A source has
// both arms in one row, or one row per arm.
import { DomainError, type MomentArmColumns, type MomentPairColumns, type MomentsMapping } from "../domain/index.ts";
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
  /** Names of the arms, for planned shares given by name. */
  readonly arms: readonly [control: string, treatment: string];
  /** In order of time. */
  readonly checkpoints: readonly MomentsCheckpoint[];
}

const sides = ["control", "treatment"] as const;

/**
 * Streams in the order of their first rows: one per experiment, treatment and metric.
 * @throws DomainError naming file, row and column of the first row that cannot be used.
 */
export async function* readMoments(
  database: Database,
  files: readonly SourceFile[],
  { columns, source }: MomentsMapping,
): AsyncGenerator<MomentsStream> {
  const inArms = "arm" in columns;
  const table = inArms ? "moment_arm" : "moment_row";
  for (const [index, file] of files.entries()) {
    const opened = await openTable(database, file, source);
    const first = index === 0 ? `create temp table ${table} as` : `insert into ${table}`;
    const select = inArms ? armRows(opened, index, columns) : pairRows(opened, index, columns);
    await overFile(file, () => database.run(`${first} ${select}`));
  }
  await refuseNoRows(database, table, files);
  await refuseRows(database, table, files, inArms ? armChecks(columns) : pairChecks(columns));
  if (inArms) await pairArms(database, files, columns);
  await refuseTwice(database, files, columns);
  yield* grouped(database, columns);
}

function pairChecks(columns: MomentPairColumns): RowCheck[] {
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

function armChecks(columns: MomentArmColumns): RowCheck[] {
  return [
    presenceCheck("experiment", columns.experiment),
    presenceCheck("arm", columns.arm),
    ...(columns.metric === undefined ? [] : [presenceCheck("metric", columns.metric)]),
    ...numberChecks("time", columns.time),
    ...countChecks("count", columns.count),
    ...numberChecks("mean", columns.mean),
    ...varianceChecks("variance", columns.variance),
  ];
}

/** The text as it stands, for messages, and the number it means. */
function numberFields(table: SourceTable, field: string, column: string): string[] {
  return [`${table.text(column)} as ${field}_text`, `${table.number(column)} as ${field}`];
}

function selectOf(table: SourceTable, index: number, names: readonly (string | undefined)[], fields: readonly string[]): string {
  const present = names.filter((name) => name !== undefined);
  requireColumns(table, present);
  const position = `${index}::BIGINT * 1099511627776 + row_number() over () as position`;
  return `select ${[position, ...fields].join(", ")} from ${table.from(present)}`;
}

function textField(table: SourceTable, field: string, column: string | undefined): string {
  return `${column === undefined ? textLiteral("") : table.text(column)} as ${field}`;
}

function pairRows(table: SourceTable, index: number, columns: MomentPairColumns): string {
  const { experiment, comparison, metric, time } = columns;
  const arms = sides.flatMap((side) => [columns[side].count, columns[side].mean, columns[side].variance]);
  return selectOf(
    table,
    index,
    [experiment, comparison, metric, time, ...arms],
    [
      textField(table, "experiment", experiment),
      textField(table, "comparison", comparison),
      textField(table, "metric", metric),
      ...numberFields(table, "time", time),
      ...sides.flatMap((side) => [
        ...numberFields(table, `${side}_count`, columns[side].count),
        ...numberFields(table, `${side}_mean`, columns[side].mean),
        ...numberFields(table, `${side}_variance`, columns[side].variance),
      ]),
    ],
  );
}

function armRows(table: SourceTable, index: number, { experiment, arm, metric, time, count, mean, variance }: MomentArmColumns): string {
  return selectOf(
    table,
    index,
    [experiment, arm, metric, time, count, mean, variance],
    [
      textField(table, "experiment", experiment),
      textField(table, "arm", arm),
      textField(table, "metric", metric),
      ...numberFields(table, "time", time),
      ...numberFields(table, "count", count),
      ...numberFields(table, "mean", mean),
      ...numberFields(table, "variance", variance),
    ],
  );
}

/** Lays every treatment's row beside the control's of the same experiment, metric and time. */
async function pairArms(database: Database, files: readonly SourceFile[], { arm, controlArm, time }: MomentArmColumns): Promise<void> {
  const control = textLiteral(controlArm);
  const [twice] = await database.rows(
    `select experiment, arm, time, max(position)::DOUBLE as position from moment_arm
     group by experiment, arm, metric, time having count(*) > 1 order by 4 limit 1`,
  );
  if (twice !== undefined)
    throw new DomainError({
      code: "time-duplicate",
      path: rowPlace(files, Number(twice["position"]), time),
      message: `experiment ${twice["experiment"] as string} has two rows of arm ${twice["arm"] as string} for one time`,
      fix: "Give one row per arm and time, or name the column of the metric in columns.metric.",
      value: twice["time"],
    });
  const [alone] = await database.rows(
    `select t.experiment, t.arm, t.position::DOUBLE as position from moment_arm t
     where not exists (select 1 from moment_arm o where o.experiment = t.experiment and o.metric = t.metric and o.time = t.time
       and (o.arm = ${control}) <> (t.arm = ${control})) order by 3 limit 1`,
  );
  if (alone !== undefined)
    throw new DomainError({
      code: alone["arm"] === controlArm ? "arm-single" : "control-missing",
      path: rowPlace(files, Number(alone["position"]), arm),
      message:
        alone["arm"] === controlArm
          ? `experiment ${alone["experiment"] as string} has nothing beside its control at this time`
          : `experiment ${alone["experiment"] as string} has no row of the control "${controlArm}" at this time`,
      fix: "Give every arm a row at every time, and the control's value in columns.controlArm.",
      value: alone["arm"],
    });
  const beside = ["count", "mean", "variance"].flatMap((field) => [`c.${field} as control_${field}`, `t.${field} as treatment_${field}`]);
  await database.run(
    `create temp table moment_row as select t.position, t.experiment, t.arm as comparison, t.metric, t.time, ${beside.join(", ")}
     from moment_arm t join moment_arm c on c.experiment = t.experiment and c.metric = t.metric and c.time = t.time
     where c.arm = ${control} and t.arm <> ${control}`,
  );
}

async function refuseNoRows(database: Database, table: string, files: readonly SourceFile[]): Promise<void> {
  const [size] = await database.rows(`select count(*)::DOUBLE as n from ${table}`);
  if (size?.["n"] === 0)
    throw new DomainError({
      code: "rows-none",
      path: files.map((file) => file.path).join(", "),
      message: `${files.map((file) => file.name).join(", ")} has a header and no rows`,
      fix: "Give a file with at least one checkpoint.",
      value: 0,
    });
}

async function refuseTwice(database: Database, files: readonly SourceFile[], columns: MomentsMapping["columns"]): Promise<void> {
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

async function* grouped(database: Database, columns: MomentsMapping["columns"]): AsyncGenerator<MomentsStream> {
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
        ...(("arm" in columns || columns.comparison !== undefined) && { comparison: row["comparison"] as string }),
        ...(columns.metric !== undefined && { metric: row["metric"] as string }),
        arms: "arm" in columns ? [columns.controlArm, row["comparison"] as string] : [columns.control.arm, columns.treatment.arm],
        checkpoints: list("time").map((time, at) => ({ time, control: arm("control", at), treatment: arm("treatment", at) })),
      };
    }
}
