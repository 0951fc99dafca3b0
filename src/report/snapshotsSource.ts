// Reads snapshots (posts with metrics at one or many ages) and describes them in SQL: as-of figures, curves by age, missing values.
// A missing value is never a zero and a late one is not wrong (law L11); quantiles are type 7.
import { DomainError, type SnapshotsMapping } from "../domain/index.ts";
import type { Rng } from "../random/index.ts";
import { type Database, type Row, textLiteral } from "./database.ts";
import { numberChecks, presenceCheck, refuseRows, rowPlace, type RowCheck } from "./rowChecks.ts";
import { describeSlots, requireZone, slotChecks, slotColumns, type SlotDescription, slotFields } from "./slots/slotSource.ts";
import type { SourceFile } from "./sourceFiles.ts";
import { openTable, overFile, requireColumns, type SourceTable } from "./sourceTable.ts";

/** Figures over the posts that have a value; all null if none has. */
export interface Figures {
  readonly n: number;
  readonly sum: number | null;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly max: number | null;
  /** Posts whose value is zero. */
  readonly zero: number;
}

export interface DescribedMetric {
  readonly name: string;
  readonly observed: number;
  readonly missing: number;
  /** One value per post, without an age. */
  readonly lifetime?: Figures;
  /** The last value known at an age; posts without one are left out. */
  readonly asOf?: readonly (Figures & {
    readonly ageHours: number;
    /** Spearman's rank correlation with the values at the oldest of these ages, ties at their mid-rank; null where all values are one. */
    readonly rankWithOldest: { readonly n: number; readonly rho: number | null };
  })[];
  /** Values by age, for the maturation curve. */
  readonly curve?: readonly {
    readonly ageHours: number;
    readonly n: number;
    readonly share: number;
    readonly p50: number;
    readonly p90: number;
  }[];
  /** Posts whose value is lower at a later age. */
  readonly postsThatFall?: number;
}

export interface DescribedGroup {
  readonly id: string;
  readonly posts: number;
  readonly metrics: readonly DescribedMetric[];
  readonly attributes: readonly { readonly name: string; readonly missing: number }[];
}

export interface SnapshotDescription {
  readonly posts: number;
  /** In the order of their first rows. */
  readonly groups: readonly DescribedGroup[];
  /** Missing values by column over all groups. */
  readonly missing: Readonly<Record<string, number>>;
  /** Only where the mapping says when posts were published. */
  readonly slots?: SlotDescription;
}

/** Ages on a curve; a source with more distinct ages is described in bins of equal width. */
const curvePointsMax = 400;

interface ValueColumn {
  readonly column: string;
  readonly metric: string;
  /** Age in minutes; undefined if the row tells it or there is none. */
  readonly ageMinutes?: number;
}

/** @throws DomainError naming file, row and column of the first row that cannot be used. */
export async function describeSnapshots(
  database: Database,
  files: readonly SourceFile[],
  mapping: SnapshotsMapping,
  rng: Rng,
): Promise<SnapshotDescription> {
  const values = valueColumns(mapping);
  await requireZone(database, mapping);
  for (const [index, file] of files.entries()) {
    const table = await openTable(database, file, mapping.source);
    await overFile(file, () => loadFile(database, table, index, mapping, values));
  }
  await refuseRows(database, "post_row", files, rowChecks(mapping, values));
  await refuseShape(database, files, mapping);
  await database.run(knownValues(values));
  const slots = await describeSlots(database, files, mapping, { metrics: metricNames(values), isAged: hasAges(mapping), rng });
  return { ...(await description(database, mapping, values)), ...(slots !== undefined && { slots }) };
}

function valueColumns({ unpivot, columns }: SnapshotsMapping): ValueColumn[] {
  if (unpivot === undefined) return columns.metrics.map((metric) => ({ column: metric, metric }));
  const { prefix, from, to } = unpivot.columns;
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    column: `${prefix}${from + index}`,
    metric: unpivot.name,
    ageMinutes: (from + index) * unpivot.minutesPerStep,
  }));
}

const hasAges = (mapping: SnapshotsMapping) => mapping.unpivot !== undefined || mapping.columns.ageHours !== undefined;

function rowChecks(mapping: SnapshotsMapping, values: readonly ValueColumn[]): RowCheck[] {
  const { columns } = mapping;
  return [
    presenceCheck("unit", columns.unit),
    ...(columns.group === undefined ? [] : [presenceCheck("part", columns.group)]),
    ...(columns.ageHours === undefined ? [] : numberChecks("age", columns.ageHours)),
    ...values.flatMap(({ column }, index): RowCheck[] => [
      {
        code: "number-invalid",
        column,
        when: `value${index}_text is not null and (value${index} is null or not isfinite(value${index}))`,
        found: `value${index}_text`,
        message: `"${column}" is not a finite number`,
        fix: "Write a plain number, or list the text in source.missing of the mapping if it means that nothing was reported.",
      },
      {
        code: "number-negative",
        column,
        when: `value${index} < 0`,
        found: `value${index}_text`,
        message: `"${column}" is negative`,
        fix: "Correct the value; if it stands for a missing one, list it in source.missing of the mapping.",
      },
    ]),
    ...slotChecks(mapping),
  ];
}

