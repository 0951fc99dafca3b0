import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MetricEvent, successMetrics, type SuccessMetricsReport } from "../../src/report/index.ts";
import {
  ExperimentEvaluator,
  ExperimentRegistry,
  exposureEvent,
  type SuccessMetric,
  type TelemetrySpec,
  type UnitExposed,
  validateExperiment,
} from "../../src/spec/index.ts";
import { twoArms } from "../spec/support/specs.ts";
import { testFolder } from "../support/folder.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOfAsync } from "../support/refusal.ts";

const telemetry: TelemetrySpec[] = [
  {
    meta: { name: "telemetry", version: 1 },
    events: [
      {
        name: "done",
        version: "1.0.0",
        privacy: "internal",
        properties: { ms: { type: "number" }, "a.b/c": { type: "number" }, text: { type: "string" } },
      },
      { name: "private", version: 1, privacy: "pii" },
      { name: "sampled", version: 1, privacy: "public", sampling: { rate: 0.1 } },
    ],
  },
];
const event = { name: "done", version: "1.0.0" };
const metric = (aggregation: SuccessMetric["aggregation"], more: Partial<SuccessMetric> = {}): SuccessMetric =>
  ({ name: aggregation, telemetryEvent: event, aggregation, ...(aggregation !== "count" && { property: "ms" }), ...more }) as SuccessMetric;
const experimentOf = (...successMetrics: SuccessMetric[]) => validateExperiment(twoArms("demo.a", { successMetrics }));
const all = experimentOf(...(["count", "avg", "p75", "p90", "p95", "p99"] as const).map((aggregation) => metric(aggregation)));

const exposed = (unitId: string, variantId: string, at: number, more: Partial<UnitExposed> = {}): UnitExposed => ({
  type: "unitExposed",
  id: `exposure.${unitId}.${at}`,
  at,
  experimentName: "demo.a",
  experimentVersion: "1.0.0",
  variantId,
  unit: { type: "userId", id: unitId },
  reason: "random",
  inExperiment: true,
  hashVersion: "m3-1",
  bucket: 0.5,
  assignmentId: `demo.a@1/userId/${unitId}`,
  ...more,
});
let ids = 0;
const done = (unitId: string, at: number, ms: unknown, more: Partial<MetricEvent> = {}): MetricEvent => ({
  id: `e-${ids++}`,
  ...event,
  at,
  unit: { type: "userId", id: unitId },
  properties: ms === undefined ? {} : { ms },
  ...more,
});

const valueOf = (report: SuccessMetricsReport, variantId: string, at = 0) =>
  report.metrics[at]!.variants.find((arm) => arm.variantId === variantId)!;

