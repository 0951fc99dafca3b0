import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng, permutation } from "../../src/random/index.ts";
import { kolmogorovSmirnov } from "../../src/stats/index.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";

/** The gap as it is defined: the largest distance of two step functions, over all values. */
function gapOf(a: readonly number[], b: readonly number[]): number {
  const below = (sample: readonly number[], value: number) => sample.filter((each) => each <= value).length;
  return Math.max(...[...a, ...b].map((value) => Math.abs(below(a, value) * b.length - below(b, value) * a.length)));
}

/** Every way to choose `size` of the positions. */
function choices(positions: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: Math.max(0, positions - from - size + 1) }, (_, skip) =>
    choices(positions, size - 1, from + skip + 1).map((rest) => [from + skip, ...rest]),
  ).flat();
}

function byEnumeration(a: readonly number[], b: readonly number[]): { p: number; minP: number } {
  const pooled = [...a, ...b];
  const gaps = choices(pooled.length, a.length).map((chosen) =>
    gapOf(
      chosen.map((at) => pooled[at]!),
      pooled.filter((_, at) => !chosen.includes(at)),
    ),
  );
  const share = (gap: number) => gaps.filter((each) => each >= gap).length / gaps.length;
  return { p: share(gapOf(a, b)), minP: share(Math.max(...gaps)) };
}

const oneSample = (size: number, d: number) => {
  // Two samples of 2 `size` have the effective size `size`; d is the share by which the second is shifted.
  const ordered = Array.from({ length: 2 * size }, (_, at) => at);
  const shifted = ordered.map((at) => at + Math.round(d * 2 * size) + 0.5 - 1);
  return kolmogorovSmirnov(ordered, shifted, { method: "asymptotic" });
};

describe("the two-sample Kolmogorov-Smirnov test", () => {
  test("counts every arrangement of the pooled values, ties as they are", async () => {
    const sample = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 });
    await assertProperty(
      fc.property(sample, sample, (a, b) => {
        const expected = byEnumeration(a, b);
        const found = kolmogorovSmirnov(a, b);
        expect(found.exactness).toBe("exact");
        expect(found.statistic).toBeCloseTo(gapOf(a, b) / (a.length * b.length), 12);
        expect(found.p).toBeCloseTo(expected.p, 12);
        expect(found.minP).toBeCloseTo(expected.minP, 12);
      }),
    );
  });

  test("does not depend on which sample is named first, nor on the scale", async () => {
    const sample = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 40 });
    await assertProperty(
      fc.property(sample, sample, (a, b) => {
        expect(kolmogorovSmirnov(b, a)).toEqual(kolmogorovSmirnov(a, b));
        expect(kolmogorovSmirnov(a.map(Math.sinh), b.map(Math.sinh)).p).toBe(kolmogorovSmirnov(a, b).p);
      }),
    );
  });

  test("without ties gives the published values: 2 / C(2n, n) for samples that stand apart", () => {
    expect(kolmogorovSmirnov([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toMatchObject({ statistic: 1, p: expect.closeTo(2 / 252, 14) });
    // D = 4 / 5 at 5 against 5 is reached by 20 of 252 arrangements.
    expect(kolmogorovSmirnov([1, 2, 3, 4, 9], [6, 7, 8, 10, 11]).p).toBeCloseTo(20 / 252, 14);
  });

  test("where all values are one, nothing differs and nothing could", () => {
    expect(kolmogorovSmirnov([3, 3, 3], [3, 3])).toMatchObject({ statistic: 0, p: 1, minP: 1 });
  });

  test("keeps its level on tied data", () => {
    const rng = createRng("ks/level");
    let rejected = 0;
    const runs = 2_000;
    for (let run = 0; run < runs; run++) {
      const values = permutation(rng, 40).map((at) => at % 6);
      if (kolmogorovSmirnov(values.slice(0, 15), values.slice(15)).p <= 0.05) rejected++;
    }
    expect(rejected / runs).toBeLessThan(0.05 + 3.1 * Math.sqrt((0.05 * 0.95) / runs));
    expect(rejected / runs).toBeGreaterThan(0.005);
  });

  test("for large samples follows the one-sample law: closed forms at size 1 and 2", () => {
    expect(oneSample(1, 0.5).p).toBeCloseTo(1, 12);
    // P(D >= 3/4) = 2 (1 - d)^2, and P(D >= 1/2) = 1 - 2 (2 d - 1/2)^2.
    expect(oneSample(2, 0.75).p).toBeCloseTo(0.125, 12);
    expect(oneSample(2, 0.5).p).toBeCloseTo(0.5, 12);
  });

  test("the large-sample p comes near the exact one as samples without ties grow, on both sides of every switch of formula", () => {
    for (const [size, shift] of [
      [200, 15],
      [200, 40],
      [1_000, 45],
      [1_000, 60],
      [2_100, 60],
      [2_100, 80],
    ] as const) {
      const a = Array.from({ length: size }, (_, at) => at);
      const b = a.map((at) => at + shift - 0.5);
      const exact = kolmogorovSmirnov(a, b);
      const large = kolmogorovSmirnov(a, b, { method: "asymptotic" });
      expect(exact.exactness).toBe("exact");
      expect(Math.abs(large.logP - exact.logP)).toBeLessThan(3 / Math.sqrt(size));
    }
  });

  test("beyond the exact limit, and where p underflows, log p stays finite", () => {
    // Stirling: C(2n, n) = 4^n / sqrt(pi n) up to 1 / (8n).
    const logRarest = (n: number) => Math.LN2 - 2 * n * Math.LN2 + Math.log(Math.PI * n) / 2;
    const a = Array.from({ length: 4_000 }, (_, at) => at);
    const apart = kolmogorovSmirnov(
      a,
      a.map((at) => at + 5_000),
    );
    expect(apart).toMatchObject({ statistic: 1, exactness: "asymptotic", p: 0 });
    // No arrangement of 4,000 against 4,000 is rarer: ln 2 - ln C(8000, 4000).
    expect(apart.logP).toBeCloseTo(logRarest(4_000), 3);
    expect(
      kolmogorovSmirnov(
        a.slice(0, 700),
        a.slice(0, 700).map((at) => at + 5_000),
      ),
    ).toMatchObject({ p: 0, exactness: "asymptotic", logP: expect.closeTo(logRarest(700), 3) });
  });

  test("refuses empty samples and values that are not finite", () => {
    expect(refusalOf(() => kolmogorovSmirnov([], [1]))).toMatchObject({ code: "stats-argument", path: "a" });
    expect(refusalOf(() => kolmogorovSmirnov([1], [2, Number.NaN]))).toMatchObject({ code: "stats-argument", path: "b[1]" });
  });
});
