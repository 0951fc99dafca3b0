import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  blockDifferences,
  compositeIndex,
  futility,
  harmEProcess,
  harmEProcessResult,
  harmEProcessStart,
  harmEProcessStep,
  harmMargin,
  historySd,
  labelFreeSd,
  liftOf,
  logMetric,
  nonInferiority,
  shrunkEffect,
  slotStratifiedTest,
} from "../../../src/decision/statistics/index.ts";
import { createRng, normal } from "../../../src/random/index.ts";
import { normalCdf, normalPdf } from "../../../src/stats/index.ts";
import { assertProperty } from "../../support/property.ts";
import { differencesAt, drawWorld, shareOf, threeErrors } from "./world.ts";

const difference = fc.integer({ min: -4000, max: 4000 }).map((thousandths) => thousandths / 1000);

describe("composite index", () => {
  const block = ["a", "a", "b", "b"];

  test("is the weighted sum of block-demeaned log proxies in label-free deviations", () => {
    const shares = { y: [1, 3, 2, 6], sign: 1 as const, weight: 1, sd: 2 };
    const hides = { y: [5, 1, 0, 0], sign: -1 as const, weight: 3, sd: 4 };
    // shares: -1, 1, -2, 2 over 2; hides: 2, -2, 0, 0 over 4, turned; weights 1/4 and 3/4.
    const expected = [-0.125 - 0.375, 0.125 + 0.375, -0.25, 0.25];
    compositeIndex([shares, hides], block).forEach((z, post) => expect(z).toBeCloseTo(expected[post]!, 12));
  });

  test("the deviation does not know the arms: swapping labels within blocks leaves it, and swaps the sign of a pair's difference", async () => {
    await assertProperty(
      fc.property(fc.array(fc.tuple(difference, difference), { minLength: 2, maxLength: 8 }), fc.nat(255), (pairs, pattern) => {
        const blocks = pairs.flatMap((_, at) => [`b${at}`, `b${at}`]);
        const arm = pairs.flatMap(() => ["t", "c"]);
        const turn = (at: number) => ((pattern >>> at) & 1) === 1;
        const y = pairs.flat();
        const swapped = pairs.flatMap(([t, c], at) => (turn(at) ? [c, t] : [t, c]));
        fc.pre(pairs.some(([t, c]) => Math.abs(t - c) > 1e-6));
        const sd = labelFreeSd(y, blocks);
        expect(labelFreeSd(swapped, blocks)).toBeCloseTo(sd, 12);
        const of = (values: number[]) =>
          blockDifferences({
            index: compositeIndex([{ y: values, sign: 1, weight: 2, sd }], blocks),
            arm,
            block: blocks,
            test: "t",
            control: "c",
          }).differences;
        of(swapped).forEach((d, at) => expect(d).toBeCloseTo((turn(at) ? -1 : 1) * of(y)[at]!, 10));
      }),
    );
    expect(labelFreeSd([1, 3, 2, 6], block)).toBeCloseTo(Math.sqrt((1 + 1 + 4 + 4) / 4), 12);
  });

  test("counts go by log1p, rates by ln((s + .5)/(r + 1)), binary and ordinal outcomes as they are", () => {
    expect(logMetric("count", 0)).toBe(0);
    expect(logMetric("value", Math.E - 1)).toBeCloseTo(1, 12);
    expect(logMetric("rate", 3, 99)).toBeCloseTo(Math.log(0.035), 12);
    expect(logMetric("binary", 1)).toBe(1);
    expect(logMetric("ordinal", 4)).toBe(4);
    expect(() => logMetric("rate", 3)).toThrow("a rate needs");
    expect(() => logMetric("count", -1)).toThrow("must not be negative");
    expect(() => logMetric("count", Number.NaN)).toThrow("value must be a finite number");
  });

  test("L7: no proxy, no variation, no direction and missing figures are refused, never scored", () => {
    expect(() => compositeIndex([], block)).toThrow("there is no proxy");
    expect(() => labelFreeSd([2, 2, 5, 5], block)).toThrow("does not vary");
    expect(() => historySd([3, 3, 3])).toThrow("does not vary");
    expect(() => historySd([3])).toThrow("one value");
    expect(historySd([1, 2, 3])).toBe(1);
    const proxy = { y: [1, 2, 3, 4], sign: 1 as const, weight: 1, sd: 1 };
    expect(() => compositeIndex([{ ...proxy, y: [1, Number.NaN, 3, 4] }], block)).toThrow("proxies[0].y[1]");
    expect(() => compositeIndex([{ ...proxy, weight: 0 }], block)).toThrow("proxies[0].weight");
    expect(() => compositeIndex([{ ...proxy, sd: 0 }], block)).toThrow("proxies[0].sd");
    expect(() => compositeIndex([{ ...proxy, sign: 0 as 1 }], block)).toThrow("sign must be 1 or -1");
    expect(() => compositeIndex([proxy], ["a"])).toThrow("proxies[0].y has 4 entries");
  });
});

