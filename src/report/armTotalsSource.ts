// Reads arm totals: one row per arm, checked row by row and grouped by experiment inside DuckDB. Texts of content columns are compared
// there as 128-bit digests and never reach JavaScript.
import { DomainError, type ArmTotalsMapping } from "../domain/index.ts";
import { type Database, textLiteral } from "./database.ts";
import { armsMax, armsPerExperimentMax } from "./limits.ts";
import { countChecks, presenceCheck, type RowCheck, refuseRows, rowPlace, weightChecks } from "./rowChecks.ts";
import type { SourceFile } from "./sourceFiles.ts";
import { openTable, overFile, requireColumns, type SourceTable } from "./sourceTable.ts";

export interface ExperimentTotals {
  readonly id: string;
  /** The earliest week of its arms: a number if all weeks of the source are whole numbers. */
  readonly week?: number | string;
  /** In file order. */
  readonly arms: readonly { readonly id: string; readonly units: number; readonly successes: number; readonly weight: number }[];
  /** Whether each content column takes more than one value; a missing text and an empty one are the same content. */
  readonly differs: Readonly<Record<string, boolean>>;
}

/**
 * Experiments in the order of their first rows.
 * @throws DomainError naming file, row and column of the first row that cannot be used; nothing is yielded before all rows are checked.
 */
export async function* readArmTotals(
  database: Database,
  files: readonly SourceFile[],
  mapping: ArmTotalsMapping,
): AsyncGenerator<ExperimentTotals> {
  for (const [index, file] of files.entries()) {
    const table = await openTable(database, file, mapping.source);
    await overFile(file, () => loadFile(database, table, index, mapping));
  }
  await refuseRows(database, "arm_row", files, rowChecks(mapping));
  await refuseShape(database, files, mapping);
  yield* grouped(database, mapping);
}

function rowChecks({ columns, shares }: ArmTotalsMapping): RowCheck[] {
  return [
    presenceCheck("experiment", columns.experiment),
    presenceCheck("arm", columns.arm),
    ...countChecks("units", columns.units),
    ...countChecks("successes", columns.successes),
    {
      code: "successes-above-units",
      column: columns.successes,
      when: "successes > units",
      found: "successes_text || ' of ' || units_text",
      message: `"${columns.successes}" is larger than "${columns.units}"`,
      fix: "Correct the counts, or swap the two columns in the mapping.",
    },
    ...(typeof shares === "object" && "column" in shares ? weightChecks("weight", shares.column) : []),
    ...(typeof shares === "object" && "weights" in shares
      ? [
          {
            code: "share-missing",
            column: columns.arm,
            when: "weight is null",
            found: "arm",
            message: "the mapping gives this arm no planned share",
            fix: "Add the arm to shares.weights of the mapping.",
          },
        ]
      : []),
  ];
}

async function loadFile(database: Database, table: SourceTable, index: number, { columns, shares }: ArmTotalsMapping): Promise<void> {
  const shareColumn = typeof shares === "object" && "column" in shares ? shares.column : undefined;
  const names = [columns.experiment, columns.arm, columns.units, columns.successes, columns.week, shareColumn, ...columns.content].filter(
    (name) => name !== undefined,
  );
  requireColumns(table, names);
  const fields = [
    `${index}::BIGINT * 1099511627776 + row_number() over () as position`,
    `${table.text(columns.experiment)} as experiment`,
    `${table.text(columns.arm)} as arm`,
    `${table.text(columns.units)} as units_text`,
    `${table.number(columns.units)} as units`,
    `${table.text(columns.successes)} as successes_text`,
    `${table.number(columns.successes)} as successes`,
    `${columns.week === undefined ? "null::VARCHAR" : table.text(columns.week)} as week`,
    `${shareColumn === undefined ? "null::VARCHAR" : table.text(shareColumn)} as weight_text`,
    `${weightOf(table, columns.arm, shares)} as weight`,
    ...columns.content.map((name, column) => `md5_number(coalesce(${table.text(name)}, '')) as content${column}`),
  ];
  const select = `select ${fields.join(", ")} from ${table.from(names)}`;
  await database.run(index === 0 ? `create temp table arm_row as ${select}` : `insert into arm_row ${select}`);
}

