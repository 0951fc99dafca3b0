import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng, normal } from "../../src/random/index.ts";
import { signFlipTest, stratifiedPermutationTest, type StratifiedSample } from "../../src/stats/index.ts";
import { assertProperty } from "../support/property.ts";

/** T = sum v_b (mean of test - mean of control) / sum v_b, as the contract writes it. */
function statisticOf({ y, arm, block }: StratifiedSample): number {
  let weighted = 0;
  let weights = 0;
  for (const key of new Set(block)) {
    const of = (which: 0 | 1) => y.filter((_, at) => block[at] === key && arm[at] === which);
    const [test, control] = [of(1), of(0)];
    if (test.length === 0 || control.length === 0) continue;
    const weight = (test.length * control.length) / (test.length + control.length);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    weighted += weight * (mean(test) - mean(control));
    weights += weight;
  }
  return weighted / weights;
}

/** Every assignment that keeps each block's number of test units. */
function arrangements({ arm, block }: StratifiedSample): (0 | 1)[][] {
  const wanted = new Map<string, number>();
  arm.forEach((each, at) => wanted.set(block[at]!, (wanted.get(block[at]!) ?? 0) + each));
  return Array.from({ length: 2 ** arm.length }, (_, pattern) => arm.map((_each, at) => ((pattern >> at) & 1) as 0 | 1)).filter((labels) =>
    [...wanted].every(([key, count]) => labels.reduce<number>((sum, each, at) => sum + (block[at] === key ? each : 0), 0) === count),
  );
}

const units = fc
  .array(fc.record({ y: fc.integer({ min: -4, max: 4 }), arm: fc.constantFrom<0 | 1>(0, 1), block: fc.constantFrom("a", "b", "c") }), {
    minLength: 2,
    maxLength: 9,
  })
  .map((all): StratifiedSample => ({ y: all.map((u) => u.y), arm: all.map((u) => u.arm), block: all.map((u) => u.block) }))
  .filter(({ arm, block }) =>
    ["a", "b", "c"].some((key) => [0, 1].every((which) => arm.some((each, at) => each === which && block[at] === key))),
  );

const pairs = (differences: readonly number[], level = 0): StratifiedSample => ({
  y: differences.flatMap((difference) => [level + difference, level]),
  arm: differences.flatMap(() => [1, 0] as const),
  block: differences.flatMap((_, at) => [`block ${at}`, `block ${at}`]),
});