describe("slot-stratified test", () => {
  test("on pairs the least p is 2^-n: 1/32 at 5, 1/64 at 6", () => {
    for (const n of [5, 6]) {
      const result = slotStratifiedTest({
        index: Array.from({ length: 2 * n }, (_, post) => (post % 2 === 0 ? 1 + post : 0)),
        arm: Array.from({ length: 2 * n }, (_, post) => (post % 2 === 0 ? "t" : "c")),
        block: Array.from({ length: 2 * n }, (_, post) => `b${Math.floor(post / 2)}`),
        test: "t",
        control: "c",
      });
      expect(result).toMatchObject({ exactness: "exact" });
      expect(result.p).toBeCloseTo(2 ** -n, 12);
      expect(result.minP).toBeCloseTo(2 ** -n, 12);
    }
  });

  test("weighs blocks by n_T n_C / (n_T + n_C) and leaves other arms aside", () => {
    const comparison = {
      index: [4, 2, 0, 9, 5, 1],
      arm: ["t", "t", "c", "other", "t", "c"],
      block: ["a", "a", "a", "a", "b", "b"],
      test: "t",
      control: "c",
    };
    // a: v = 2/3, difference 3; b: v = 1/2, difference 4.
    expect(slotStratifiedTest(comparison).statistic).toBeCloseTo((2 + 2) / (2 / 3 + 1 / 2), 12);
    expect(blockDifferences(comparison)).toEqual({ blocks: ["a", "b"], differences: [3, 4] });
  });

  test("without a common block it refuses; an arm is not compared with itself", () => {
    const apart = { index: [1, 2], arm: ["t", "c"], block: ["a", "b"], test: "t", control: "c" };
    expect(() => slotStratifiedTest(apart)).toThrow("no block that holds both arms");
    expect(blockDifferences(apart)).toEqual({ blocks: [], differences: [] });
    expect(() => blockDifferences({ ...apart, control: "t" })).toThrow("with itself");
    expect(() => slotStratifiedTest({ ...apart, index: [1, Infinity] })).toThrow("index[1]");
  });
});

