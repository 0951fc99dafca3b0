import { gzipSync } from "node:zlib";
import { readdirSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { mappingSchema, parseWith, type Mapping } from "../../src/domain/index.ts";
import { analyse, readMapping } from "../../src/report/index.ts";
import { checkTextFile } from "../../src/report/textFile.ts";
import { testFolder } from "../support/folder.ts";
import { refusalOf, refusalOfAsync } from "../support/refusal.ts";

const header = "test,arm,seen,clicked\n";
const good = `${header}a,1,100,10\na,2,100,12\n`;

function mappingWith(changes: { source?: object; columns?: object; shares?: unknown } = {}): Mapping {
  return parseWith(
    mappingSchema,
    {
      version: 1,
      kind: "armTotals",
      source: changes.source ?? {},
      columns: { experiment: "test", arm: "arm", units: "seen", successes: "clicked", ...changes.columns },
      ...(changes.shares !== undefined && { shares: changes.shares }),
    },
    { code: "test-mapping" },
  );
}

const csvRefusals: { name: string; csv: string; code: string; place: string; value?: string; mapping?: Mapping }[] = [
  {
    name: "a column that the mapping names and the file lacks",
    csv: "test,arm,seen\na,1,2\n",
    code: "column-missing",
    place: "header",
    value: '"clicked"',
  },
  {
    name: "two columns of one name",
    csv: "test,arm,seen,seen,clicked\na,1,2,2,1\n",
    code: "column-duplicate",
    place: "header",
    value: '"seen"',
  },
  { name: "NaN", csv: `${header}a,1,100,10\na,2,NaN,12\n`, code: "number-invalid", place: "row 2, column seen", value: '"NaN"' },
  {
    name: "a word for a number",
    csv: `${header}a,1,100,ten\na,2,100,12\n`,
    code: "number-invalid",
    place: "row 1, column clicked",
    value: '"ten"',
  },
  { name: "infinity", csv: `${header}a,1,100,10\na,2,inf,12\n`, code: "number-invalid", place: "row 2, column seen", value: '"inf"' },
  {
    name: "a number beyond doubles",
    csv: `${header}a,1,100,10\na,2,1e400,12\n`,
    code: "number-invalid",
    place: "row 2, column seen",
    value: '"1e400"',
  },
  {
    name: "grouped digits",
    csv: `${header}a,1,1_000,10\na,2,100,12\n`,
    code: "number-invalid",
    place: "row 1, column seen",
    value: '"1_000"',
  },
  {
    name: "a negative count",
    csv: `${header}a,1,-100,10\na,2,100,12\n`,
    code: "number-negative",
    place: "row 1, column seen",
    value: '"-100"',
  },
  {
    name: "a fractional count",
    csv: `${header}a,1,100.5,10\na,2,100,12\n`,
    code: "number-fractional",
    place: "row 1, column seen",
    value: '"100.5"',
  },
  {
    name: "a count that is no longer exact",
    csv: `${header}a,1,1e17,10\na,2,100,12\n`,
    code: "number-too-large",
    place: "row 1, column seen",
    value: '"1e17"',
  },
  {
    name: "more successes than units",
    csv: `${header}a,1,100,10\na,2,100,120\n`,
    code: "successes-above-units",
    place: "row 2, column clicked",
    value: '"120 of 100"',
  },
  { name: "an empty count", csv: `${header}a,1,,10\na,2,100,12\n`, code: "value-missing", place: "row 1, column seen" },
  { name: "an experiment without a name", csv: `${header},1,100,10\na,2,100,12\n`, code: "value-missing", place: "row 1, column test" },
  {
    name: "an arm twice",
    csv: `${header}a,1,100,10\na,2,100,12\na,1,90,9\n`,
    code: "arm-duplicate",
    place: "row 3, column arm",
    value: '"1"',
  },
  { name: "an experiment of one arm", csv: `${good}b,1,100,10\n`, code: "arm-single", place: "row 3, column arm", value: '"1"' },
  {
    name: "an experiment of a thousand arms and one",
    csv: `${header}${Array.from({ length: 1_001 }, (_, arm) => `a,${arm},100,10\n`).join("")}`,
    code: "arm-excess",
    place: "row 1001, column test",
    value: "1001",
  },
  {
    name: "counts beside which others vanish",
    csv: `${header}a,1,9007199254740991,1\na,2,10,1\n`,
    code: "quadrature-open",
    place: "experiment a, posteriors",
  },
  { name: "nothing but a byte order mark", csv: "\uFEFF", code: "file-empty", place: "" },
  { name: "no rows", csv: header, code: "rows-none", place: "" },
  { name: "an empty file", csv: "", code: "file-empty", place: "" },
  { name: "a row with a field too few", csv: `${header}a,1,100,10\na,2,100\n`, code: "row-ragged", place: "line 3", value: '"a,2,100"' },
  {
    name: "a row with a field too many",
    csv: `${header}a,1,100,10\na,2,100,12,7\n`,
    code: "row-ragged",
    place: "line 3",
    value: '"a,2,100,12,7"',
  },
  { name: "a quote that never closes", csv: `${header}a,1,100,10\na,2,"100,12\n`, code: "quote-open", place: "line 3" },
  {
    name: "a separator that is not the file's",
    csv: good,
    mapping: mappingWith({ source: { separator: ";" } }),
    code: "column-missing",
    place: "header",
  },
  {
    name: "decimal commas without being told",
    csv: `${header}a,1,"100,0",10\na,2,100,12\n`,
    code: "number-invalid",
    place: "row 1, column seen",
    value: '"100,0"',
  },
  {
    name: "an arm without a planned share",
    csv: good,
    mapping: mappingWith({ shares: { weights: { 1: 0.5 } } }),
    code: "share-missing",
    place: "row 2, column arm",
    value: '"2"',
  },
  {
    name: "a planned share of zero",
    csv: "test,arm,seen,clicked,w\na,1,9,1,0\na,2,9,1,1\n",
    mapping: mappingWith({ shares: { column: "w" } }),
    code: "share-not-positive",
    place: "row 1, column w",
    value: '"0"',
  },
];

describe("L12: a source that cannot be used is refused with file, place, value and fix", () => {
  test.each(csvRefusals)("$name", async ({ csv, code, place, value, mapping = mappingWith() }) => {
    const folder = testFolder();
    const file = folder.file("data.csv", csv);
    const error = await refusalOfAsync(() => analyse(file, { mapping }));
    expect(error.code).toBe(code);
    expect(error.path).toContain("data.csv");
    expect(error.path).toContain(place);
    expect(error.fix).toMatch(/\.$/);
    expect(error.value).toBe(value ?? error.value);
    expect(error.message).not.toMatch(/Invalid Input Error|strict_mode|read_csv/);
    expect(readdirSync(folder.path)).toEqual(["data.csv"]);
  });

  test("a file that is not there", async () => {
    const error = await refusalOfAsync(() => analyse("no/such/file.csv", { mapping: mappingWith() }));
    expect(error.code).toBe("file-missing");
    expect(error.path).toBe("no/such/file.csv");
  });

  test("a gzip that was cut, which DuckDB alone would take for a short file", async () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => `t${index},1,${100 + (index % 7)},10\nt${index},2,100,12\n`).join("");
    const packed = gzipSync(header + rows);
    const error = await refusalOfAsync(() =>
      analyse(testFolder().file("data.csv.gz", packed.subarray(0, packed.length - 200)), { mapping: mappingWith() }),
    );
    expect(error.code).toBe("file-truncated");
    expect(error.path).toContain("data.csv.gz");
  });

  test("a gzip that is none", async () => {
    const error = await refusalOfAsync(() => analyse(testFolder().file("data.csv.gz", good), { mapping: mappingWith() }));
    expect(error.code).toBe("file-truncated");
  });

  test("binary content", async () => {
    const error = await refusalOfAsync(() =>
      analyse(testFolder().file("data.csv", new Uint8Array([1, 0, 2, 0, 10, 0])), { mapping: mappingWith() }),
    );
    expect(error.code).toBe("file-binary");
  });

  test("text that is not UTF-8", async () => {
    const bytes = Buffer.concat([Buffer.from(`${header}a,`), Buffer.from([0xff, 0xfe, 0x41]), Buffer.from(",100,10\na,2,100,12\n")]);
    const error = await refusalOfAsync(() => analyse(testFolder().file("data.csv", bytes), { mapping: mappingWith() }));
    expect(error.code).toBe("file-encoding");
    expect(error.path).toContain("line 2");
  });

  test("a line above the limit, without reading the rest of it", async () => {
    const path = testFolder().file("data.csv", `${header}${"x".repeat(3_000_000)}`);
    const error = await refusalOfAsync(() => checkTextFile({ path, name: "data.csv", label: "data", format: "csv", gzip: false }, 100_000));
    expect(error.code).toBe("line-too-long");
    expect(error.path).toContain("line 2");
  });

  test("a gzipped line of 64 MB", async () => {
    const path = testFolder().file(
      "data.csv.gz",
      gzipSync(Buffer.concat([Buffer.from(header), Buffer.alloc(64 * 1024 * 1024, "x")]), { level: 1 }),
    );
    expect((await refusalOfAsync(() => analyse(path, { mapping: mappingWith() }))).code).toBe("line-too-long");
  });

  test("a broken NDJSON line is named by its true number", async () => {
    const line = (arm: number) => `{"test":"a","arm":"${arm}","seen":100,"clicked":10}\n`;
    const rows = Array.from({ length: 3_000 }, (_, arm) => line(arm));
    rows[2_500] = '{"test":"a","arm":\n';
    const error = await refusalOfAsync(() => analyse(testFolder().file("data.ndjson", rows.join("")), { mapping: mappingWith() }));
    expect(error.code).toBe("row-broken");
    expect(error.path).toContain("line 2501");
  });

  test("an NDJSON line that is no object", async () => {
    const error = await refusalOfAsync(() =>
      analyse(testFolder().file("data.ndjson", '{"test":"a"}\n[1,2]\n'), { mapping: mappingWith() }),
    );
    expect(error.code).toBe("row-broken");
    expect(error.path).toContain("line 2");
  });

  test("Parquet with dates where counts belong, with NaN, and damaged", async () => {
    const folder = testFolder();
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const write = (name: string, seen: string) =>
      connection.run(
        `copy (select 'a' as test, i::VARCHAR as arm, ${seen} as seen, 1 as clicked from range(2) r(i)) to '${folder.path}/${name}' (format parquet)`,
      );
    await write("dates.parquet", "date '2020-01-01'");
    await write("nan.parquet", "'nan'::DOUBLE");
    instance.closeSync();
    const dates = await refusalOfAsync(() => analyse(`${folder.path}/dates.parquet`, { mapping: mappingWith() }));
    expect([dates.code, dates.value]).toEqual(["column-type", '"DATE"']);
    const nan = await refusalOfAsync(() => analyse(`${folder.path}/nan.parquet`, { mapping: mappingWith() }));
    expect([nan.code, nan.value]).toEqual(["number-invalid", '"nan"']);
    expect(nan.path).toContain("row 1, column seen");
    const damaged = folder.file("damaged.parquet", Buffer.concat([Buffer.from("PAR1"), Buffer.alloc(40, 7), Buffer.from("PAR1")]));
    expect((await refusalOfAsync(() => analyse(damaged, { mapping: mappingWith() }))).code).toBe("file-damaged");
    expect((await refusalOfAsync(() => analyse(folder.file("text.parquet", good), { mapping: mappingWith() }))).code).toBe("file-damaged");
  });

  test("a folder that leaves open which files are meant", async () => {
    const folder = testFolder();
    expect((await refusalOfAsync(() => analyse(folder.path, { mapping: mappingWith() }))).code).toBe("file-missing");
    folder.file("a.csv", good);
    folder.file("b.ndjson", "{}");
    expect((await refusalOfAsync(() => analyse(folder.path, { mapping: mappingWith() }))).code).toBe("source-ambiguous");
  });

  test("a header that does not tell which column is what, answered with a mapping to start from", async () => {
    const error = await refusalOfAsync(() => analyse(testFolder().file("data.csv", good)));
    expect(error.code).toBe("mapping-needed");
    expect(error.message).toContain("test, arm, seen, clicked");
    expect(error.fix).toContain("kind: armTotals");
  });
});

