// The mapping file of `expos analyse`: which columns of finished experiments are experiment, arm, counts, times and planned shares.
// Kinds and rules: docs/analyse.md. It names columns only; nothing in it is a formula or SQL.
import { z } from "zod";
import { zoneSchema } from "./scalars.ts";
import { weekdaySchema } from "./slot.ts";

const columnName = z.string().min(1).max(500).describe("a column name exactly as in the header (NDJSON: a key of the objects)");

const sourceFile = z.union([
  z.string().min(1),
  z.strictObject({
    name: z.string().min(1).describe("file name inside SOURCE"),
    label: z.string().min(1).describe("what the rows of this file are called, such as the platform"),
  }),
]);

/** How the files are written down. Everything has a default except what only a person can know. */
export const sourceFormatSchema = z.strictObject({
  files: z
    .array(sourceFile)
    .min(1)
    .optional()
    .describe("files inside SOURCE when SOURCE is a folder; default: all data files, which must have one format"),
  format: z.enum(["csv", "ndjson", "parquet"]).optional().describe("default: by file extension"),
  separator: z.string().length(1).optional().describe("CSV separator; default: the most frequent of , ; tab | in the header"),
  decimal: z.enum([".", ","]).default(".").describe("decimal mark of numbers written as text"),
  missing: z.array(z.string()).default([""]).describe("texts that mean: not reported. Never a zero"),
});

const content = z.array(columnName).default([]).describe("columns that hold what people saw; the single-variable check compares them");

const shares = z
  .union([
    z.literal("equal"),
    z.strictObject({ column: columnName.describe("planned weight of each arm") }),
    z.strictObject({ weights: z.record(z.string().min(1), z.number().positive()).describe("planned weight by arm id") }),
  ])
  .describe("planned shares of the units; weights need not sum to 1");

const head = {
  version: z.literal(1),
  title: z.string().min(1).max(200).optional(),
  source: sourceFormatSchema.prefault({}),
};

const armTotals = z.strictObject({
  ...head,
  kind: z.literal("armTotals").describe("one row per arm of a finished experiment: units and successes"),
  design: z.enum(["randomized", "observational"]).default("randomized"),
  columns: z.strictObject({
    experiment: columnName,
    arm: columnName,
    units: columnName.describe("how many units the arm got (whole number)"),
    successes: columnName.describe("how many of them succeeded (whole number, at most units)"),
    week: columnName.optional().describe("week in which the experiment ran, for the fleet summary"),
    content,
  }),
  shares: shares.default("equal"),
});

const unpivotedMetric = z.strictObject({
  name: z.string().min(1),
  columns: z.strictObject({
    prefix: z.string().min(1).describe("columns are called prefix + k"),
    from: z.int().nonnegative().default(1),
    to: z.int().nonnegative().max(100_000),
  }),
  minutesPerStep: z.number().positive().describe("age of the value in column prefix + k is k times this"),
});

const compared = {
  compare: z
    .array(columnName)
    .min(1)
    .optional()
    .describe("columns whose groups are compared, two by two; default: columns.group, or the files. Posts without a value are left out"),
};

/** The time of publication in one column. */
const slotTime = z.strictObject({
  time: columnName.describe("when the post was published"),
  unit: z
    .enum(["iso", "epochSeconds", "epochMs"])
    .default("iso")
    .describe("2027-03-01T18:30 with or without seconds and offset (without: wall time), or a number since 1970"),
  zone: zoneSchema.describe("IANA zone in which hours and weekdays are read, such as Europe/Lisbon"),
  ...compared,
});

/** Wall time that is already taken apart. */
const slotParts = z.strictObject({
  hour: columnName.describe("hour of the day, from 0 to below 24; fractions are minutes"),
  weekday: columnName.optional(),
  weekdayValues: z
    .array(z.string().min(1))
    .length(7)
    .refine((values) => new Set(values).size === values.length, { error: "a value stands for two days" })
    .default(["1", "2", "3", "4", "5", "6", "7"])
    .describe("the seven values of the weekday column in the order of the days"),
  firstWeekday: weekdaySchema
    .optional()
    .describe("which day the first value is; leave out if the source does not say: weekends are then not told apart"),
  ...compared,
});