describe("harm e-process", () => {
  test("cannot stop before block 7, 8 or 9 with two, three or four arms", () => {
    const worst = Array.from({ length: 12 }, () => -1);
    expect([1, 2, 3].map((testArms) => harmEProcess(worst, testArms).stoppedAtBlock)).toEqual([7, 8, 9]);
    expect([1, 2, 3].map((testArms) => harmEProcess(worst, testArms).limit)).toEqual([20, 40, 60]);
  });

  test("is fair: averaged over the signs of the next block the e-value stays, so Ville's inequality holds exactly", async () => {
    await assertProperty(
      fc.property(fc.array(difference, { maxLength: 12 }), difference, (before, next) => {
        const e = (last: number) => harmEProcess([...before, last]).eValue;
        expect((e(next) + e(-next)) / 2 / harmEProcess(before).eValue).toBeCloseTo(1, 10);
      }),
    );
  });

  test("over all sign patterns of 14 blocks at most .05 stop", () => {
    const sizes = Array.from({ length: 14 }, (_, at) => 1 + (at % 3) / 5);
    let stopped = 0;
    for (let pattern = 0; pattern < 2 ** 14; pattern++)
      if (harmEProcess(sizes.map((size, at) => ((pattern >>> at) & 1 ? size : -size))).stop) stopped++;
    expect(stopped / 2 ** 14).toBeLessThanOrEqual(0.05);
    expect(stopped).toBeGreaterThan(0);
  });

  test("false in about .012 of runs of 30 blocks; at effect -1.2 it stops .05, .32 and .72 by 8, 12 and 20 blocks", () => {
    const rng = createRng("harm");
    const run = (effect: number, blocks: number) => harmEProcess(differencesAt(drawWorld(rng, blocks, [effect]), blocks)).stoppedAtBlock;
    const nullRuns = 1500;
    expect(Math.abs(shareOf(nullRuns, () => run(0, 30) !== null) - 0.012)).toBeLessThan(threeErrors(0.012, nullRuns));
    const runs = 1000;
    const stops = Array.from({ length: runs }, () => run(-1.2, 20) ?? Infinity);
    for (const [blocks, power] of [
      [8, 0.05],
      [12, 0.32],
      [20, 0.72],
    ] as const)
      expect(Math.abs(stops.filter((at) => at <= blocks).length / runs - power)).toBeLessThan(threeErrors(power, runs) + 0.013);
  });

  test("L8: a sequence cut into any chunks gives what the whole gives, and units do not matter", async () => {
    await assertProperty(
      fc.property(fc.array(difference, { maxLength: 30 }), fc.nat(30), (differences, cut) => {
        const whole = harmEProcess(differences, 2);
        const first = differences.slice(0, cut).reduce(harmEProcessStep, harmEProcessStart(2));
        const restored = JSON.parse(JSON.stringify(first)) as typeof first;
        expect(harmEProcessResult(differences.slice(cut).reduce(harmEProcessStep, restored))).toEqual(whole);
        expect(
          harmEProcess(
            differences.map((d) => d * 1024),
            2,
          ).eValue,
        ).toBeCloseTo(whole.eValue, 9);
        expect(whole.p).toBeGreaterThanOrEqual(0);
        expect(whole.stop).toBe(whole.eValueMax >= 40);
      }),
    );
    expect(harmEProcess([0, 0, 0])).toMatchObject({ eValue: 1, p: 1, stop: false, largest: 0 });
    expect(() => harmEProcess([Number.NaN])).toThrow("difference must be a finite number");
    expect(() => harmEProcess([1], 0)).toThrow("testArms");
  });
});

describe("futility", () => {
  const plan = { plannedBlocks: 8, alpha: 0.05 };

  test("is the chance of the normal approximation", () => {
    const result = futility([1, -1, 1, -1], plan)!;
    expect(result.chance).toBeCloseTo(1 - normalCdf((1.6448536269514722 * Math.sqrt(8)) / 2), 12);
    expect(result.abandon).toBe(false);
    const ofThreeArms = futility([1, -1, 1, -1], { ...plan, testArms: 2 })!;
    expect(ofThreeArms.chance).toBeCloseTo(1 - normalCdf((1.959963984540054 * Math.sqrt(8)) / 2), 12);
    expect(futility([-2, -1, -2, -1, -2], plan)).toMatchObject({ abandon: true });
  });

  test("does not speak before block 4, at the end, or when nothing varied", () => {
    expect(futility([1, 1, 1], plan)).toBeNull();
    expect(futility([], plan)).toBeNull();
    expect(
      futility(
        Array.from({ length: 8 }, () => -1),
        plan,
      ),
    ).toBeNull();
    expect(futility([0, 0, 0, 0], plan)).toBeNull();
    expect(() =>
      futility(
        Array.from({ length: 9 }, () => 1),
        plan,
      ),
    ).toThrow("9 blocks of 8 planned");
    expect(() => futility([1, 1, 1, Number.NaN], plan)).toThrow("differences[3]");
  });

  test("cuts null experiments of 12 planned blocks to about 6.7 blocks and ends harmful ones sooner", () => {
    const rng = createRng("futility");
    const runs = 800;
    const blocksUsed = (planned: number, effect: number) => {
      let used = 0;
      for (let run = 0; run < runs; run++) {
        const world = drawWorld(rng, planned, [effect]);
        let at = 4;
        while (at < planned && !futility(differencesAt(world, at), { plannedBlocks: planned, alpha: 0.05 })!.abandon) at++;
        used += at;
      }
      return used / runs;
    };
    // The note counts posts: 24 cut to 13.5, 16 to 10.7, and 8.4 at effect -.8.
    expect(Math.abs(2 * blocksUsed(12, 0) - 13.5)).toBeLessThan(0.8);
    expect(Math.abs(2 * blocksUsed(8, 0) - 10.7)).toBeLessThan(0.6);
    expect(Math.abs(2 * blocksUsed(8, -0.8) - 8.4)).toBeLessThan(0.4);
  });
});

