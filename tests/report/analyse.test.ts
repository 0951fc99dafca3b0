import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Mapping, mappingSchema, parseWith } from "../../src/domain/index.ts";
import { analyse, type Analysis } from "../../src/report/index.ts";
import { testFolder } from "../support/folder.ts";
import { assertProperty } from "../support/property.ts";

function mappingOf(document: object): Mapping {
  return parseWith(mappingSchema, { version: 1, ...document }, { code: "test-mapping" });
}

const columns = { experiment: "test", arm: "arm", units: "seen", successes: "clicked", week: "week", content: ["headline", "image"] };
const totals = (source: object = {}) => mappingOf({ kind: "armTotals", source, columns });

const rows = [
  ["a", "1", "201401", "1000", "100", 'Say "yes"\nnow', "x"],
  ["a", "2", "201401", "1010", "150", "No; never", "x"],
  ["b", "1", "201402", "5000", "100", "", "x"],
  ["b", "2", "201402", "4000", "80", "", "y"],
] as const;
const names = ["test", "arm", "week", "seen", "clicked", "headline", "image"];

function csv(separator = ",", lineEnd = "\n"): string {
  const cell = (text: string) => (/[",;\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [names, ...rows].map((row) => row.map(cell).join(separator) + lineEnd).join("");
}

async function experimentsOf(path: string, mapping: Mapping) {
  const analysis = await analyse(path, { mapping });
  if (analysis.kind !== "armTotals" || analysis.design !== "randomized") throw new Error("not analysed");
  return analysis.experiments;
}

describe("arm totals", () => {
  test("keep file order, weeks, varied fields and every figure of the arms", async () => {
    const [a, b] = await experimentsOf(testFolder().file("data.csv", csv()), totals());
    expect(a).toMatchObject({
      id: "a",
      week: 201401,
      best: "2",
      bestIndex: 1,
      informational: false,
      variables: { varied: ["headline"], class: "single" },
    });
    expect(a?.arms.map(({ id, units, successes }) => [id, units, successes])).toEqual([
      ["1", 1000, 100],
      ["2", 1010, 150],
    ]);
    expect(a?.outcome).toMatchObject({ df: 1, statistic: expect.closeTo(10.8596, 4) });
    expect(a?.decision.kind).toBe("ship");
    expect(b).toMatchObject({ week: 201402, informational: true, validity: { verdict: "invalid" }, decision: { kind: "invalid" } });
    // (4500 - 4000)^2 / 4500 twice
    expect(b?.validity.checks[0]).toMatchObject({
      checkId: "SRM",
      statistic: expect.closeTo(111.111, 3),
      exactness: "asymptotic",
      effect: expect.closeTo(1 / 18, 12),
    });
    expect(b?.variables).toEqual({ varied: ["image"], class: "single" });
  });

  test("mean the same in CSV of any dialect, NDJSON, Parquet and gzip", async () => {
    const folder = testFolder();
    const expected = await experimentsOf(folder.file("plain.csv", csv()), totals());
    const objects = rows.map((row) => `${JSON.stringify(Object.fromEntries(names.map((name, index) => [name, row[index]])))}\n`).join("");
    const files = [
      folder.file("bom.csv", `\uFEFF${csv()}`),
      folder.file("crlf.csv", csv(",", "\r\n")),
      folder.file("tabs.tsv", csv("\t")),
      folder.file("semicolons.csv", csv(";")),
      folder.file("packed.csv.gz", gzipSync(csv())),
      folder.file("lines.ndjson", objects),
      folder.file("packed.ndjson.gz", gzipSync(objects)),
      folder.file("blank-end.csv", `${csv()}\n`),
      folder.file("it's [1] of *?.csv", csv()),
    ];
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    await connection.run(
      `copy (select * replace (seen::INTEGER as seen, clicked::BIGINT as clicked) from read_csv('${folder.path}/plain.csv', all_varchar = true)) to '${folder.path}/data.parquet' (format parquet)`,
    );
    instance.closeSync();
    for (const file of [...files, `${folder.path}/data.parquet`])
      expect({ file, experiments: await experimentsOf(file, totals()) }).toEqual({ file, experiments: expected });
  });

  test("are the same split over the files of a folder as in one file", async () => {
    const folder = testFolder();
    const lines = csv().split("\n");
    const whole = await experimentsOf(testFolder().file("data.csv", csv()), totals());
    folder.file("1.csv", `${lines[0]}\n${lines.slice(1, 4).join("\n")}\n`);
    folder.file("2.csv", `${lines[0]}\n${lines.slice(4).join("\n")}`);
    expect(await experimentsOf(folder.path, totals())).toEqual(whole);
  });

  test("take decimal commas and missing markers when the mapping names them", async () => {
    const text = "test;arm;seen;clicked;w\na;1;100,0;10;0,25\na;2;310,0;10;0,75\n";
    const mapping = mappingOf({
      kind: "armTotals",
      source: { decimal: ",", separator: ";" },
      columns: { experiment: "test", arm: "arm", units: "seen", successes: "clicked" },
      shares: { column: "w" },
    });
    const [experiment] = await experimentsOf(testFolder().file("data.csv", text), mapping);
    expect(experiment?.arms.map(({ plannedShare }) => plannedShare)).toEqual([0.25, 0.75]);
    expect(experiment?.validity.verdict).toBe("pass");
  });

  test("are recognised by usual column names, and then credit no field", async () => {
    const path = testFolder().file("data.csv", "experiment_id,variant,visitors,conversions\na,1,1000,100\na,2,1000,190\n");
    const analysis = await analyse(path);
    expect(analysis).toMatchObject({ kind: "armTotals", mappingGuessed: true });
    expect((analysis as Extract<Analysis, { design: "randomized"; kind: "armTotals" }>).experiments[0]?.decision.kind).toBe("hypothesis");
  });

  test("of small experiments get the exact multinomial test, and too small ones are insufficient, not valid", async () => {
    const text = "test,arm,seen,clicked\na,1,24,1\na,2,3,1\nb,1,3,1\nb,2,2,1\n";
    const mapping = mappingOf({ kind: "armTotals", columns: { experiment: "test", arm: "arm", units: "seen", successes: "clicked" } });
    const [a, b] = await experimentsOf(testFolder().file("data.csv", text), mapping);
    expect(a?.validity.checks[0]).toMatchObject({ exactness: "exact", verdict: "invalid" });
    expect(b?.validity.verdict).toBe("insufficient");
    expect(b?.decision.kind).toBe("insufficient");
  });

  test("that were not randomised are described: no best arm, no probability, no decision, no check", async () => {
    const analysis = await analyse(testFolder().file("data.csv", csv()), {
      mapping: mappingOf({ kind: "armTotals", design: "observational", columns }),
    });
    const text = JSON.stringify(analysis.experiments);
    expect(text).not.toMatch(/pBest|best|decision|validity|outcome|expectedLoss/);
    expect(analysis.experiments[0]).toMatchObject({ arms: [{ rate: 0.1 }, { rate: expect.closeTo(0.1485, 4) }] });
  });

  test("a missing text and an empty one are the same content", async () => {
    const text =
      '{"test":"a","arm":"1","seen":50,"clicked":1,"week":1,"headline":"","image":"i"}\n{"test":"a","arm":"2","seen":50,"clicked":1,"week":1,"headline":null,"image":"i"}\n';
    const [a] = await experimentsOf(testFolder().file("data.ndjson", text), totals());
    expect(a?.variables).toEqual({ varied: [], class: "none" });
  });

  test("L8: the order of experiments in the file changes neither figures nor verdicts", async () => {
    const folder = testFolder();
    const arm = fc.record({ units: fc.integer({ min: 0, max: 400 }), share: fc.double({ min: 0, max: 1, noNaN: true }) });
    const experiments = fc.array(fc.array(arm, { minLength: 2, maxLength: 4 }), { minLength: 2, maxLength: 5 });
    const mapping = mappingOf({ kind: "armTotals", columns: { experiment: "test", arm: "arm", units: "seen", successes: "clicked" } });
    await assertProperty(
      fc.asyncProperty(experiments, async (drawn) => {
        const blocks = drawn.map((arms, id) =>
          arms.map(({ units, share }, at) => `e${id},${at},${units},${Math.floor(units * share)}\n`).join(""),
        );
        const path = `${folder.path}/data.csv`;
        writeFileSync(path, `test,arm,seen,clicked\n${blocks.join("")}`);
        const forward = await experimentsOf(path, mapping);
        writeFileSync(path, `test,arm,seen,clicked\n${blocks.toReversed().join("")}`);
        expect((await experimentsOf(path, mapping)).toReversed()).toEqual(forward);
      }),
      { numRuns: 6 },
    );
  });
});

describe("snapshots", () => {
  const text = "post,kind,h1,h2,h3\np1,A,-1,0,4\np2,A,2,,6\np3,B,1,1,1\n";
  const mapping = mappingOf({
    kind: "snapshots",
    design: "observational",
    source: { missing: ["", "-1"] },
    columns: { unit: "post", group: "kind" },
    unpivot: { name: "shares", columns: { prefix: "h", to: 3 }, minutesPerStep: 60 },
    asOfHours: [1, 2, 3],
  });

  test("L11: a missing value is no zero and the last known value stands until the next", async () => {
    const analysis = await analyse(testFolder().file("data.csv", text), { mapping });
    if (analysis.kind !== "snapshots") throw new Error("not described");
    const [a, b] = analysis.description.groups;
    expect(a).toMatchObject({ id: "A", posts: 2 });
    expect(a?.metrics[0]).toMatchObject({ observed: 4, missing: 2, postsThatFall: 0 });
    expect(a?.metrics[0]?.asOf?.map(({ n, sum, zero }) => [n, sum, zero])).toEqual([
      [1, 2, 0],
      [2, 2, 1],
      [2, 10, 0],
    ]);
    expect(a?.metrics[0]?.curve?.map(({ ageHours, n, p50 }) => [ageHours, n, p50])).toEqual([
      [1, 1, 2],
      [2, 1, 0],
      [3, 2, 5],
    ]);
    expect(b?.metrics[0]).toMatchObject({ observed: 3, missing: 0 });
    expect(analysis.experiments).toEqual([]);
  });

  test("early values are compared with late ones by rank, ties at their mid-rank; without spread there is no correlation", async () => {
    // At one hour 1 1 2 3 (mid-ranks 1.5 1.5 3 4), at the end 5 4 9 9 (ranks 2 1 3.5 3.5): rho = 4 / 4.5.
    const values = "post,kind,h1,h2\na,A,1,5\nb,A,1,4\nc,A,2,9\nd,A,3,9\ne,A,-1,7\nf,B,2,2\ng,B,2,8\n";
    const analysis = await analyse(testFolder().file("data.csv", values), {
      mapping: {
        ...mapping,
        unpivot: { name: "shares", columns: { prefix: "h", from: 1, to: 2 }, minutesPerStep: 60 },
        asOfHours: [1, 2],
      } as Mapping,
    });
    if (analysis.kind !== "snapshots") throw new Error("not described");
    const ranks = analysis.description.groups.map(({ metrics }) => metrics[0]?.asOf?.map(({ rankWithOldest }) => rankWithOldest));
    expect(ranks).toEqual([
      [
        { n: 4, rho: expect.closeTo(4 / 4.5, 12) },
        { n: 5, rho: expect.closeTo(1, 12) },
      ],
      [
        { n: 2, rho: null },
        { n: 2, rho: expect.closeTo(1, 12) },
      ],
    ]);
  });

  test("in long form, with an age in each row, say the same", async () => {
    const long = "post,kind,age,shares\np1,A,2,0\np1,A,3,4\np2,A,1,2\np2,A,3,6\np3,B,1,1\np3,B,2,1\np3,B,3,1\n";
    const wide = await analyse(testFolder().file("data.csv", text), { mapping });
    const narrow = await analyse(testFolder().file("data.csv", long), {
      mapping: mappingOf({
        kind: "snapshots",
        design: "observational",
        columns: { unit: "post", group: "kind", ageHours: "age", metrics: ["shares"] },
        asOfHours: [1, 2, 3],
      }),
    });
    if (wide.kind !== "snapshots" || narrow.kind !== "snapshots") throw new Error("not described");
    const figures = (analysis: typeof wide) =>
      analysis.description.groups.map(({ id, posts, metrics }) => ({ id, posts, asOf: metrics[0]?.asOf, curve: metrics[0]?.curve }));
    expect(figures(narrow)).toEqual(figures(wide));
  });

  test("a counter that falls is counted, not repaired", async () => {
    const analysis = await analyse(testFolder().file("data.csv", "post,kind,h1,h2,h3\np1,A,5,3,4\n"), { mapping });
    expect(analysis).toMatchObject({ description: { groups: [{ metrics: [{ postsThatFall: 1 }] }] } });
  });
});

describe("moments", () => {
  const text = "e,t,nc,nt,mc,mt,vc,vt\nx,2,200,198,1.0,1.2,.5,.6\nx,1,100,99,1.0,1.1,.5,\n";
  const arm = (name: string, letter: string) => ({ arm: name, count: `n${letter}`, mean: `m${letter}`, variance: `v${letter}` });
  const document = {
    kind: "moments",
    columns: { experiment: "e", time: "t", control: arm("control", "c"), treatment: arm("treatment", "t") },
  };

  test("are put in order of time; where a variance is missing the test is not defined", async () => {
    const analysis = await analyse(testFolder().file("data.csv", text), { mapping: mappingOf(document) });
    if (analysis.kind !== "moments") throw new Error("not analysed");
    const [stream] = analysis.streams;
    expect(stream?.path.map(({ time }) => time)).toEqual([1, 2]);
    expect(stream?.path[0]?.interval).toBeNull();
    // By hand: difference .2, se^2 = .5/200 + .6/198 = .0055303.
    expect(stream?.final.test).toMatchObject({
      t: expect.closeTo(2.6894, 4),
      df: expect.closeTo(392.0, 1),
      p: expect.closeTo(0.00746, 4),
    });
    expect(stream?.validity).toEqual({ verdict: "insufficient", checks: [] });
  });

  test("have their allocation judged when the planned shares are declared, and no test when they were not randomised", async () => {
    const path = testFolder().file("data.csv", text);
    const judged = await analyse(path, { mapping: mappingOf({ ...document, shares: "equal" }) });
    expect(judged).toMatchObject({ streams: [{ validity: { verdict: "pass" } }] });
    const described = await analyse(path, { mapping: mappingOf({ ...document, design: "observational" }) });
    expect(JSON.stringify((described as { streams: unknown }).streams)).not.toMatch(/"p"|validity/);
  });

  describe("with one row per arm", () => {
    const rows = ["a,c,1,100,.5,.2", "a,t1,1,99,.6,.2", "a,t2,1,98,.55,.21", "a,c,2,200,.5,.2", "a,t1,2,201,.62,.2", "a,t2,2,199,.55,.21"];
    const columns = { experiment: "exp", arm: "arm", controlArm: "c", time: "day", count: "n", mean: "m", variance: "v" };
    const run = (lines: readonly string[]) =>
      analyse(testFolder().file("long.csv", `exp,arm,day,n,m,v\n${lines.join("\n")}\n`), {
        mapping: mappingOf({ kind: "moments", columns, shares: { weights: { c: 2, t1: 1, t2: 1 } } }),
      });

    test("every treatment is laid beside the control of the same time, as if both stood in one row", async () => {
      const analysis = await run(rows);
      if (analysis.kind !== "moments") throw new Error("not analysed");
      expect(analysis.streams.map(({ comparison }) => comparison)).toEqual(["t1", "t2"]);
      expect(analysis.streams[0]).toMatchObject({
        path: [{ time: 1 }, { time: 2 }],
        final: { control: { count: 200, mean: 0.5, variance: 0.2 }, treatment: { count: 201, mean: 0.62, variance: 0.2 } },
        validity: { verdict: "invalid", checks: [{ n: [200, 201] }] },
      });
    });

    test.each([
      { name: "a time without its control", lines: rows.toSpliced(3, 1), code: "control-missing", place: "row 4, column arm" },
      { name: "a control alone", lines: [rows[0]!], code: "arm-single", place: "row 1, column arm" },
      { name: "an arm twice at one time", lines: [...rows, rows[1]!], code: "time-duplicate", place: "row 7, column day" },
      { name: "a negative count", lines: [rows[0]!, "a,t1,1,-9,.6,.2"], code: "number-negative", place: "row 2, column n" },
    ])("refuses $name", async ({ lines, code, place }) => {
      await expect(run(lines)).rejects.toMatchObject({ code, path: expect.stringContaining(place) });
    });
  });
});