describe("the stratified permutation test", () => {
  test("counts what trying every arrangement counts, in all three directions", () =>
    assertProperty(
      fc.property(units, (sample) => {
        const observed = statisticOf(sample);
        const all = arrangements(sample).map((arm) => statisticOf({ ...sample, arm }));
        const share = (extreme: (value: number) => boolean) => all.filter(extreme).length / all.length;
        const greater = stratifiedPermutationTest(sample);
        expect(greater.statistic).toBeCloseTo(observed, 12);
        expect(greater.p).toBeCloseTo(
          share((value) => value >= observed - 1e-9),
          12,
        );
        expect(stratifiedPermutationTest(sample, { alternative: "less" }).p).toBeCloseTo(
          share((value) => value <= observed + 1e-9),
          12,
        );
        const twoSided = stratifiedPermutationTest(sample, { alternative: "two-sided" });
        expect(twoSided.p).toBeCloseTo(
          share((value) => Math.abs(value) >= Math.abs(observed) - 1e-9),
          12,
        );
        const most = Math.max(...all);
        expect(greater.minP).toBeCloseTo(
          share((value) => value >= most - 1e-9),
          12,
        );
        const furthest = Math.max(...all.map(Math.abs));
        expect(twoSided.minP).toBeCloseTo(
          share((value) => Math.abs(value) >= furthest - 1e-9),
          12,
        );
      }),
    ));

  test.each([
    [5, 1 / 32],
    [6, 1 / 64],
    [12, 1 / 4096],
  ])("of %i pairs all in favour attains its minimum 2^-n", (n, expected) => {
    const { p, minP, exactness } = stratifiedPermutationTest(pairs(Array.from({ length: n }, (_, at) => 1 + at / 7)));
    expect([p, minP, exactness]).toEqual([expected, expected, "exact"]);
  });

  test("with equal differences of mixed sign keeps ties whole", () => {
    // 5 of 6 in favour, all of size .1: 7 of 64 patterns have as many.
    expect(stratifiedPermutationTest(pairs([0.1, 0.1, 0.1, 0.1, 0.1, -0.1], 1e6 / 3)).p).toBe(7 / 64);
  });

  test("does not mind a change of level, of scale, of each block's level, or of the order of the posts", () =>
    assertProperty(
      fc.property(
        fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 2, maxLength: 10 }),
        fc.integer({ min: -40, max: 40 }),
        (differences, power) => {
          const plain = stratifiedPermutationTest(pairs(differences));
          const scale = 2 ** power;
          const { y, arm, block } = pairs(differences);
          const moved = y.map((value, at) => scale * (value + Number(block[at]!.slice(6))));
          expect(stratifiedPermutationTest({ y: y.map((value) => value * scale), arm, block }).p).toBe(plain.p);
          expect(stratifiedPermutationTest({ y: moved, arm, block }).p).toBe(plain.p);
          const turned = stratifiedPermutationTest({ y: y.toReversed(), arm: arm.toReversed(), block: block.toReversed() });
          expect(turned.p).toBe(plain.p);
        },
      ),
    ));

  test("swapping the arms turns greater into less", () =>
    assertProperty(
      fc.property(units, (sample) => {
        const swapped = { ...sample, arm: sample.arm.map((each) => (1 - each) as 0 | 1) };
        const one = stratifiedPermutationTest(sample);
        const other = stratifiedPermutationTest(swapped, { alternative: "less" });
        expect(other.p).toBeCloseTo(one.p, 12);
        expect(other.statistic).toBeCloseTo(-one.statistic, 12);
      }),
    ));

  test("blocks that hold one arm only change nothing", () => {
    const { y, arm, block } = pairs([1, 2, -0.5]);
    const more = stratifiedPermutationTest({ y: [...y, 100, 90], arm: [...arm, 1, 1], block: [...block, "alone", "alone"] });
    expect(more).toEqual(stratifiedPermutationTest({ y, arm, block }));
  });

  test("up to 65,536 arrangements is exact, beyond needs an rng", () => {
    const of = (n: number) => pairs(Array.from({ length: n }, (_, at) => Math.sin(at + 1)));
    expect(stratifiedPermutationTest(of(16)).exactness).toBe("exact");
    expect(() => stratifiedPermutationTest(of(17))).toThrow(
      expect.objectContaining({ code: "exact-limit", path: "options.rng", fix: expect.stringContaining("createRng") }),
    );
    expect(stratifiedPermutationTest(of(17), { rng: createRng("s") })).toMatchObject({
      exactness: "monteCarlo",
      draws: 19_999,
      seed: "s",
      minP: 1 / 20_000,
    });
  });

  test("drawn, lies around the exact p of integer differences, found by convolution", () => {
    const differences = Array.from({ length: 24 }, (_, at) => ((at * 7) % 11) - 4);
    const observed = differences.reduce((sum, difference) => sum + difference, 0);
    let ways = new Map([[0, 1]]);
    for (const difference of differences) {
      const next = new Map<number, number>();
      for (const [sum, count] of ways)
        for (const signed of [sum + difference, sum - difference]) next.set(signed, (next.get(signed) ?? 0) + count);
      ways = next;
    }
    const exact = [...ways].filter(([sum]) => sum >= observed).reduce((total, [, count]) => total + count, 0) / 2 ** 24;
    const error = 4 * Math.sqrt((exact * (1 - exact)) / 19_999);
    expect(Math.abs(stratifiedPermutationTest(pairs(differences), { rng: createRng("a") }).p - exact)).toBeLessThan(error);
    expect(Math.abs(signFlipTest(differences, { rng: createRng("b") }).p - exact)).toBeLessThan(error);
  });

  test("drawn from uneven blocks, lies around the exact p", () => {
    const rng = createRng("uneven");
    const y = Array.from({ length: 12 }, () => normal(rng));
    const arm = [1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 1, 0] as const;
    const block = y.map((_, at) => (at < 5 ? "five" : "seven"));
    const exact = stratifiedPermutationTest({ y, arm, block }).p;
    // The same blocks with one more of 18 units that all tie: nothing changes but the number of arrangements.
    const padded = {
      y: [...y, ...Array<number>(18).fill(2)],
      arm: [...arm, ...Array.from({ length: 18 }, (_, at) => (at % 2) as 0 | 1)],
      block: [...block, ...Array<string>(18).fill("tied")],
    };
    const drawn = stratifiedPermutationTest(padded, { rng: createRng("padded") });
    expect(drawn.exactness).toBe("monteCarlo");
    expect(Math.abs(drawn.p - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / 19_999));
  });

  test("without an effect rejects no more often than its level, exact and drawn", () => {
    const runs = 3_000;
    for (const [n, draws] of [
      [6, 0],
      [17, 99],
    ] as const) {
      const root = createRng(`null ${n}`);
      const p = Array.from({ length: runs }, (_, run) => {
        const rng = root.fork(String(run));
        const differences = Array.from({ length: n }, () => normal(rng) - normal(rng));
        return stratifiedPermutationTest(pairs(differences), draws === 0 ? {} : { rng: rng.fork("draws"), draws }).p;
      });
      for (const level of [0.02, 0.05, 0.1, 0.25, 0.5]) {
        const rate = p.filter((each) => each <= level).length / runs;
        expect(rate).toBeLessThan(level + 4 * Math.sqrt((level * (1 - level)) / runs));
        expect(rate).toBeGreaterThan(level - 1 / 2 ** Math.min(n, 6) - 4 * Math.sqrt((level * (1 - level)) / runs));
      }
    }
  });
});

describe("the sign-flip test", () => {
  test("is the stratified test on pairs", () =>
    assertProperty(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 12 }), (differences) => {
        for (const alternative of ["greater", "less", "two-sided"] as const) {
          const flipped = signFlipTest(differences, { alternative });
          const stratified = stratifiedPermutationTest(pairs(differences), { alternative });
          expect(flipped.p).toBeCloseTo(stratified.p, 12);
          expect(flipped.minP).toBeCloseTo(stratified.minP, 12);
          expect(flipped.statistic).toBeCloseTo(stratified.statistic, 12);
        }
      }),
    ));
});