function weightOf(table: SourceTable, arm: string, shares: ArmTotalsMapping["shares"]): string {
  if (shares === "equal") return "1::DOUBLE";
  if ("column" in shares) return table.number(shares.column);
  const cases = Object.entries(shares.weights).map(([id, weight]) => `when ${textLiteral(id)} then ${weight}`);
  return `(case ${table.text(arm)} ${cases.join(" ")} end)::DOUBLE`;
}

/** What no single row can show: no rows at all or too many, an arm twice, an experiment of one arm or of too many. */
async function refuseShape(database: Database, files: readonly SourceFile[], { columns }: ArmTotalsMapping): Promise<void> {
  const [size] = await database.rows("select count(*)::DOUBLE as n from arm_row");
  if (size?.["n"] === 0)
    throw new DomainError({
      code: "rows-none",
      path: files.map((file) => file.path).join(", "),
      message: `${files.map((file) => file.name).join(", ")} has a header and no rows`,
      fix: "Give a file with at least one experiment of two arms.",
      value: 0,
    });
  if (Number(size?.["n"]) > armsMax)
    throw new DomainError({
      code: "row-excess",
      path: files.map((file) => file.path).join(", "),
      message: `${files.map((file) => file.name).join(", ")} has ${Number(size?.["n"])} arms, more than the ${armsMax} that are analysed at once`,
      fix: "Split the source by experiment, such as one file a year.",
      value: size?.["n"],
    });
  const [twice] = await database.rows(
    `select experiment, arm, max(position)::DOUBLE as position from arm_row group by experiment, arm having count(*) > 1 order by 3 limit 1`,
  );
  if (twice !== undefined)
    throw new DomainError({
      code: "arm-duplicate",
      path: rowPlace(files, Number(twice["position"]), columns.arm),
      message: `experiment ${twice["experiment"] as string} has arm ${twice["arm"] as string} twice`,
      fix: "Give one row per arm; sum the counts of parts before.",
      value: twice["arm"],
    });
  const [alone] = await database.rows(
    `select experiment, any_value(arm) as arm, max(position)::DOUBLE as position from arm_row group by experiment having count(*) = 1 order by 3 limit 1`,
  );
  if (alone !== undefined)
    throw new DomainError({
      code: "arm-single",
      path: rowPlace(files, Number(alone["position"]), columns.arm),
      message: `experiment ${alone["experiment"] as string} has one arm only`,
      fix: "Add the other arms, or remove the experiment: there is nothing to compare.",
      value: alone["arm"],
    });
  const [crowded] = await database.rows(
    `select experiment, count(*)::DOUBLE as n, max(position)::DOUBLE as position from arm_row group by experiment having count(*) > ${armsPerExperimentMax} order by 3 limit 1`,
  );
  if (crowded !== undefined)
    throw new DomainError({
      code: "arm-excess",
      path: rowPlace(files, Number(crowded["position"]), columns.experiment),
      message: `experiment ${crowded["experiment"] as string} has ${Number(crowded["n"])} arms, more than ${armsPerExperimentMax}`,
      fix: "Check that columns.experiment names the column of the experiment; a column of days or units makes one crowd of all.",
      value: crowded["n"],
    });
}

async function* grouped(database: Database, { columns }: ArmTotalsMapping): AsyncGenerator<ExperimentTotals> {
  const [weeks] = await database.rows("select coalesce(bool_and(regexp_full_match(week, '[0-9]{1,15}')), false) as numeric from arm_row");
  const week = weeks?.["numeric"] === true ? "min(week::BIGINT)::DOUBLE" : "min(week)";
  const inOrder = (field: string) => `list(${field} order by position) as ${field}`;
  const differs = columns.content.map((_, column) => `(min(content${column}) <> max(content${column})) as differs${column}`);
  const fields = ["experiment", `${week} as week`, ...["arm", "units", "successes", "weight"].map(inOrder), ...differs];
  const sql = `select ${fields.join(", ")} from arm_row group by experiment order by min(position)`;
  for await (const rows of database.chunks(sql))
    for (const row of rows) {
      const [ids, units, successes, weights] = [row["arm"], row["units"], row["successes"], row["weight"]] as [
        string[],
        number[],
        number[],
        number[],
      ];
      const weekFound = row["week"] as number | string | null;
      yield {
        id: row["experiment"] as string,
        ...(weekFound !== null && { week: weekFound }),
        arms: ids.map((id, arm) => ({ id, units: units[arm]!, successes: successes[arm]!, weight: weights[arm]! })),
        differs: Object.fromEntries(columns.content.map((name, column) => [name, row[`differs${column}`] === true])),
      };
    }
}
