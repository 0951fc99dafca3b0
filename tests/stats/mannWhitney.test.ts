import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "../../src/random/index.ts";
import { mannWhitneyExact } from "../../src/stats/index.ts";
import { assertProperty } from "../support/property.ts";

const u = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x) => sum + b.reduce((inner, y) => inner + (x > y ? 1 : x === y ? 0.5 : 0), 0), 0);

/** The test by its definition: every way to say which values are a's. */
function naive(a: readonly number[], b: readonly number[]): { twoSided: number; greater: number } {
  const all = [...a, ...b];
  const mean = (a.length * b.length) / 2;
  const observed = u(a, b);
  let ways = 0;
  let twoSided = 0;
  let greater = 0;
  for (let pattern = 0; pattern < 2 ** all.length; pattern++) {
    const chosen = all.filter((_, at) => ((pattern >> at) & 1) === 1);
    if (chosen.length !== a.length) continue;
    const here = u(
      chosen,
      all.filter((_, at) => ((pattern >> at) & 1) === 0),
    );
    ways++;
    if (Math.abs(here - mean) >= Math.abs(observed - mean)) twoSided++;
    if (here >= observed) greater++;
  }
  return { twoSided: twoSided / ways, greater: greater / ways };
}

const sample = fc.array(fc.nat(6), { minLength: 1, maxLength: 5 });

describe("the exact Mann-Whitney test", () => {
  test("with ties and without counts what every relabelling counts", () =>
    assertProperty(
      fc.property(sample, sample, (a, b) => {
        const expected = naive(a, b);
        expect(mannWhitneyExact(a, b).p).toBeCloseTo(expected.twoSided, 12);
        expect(mannWhitneyExact(a, b, { alternative: "greater" }).p).toBeCloseTo(expected.greater, 12);
        expect(mannWhitneyExact(b, a, { alternative: "less" }).p).toBeCloseTo(expected.greater, 12);
        expect(mannWhitneyExact(a, b).statistic).toBe(u(a, b));
      }),
    ));

  test.each([
    [3, 0.1],
    [4, 0.0286],
    [5, 0.0079],
    [6, 0.0022],
    [7, 0.00058],
    [8, 0.00016],
  ])("with %i per arm cannot go below %d two-sided", (n, expected) => {
    const low = Array.from({ length: n }, (_, at) => at);
    const high = low.map((value) => value + n);
    const separated = mannWhitneyExact(low, high);
    expect(Math.abs(separated.p - expected)).toBeLessThan(0.5 * 10 ** Math.floor(Math.log10(expected) - 1) + 1e-5);
    expect(separated.minP).toBeCloseTo(separated.p, 14);
    const mixed = mannWhitneyExact(
      low.map((value) => 2 * value),
      low.map((value) => 2 * value + 1),
    );
    expect(mixed.minP).toBeCloseTo(separated.p, 14);
  });

  test("is 1 when everything ties", () => {
    expect(mannWhitneyExact([1, 1, 1], [1, 1])).toMatchObject({ p: 1, minP: 1, effect: 0.5, statistic: 3 });
  });

  test("depends on order alone: any increasing scale gives the same", () =>
    assertProperty(
      fc.property(sample, sample, (a, b) => {
        const stretched = (values: readonly number[]) => values.map((value) => Math.exp(value) - 100);
        expect(mannWhitneyExact(stretched(a), stretched(b))).toEqual(mannWhitneyExact(a, b));
      }),
    ));

  test("swapping the samples mirrors U and keeps p", () =>
    assertProperty(
      fc.property(sample, sample, (a, b) => {
        const one = mannWhitneyExact(a, b);
        const other = mannWhitneyExact(b, a);
        expect(other.p).toBeCloseTo(one.p, 12);
        expect(other.effect).toBeCloseTo(1 - one.effect, 12);
      }),
    ));

  test("of large samples is drawn and lies near the normal limit", () => {
    const a = Array.from({ length: 200 }, (_, at) => at + 12.5);
    const b = Array.from({ length: 200 }, (_, at) => at);
    const drawn = mannWhitneyExact(a, b, { rng: createRng("large") });
    expect(drawn).toMatchObject({ exactness: "monteCarlo", draws: 9_999, seed: "large" });
    // z = (U - mn/2) / sqrt(mn(m+n+1)/12) = 2.03, p = .0424.
    expect(Math.abs(drawn.p - 0.0424)).toBeLessThan(0.01);
  });

  test("60 against 60 is still exact", () => {
    const a = Array.from({ length: 60 }, (_, at) => at + 0.5);
    const b = Array.from({ length: 60 }, (_, at) => at + 5);
    const { exactness, p } = mannWhitneyExact(a, b);
    expect(exactness).toBe("exact");
    expect(p > 0.1 && p < 0.2).toBe(true);
  });
});
