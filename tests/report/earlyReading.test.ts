// Reading early, against an oracle that keeps every unit: cumulative sums by loops, Student's tail by numerical integration, alpha spending by walking
// all 4,096 sign patterns.
import { describe, expect, test } from "vitest";
import { mappingSchema, parseWith } from "../../src/domain/index.ts";
import { createRng, normal } from "../../src/random/index.ts";
import { analyse, type MomentsAnalysis, renderAnalysis } from "../../src/report/index.ts";
import { logGamma } from "../../src/stats/index.ts";
import { testFolder } from "../support/folder.ts";

const checkpoints = 24;
const mixtureScale = 0.1;

interface Stream {
  readonly metric: string;
  /** Units that came at each checkpoint. */
  readonly control: readonly (readonly number[])[];
  readonly treatment: readonly (readonly number[])[];
}

const rng = createRng("early reading");
const streams = Array.from({ length: 30 }, (_, index): Stream => {
  // A third without a difference, a third with one, a third with one that fades.
  const shiftAt = (at: number) => [0, 0.25, at < 6 ? 0.9 : -0.5][index % 3]!;
  const units = (shift: (at: number) => number) =>
    Array.from({ length: checkpoints }, (_, at) => Array.from({ length: 4 + ((index + at) % 3) }, () => shift(at) + normal(rng, 0, 1)));
  return { metric: index < 15 ? "m1" : "m2", control: units(() => 0), treatment: units(shiftAt) };
});

function momentsOf(units: readonly number[]) {
  const mean = units.reduce((sum, unit) => sum + unit, 0) / units.length;
  return { count: units.length, mean, variance: units.reduce((sum, unit) => sum + (unit - mean) ** 2, 0) / (units.length - 1) };
}

/** Two-sided tail of Student's t by Simpson's rule on the angle x = sqrt(df) tan a. */
function studentP(t: number, df: number): number {
  const steps = 2_000;
  const [from, to] = [Math.atan(Math.abs(t) / Math.sqrt(df)), Math.PI / 2];
  const height = (angle: number) => Math.cos(angle) ** (df - 1);
  let sum = 0;
  for (let step = 0; step <= steps; step++)
    sum += (step === 0 || step === steps ? 1 : step % 2 === 1 ? 4 : 2) * height(from + ((to - from) * step) / steps);
  const scale = Math.exp(logGamma((df + 1) / 2) - logGamma(df / 2)) / Math.sqrt(Math.PI);
  return (2 * scale * (sum * (to - from))) / steps / 3;
}

function readingOf({ control, treatment }: Stream) {
  const looks = Array.from({ length: checkpoints }, (_, at) => {
    const [c, t] = [control, treatment].map((arm) => momentsOf(arm.slice(0, at + 1).flat())) as [
      ReturnType<typeof momentsOf>,
      ReturnType<typeof momentsOf>,
    ];
    const [a, b] = [c.variance / c.count, t.variance / t.count];
    const difference = t.mean - c.mean;
    const p = studentP(difference / Math.sqrt(a + b), (a + b) ** 2 / (a ** 2 / (c.count - 1) + b ** 2 / (t.count - 1)));
    const n = 2 / (1 / c.count + 1 / t.count);
    const [v, tau] = [c.variance + t.variance, mixtureScale * c.variance];
    const ratio = Math.sqrt(v / (v + n * tau)) * Math.exp((n * n * tau * difference ** 2) / (2 * v * (v + n * tau)));
    return { p, difference, mixture: at === 0 ? 1 : Math.min(1, 1 / ratio) };
  });
  const first = looks.findIndex(({ p }) => p <= 0.05);
  const last = looks.at(-1)!;
  const spans = Array.from({ length: 12 }, (_, span) => {
    const [c, t] = [control, treatment].map((arm) => momentsOf(arm.slice(2 * span, 2 * span + 2).flat())) as [
      ReturnType<typeof momentsOf>,
      ReturnType<typeof momentsOf>,
    ];
    return ((c.count * t.count) / (c.count + t.count)) * (t.mean - c.mean);
  });
  return {
    atEnd: last.p <= 0.05,
    ever: first >= 0,
    wrongSign: first >= 0 && Math.sign(looks[first]!.difference) !== Math.sign(last.difference),
    mixture: Math.min(...looks.map(({ mixture }) => mixture)) <= 0.05,
    crossed: crosses(spans) || crosses(spans.map((difference) => -difference)),
  };
}