const snapshots = z
  .strictObject({
    ...head,
    kind: z.literal("snapshots").describe("one row per post: metrics at one or many ages"),
    design: z.literal("observational").describe("snapshots are described, never decided"),
    columns: z.strictObject({
      unit: columnName.describe("the post"),
      group: columnName.optional().describe("column that splits the posts into described groups"),
      ageHours: columnName.optional().describe("column with the age of the row's values; leave out for lifetime values"),
      metrics: z.array(columnName).default([]).describe("columns that are metrics, one value per row"),
      attributes: z.array(columnName).default([]).describe("other columns whose missing values are counted"),
    }),
    slots: z
      .union([slotTime, slotParts])
      .optional()
      .describe("where a post stood in day and week: adds how comparable the slots of the groups are"),
    groupByFile: z.boolean().default(false).describe("split by the label of the file instead of a column"),
    unpivot: unpivotedMetric.optional().describe("a metric spread over one column per age"),
    asOfHours: z.array(z.number().positive()).default([1, 6, 24, 48]).describe("ages at which the last known value is described"),
  })
  .refine((mapping) => (mapping.unpivot === undefined) !== (mapping.columns.metrics.length === 0), {
    path: ["unpivot"],
    message: "name either columns.metrics or unpivot, one of the two",
  })
  .refine((mapping) => !(mapping.groupByFile && mapping.columns.group !== undefined), {
    path: ["groupByFile"],
    message: "split by a column or by file, not both",
  })
  .refine(({ slots, columns, groupByFile }) => slots === undefined || (slots.compare ?? columns.group) !== undefined || groupByFile, {
    path: ["slots", "compare"],
    message: "name the columns whose groups are compared, or columns.group",
  });

const momentColumns = z.strictObject({
  arm: z.string().min(1),
  count: columnName,
  mean: columnName,
  variance: columnName.describe("sample variance"),
});

/** Both arms in one row. */
const momentPairColumns = z.strictObject({
  experiment: columnName,
  comparison: columnName.optional().describe("column that tells several treatments of one experiment apart"),
  metric: columnName.optional(),
  time: columnName,
  control: momentColumns,
  treatment: momentColumns,
});

/** One row per arm and time. */
const momentArmColumns = z.strictObject({
  experiment: columnName,
  arm: columnName.describe("column with the arm of the row"),
  controlArm: z.string().min(1).describe("value of the arm column that is the control; every other arm is compared with it"),
  metric: columnName.optional(),
  time: columnName,
  count: columnName,
  mean: columnName,
  variance: columnName.describe("sample variance"),
});
export type MomentPairColumns = z.output<typeof momentPairColumns>;
export type MomentArmColumns = z.output<typeof momentArmColumns>;

const moments = z.strictObject({
  ...head,
  kind: z.literal("moments").describe("cumulative count, mean and variance of each arm at each time"),
  design: z.enum(["randomized", "observational"]).default("randomized"),
  columns: z.union([momentPairColumns, momentArmColumns]).describe("both arms in one row, or one row per arm"),
  timeUnit: z.enum(["hours", "days", "looks"]).default("days"),
  mixtureScale: z
    .union([z.number().positive(), z.record(z.string(), z.number().positive())])
    .optional()
    .describe("variance of past effects over the control's variance, one number or one per metric: adds the mixture sequential test"),
  shares: shares.optional().describe("planned shares; leave out if they are not known: the allocation is then not judged"),
});

export const mappingSchema = z
  .discriminatedUnion("kind", [armTotals, snapshots, moments])
  .describe("mapping file of expos analyse: which columns of finished experiments mean what");

export type Mapping = z.output<typeof mappingSchema>;
export type ArmTotalsMapping = z.output<typeof armTotals>;
export type SnapshotsMapping = z.output<typeof snapshots>;
export type MomentsMapping = z.output<typeof moments>;
export type SourceFormat = z.output<typeof sourceFormatSchema>;
export type PlannedShares = z.output<typeof shares>;
