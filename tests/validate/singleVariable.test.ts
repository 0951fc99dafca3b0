// The single-variable rule on real arms (Upworthy Research Archive): every package becomes a post's content, and intake's own comparison of
// contents has to find what truth says was varied.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Content,
  type ContentField,
  contentSchema,
  fieldsUnderTest,
  type Variant,
  type VariableName,
} from "../../src/domain/index.ts";
import { sha256Hex } from "../../src/canon/index.ts";
import { checkDifferences, difference, renderCaption, variedContentFields, variedFields } from "../../src/intake/index.ts";
import { dataset } from "../support/datasets.ts";
import { attempt } from "../support/refusal.ts";

/** Where each column of a package stands in a post, and the variable that owns that field. */
const places = {
  headline: { field: "parts.title", variable: "title" },
  eyecatcher_id: { field: "cover", variable: "cover" },
  lede: { field: "parts.body", variable: "caption" },
  excerpt: { field: "parts.cta", variable: "cta" },
} as const satisfies Record<string, { field: ContentField; variable: VariableName }>;
type Column = keyof typeof places;
const columns = Object.keys(places) as Column[];

interface TrueTest {
  readonly test_id: string;
  readonly rows: number[];
  readonly varied: Column[];
}

let truth: { summary: { single_variable_tests: number }; tests: TrueTest[] };
let arms: Map<number, Content>;

beforeAll(async () => {
  truth = JSON.parse(gunzipSync(readFileSync(dataset("upworthy", "truth.json.gz"))).toString()) as typeof truth;
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const file = dataset("upworthy", "packages.csv.gz").replaceAll("'", "''");
  const reader = await connection.runAndReadAll(
    `select row_id, headline, eyecatcher_id, lede, excerpt from read_csv('${file}', header = true, all_varchar = true)`,
  );
  arms = new Map(reader.getRowObjectsJson().map((row) => [Number(row["row_id"]), contentOf(row as Record<Column, string | null>)]));
  connection.closeSync();
});

/** A package as a post; an image is known by its id, an empty text is no text. */
function contentOf({ headline, eyecatcher_id: image, lede, excerpt }: Record<Column, string | null>): Content {
  const has = (text: string | null): text is string => text !== null && text !== "";
  return contentSchema.parse({
    parts: { ...(has(headline) && { title: headline }), ...(has(lede) && { body: lede }), ...(has(excerpt) && { cta: excerpt }) },
    ...(has(image) && { cover: { path: `images/${image}.jpg`, sha256: sha256Hex(image) } }),
    lane: "api",
  });
}

const contentsOf = ({ rows }: TrueTest): Content[] => rows.map((row) => arms.get(row)!);
const columnsOf = (fields: readonly ContentField[]): Column[] => columns.filter((column) => fields.includes(places[column].field));

function variantsOf(found: TrueTest): Variant[] {
  return contentsOf(found).map((content, at) => ({
    variantId: String(found.rows[at]),
    experimentId: found.test_id,
    role: at === 0 ? "control" : "test",
    content,
    renderings: [{ surface: "facebook.feed", captionAsSent: renderCaption(content) }],
    contentHash: `sha256:${sha256Hex(String(at))}`,
    status: "generated",
    provenance: { generator: "archive" },
  }));
}

describe("L4 on 3,330 real tests", () => {
  test("the varied fields and the class of each equal truth", () => {
    const classes = { none: 0, single: 0, multiple: 0 };
    for (const expected of truth.tests) {
      const varied = columnsOf(variedContentFields(contentsOf(expected)));
      expect([expected.test_id, ...varied.toSorted()]).toEqual([expected.test_id, ...expected.varied.toSorted()]);
      classes[variedFields(Object.fromEntries(columns.map((column) => [column, varied.includes(column)]))).class]++;
    }
    console.log(`classes: ${JSON.stringify(classes)}`);
    expect(classes).toEqual({ none: 216, single: truth.summary.single_variable_tests, multiple: 675 });
  });

  test("a test of one variable is refused under every other one, and one of several variables under each", () => {
    const counts = { accepted: 0, twins: 0, refused: 0 };
    for (const expected of truth.tests) {
      if (expected.varied.length === 0) continue;
      const variants = variantsOf(expected);
      for (const column of columns) {
        const { variable } = places[column];
        const { refused } = attempt(() => checkDifferences({ variableUnderTest: variable }, variants));
        const isForeign = expected.varied.some((other) => other !== column);
        // Two arms of a test may be one and the same package: then nothing is under test between them.
        const isTwin = new Set(variants.map(({ content }) => JSON.stringify(content))).size < variants.length;
        const allowed = isForeign
          ? ["not-single-variable", ...(isTwin ? ["nothing-under-test"] : [])]
          : isTwin
            ? ["nothing-under-test"]
            : ["none"];
        expect(allowed).toContain(refused?.code ?? "none");
        counts[refused === undefined ? "accepted" : refused.code === "nothing-under-test" ? "twins" : "refused"]++;
      }
    }
    console.log(`under each of four variables: ${JSON.stringify(counts)}`);
    expect(counts.accepted + counts.twins).toBeGreaterThanOrEqual(truth.summary.single_variable_tests);
  });

  test("within single-variable tests each pair differs in fields of that variable alone", () => {
    for (const expected of truth.tests) {
      if (expected.varied.length !== 1) continue;
      const { variable } = places[expected.varied[0]!];
      const variants = variantsOf(expected);
      for (const [at, one] of variants.entries())
        for (const other of variants.slice(at + 1)) {
          const found = difference({ variableUnderTest: variable }, one, other);
          expect(found.foreign).toEqual([]);
          expect(found.fields.every((field) => fieldsUnderTest(variable).includes(field))).toBe(true);
        }
    }
  });
});