/** One side at .025: looks at 6, 9 and 12 of 12 spans, budget .025 t^1.5; a look that no pattern could cross is dropped. */
function crosses(observed: readonly number[]): boolean {
  const patterns = Array.from({ length: 4_096 }, (_, bits) =>
    observed.map((difference, at) => (((bits >> at) & 1) === 1 ? 1 : -1) * Math.abs(difference)),
  );
  const isDead = patterns.map(() => false);
  for (const n of [6, 9, 12]) {
    const budget = 0.025 * (n / 12) ** 1.5;
    if (budget < 2 ** -n) continue;
    const sum = (differences: readonly number[]) => differences.slice(0, n).reduce((total, each) => total + each, 0);
    const sums = patterns.map(sum);
    const dead = isDead.filter(Boolean).length;
    const share = (statistic: number) =>
      (dead + sums.filter((each, at) => !isDead[at] && each >= statistic - 1e-9).length) / patterns.length;
    if (share(sum(observed)) <= budget) return true;
    // The rule of this look, on every pattern still alive: those at or above the least crossing statistic.
    const distinct = [...new Set(sums.filter((_, at) => !isDead[at]).map((each) => each.toFixed(9)))].map(Number).sort((a, b) => b - a);
    const least = distinct.filter((statistic) => share(statistic) <= budget).at(-1);
    if (least !== undefined)
      sums.forEach((each, at) => {
        if (each >= least - 1e-9) isDead[at] = true;
      });
  }
  return false;
}

const expected = streams.map((stream) => ({ metric: stream.metric, ...readingOf(stream) }));

async function analysed(): Promise<MomentsAnalysis> {
  const rows = streams.flatMap(({ metric, control, treatment }, index) =>
    Array.from({ length: checkpoints }, (_, at) => {
      const arms = [control, treatment].map((arm) => {
        const { count, mean, variance } = momentsOf(arm.slice(0, at + 1).flat());
        return `${count},${mean},${variance}`;
      });
      return `e${index},${metric},${at + 1},${arms.join(",")}\n`;
    }),
  );
  // Rows come in no order: the time tells.
  const text = `exp,metric,day,nc,mc,vc,nt,mt,vt\n${rows.toReversed().join("")}`;
  const arm = (name: string, letter: string) => ({ arm: name, count: `n${letter}`, mean: `m${letter}`, variance: `v${letter}` });
  const columns = { experiment: "exp", metric: "metric", time: "day", control: arm("c", "c"), treatment: arm("t", "t") };
  const mapping = parseWith(mappingSchema, { version: 1, kind: "moments", columns, mixtureScale }, { code: "test-mapping" });
  return (await analyse(testFolder().file("moments.csv", text), { mapping })) as MomentsAnalysis;
}

describe("reading early", () => {
  test("the made streams hold every case, or nothing would be tested", () => {
    for (const holds of ["atEnd", "ever", "wrongSign", "mixture", "crossed"] as const) {
      expect(expected.some((each) => each[holds])).toBe(true);
      expect(expected.some((each) => !each[holds])).toBe(true);
    }
    expect(expected.some(({ ever, atEnd }) => ever && !atEnd)).toBe(true);
  });

  test.each(["all", "m1", "m2"])("counts as the oracle does: %s", async (metric) => {
    const own = expected.filter((each) => metric === "all" || each.metric === metric);
    const count = (holds: (each: (typeof own)[number]) => boolean) => own.filter(holds).length;
    const { earlyReading } = await analysed();
    expect(earlyReading.find((row) => (row.metric ?? "all") === metric)).toMatchObject({
      streams: own.length,
      undefinedAtEnd: 0,
      significantAtEnd: count(({ atEnd }) => atEnd),
      significantEver: count(({ ever }) => ever),
      inflation: count(({ ever }) => ever) / count(({ atEnd }) => atEnd),
      significantEverNotAtEnd: count(({ ever, atEnd }) => ever && !atEnd),
      wrongSignAtFirst: count(({ wrongSign }) => wrongSign),
      spending: {
        judged: own.length,
        crossed: count(({ crossed }) => crossed),
        crossedAndSignificantAtEnd: count(({ crossed, atEnd }) => crossed && atEnd),
      },
      mixture: {
        called: count(({ mixture }) => mixture),
        both: count(({ mixture, atEnd }) => mixture && atEnd),
        mixtureAlone: count(({ mixture, atEnd }) => mixture && !atEnd),
        endAlone: count(({ mixture, atEnd }) => !mixture && atEnd),
        neither: count(({ mixture, atEnd }) => !mixture && !atEnd),
      },
    });
  });

  test("the report tells all ways of reading side by side, and each metric in the detail", async () => {
    const analysis = await analysed();
    const text = await renderAnalysis(analysis, "text");
    expect(text).toMatch(/Welch's test at every checkpoint +\d+/);
    expect(text).toMatch(/alpha spending over 12 spans, looks at 6, 9 and 12 +\d+/);
    expect(text).toMatch(/mixture sequential test at every checkpoint +\d+/);
    expect(await renderAnalysis(analysis, "md")).toContain("## Reading early, by metric");
  });
});
