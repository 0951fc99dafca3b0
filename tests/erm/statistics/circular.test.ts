import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chordHours, circularEnergy, circularEnergyTest, circularWasserstein, largestCircularWasserstein } from "../../../src/erm/index.ts";
import { createRng, normal, permutation, uniform, uniformInteger } from "../../../src/random/index.ts";
import { holm } from "../../../src/stats/index.ts";
import { assertProperty } from "../../support/property.ts";

const quarterHour = (periodHours: number) => fc.nat(periodHours * 4 - 1).map((quarters) => quarters / 4);
const hours = (periodHours: number, maxLength = 8) => fc.array(quarterHour(periodHours), { minLength: 1, maxLength });
const clock = fc.constantFrom(24, 168);
const twoSamples = clock.chain((period) => fc.tuple(fc.constant(period), hours(period), hours(period)));

/** W1 by trying every cut of the circle among the steps of the difference of distribution functions. */
function wassersteinByCuts(a: number[], b: number[], period: number): number {
  const points = [...a, ...b].sort((x, y) => x - y);
  const below = (sample: number[], x: number) => sample.filter((hour) => hour <= x).length / sample.length;
  const pieces = points.map((x, at) => ({
    height: below(a, x) - below(b, x),
    length: (points[at + 1] ?? points[0]! + period) - x,
  }));
  return Math.min(...pieces.map((cut) => pieces.reduce((sum, { height, length }) => sum + length * Math.abs(height - cut.height), 0)));
}

/** The share of the sample at each of its hours, in order. */
function clockShares(sample: readonly number[]): [hour: number, share: number][] {
  return [...new Set(sample)].sort((x, y) => x - y).map((hour) => [hour, sample.filter((other) => other === hour).length / sample.length]);
}

describe("clock distances", () => {
  test("slots {9, 21} and {3, 15} are 3.1644 h apart by chord energy and 6 h to move", () => {
    expect(circularEnergy([9, 21], [3, 15], 24)).toBeCloseTo(3.1644, 4);
    expect(circularWasserstein([9, 21], [3, 15], 24)).toBeCloseTo(6, 12);
  });

  test("chord distance: none to itself, the diameter to the other side, across midnight as short as across noon", () => {
    expect(chordHours(7, 7, 24)).toBe(0);
    expect(chordHours(0, 12, 24)).toBeCloseTo(24 / Math.PI, 12);
    expect(chordHours(23, 1, 24)).toBeCloseTo(chordHours(11, 13, 24), 12);
  });

  test("Wasserstein equals the best cut, is symmetric, and moving all posts by h costs h up to half a round", async () => {
    await assertProperty(
      fc.property(twoSamples, ([period, a, b]) => {
        const distance = circularWasserstein(a, b, period);
        expect(distance).toBeCloseTo(wassersteinByCuts(a, b, period), 9);
        expect(distance).toBeCloseTo(circularWasserstein(b, a, period), 9);
        expect(distance).toBeLessThanOrEqual(period / 2 + 1e-9);
        expect(circularWasserstein(a, a, period)).toBeCloseTo(0, 9);
      }),
    );
    expect(circularWasserstein([23, 23.5], [2, 2.5], 24)).toBeCloseTo(3, 12);
    expect(largestCircularWasserstein([[1], [2], [23]], 24)).toBeCloseTo(3, 12);
  });

  test("rotating the clock changes neither distance, and energy is 0 only for equal samples", async () => {
    await assertProperty(
      fc.property(twoSamples, fc.nat(200), ([period, a, b], shift) => {
        const turn = (sample: number[]) => sample.map((hour) => (hour + shift) % period);
        expect(circularEnergy(turn(a), turn(b), period)).toBeCloseTo(circularEnergy(a, b, period), 9);
        expect(circularWasserstein(turn(a), turn(b), period)).toBeCloseTo(circularWasserstein(a, b, period), 9);
        const shares = (sample: number[]) => JSON.stringify(clockShares(sample));
        expect(circularEnergy(a, b, period) > 1e-7).toBe(shares(a) !== shares(b));
      }),
    );
  });

  test("hours off the clock are refused by place", () => {
    for (const bad of [24, -1, Number.NaN, Infinity])
      expect(() => circularEnergy([1, bad], [2], 24)).toThrow("a[1] must be an hour of the clock");
    expect(() => circularWasserstein([], [2], 24)).toThrow("a is empty");
    expect(() => circularWasserstein([1], [2], 0)).toThrow("periodHours");
    expect(() => largestCircularWasserstein([[1]], 24)).toThrow("fewer than two arms");
  });
});

