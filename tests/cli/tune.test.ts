import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run as calibrate } from "../../src/cli/commands/calibrate.ts";
import { run, type TuneArguments } from "../../src/cli/commands/tune.ts";
import { type CharacteristicsRow, defaultDecisionPolicy } from "../../src/decision/index.ts";
import { openDatabase } from "../../src/report/database.ts";
import { testFolder } from "../support/folder.ts";

const quiet = { err: () => undefined, interactive: false };
const scenario = "name: small\nblocks: [8]\neffects: [0, 0.8]\n";

function tune(more: Partial<TuneArguments> = {}) {
  const file = testFolder().file("small.yaml", scenario);
  return run({ policy: ["evidence"], scenario: file, runs: "60", seed: "7", ...more }, quiet);
}

async function rowsOf(more: Partial<TuneArguments> = {}): Promise<readonly CharacteristicsRow[]> {
  return ((await tune(more)).document as { rows: CharacteristicsRow[] }).rows;
}

async function refused(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("expos tune", () => {
  test("compares policies side by side, in the published shape of rows", async () => {
    const rows = await rowsOf({ policy: ["evidence", "seed"] });
    const number: unknown = expect.any(Number);
    expect(rows).toContainEqual({
      policy: "seed",
      scenario: "small N=8 effect=0",
      rate: "falseWinner",
      value: number,
      se: number,
      wilson: [number, number],
      runs: 60,
    });
    expect(new Set(rows.map(({ policy }) => policy))).toEqual(new Set(["evidence", "seed"]));
  });

  test("sweeps every combination of a grid over policy fields, and names the rows after them", async () => {
    const rows = await rowsOf({ grid: ["evidence.alpha=0.05,0.2", "futility.chanceMin=0.01,null"] });
    expect([...new Set(rows.map(({ policy }) => policy))]).toEqual([
      "evidence evidence.alpha=0.05 futility.chanceMin=0.01",
      "evidence evidence.alpha=0.05 futility.chanceMin=null",
      "evidence evidence.alpha=0.2 futility.chanceMin=0.01",
      "evidence evidence.alpha=0.2 futility.chanceMin=null",
    ]);
    const stops = rows.filter(({ rate, scenario }) => rate === "futilityStops" && scenario.endsWith("effect=0"));
    expect(stops.map(({ value }) => value > 0)).toEqual([true, false, true, false]);
  });

  test("sweeps lists, optional fields and thresholds of the checks", async () => {
    const rows = await rowsOf({
      grid: ["looks.shares=[0.5,1],[1]", "preset=seed,evidence", "validity.captureAge.toleranceShare=.1"],
      runs: "5",
    });
    expect([...new Set(rows.map(({ policy }) => policy))]).toEqual(
      ["[0.5,1]", "[1]"].flatMap((shares) =>
        ["seed", "evidence"].map((preset) => `evidence looks.shares=${shares} preset=${preset} validity.captureAge.toleranceShare=0.1`),
      ),
    );
  });

  test("two policy files of one name are told apart by their paths", async () => {
    const policyIn = (folder: ReturnType<typeof testFolder>) => folder.file("mine.json", JSON.stringify(defaultDecisionPolicy));
    const files = [policyIn(testFolder()), policyIn(testFolder())];
    expect(new Set((await rowsOf({ policy: files, runs: "5" })).map(({ policy }) => policy))).toEqual(new Set(files));
  });

  test("L8: same seed, same rows, for one and two workers; another seed differs", async () => {
    const one = await rowsOf({ workers: "1" });
    expect(await rowsOf({ workers: "2" })).toEqual(one);
    expect(await rowsOf({ seed: "8" })).not.toEqual(one);
  });

  test("writes a page with pictures, Markdown, JSON and Parquet with the same rows, and replaces only its own folder", async () => {
    const out = join(testFolder().path, "tuned");
    const rows = await rowsOf({ out });
    expect(readdirSync(out).sort()).toEqual([".expos-output.json", "report.html", "report.md", "rows.json", "rows.parquet"]);
    expect(readFileSync(join(out, "report.html"), "utf8").match(/<svg/g)).toHaveLength(3);
    expect(JSON.parse(readFileSync(join(out, "rows.json"), "utf8"))).toEqual(rows);
    const database = await openDatabase({ folders: [out] });
    const read = await database.rows(`select policy, rate, value, runs from read_parquet('${join(out, "rows.parquet")}')`);
    database.close();
    expect(read.map(({ policy, rate, value, runs }) => [policy, rate, value, Number(runs)])).toEqual(
      rows.map(({ policy, rate, value, runs }) => [policy, rate, value, runs]),
    );
    await tune({ out });
    expect(await refused(tune({ out: testFolder().path.replace(/[^/]*$/, "") }))).toMatchObject({ code: "out-taken" });
  });

  test("refuses unknown fields, values out of range, unknown policies, broken scenarios and numbers that are none, naming the place", async () => {
    expect(await refused(tune({ grid: ["evidence.alfa=1"] }))).toMatchObject({ code: "field-unknown", path: "--grid evidence.alfa" });
    expect(await refused(tune({ grid: ["evidence.alpha=7"] }))).toMatchObject({ code: "decision-policy" });
    expect(await refused(tune({ grid: ["evidence.alpha"] }))).toMatchObject({ code: "misuse", path: "--grid" });
    expect(await refused(tune({ grid: ["evidence.alpha.x=1"] }))).toMatchObject({ code: "field-unknown" });
    expect(await refused(tune({ grid: ["validity.slots.nope=1"] }))).toMatchObject({ code: "field-unknown" });
    expect(await refused(tune({ grid: ["looks.shares=[1"] }))).toMatchObject({ code: "misuse", path: "--grid" });
    expect(await refused(tune({ policy: ["evidnce"] }))).toMatchObject({ code: "policy-unknown" });
    expect(await refused(tune({ policy: ["./nowhere.yaml"] }))).toMatchObject({ code: "policy-unreadable" });
    expect(await refused(tune({ runs: "1.5" }))).toMatchObject({ code: "misuse", path: "--runs" });
    expect(await refused(tune({ seed: "" }))).toMatchObject({ path: "seeds.seed" });
    const broken = testFolder().file("broken.yaml", "name: broken\nblocks: [1]\neffects: [0]\n");
    expect(await refused(tune({ scenario: broken }))).toMatchObject({ code: "scenario-invalid", path: `${broken}: blocks[0]` });
  });
});

describe("expos calibrate", () => {
  const posts = Array.from({ length: 60 }, (_, at) => `${10 + ((at * 37) % 101)},${5 + ((at * 53) % 89)},${at % 3}`).join("\n");
  const options = { proxy: ["likes", "shares"], policy: "evidence", blocks: "8", arms: "2", runs: "400", seed: "7" };

  test("names a winner among shuffled posts about as rarely as its level says, and the seed's rule far more often", async () => {
    const history = testFolder().file("posts.csv", `likes,shares,type\n${posts}\n`);
    const rate = async (policy: string) =>
      ((await calibrate({ ...options, history, policy })).document as { falseWinner: { value: number } }).falseWinner.value;
    expect(await rate("evidence")).toBeLessThan(0.1);
    expect(await rate("seed")).toBeGreaterThan(0.25);
  });

  test("blocks hold posts of one group; a history too short for the plan is refused", async () => {
    const history = testFolder().file("posts.csv", `likes,shares,type\n${posts}\n`);
    const { document } = await calibrate({ ...options, history, groupBy: ["type"] });
    expect(document).toMatchObject({ blocksAvailable: 30, history: { posts: 60, leftOut: 0 } });
    expect(await refused(calibrate({ ...options, history, blocks: "40" }))).toMatchObject({ code: "history-short" });
    const { proxy: _, ...unnamed } = options;
    expect((await calibrate({ ...unnamed, history })).document).toMatchObject({ history: { proxies: ["likes", "shares"] } });
    const strange = testFolder().file("strange.csv", "hearts,type\n1,2\n");
    expect(await refused(calibrate({ ...unnamed, history: strange }))).toMatchObject({ code: "proxies-unknown" });
    expect(await refused(calibrate({ ...options, history, proxy: ["hearts"] }))).toMatchObject({ name: "DomainError" });
  });

  test("L11: a post without a figure is left out, not counted as 0; a negative figure is refused with its row", async () => {
    const missing = testFolder().file("posts.csv", `likes,shares,type\n,3,0\n${posts}\n`);
    expect((await calibrate({ ...options, history: missing })).document).toMatchObject({ history: { posts: 60, leftOut: 1 } });
    const negative = testFolder().file("bad.csv", `likes,shares,type\n${posts}\n-4,3,0\n`);
    expect(await refused(calibrate({ ...options, history: negative }))).toMatchObject({ code: "history-value" });
  });
});