async function loadFile(
  database: Database,
  table: SourceTable,
  index: number,
  mapping: SnapshotsMapping,
  values: readonly ValueColumn[],
): Promise<void> {
  const { columns, groupByFile } = mapping;
  const own = [columns.unit, columns.group, columns.ageHours, ...values.map(({ column }) => column), ...columns.attributes];
  const names = [...own.filter((name) => name !== undefined), ...slotColumns(mapping)];
  requireColumns(table, names);
  const part = groupByFile ? textLiteral(table.file.label) : columns.group === undefined ? "'all'" : table.text(columns.group);
  const fields = [
    `${index}::BIGINT * 1099511627776 + row_number() over () as position`,
    `${table.text(columns.unit)} as unit`,
    `${part} as part`,
    `${columns.ageHours === undefined ? "null::VARCHAR" : table.text(columns.ageHours)} as age_text`,
    `${columns.ageHours === undefined ? "null::DOUBLE" : table.number(columns.ageHours)} as age`,
    ...values.flatMap(({ column }, value) => [`${table.text(column)} as value${value}_text`, `${table.number(column)} as value${value}`]),
    ...columns.attributes.map((name, attribute) => `${table.text(name)} is null as missing${attribute}`),
    ...slotFields(table, mapping),
  ];
  const select = `select ${fields.join(", ")} from ${table.from(names)}`;
  await database.run(index === 0 ? `create temp table post_row as ${select}` : `insert into post_row ${select}`);
}

async function refuseShape(database: Database, files: readonly SourceFile[], { columns, groupByFile }: SnapshotsMapping): Promise<void> {
  const [size] = await database.rows("select count(*)::DOUBLE as n from post_row");
  if (size?.["n"] === 0)
    throw new DomainError({
      code: "rows-none",
      path: files.map((file) => file.path).join(", "),
      message: `${files.map((file) => file.name).join(", ")} has a header and no rows`,
      fix: "Give a file with at least one post.",
      value: 0,
    });
  const key = ["unit", ...(groupByFile ? ["part"] : []), ...(columns.ageHours === undefined ? [] : ["age"])].join(", ");
  const [twice] = await database.rows(
    `select any_value(unit) as unit, max(position)::DOUBLE as position from post_row group by ${key} having count(*) > 1 order by 2 limit 1`,
  );
  if (twice !== undefined)
    throw new DomainError({
      code: "unit-duplicate",
      path: rowPlace(files, Number(twice["position"]), columns.unit),
      message: `post ${twice["unit"] as string} has two rows${columns.ageHours === undefined ? "" : " at the same age"}`,
      fix:
        columns.ageHours === undefined
          ? "Give one row per post, or name the column of ages in columns.ageHours."
          : "Give one row per post and age.",
      value: twice["unit"],
    });
}

/** One row per known value. A post is known by the position of its first row; its age in minutes is that of the column or of the row. */
function knownValues(values: readonly ValueColumn[]): string {
  const metrics = metricNames(values);
  const list = (items: readonly (string | number)[]) => `[${items.join(", ")}]`;
  return `create temp table known as
    with posts as (select min(position) over (partition by part, unit) as post, part, age * 60 as age_minutes,
                          ${list(values.map((_, index) => `value${index}`))} as row_values from post_row),
         long as (select post, part, age_minutes, unnest(${list(values.map(({ metric }) => metrics.indexOf(metric)))})::INT as metric,
                         unnest(${list(values.map(({ ageMinutes }) => ageMinutes ?? "null"))})::DOUBLE as column_minutes,
                         unnest(row_values) as value from posts)
    select post, part, metric, coalesce(column_minutes, age_minutes) as minutes, value from long where value is not null`;
}

const metricNames = (values: readonly ValueColumn[]) => [...new Set(values.map(({ metric }) => metric))];

/** `fsum` keeps the sum of fractions the same however the rows were split over threads. */
const figuresSql = `count(*)::DOUBLE as n, fsum(value) as sum, fsum(value) / count(*) as mean, quantile_cont(value, .5) as p50,
  quantile_cont(value, .9) as p90, max(value) as max, (count(*) filter (value = 0))::DOUBLE as zero`;

const noFigures: Figures = { n: 0, sum: null, mean: null, p50: null, p90: null, max: null, zero: 0 };

function figuresOf(row: Row | undefined): Figures {
  if (row === undefined) return noFigures;
  const { n, sum, mean, p50, p90, max, zero } = row as unknown as Figures;
  return { n, sum, mean, p50, p90, max, zero };
}