const broken: { name: string; yaml: string; code: string; place: string }[] = [
  {
    name: "YAML that does not parse",
    yaml: "version: 1\nkind: armTotals\ncolumns: {experiment: a\n",
    code: "mapping-broken",
    place: "line",
  },
  { name: "two kinds", yaml: "version: 1\nkind: armTotals\nkind: moments\n", code: "mapping-broken", place: "line 3" },
  { name: "an unknown kind", yaml: "version: 1\nkind: totals\n", code: "mapping-invalid", place: "kind" },
  {
    name: "an unknown key",
    yaml: "version: 1\nkind: armTotals\ncolumns: {experiment: a, arm: b, units: c, successes: d, clicks: e}\n",
    code: "mapping-invalid",
    place: "columns",
  },
  {
    name: "a missing column name",
    yaml: "version: 1\nkind: armTotals\ncolumns: {experiment: a, arm: b, units: c}\n",
    code: "mapping-invalid",
    place: "columns.successes",
  },
  {
    name: "snapshots that claim to be randomised",
    yaml: "version: 1\nkind: snapshots\ndesign: randomized\ncolumns: {unit: a, metrics: [b]}\n",
    code: "mapping-invalid",
    place: "design",
  },
  {
    name: "metrics both as columns and unpivoted",
    yaml: "version: 1\nkind: snapshots\ndesign: observational\ncolumns: {unit: a, metrics: [b]}\nunpivot: {name: c, columns: {prefix: t, to: 3}, minutesPerStep: 20}\n",
    code: "mapping-invalid",
    place: "unpivot",
  },
  { name: "an empty file", yaml: "", code: "mapping-invalid", place: "" },
];

describe("L12: a broken mapping is refused with its place", () => {
  test.each(broken)("$name", ({ yaml, code, place }) => {
    const path = testFolder().file("map.yaml", yaml);
    const error = refusalOf(() => readMapping(path));
    expect(error.code).toBe(code);
    expect(error.path).toContain("map.yaml");
    expect(error.path).toContain(place);
  });

  test("a mapping file that is not there", () => {
    expect(refusalOf(() => readMapping("no/such/map.yaml")).code).toBe("mapping-missing");
  });
});