/** All labellings that keep the posts per arm in each block, by brute force. */
function labellings(arm: readonly number[], block: readonly string[]): number[][] {
  const key = (labels: readonly number[]) =>
    labels
      .map((label, post) => `${block[post]}:${label}`)
      .sort()
      .join();
  const wanted = key(arm);
  const arms = Math.max(...arm) + 1;
  return Array.from({ length: arms ** arm.length }, (_, code) => arm.map((_, post) => Math.floor(code / arms ** post) % arms)).filter(
    (labels) => key(labels) === wanted,
  );
}

describe("circular energy test (E5)", () => {
  const arm = (sizes: readonly number[]) => sizes.flatMap((size, index) => Array.from({ length: size }, () => index));

  test("the smallest p of n against n is .10, .0286, .0079, .0022, .00058, .00016 for n = 3 ... 8", () => {
    const expected = [0.1, 0.0286, 0.0079, 0.0022, 0.00058, 0.00016];
    expected.forEach((least, at) => {
      const n = at + 3;
      const far = circularEnergyTest({
        hours: Array.from({ length: 2 * n }, (_, post) => (post < n ? 8 + post / 10 : 19 + post / 10)),
        arm: arm([n, n]),
        periodHours: 24,
      });
      expect(far.exactness).toBe("exact");
      expect(far.p).toBeCloseTo(far.minP, 12);
      expect(Math.abs(far.minP - least)).toBeLessThanOrEqual(least < 0.001 ? 5e-6 : 5e-5);
    });
  });

  test("statistic and p equal brute force over all arrangements, in blocks and for several arms", async () => {
    const someDesign = fc.constantFrom(
      { arm: arm([3, 3]), block: "aaaaaa" },
      { arm: arm([2, 4]), block: "aaaaaa" },
      { arm: arm([2, 2, 2]), block: "aaaaaa" },
      { arm: arm([1, 2, 3]), block: "aaaaaa" },
      { arm: [0, 1, 1, 0, 0, 1], block: "aabbcc" },
      { arm: [0, 1, 2, 2, 1, 0], block: "aaabbb" },
      { arm: [0, 1, 0, 1, 1, 0], block: "ababab" },
    );
    await assertProperty(
      fc.property(someDesign, fc.array(quarterHour(24), { minLength: 6, maxLength: 6 }), ({ arm, block }, hours) => {
        const energy = (labels: readonly number[]) => {
          const samples = Array.from({ length: Math.max(...labels) + 1 }, (_, k) => hours.filter((_, post) => labels[post] === k));
          return samples.reduce(
            (sum, a, j) =>
              samples
                .slice(j + 1)
                .reduce((inner, b) => inner + ((a.length * b.length) / (a.length + b.length)) * circularEnergy(a, b, 24), sum),
            0,
          );
        };
        const all = labellings(arm, block.split(""));
        const observed = energy(arm);
        const result = circularEnergyTest({ hours, arm, block: block.split(""), periodHours: 24 });
        expect(result.statistic).toBeCloseTo(observed, 9);
        expect(result.p).toBeCloseTo(all.filter((labels) => energy(labels) >= observed - 1e-9).length / all.length, 12);
        expect(result.p).toBeGreaterThanOrEqual(result.minP - 1e-12);
      }),
      { numRuns: 60 },
    );
  });

  test("rotating the clock and renaming the arms change nothing", async () => {
    await assertProperty(
      fc.property(fc.array(quarterHour(24), { minLength: 9, maxLength: 9 }), fc.nat(23), (hours, shift) => {
        const arms = arm([3, 4, 2]);
        const one = circularEnergyTest({ hours, arm: arms, periodHours: 24 });
        const turned = circularEnergyTest({
          hours: hours.map((hour) => (hour + shift) % 24),
          arm: arms.map((label) => (label + 1) % 3),
          periodHours: 24,
        });
        expect(turned.p).toBeCloseTo(one.p, 12);
        expect(turned.statistic).toBeCloseTo(one.statistic, 9);
      }),
      { numRuns: 40 },
    );
  });

  test("p is super-uniform: over all labellings the share with p <= a is at most a", () => {
    const rng = createRng("energy size");
    for (let run = 0; run < 5; run++) {
      const hours = Array.from({ length: 8 }, () => Math.floor(uniform(rng, 0, 24)));
      const values = labellings(arm([4, 4]), "aaaaaaaa".split("")).map(
        (labels) => circularEnergyTest({ hours, arm: labels, periodHours: 24 }).p,
      );
      for (const level of [0.03, 0.05, 0.1, 0.2, 0.5])
        expect(values.filter((p) => p <= level + 1e-12).length / values.length).toBeLessThanOrEqual(level + 1e-12);
    }
  });

  test("beyond 20,000 arrangements it draws with the rng it is given, and agrees with enumeration where both can be had", () => {
    const rng = createRng("energy draws");
    const hours = Array.from({ length: 24 }, (_, post) => (post % 2 === 0 ? 9 : 11) + post / 20);
    const labels = permutation(rng, 24).map((at) => at % 2);
    const sample = { hours, arm: labels, periodHours: 24 };
    const once = circularEnergyTest(sample, { rng: createRng("a"), draws: 999 });
    expect(once).toEqual(circularEnergyTest(sample, { rng: createRng("a"), draws: 999 }));
    expect(once).toMatchObject({ exactness: "monteCarlo", draws: 999, seed: "a", minP: 1 / 1000 });
    expect(() => circularEnergyTest(sample)).toThrow("no rng");
    // 4 blocks of 6 posts, 3 of each arm: 20^4 = 160,000 arrangements are drawn, 20^3 = 8,000 are counted; one block of equal hours adds nothing.
    const inBlocks = (blocks: number) => ({
      hours: Array.from({ length: 24 }, (_, post) => (post < 18 ? (post % 6) * 3 + (post % 2) * 0.5 : 12)).slice(0, blocks * 6),
      arm: Array.from({ length: blocks * 6 }, (_, post) => (post < 18 ? (post + Math.floor(post / 6)) % 2 : post % 2)),
      block: Array.from({ length: blocks * 6 }, (_, post) => String(Math.floor(post / 6))),
      periodHours: 24,
    });
    const counted = circularEnergyTest(inBlocks(3));
    const drawn = circularEnergyTest(inBlocks(4), { rng: createRng("b") });
    expect([counted.exactness, drawn.exactness]).toEqual(["exact", "monteCarlo"]);
    expect(Math.abs(counted.p - drawn.p)).toBeLessThan(0.02);
  });

  test("as check E5 (Holm .005 on both clocks, floors 2 h and 12 h) it finds shifted slots as often as the note says", () => {
    const rng = createRng("E5 detection");
    const runs = 250;
    /** Slots Normal(10, sd 2 h) on any day; the second arm `laterHours` later. */
    const detected = (n: number, laterHours: number) => {
      let found = 0;
      for (let run = 0; run < runs; run++) {
        const week = Array.from({ length: 2 * n }, (_, post) => {
          const day = uniformInteger(rng, 7);
          const hour = normal(rng, 10, 2) + (post < n ? 0 : laterHours);
          return (24 * day + hour + 168) % 168;
        });
        const judged = [
          { periodHours: 24, floorHours: 2 },
          { periodHours: 168, floorHours: 12 },
        ].map(({ periodHours, floorHours }) => {
          const hours = week.map((hour) => hour % periodHours);
          const p = circularEnergyTest({ hours, arm: arm([n, n]), periodHours }).p;
          return { p, large: circularWasserstein(hours.slice(0, n), hours.slice(n), periodHours) >= floorHours };
        });
        const adjusted = holm(judged.map(({ p }) => p));
        if (judged.some(({ large }, at) => large && adjusted[at]! <= 0.005)) found++;
      }
      return found / runs;
    };
    expect(detected(6, 0)).toBeLessThanOrEqual(0.016);
    expect(Math.abs(detected(6, 6) - 0.68)).toBeLessThan(0.1);
    expect(Math.abs(detected(6, 3) - 0.13)).toBeLessThan(0.08);
    expect(detected(6, 11)).toBeGreaterThan(0.98);
  });

  test("bad samples are refused by name", () => {
    expect(() => circularEnergyTest({ hours: [], arm: [], periodHours: 24 })).toThrow("hours is empty");
    expect(() => circularEnergyTest({ hours: [1, 2], arm: [0], periodHours: 24 })).toThrow("arm has 1 entries");
    expect(() => circularEnergyTest({ hours: [1, 2], arm: [0, 0], periodHours: 24 })).toThrow("one arm only");
    expect(() => circularEnergyTest({ hours: [1, 2], arm: [0, 2], periodHours: 24 })).toThrow("names arm 2");
    expect(() => circularEnergyTest({ hours: [1, 2, 3], arm: [0, 2, 2], periodHours: 24 })).toThrow("arm 1 has no post");
    expect(() => circularEnergyTest({ hours: [1, 24], arm: [0, 1], periodHours: 24 })).toThrow("hours[1]");
  });
});