async function description(database: Database, mapping: SnapshotsMapping, values: readonly ValueColumn[]): Promise<SnapshotDescription> {
  const { attributes } = mapping.columns;
  const parts = await database.rows(
    `select part, count(distinct unit)::DOUBLE as posts, count(*)::DOUBLE as n_rows,
       ${attributes.map((_, index) => `(count(*) filter (missing${index}))::DOUBLE as missing${index},`).join(" ")}
       min(position)::DOUBLE as first from post_row group by part order by first`,
  );
  const observed = byPartAndMetric(await database.rows("select part, metric, count(*)::DOUBLE as n from known group by part, metric"));
  const details = hasAges(mapping) ? await agedDetails(database, mapping) : await lifetimeDetails(database);
  const groups = parts.map((row): DescribedGroup => {
    const part = row["part"] as string;
    return {
      id: part,
      posts: Number(row["posts"]),
      metrics: metricNames(values).map((name, metric) => {
        const known = Number(observed.get(keyOf(part, metric))?.[0]?.["n"] ?? 0);
        const cells = Number(row["n_rows"]) * values.filter((value) => value.metric === name).length;
        return { name, observed: known, missing: cells - known, ...details(part, metric, Number(row["posts"])) };
      }),
      attributes: attributes.map((name, index) => ({ name, missing: Number(row[`missing${index}`]) })),
    };
  });
  return { posts: groups.reduce((sum, group) => sum + group.posts, 0), groups, missing: totalMissing(groups) };
}

function totalMissing(groups: readonly DescribedGroup[]): Record<string, number> {
  const missing: Record<string, number> = {};
  for (const group of groups)
    for (const field of [...group.metrics, ...group.attributes]) missing[field.name] = (missing[field.name] ?? 0) + field.missing;
  return missing;
}

type Details = (part: string, metric: number, posts: number) => Partial<DescribedMetric>;

async function lifetimeDetails(database: Database): Promise<Details> {
  const figures = byPartAndMetric(await database.rows(`select part, metric, ${figuresSql} from known group by part, metric`));
  return (part, metric) => ({ lifetime: figuresOf(figures.get(keyOf(part, metric))?.[0]) });
}

async function agedDetails(database: Database, { asOfHours }: SnapshotsMapping): Promise<Details> {
  const latest = (ageHours: number) =>
    `select part, metric, post, arg_max(value, minutes) as value from known where minutes <= ${ageHours * 60} group by part, metric, post`;
  const midRank = (field: string) => {
    const own = `partition by part, metric order by ${field}`;
    return `rank() over (${own}) + (count(*) over (partition by part, metric, ${field}) - 1) / 2`;
  };
  await database.run(`create temp table oldest as ${latest(Math.max(...asOfHours))}`);
  const asOf: { ageHours: number; figures: Map<string, Row[]>; ranks: Map<string, Row[]> }[] = [];
  for (const ageHours of asOfHours) {
    await database.run(`create or replace temp table latest as ${latest(ageHours)}`);
    asOf.push({
      ageHours,
      figures: byPartAndMetric(await database.rows(`select part, metric, ${figuresSql} from latest group by part, metric`)),
      ranks: byPartAndMetric(
        await database.rows(
          `with ranked as (select part, metric, ${midRank("latest.value")} as young_rank, ${midRank("oldest.value")} as old_rank
                           from latest join oldest using (part, metric, post))
           select part, metric, count(*)::DOUBLE as n, corr(young_rank, old_rank) as rho from ranked group by part, metric`,
        ),
      ),
    });
  }
  const curve = byPartAndMetric(
    await database.rows(
      `with span as (select count(distinct minutes) > ${curvePointsMax} as binned, max(minutes) / ${curvePointsMax} as width from known),
            aged as (select part, metric, post, value, case when binned then ceil(minutes / width) * width else minutes end as minutes from known, span)
       select part, metric, minutes, count(distinct post)::DOUBLE as n, quantile_cont(value, .5) as p50, quantile_cont(value, .9) as p90
       from aged group by part, metric, minutes order by minutes`,
    ),
  );
  const falls = byPartAndMetric(
    await database.rows(
      `with steps as (select part, metric, post, value < lag(value) over (partition by post, metric order by minutes) as falls from known)
       select part, metric, count(distinct post)::DOUBLE as n from steps where falls group by part, metric`,
    ),
  );
  return (part, metric, posts) => {
    const key = keyOf(part, metric);
    return {
      asOf: asOf.map(({ ageHours, figures, ranks }) => ({
        ageHours,
        ...figuresOf(figures.get(key)?.[0]),
        rankWithOldest: rankOf(ranks.get(key)?.[0]),
      })),
      curve: (curve.get(key) ?? []).map((row) => ({
        ageHours: Number(row["minutes"]) / 60,
        n: Number(row["n"]),
        share: Number(row["n"]) / posts,
        p50: Number(row["p50"]),
        p90: Number(row["p90"]),
      })),
      postsThatFall: Number(falls.get(key)?.[0]?.["n"] ?? 0),
    };
  };
}

/** The engine says NaN where one of the two has no spread. */
function rankOf(row: Row | undefined): { n: number; rho: number | null } {
  const rho = row?.["rho"] as number | null | undefined;
  return { n: Number(row?.["n"] ?? 0), rho: rho === undefined || rho === null || Number.isNaN(rho) ? null : rho };
}

const keyOf = (part: string, metric: number) => `${metric}/${part}`;

function byPartAndMetric(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, (row) => keyOf(row["part"] as string, Number(row["metric"])));
}
