import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cusumAlarmRate,
  cusumThresholds,
  defaultValidityPolicy,
  reachBaseline,
  robustCusum,
  robustCusumStart,
  robustCusumStep,
} from "../../../src/erm/index.ts";
import { createRng } from "../../../src/random/index.ts";
import { assertProperty } from "../../support/property.ts";

const reach = fc.integer({ min: 0, max: 100_000 });
const unitBaseline = { medianLogReach: 0, sdLogReach: 1, n: 30 };

describe("robust CUSUM (E10)", () => {
  test("the baseline is median and 1.4826 MAD of the last 30 log reaches, older posts do not count", () => {
    const last = Array.from({ length: 30 }, (_, at) => Math.exp(at / 10));
    const result = reachBaseline([0, 0, 0, 0, 0, ...last]);
    expect(result).toMatchObject({ kind: "baseline", baseline: { n: 30 } });
    if (result.kind !== "baseline") return;
    expect(result.baseline.medianLogReach).toBeCloseTo(1.45, 12);
    expect(result.baseline.sdLogReach).toBeCloseTo(1.4826 * 0.75, 12);
  });

  test("fewer than 30 posts, or most of them equal, are insufficient and say what is needed", () => {
    expect(reachBaseline([])).toEqual({ kind: "insufficient", reason: "history", n: 0, needed: 30 });
    expect(reachBaseline(Array.from({ length: 29 }, (_, at) => at + 1))).toMatchObject({ reason: "history", n: 29 });
    expect(reachBaseline(Array.from({ length: 30 }, (_, at) => (at < 16 ? 500 : at)))).toMatchObject({ reason: "spread" });
    expect(reachBaseline(Array.from({ length: 30 }, () => 0))).toMatchObject({ reason: "spread" });
  });

  test("each post adds its fall in deviations less .5, capped at 4; an alarm starts the sum anew", () => {
    const baseline = { medianLogReach: Math.log(10_000), sdLogReach: 1, n: 30 };
    const fallen = (...deviations: number[]) => deviations.map((z) => 10_000 * Math.exp(-z));
    expect(robustCusum(baseline, fallen(0.7), 5).sum).toBeCloseTo(0.2, 12);
    expect(robustCusum(baseline, fallen(-3, 0.7), 5).sum).toBeCloseTo(0.2, 12);
    expect(robustCusum(baseline, fallen(9, 9), 7.1).sum).toBeCloseTo(7, 12);
    // 1.5, then 1.5 + 3.5 = 5 > 4.9 alarms, then .5 from 0, then 0 again.
    const run = robustCusum(baseline, fallen(2, 9, 1, -5), 4.9);
    expect(run).toMatchObject({ alarms: [1], n: 4, sum: 0 });
    expect(run.sumMax).toBeCloseTo(5, 12);
  });

  test("a post that nobody saw is the largest step, not an error", () => {
    const baseline = { medianLogReach: Math.log(2_000), sdLogReach: 1, n: 30 };
    expect(robustCusum(baseline, [0], 8).sum).toBeCloseTo(3.5, 12);
  });

  test("L8: a sequence cut into any chunks gives what the whole gives; a smaller reach never lowers the sum", async () => {
    await assertProperty(
      fc.property(fc.array(reach, { minLength: 1, maxLength: 40 }), fc.nat(40), (reaches, cut) => {
        const baseline = { medianLogReach: Math.log(2_000), sdLogReach: 0.9, n: 30 };
        const whole = robustCusum(baseline, reaches, 8);
        const first = reaches.slice(0, cut).reduce(robustCusumStep, robustCusumStart(baseline, 8));
        expect(reaches.slice(cut).reduce(robustCusumStep, JSON.parse(JSON.stringify(first)) as typeof first)).toEqual(whole);
        const worse = robustCusum(
          baseline,
          reaches.map((value) => Math.floor(value / 2)),
          8,
        );
        expect(worse.alarms.length).toBeGreaterThanOrEqual(whole.alarms.length);
      }),
    );
  });

  test("per 12 posts it is false in .046 (h = 5) and .008 (h = 8), and finds drops to x.3 and x.1 at least as often as the note says", () => {
    const rate = (threshold: number, drop: number) =>
      cusumAlarmRate({ posts: 12, threshold, logShiftSds: Math.log(drop), rng: createRng(`cusum ${threshold} ${drop}`) }).rate;
    expect(Math.abs(rate(5, 1) - 0.046)).toBeLessThan(0.013);
    expect(Math.abs(rate(8, 1) - 0.008)).toBeLessThan(0.006);
    expect(rate(5, 0.3)).toBeGreaterThan(0.67);
    expect(rate(8, 0.3)).toBeGreaterThan(0.35);
    expect(rate(5, 0.1)).toBeGreaterThan(0.98);
    expect(rate(8, 0.1)).toBeGreaterThan(0.94);
  });

  test("the false-alarm rate is the same for the same seed, grows with the run, and says its error", () => {
    const rate = (posts: number) => cusumAlarmRate({ posts, threshold: 5, rng: createRng("run length"), runs: 1000 });
    expect(rate(12)).toEqual(rate(12));
    expect(rate(40).rate).toBeGreaterThan(rate(12).rate);
    expect(rate(12).standardError).toBeCloseTo(Math.sqrt((rate(12).rate * (1 - rate(12).rate)) / 1000), 12);
    expect(rate(0).rate).toBe(0);
  });

  test("the policy's thresholds keep false warnings of a run at .05 and are no higher than that needs, nor ever below 5", () => {
    const rows = defaultValidityPolicy.throttle.warnAbove;
    expect(rows.map(({ posts }) => posts)).toEqual(rows.map(({ posts }) => posts).toSorted((a, b) => a - b));
    const needed = cusumThresholds({ posts: rows.map(({ posts }) => posts), rate: 0.05, rng: createRng("policy"), runs: 20_000 });
    rows.forEach(({ posts, above }, at) => {
      // Two simulations; the sum's quantile has a standard error of about .06.
      expect(Math.abs(Math.max(5, needed[at]!) - above)).toBeLessThan(0.25);
      expect(above).toBeGreaterThanOrEqual(5);
      const { rate } = cusumAlarmRate({ posts, threshold: above, rng: createRng(`row ${posts}`) });
      expect(rate).toBeLessThan(0.062);
    });
  });

  test("a threshold at a rate is passed at that rate", () => {
    const [threshold] = cusumThresholds({ posts: [15], rate: 0.1, rng: createRng("rate"), runs: 10_000 });
    const { rate } = cusumAlarmRate({ posts: 15, threshold: threshold!, rng: createRng("other"), runs: 10_000 });
    expect(Math.abs(rate - 0.1)).toBeLessThan(0.015);
    expect(() => cusumThresholds({ posts: [0], rate: 0.1, rng: createRng("bad") })).toThrow("posts[0]");
    expect(() => cusumThresholds({ posts: [5], rate: 0, rng: createRng("bad") })).toThrow("rate");
  });

  test("a negative, missing or infinite reach is refused", () => {
    for (const bad of [-1, Number.NaN, Infinity]) expect(() => robustCusum(unitBaseline, [bad], 5)).toThrow("finite reach >= 0");
    expect(() => reachBaseline([1, Number.NaN])).toThrow("history[1]");
    expect(() => robustCusum({ ...unitBaseline, sdLogReach: 0 }, [], 5)).toThrow("sdLogReach");
    expect(() => robustCusum(unitBaseline, [], Number.NaN)).toThrow("threshold");
    expect(() => cusumAlarmRate({ posts: 1, threshold: 5, rng: createRng("a"), runs: 0 })).toThrow("runs");
  });
});
