// Reads where posts stood in day and week: from an instant and a zone, or from wall time that is already taken apart. Part of a snapshots mapping.
import { DomainError, type SnapshotsMapping, weekdays } from "../../domain/index.ts";
import type { Rng } from "../../random/index.ts";
import { type Database, textLiteral } from "../database.ts";
import { rowPlace, type RowCheck } from "../rowChecks.ts";
import type { SourceFile } from "../sourceFiles.ts";
import type { SourceTable } from "../sourceTable.ts";
import { type ComparedGroup, compareSlots, type GroupSlots, slotReadingPolicy, type SlotPair } from "./slotComparability.ts";

type SlotColumns = NonNullable<SnapshotsMapping["slots"]>;

/** The groups of one column, or of the files, compared by their slots. */
export interface SlotComparison {
  readonly by: string;
  /** Posts without a slot or a group; they take no part. */
  readonly postsLeftOut: number;
  readonly groups: readonly ComparedGroup[];
  readonly pairs: readonly SlotPair[];
}

export interface SlotDescription {
  /** Zone in which hours are read; left out where the source does not state one. */
  readonly zone?: string;
  /** Names of the seven days of `byWeekday`; left out where no day is known. */
  readonly weekdays?: readonly string[];
  readonly postsWithoutSlot: number;
  readonly comparisons: readonly SlotComparison[];
  /** Posts and mean values by hour of the day; lifetime values alone have means. */
  readonly byHour: readonly { readonly hour: number; readonly posts: number; readonly means: Readonly<Record<string, number | null>> }[];
  /** Thresholds of the readings of a pair. */
  readonly policy: typeof slotReadingPolicy;
}

/** Posts of a group that are kept one by one; its shares by hour and day are those of all its posts. */
const sampleMax = 20_000;
const noPosts = () => Array.from({ length: 24 }, () => 0);

/** More groups than people can compare two by two; a column with more is hardly one of groups. */
const groupsMax = 12;

const time = String.raw`[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?`;
const offset = String.raw` ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)`;
/** Seconds since 1970 that a calendar can hold: the year 9999 ends at 253,402,300,800. */
const epochSecondsMax = 253_402_300_800;

export function comparedColumns({ slots, columns }: SnapshotsMapping): readonly string[] {
  return slots?.compare ?? (columns.group === undefined ? [] : [columns.group]);
}

export function slotColumns(mapping: SnapshotsMapping): string[] {
  const { slots } = mapping;
  if (slots === undefined) return [];
  const own = "time" in slots ? [slots.time] : [slots.hour, ...(slots.weekday === undefined ? [] : [slots.weekday])];
  return [...own, ...comparedColumns(mapping)];
}

/** SQL of the loaded fields: `slot_text`, `slot_hour`, `slot_day_text`, `slot_day` and one `compared` per column. */
export function slotFields(table: SourceTable, mapping: SnapshotsMapping): string[] {
  const { slots } = mapping;
  if (slots === undefined) return [];
  const groups = comparedColumns(mapping).map((column, at) => `${table.text(column)} as compared${at}`);
  if ("time" in slots) {
    const wall = wallTime(table, slots);
    const seconds = `(date_part('hour', ${wall}) * 3600 + date_part('minute', ${wall}) * 60 + date_part('second', ${wall}))`;
    return [
      `${table.text(slots.time)} as slot_text`,
      `${seconds}::DOUBLE / 3600 as slot_hour`,
      "null::VARCHAR as slot_day_text",
      `(isodow(${wall}) - 1)::INT as slot_day`,
      ...groups,
    ];
  }
  const day = slots.weekday === undefined ? "null::VARCHAR" : table.text(slots.weekday);
  const first = slots.firstWeekday === undefined ? 0 : weekdays.indexOf(slots.firstWeekday);
  return [
    `${table.text(slots.hour)} as slot_text`,
    `${table.number(slots.hour)} as slot_hour`,
    `${day} as slot_day_text`,
    `((list_position([${slots.weekdayValues.map(textLiteral).join(", ")}], trim(${day})) - 1 + ${first}) % 7)::INT as slot_day`,
    ...groups,
  ];
}