describe("shrunken effect, size and margin", () => {
  test("follows the formulas of the note, by hand", () => {
    const lifts = [0.2, 0.6, 0.4, 0.9, -0.1];
    const { estimate, standardError, mean, sd, expectedLoss, pBetter, lift, liftInterval } = shrunkEffect(lifts, 0.3);
    const variance = lifts.reduce((sum, d) => sum + (d - 0.4) ** 2, 0) / 4;
    const s2 = (variance / 5) * (4 / 2);
    expect(estimate).toBeCloseTo(0.4, 12);
    expect(standardError ** 2).toBeCloseTo(s2, 12);
    expect(mean).toBeCloseTo((0.4 * 0.09) / (0.09 + s2), 12);
    expect(sd ** 2).toBeCloseTo((0.09 * s2) / (0.09 + s2), 12);
    expect(pBetter).toBeCloseTo(normalCdf(mean / sd), 12);
    expect(expectedLoss).toBeCloseTo(sd * normalPdf(mean / sd) - mean * normalCdf(-mean / sd), 12);
    expect(lift).toBeCloseTo(Math.exp(mean) - 1, 12);
    expect(liftInterval[0]).toBeCloseTo(Math.exp(mean - 1.6448536 * sd) - 1, 7);
    expect(() => shrunkEffect([1, 2, 3], 0.3)).toThrow("at least 4");
    expect(() => liftOf(Number.NaN)).toThrow("logLift");
  });

  test("non-inferiority at 8 blocks: a harmless variant passes in .23 (log-sd .5) or .12 (1.0)", () => {
    const rng = createRng("non-inferiority");
    const runs = 3000;
    for (const [sd, share] of [
      [0.5, 0.23],
      [1, 0.12],
    ] as const) {
      const passed = shareOf(runs, () => {
        const differences = Array.from({ length: 8 }, () => sd * (normal(rng) - normal(rng)));
        return nonInferiority(differences, { alpha: 0.05 }).shown;
      });
      // The note's figures are the normal approximation; the exact test is a little stricter.
      expect(Math.abs(passed - share)).toBeLessThan(threeErrors(share, runs) + 0.02);
    }
  });

  test("non-inferiority tests differences against the margin of 1.25 and says its least p", () => {
    expect(harmMargin).toBeCloseTo(Math.log(1.25), 12);
    expect(nonInferiority([0, 0, 0, 0, 0], { alpha: 0.05 })).toMatchObject({ shown: true, exactness: "exact", margin: harmMargin });
    expect(nonInferiority([0, 0, 0, 0], { alpha: 0.05 }).shown).toBe(false);
    expect(nonInferiority([-1, -1, -1, -1, -1], { alpha: 0.05 }).p).toBe(1);
    expect(() => nonInferiority([], { alpha: 0.05 })).toThrow("is empty");
    expect(() => nonInferiority([1], { alpha: 0.05, margin: 0 })).toThrow("margin");
    expect(() => nonInferiority([1], { alpha: 1 })).toThrow("alpha");
  });
});