describe("success metrics", () => {
  test("are computed by arm: count, average, and quantiles interpolated linearly", async () => {
    const values = { control: [3, 1, 2, 8, 5], b: [10, 20, 40] };
    const exposures = Object.entries(values).flatMap(([arm, numbers]) => numbers.map((_, at) => exposed(`${arm}-${at}`, arm, 100)));
    const events = Object.entries(values).flatMap(([arm, numbers]) => numbers.map((ms, at) => done(`${arm}-${at}`, 200, ms)));
    const report = await successMetrics({ experiment: all, telemetry, exposures, events });
    for (const [arm, numbers] of Object.entries(values)) {
      expect(valueOf(report, arm, 0)).toEqual({
        variantId: arm,
        exposedUnits: numbers.length,
        unitsWithEvents: numbers.length,
        events: numbers.length,
        missing: 0,
        value: numbers.length,
      });
      expect(valueOf(report, arm, 1).value).toBeCloseTo(numbers.reduce((sum, ms) => sum + ms, 0) / numbers.length, 12);
      for (const [at, share] of [
        [2, 0.75],
        [3, 0.9],
        [4, 0.95],
        [5, 0.99],
      ] as const)
        expect(valueOf(report, arm, at).value).toBeCloseTo(linearQuantile(numbers, share), 12);
    }
    expect(report).toMatchObject({ experiment: { name: "demo.a", version: "1.0.0" }, asOfMs: null, warnings: [] });
    expect(report.events).toEqual({ distinct: 8, duplicates: 0, attributed: 8, beforeExposure: 0, unexposed: 0 });
  });

  test("belong to the first exposure of the unit, from its instant on, and to units in the experiment alone", async () => {
    const exposures = [
      exposed("u", "b", 100),
      exposed("u", "control", 200),
      exposed("out", "control", 50, { inExperiment: false, detail: "holdout" }),
      exposed("old", "b", 50, { experimentVersion: "0.9.0" }),
      exposed("else", "b", 50, { experimentName: "demo.b" }),
      exposed("quiet", "control", 60),
    ];
    const events = [
      done("u", 99, 1),
      done("u", 100, 2),
      done("u", 300, 4),
      done("out", 70, 8),
      done("old", 70, 16),
      done("else", 70, 32),
      done("nobody", 70, 64),
    ];
    const report = await successMetrics({ experiment: all, telemetry, exposures, events });
    expect(valueOf(report, "b", 1)).toMatchObject({ exposedUnits: 1, unitsWithEvents: 1, events: 2, value: 3 });
    expect(valueOf(report, "control", 0)).toMatchObject({ exposedUnits: 1, unitsWithEvents: 0, events: 0, value: 0 });
    expect(valueOf(report, "control", 1)).toMatchObject({ value: null });
    expect(report.exposures).toEqual({ units: 2, mixedUnits: 1, outsideUnits: 1 });
    expect(report.events).toEqual({ distinct: 7, duplicates: 0, attributed: 2, beforeExposure: 1, unexposed: 4 });
  });

  test("L11: missing is not zero", async () => {
    const report = await successMetrics({
      experiment: all,
      telemetry,
      exposures: [exposed("u", "b", 1)],
      events: [
        done("u", 2, 4),
        done("u", 3, undefined),
        done("u", 4, null),
        done("u", 5, "7"),
        done("u", 6, true),
        { ...done("u", 7, 8), properties: undefined as never },
      ],
    });
    expect(valueOf(report, "b", 1)).toMatchObject({ events: 6, missing: 5, value: 4 });
    expect(valueOf(report, "b", 0)).toMatchObject({ events: 6, value: 6 });
    expect(valueOf(report, "control", 0)).toMatchObject({ exposedUnits: 0, value: null });
    const nothing = await successMetrics({ experiment: all, telemetry, exposures: [], events: [] });
    expect(nothing.metrics.flatMap(({ variants }) => variants.map(({ value }) => value))).toEqual(Array.from({ length: 12 }, () => null));
  });

  test("L11: duplicates change nothing, in whatever order everything comes", async () => {
    const entry = fc.record({
      unit: fc.integer({ min: 0, max: 4 }),
      at: fc.integer({ min: 0, max: 20 }),
      ms: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
    });
    await assertProperty(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 12 }),
        fc.array(fc.nat(50), { maxLength: 8 }),
        fc.infiniteStream(fc.nat(1_000)),
        async (entries, copied, keys) => {
          const exposures = [0, 1, 2, 3].map((unit) => exposed(`u-${unit}`, unit % 2 === 0 ? "b" : "control", 5 + unit));
          const events = entries.map(({ unit, at, ms }, index) => done(`u-${unit}`, at, ms, { id: `e-${index}` }));
          const again = copied.flatMap((at) => (events.length === 0 ? [] : [events[at % events.length]!]));
          const shuffled = <T>(rows: readonly T[]): T[] =>
            rows
              .map((row) => ({ row, key: keys.next().value! }))
              .toSorted((a, b) => a.key - b.key)
              .map(({ row }) => row);
          const once = await successMetrics({ experiment: all, telemetry, exposures, events });
          const twice = await successMetrics({
            experiment: all,
            telemetry,
            exposures: shuffled([...exposures, ...exposures]),
            events: shuffled([...events, ...again]),
          });
          expect(twice.metrics).toEqual(once.metrics);
          expect(twice.exposures).toEqual(once.exposures);
          expect(twice.events).toEqual({ ...once.events, duplicates: again.length });
        },
      ),
      { numRuns: 10 },
    );
  });

  test("L11: a late event is not wrong: it counts where it happened, once it is known", async () => {
    const exposures = [exposed("u", "b", 100)];
    const events = [done("u", 150, 1, { recordedAt: 150 }), done("u", 160, 3, { recordedAt: 900 }), done("u", 50, 9, { recordedAt: 950 })];
    const asOf = (asOfMs: number) => successMetrics({ experiment: all, telemetry, exposures, events, asOfMs });
    expect(valueOf(await asOf(99), "b", 0)).toMatchObject({ exposedUnits: 0, value: null });
    expect(valueOf(await asOf(200), "b", 1)).toMatchObject({ events: 1, value: 1 });
    expect(valueOf(await asOf(1_000), "b", 1)).toMatchObject({ events: 2, value: 2 });
    // Received twice with different content: what came first stands.
    const first = done("u", 150, 1, { id: "same", recordedAt: 200 });
    const second = done("u", 150, 7, { id: "same", recordedAt: 300 });
    for (const order of [
      [first, second],
      [second, first],
    ])
      expect(valueOf(await successMetrics({ experiment: all, telemetry, exposures, events: order }), "b", 1)).toMatchObject({
        events: 1,
        value: 1,
      });
  });

  test("find the unit by type and id or by the ids of the context, and count an event once", async () => {
    const exposures = [exposed("u", "b", 10), exposed("s", "control", 5, { unit: { type: "sessionId", id: "s" } })];
    const bare = { ...done("", 20, 1), unit: undefined as never };
    const report = await successMetrics({
      experiment: all,
      telemetry,
      exposures,
      events: [
        { ...bare, id: "1", userId: "u" },
        { ...bare, id: "2", sessionId: "s" },
        { ...bare, id: "3", userId: "u", sessionId: "s" },
        { ...bare, id: "4", userId: "s" },
        { ...bare, id: "5" },
      ],
    });
    expect(valueOf(report, "b", 0).value).toBe(1);
    expect(valueOf(report, "control", 0).value).toBe(2);
    expect(report.events).toMatchObject({ distinct: 5, attributed: 3, unexposed: 2 });
  });

  test("read the declared version of the event, however it is written, and any property name", async () => {
    const experiment = experimentOf(metric("avg", { property: "a.b/c" }));
    const value = (version: string | number, number: number) =>
      done("u", 2, undefined, { version, properties: { "a.b/c": number, a: { "b/c": 99 } } });
    const events = [value("1.0.0", 1), value("1", 2), value(1, 3), value("1.0", 4), value("2.0.0", 50), value("soon", 60)];
    const report = await successMetrics({ experiment, telemetry, exposures: [exposed("u", "b", 1)], events });
    expect(valueOf(report, "b")).toMatchObject({ events: 4, value: 2.5 });
  });

  test("are the same from memory, from NDJSON plain and gzipped, and from Parquet", async () => {
    const exposures = [exposed("u", "b", 1), exposed("v", "control", 1)];
    const events = [done("u", 2, 4), done("u", 3, 5.5), done("v", 3, undefined), done("v", 9, 1)];
    const folder = testFolder();
    // A journal holds other events, with fields of the same name and another type.
    const journal = [{ type: "other", at: "soon", unit: 7, experimentName: "demo.a" }, ...exposures]
      .map((row) => JSON.stringify(row))
      .join("\n");
    const lines = `${events.map((row) => JSON.stringify(row)).join("\n")}\n`;
    folder.file("journal.ndjson", `${journal}\n`);
    const plain = folder.file("events.ndjson", lines);
    const packed = folder.file("packed.ndjson.gz", gzipSync(lines));
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(`copy (select * from read_json('${plain}')) to '${folder.path}/events.parquet' (format parquet)`);
    await connection.run(
      `copy (select * replace (properties::varchar as properties) from read_json('${plain}', columns = {id: 'VARCHAR', name: 'VARCHAR', version: 'VARCHAR', 'at': 'BIGINT', unit: 'STRUCT(type VARCHAR, id VARCHAR)', properties: 'JSON'})) to '${folder.path}/text.parquet' (format parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    const expected = await successMetrics({ experiment: all, telemetry, exposures, events });
    for (const file of [plain, packed, `${folder.path}/events.parquet`, `${folder.path}/text.parquet`])
      expect(
        await successMetrics({ experiment: all, telemetry, exposures: { file: `${folder.path}/journal.ndjson` }, events: { file } }),
      ).toEqual(expected);
    expect(valueOf(expected, "b", 1).value).toBe(4.75);
  });

  test("join with what the evaluator dealt and the exposure reporter wrote", async () => {
    const registry = new ExperimentRegistry([twoArms("demo.a", { successMetrics: [metric("count")] })]);
    const evaluator = new ExperimentEvaluator({ registry });
    const dealt = Array.from({ length: 40 }, (_, id) => evaluator.chooseVariantSync({ experiment: "demo.a", userId: `u-${id}` })!);
    const report = await successMetrics({
      experiment: registry.get("demo.a")!,
      telemetry,
      exposures: dealt.map((evaluation) => exposureEvent(evaluation, 10)),
      events: dealt.map(({ unit, variant }) => done(unit!.id, 11, variant.id === "b" ? 1 : undefined)),
    });
    for (const arm of ["control", "b"])
      expect(valueOf(report, arm)).toMatchObject({ value: dealt.filter(({ variant }) => variant.id === arm).length });
  });

  test.each([
    ["no metric at all", experimentOf(), "metric-missing", "successMetrics"],
    [
      "an unknown event",
      experimentOf(metric("count", { telemetryEvent: { name: "nope", version: 1 } })),
      "metric-event-unknown",
      "successMetrics[0].telemetryEvent",
    ],
    [
      "an event about persons without a review",
      experimentOf(metric("count"), metric("count", { telemetryEvent: { name: "private", version: 1 } })),
      "metric-not-reviewed",
      "successMetrics[1].telemetryEvent",
    ],
    ["a property of text", experimentOf(metric("avg", { property: "text" })), "metric-property-missing", "successMetrics[0].property"],
  ])("L12: refuse %s", async (_what, experiment, code, path) => {
    const refused = await refusalOfAsync(() => successMetrics({ experiment, telemetry, exposures: [], events: [] }));
    expect(refused).toMatchObject({ code, path, fix: expect.stringMatching(/\.$/) });
  });

  test("L12: refuse an average of nothing named", async () => {
    const { property: _, ...bare } = metric("avg");
    const refused = await refusalOfAsync(() => successMetrics({ experiment: experimentOf(bare), telemetry, exposures: [], events: [] }));
    expect(refused).toMatchObject({ code: "metric-property-missing", path: "successMetrics[0].property" });
  });

  test("warn of a sampled event", async () => {
    const experiment = experimentOf(metric("count", { telemetryEvent: { name: "sampled", version: 1 } }));
    const { warnings } = await successMetrics({ experiment, telemetry, exposures: [], events: [] });
    expect(warnings).toMatchObject([{ code: "metric-sampled" }]);
  });

  test.each([
    ["an exposure without a unit", [{ ...exposed("u", "b", 1), unit: {} }], [], "row-invalid", /exposures\.ndjson: row 1, unit\.type$/],
    ["an exposure with a time in words", [exposed("v", "b", 1), { ...exposed("u", "b", 1), at: "noon" }], [], "row-invalid", /row 2, at$/],
    ["an event without an id", [], [{ ...done("u", 1, 1), id: undefined }], "row-invalid", /events\.ndjson: row 1, id$/],
    ["an event with a time in words", [], [{ ...done("u", 1, 1), recordedAt: "later" }], "row-invalid", /row 1, recordedAt$/],
  ])("L12: refuse %s, with its place", async (_what, exposures, events, code, path) => {
    const refused = await refusalOfAsync(() =>
      successMetrics({ experiment: all, telemetry, exposures: exposures as UnitExposed[], events: events as MetricEvent[] }),
    );
    expect(refused).toMatchObject({ code, path: expect.stringMatching(path) });
  });

  test("L12: refuse files that are broken, missing or of another kind", async () => {
    const folder = testFolder();
    const broken = folder.file("broken.ndjson", `${JSON.stringify(done("u", 1, 1))}\n{"id": \n`);
    const table = folder.file("table.csv", "id,name\n1,done\n");
    const read = (file: string) => refusalOfAsync(() => successMetrics({ experiment: all, telemetry, exposures: [], events: { file } }));
    expect(await read(broken)).toMatchObject({ code: "row-broken", path: expect.stringContaining("line 2") });
    expect(await read(table)).toMatchObject({ code: "file-format-unknown" });
    expect(await read(`${folder.path}/nothing.ndjson`)).toMatchObject({ code: "file-missing" });
  });
});

/** Type 7: linear between the order statistics. */
function linearQuantile(values: readonly number[], share: number): number {
  const at = (values.length - 1) * share;
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}