/** Written times are read strictly: a cast alone would take a date without a time for midnight. */
function wallTime(table: SourceTable, { time: column, unit, zone }: Extract<SlotColumns, { time: string }>): string {
  const inZone = (instant: string) => `timezone(${textLiteral(zone)}, ${instant})`;
  if (unit === "iso") {
    const text = `trim(${table.text(column)})`;
    // The engine wants seconds where there is an offset.
    const whole = String.raw`regexp_replace(${text}, '^(.{16})(${offset})$', '\1:00\2')`;
    return `case when regexp_full_match(${text}, '${time}${offset}') then ${inZone(`try_cast(${whole} as timestamptz)`)}
      when regexp_full_match(${text}, '${time}') then try_cast(${text} as timestamp) end`;
  }
  const seconds = `(${table.number(column)})${unit === "epochMs" ? " / 1000" : ""}`;
  return `case when abs(${seconds}) < ${epochSecondsMax} then ${inZone(`to_timestamp(${seconds})`)} end`;
}

export function slotChecks({ slots }: SnapshotsMapping): RowCheck[] {
  if (slots === undefined) return [];
  if ("time" in slots)
    return [
      {
        code: "time-invalid",
        column: slots.time,
        when: "slot_text is not null and slot_hour is null",
        found: "slot_text",
        message: `"${slots.time}" is not a time`,
        fix:
          slots.unit === "iso"
            ? "Write 2027-03-01T18:30 with or without an offset, or set slots.unit in the mapping for numbers since 1970."
            : `Give a number (slots.unit is ${slots.unit}), or list the text in source.missing.`,
      },
    ];
  return [
    {
      code: "time-invalid",
      column: slots.hour,
      when: "slot_text is not null and (slot_hour is null or not (slot_hour >= 0 and slot_hour < 24))",
      found: "slot_text",
      message: `"${slots.hour}" is no hour of the day`,
      fix: "Write hours from 0 to below 24, or name a column of times in slots.time.",
    },
    ...(slots.weekday === undefined
      ? []
      : [
          {
            code: "weekday-unknown",
            column: slots.weekday,
            when: "slot_day_text is not null and slot_day is null",
            found: "slot_day_text",
            message: `"${slots.weekday}" is none of ${slots.weekdayValues.join(", ")}`,
            fix: "List the seven values of this column in slots.weekdayValues of the mapping.",
          },
        ]),
  ];
}

/** @throws DomainError `zone-unknown`, before any row is read. */
export async function requireZone(database: Database, { slots }: SnapshotsMapping): Promise<void> {
  if (slots === undefined || !("time" in slots)) return;
  try {
    await database.rows(`select timezone(${textLiteral(slots.zone)}, timestamptz '2000-01-01 00:00:00+00') as wall`);
  } catch (cause) {
    throw new DomainError(
      {
        code: "zone-unknown",
        path: "slots.zone",
        message: `${slots.zone} is no known time zone`,
        fix: "Use an IANA name such as Europe/Lisbon.",
        value: slots.zone,
      },
      { cause },
    );
  }
}

/**
 * Describes the slots of the loaded `post_row` and `known` tables; undefined where the mapping names none.
 * @throws DomainError for posts whose rows contradict each other, and columns with too many groups.
 */
export async function describeSlots(
  database: Database,
  files: readonly SourceFile[],
  mapping: SnapshotsMapping,
  { metrics, isAged, rng }: { readonly metrics: readonly string[]; readonly isAged: boolean; readonly rng: Rng },
): Promise<SlotDescription | undefined> {
  const { slots, groupByFile } = mapping;
  if (slots === undefined) return undefined;
  const columns = comparedColumns(mapping);
  await refuseContradictions(database, files, mapping, slots);
  const hasDays = "time" in slots || slots.weekday !== undefined;
  await database.run(
    `create temp table post_slot as select position as post, part, slot_hour, slot_day, slot_hour is null${hasDays ? " or slot_day is null" : ""} as lost,
       ${columns.map((_, at) => `compared${at},`).join(" ")} from post_row qualify row_number() over (partition by part, unit order by position) = 1`,
  );
  const sources =
    columns.length === 0 && groupByFile
      ? [{ by: "file", field: "part" }]
      : columns.map((by, at) => ({ by, field: groupByFile ? `part || ' / ' || compared${at}` : `compared${at}` }));
  const comparisons: SlotComparison[] = [];
  const weekIsKnown = "time" in slots || slots.firstWeekday !== undefined;
  for (const { by, field } of sources)
    comparisons.push({ by, ...(await compareBy(database, { by, field, hasDays, weekIsKnown, rng: rng.fork(["slots", by]) })) });
  const [lost] = await database.rows("select (count(*) filter (lost))::DOUBLE as n from post_slot");
  return {
    ...("zone" in slots && { zone: slots.zone }),
    ...(hasDays && { weekdays: weekIsKnown ? weekdays : slots.weekdayValues }),
    postsWithoutSlot: Number(lost?.["n"]),
    comparisons,
    byHour: await figuresByHour(database, isAged ? [] : metrics),
    policy: slotReadingPolicy,
  };
}

