// The main job on 3,330 real tests against reference values worked out elsewhere (datasets/upworthy), and its cost in time and memory.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { analyse, type ArmTotalsAnalysis, readMapping, renderAnalysis } from "../../src/report/index.ts";
import { dataset } from "../support/datasets.ts";

interface TrueTest {
  readonly test_id: string;
  readonly rows: number[];
  readonly window: "inside" | "edge" | "outside";
  readonly impressions: number[];
  readonly clicks: number[];
  readonly srm: { readonly chi2: number; readonly df: number; readonly p: number };
  readonly ctr_omnibus: { readonly chi2: number; readonly df: number; readonly p: number };
  readonly ctr: number[];
  readonly best: number;
  readonly varied: string[];
  readonly p_best: number[];
}

let truth: { summary: { single_variable_tests: number }; tests: TrueTest[] };
let analysis: ArmTotalsAnalysis;

beforeAll(async () => {
  truth = JSON.parse(gunzipSync(readFileSync(dataset("upworthy", "truth.json.gz"))).toString()) as typeof truth;
  const packages = dataset("upworthy", "packages.csv.gz");
  analysis = (await analyse(packages, { mapping: readMapping("examples/maps/upworthy.yaml") })) as ArmTotalsAnalysis;
});

const pairs = () => truth.tests.map((expected, index) => ({ expected, found: analysis.experiments[index]! }));

/** log P(chi-square with 8 df > x), closed form: exp(-h) (1 + h + h^2/2 + h^3/6), h = x / 2. The one p that underflows has nine arms. */
function logTailOfEightDf(x: number): number {
  const h = x / 2;
  return Math.log1p(h + h ** 2 / 2 + h ** 3 / 6) - h;
}

const distance = (found: number, expected: number) => (found === expected ? 0 : Math.abs(found - expected) / Math.abs(expected));

describe("Upworthy Research Archive", () => {
  test("experiments and arms come in file order with their counts", () => {
    expect(analysis.experiments.length).toBe(truth.tests.length);
    for (const { expected, found } of pairs()) {
      expect(found.id).toBe(expected.test_id);
      expect(found.arms.map(({ id }) => Number(id))).toEqual(expected.rows);
      expect(found.arms.map(({ units }) => units)).toEqual(expected.impressions);
      expect(found.arms.map(({ successes }) => successes)).toEqual(expected.clicks);
    }
  });

  test("every p-value of the ratio check and of the outcome test is right to 1e-9, its logarithm where it underflows", () => {
    let worst = 0;
    let underflows = 0;
    for (const { expected, found } of pairs())
      for (const [ours, theirs] of [
        [found.validity.checks[0]!, expected.srm],
        [found.outcome, expected.ctr_omnibus],
      ] as const) {
        const underflow = theirs.p === 0;
        underflows += underflow ? 1 : 0;
        const byLog = distance(ours.logP!, underflow ? logTailOfEightDf(theirs.chi2) : Math.log(theirs.p));
        // Near p = 1 the logarithm is a small difference; there p itself is compared.
        worst = Math.max(worst, distance(ours.statistic!, theirs.chi2), distance(ours.p!, theirs.p), theirs.p < 0.5 ? byLog : 0);
        expect(!underflow || theirs.df === 8).toBe(true);
      }
    console.log(`worst relative error of statistics and p-values: ${worst.toExponential(2)}; ${underflows} underflow`);
    expect(underflows).toBe(1);
    expect(worst).toBeLessThan(1e-9);
  });

  test("every verdict at .001 agrees", () => {
    for (const { expected, found } of pairs())
      expect([found.id, found.validity.verdict]).toEqual([expected.test_id, expected.srm.p < 0.001 ? "invalid" : "pass"]);
    expect(analysis.fleet).toMatchObject({ experiments: 3330, invalid: 519 });
  });

  test("varied fields and their class agree", () => {
    for (const { expected, found } of pairs()) {
      expect([found.id, ...found.variables.varied.toSorted()]).toEqual([expected.test_id, ...expected.varied.toSorted()]);
      expect(found.variables.class).toBe(expected.varied.length === 0 ? "none" : expected.varied.length === 1 ? "single" : "multiple");
    }
    expect(analysis.experiments.filter(({ variables }) => variables.class === "single").length).toBe(truth.summary.single_variable_tests);
  });

  test("rates, the best arm and the probabilities of being best agree", () => {
    for (const { expected, found } of pairs()) {
      expect(found.bestIndex).toBe(expected.best);
      expect(found.best).toBe(String(expected.rows[expected.best]));
      found.arms.forEach(({ rate, pBest }, arm) => {
        expect(rate).toBeCloseTo(expected.ctr[arm]!, 15);
        expect(Math.abs(pBest - expected.p_best[arm]!)).toBeLessThan(1e-6);
      });
    }
  });

  test("L6: invalid experiments are informational and none of them is decided", () => {
    for (const { informational, validity, decision } of analysis.experiments) {
      expect(informational).toBe(validity.verdict === "invalid");
      expect(decision.kind === "invalid").toBe(informational);
    }
  });

  test("the weeks of the documented fault are alarmed, and few others", async () => {
    const alarmed = new Set(analysis.fleet.byWeek.filter(({ alarm }) => alarm).map(({ week }) => Number(week)));
    const inside = (week: number) => (week >= 201326 && week <= 201352) || week === 201400;
    const edge = new Set([201325, 201401]);
    const missed = analysis.fleet.byWeek.filter(({ week, alarm }) => inside(Number(week)) && !alarm);
    expect(missed).toEqual([]);
    const others = [...alarmed].filter((week) => !inside(week) && !edge.has(week));
    expect(others.length).toBeLessThanOrEqual(1);
    const html = await renderAnalysis(analysis, "html");
    expect(html).toContain("week 201348: 25 of 28 invalid, alarm");
  });

  test("takes less than 10 s of CPU and 500 MB, start of the process included", async () => {
    const words = ["src/cli/main.ts", "analyse", dataset("upworthy"), "--map", "examples/maps/upworthy.yaml", "--json"];
    const report = `process.on("exit", () => { const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage(); process.stderr.write(JSON.stringify({ maxRSS, cpuMs: (userCPUTime + systemCPUTime) / 1000 })); });`;
    const { out, err } = await new Promise<{ out: string; err: string }>((resolve, reject) => {
      const args = ["--import", `data:text/javascript,${encodeURIComponent(report)}`, ...words];
      execFile(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }, (error, out, err) =>
        error === null ? resolve({ out, err }) : reject(error),
      );
    });
    expect((JSON.parse(out) as { experiments: unknown[] }).experiments.length).toBe(3330);
    const { maxRSS, cpuMs } = JSON.parse(err) as { maxRSS: number; cpuMs: number };
    console.log(`${(cpuMs / 1000).toFixed(1)} s of CPU, ${(maxRSS / 1024).toFixed(0)} MB`);
    expect(cpuMs).toBeLessThan(10_000);
    expect(maxRSS).toBeLessThan(500 * 1024);
  });
});