async function refuseContradictions(
  database: Database,
  files: readonly SourceFile[],
  mapping: SnapshotsMapping,
  slots: SlotColumns,
): Promise<void> {
  const fields = ["slot_hour", "slot_day", ...comparedColumns(mapping).map((_, at) => `compared${at}`)];
  const [changed] = await database.rows(
    `select unit, max(position)::DOUBLE as position from post_row group by part, unit
     having ${fields.map((field) => `count(distinct ${field}) > 1`).join(" or ")} order by 2 limit 1`,
  );
  if (changed === undefined) return;
  const column = "time" in slots ? slots.time : slots.hour;
  throw new DomainError({
    code: "slot-contradictory",
    path: rowPlace(files, Number(changed["position"]), column),
    message: `the rows of post ${changed["unit"] as string} name several slots or groups`,
    fix: "Give every row of a post the time of its publication and the same group.",
    value: changed["unit"],
  });
}

interface Comparing {
  readonly by: string;
  readonly field: string;
  readonly hasDays: boolean;
  readonly weekIsKnown: boolean;
  readonly rng: Rng;
}

async function compareBy(database: Database, { by, field, hasDays, weekIsKnown, rng }: Comparing): Promise<Omit<SlotComparison, "by">> {
  const [size] = await database.rows(
    `select count(distinct ${field})::DOUBLE as n, (count(*) filter (lost or ${field} is null))::DOUBLE as left_out from post_slot`,
  );
  if (Number(size?.["n"]) > groupsMax)
    throw new DomainError({
      code: "group-excess",
      path: "slots.compare",
      message: `column ${by} has ${Number(size?.["n"])} groups, more than the ${groupsMax} that are compared two by two`,
      fix: "Compare by a column with fewer values.",
      value: by,
    });
  const posts = `select post, ${field} as id, slot_hour::DOUBLE as hour, slot_day::INT as day from post_slot where not lost and ${field} is not null`;
  const groups = new Map<string, { posts: number; counts: number[][]; hours: number[]; days: number[] }>();
  const counted = await database.rows(
    `select id, floor(hour)::INT as hour, day, count(*)::DOUBLE as n, min(post) as first from (${posts}) group by 1, 2, 3 order by min(first) over (partition by id)`,
  );
  for (const row of counted) {
    const id = row["id"] as string;
    if (!groups.has(id))
      groups.set(id, { posts: 0, counts: Array.from({ length: hasDays ? 7 : 1 }, () => noPosts()), hours: [], days: [] });
    const group = groups.get(id)!;
    group.posts += Number(row["n"]);
    group.counts[hasDays ? Number(row["day"]) : 0]![Number(row["hour"])]! += Number(row["n"]);
  }
  const sampled = database.chunks(
    `select id, hour, day from (${posts}) qualify row_number() over (partition by id order by md5(post::VARCHAR)) <= ${sampleMax} order by post`,
  );
  for await (const chunk of sampled)
    for (const row of chunk) {
      const group = groups.get(row["id"] as string)!;
      group.hours.push(row["hour"] as number);
      group.days.push(row["day"] as number);
    }
  const samples = [...groups].map(([id, { posts, counts, hours, days }]): GroupSlots => ({
    id,
    posts,
    counts,
    sample: { hours, ...(hasDays && { days }) },
  }));
  return { postsLeftOut: Number(size?.["left_out"]), ...compareSlots(samples, { rng, weekIsKnown }) };
}

async function figuresByHour(database: Database, metrics: readonly string[]): Promise<SlotDescription["byHour"]> {
  const hours = await database.rows(
    "select floor(slot_hour)::INT as hour, count(*)::DOUBLE as posts from post_slot where slot_hour is not null group by 1 order by 1",
  );
  const means = await database.rows(
    `select floor(slot_hour)::INT as hour, metric, fsum(value) / count(*) as mean from known join post_slot using (post)
     where slot_hour is not null group by 1, 2`,
  );
  const found = new Map(means.map((row) => [`${Number(row["hour"])}/${Number(row["metric"])}`, row["mean"] as number]));
  return hours.map((row) => ({
    hour: Number(row["hour"]),
    posts: Number(row["posts"]),
    means: Object.fromEntries(metrics.map((name, at) => [name, found.get(`${Number(row["hour"])}/${at}`) ?? null])),
  }));
}
