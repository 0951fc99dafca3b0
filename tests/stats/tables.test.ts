import erfc from "@stdlib/math-base-special-erfc";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "../../src/random/index.ts";
import { chiSquareTest, contingencyTest, fisherExact } from "../../src/stats/index.ts";
import { assertProperty } from "../support/property.ts";

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** Fisher's p by dealing the outcomes to the units in every distinguishable order. */
function naiveFisher(table: readonly (readonly number[])[]): number {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = table[0]!.map((_, at) => table.reduce((sum, row) => sum + row[at]!, 0));
  const weightOf = (dealt: readonly (readonly number[])[]) =>
    rows.reduce((product, _, row) => product * dealt[row]!.reduce((inner, count) => inner / factorial(count), factorial(rows[row]!)), 1);
  const observed = weightOf(table);
  let all = 0;
  let extreme = 0;
  const deal = (row: number, left: readonly number[], dealt: number[][]): void => {
    if (row === rows.length) {
      const weight = weightOf(dealt);
      all += weight;
      if (weight <= observed * (1 + 1e-7)) extreme += weight;
      return;
    }
    const choose = (column: number, need: number, counts: number[]): void => {
      if (column === left.length) {
        if (need === 0)
          deal(
            row + 1,
            left.map((count, at) => count - counts[at]!),
            [...dealt, counts],
          );
        return;
      }
      for (let count = 0; count <= Math.min(need, left[column]!); count++) choose(column + 1, need - count, [...counts, count]);
    };
    choose(0, rows[row]!, []);
  };
  deal(0, columns, []);
  return extreme / all;
}

const tableOf = (cell: number) =>
  fc
    .tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 3 }))
    .chain(([rows, columns]) =>
      fc.array(fc.array(fc.nat(cell), { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
    );

describe("Fisher's exact test", () => {
  test("equals known values: the tea tasting, convictions of twins", () => {
    expect(
      fisherExact([
        [3, 1],
        [1, 3],
      ]).p,
    ).toBeCloseTo(34 / 70, 12);
    expect(
      fisherExact([
        [2, 10],
        [15, 3],
      ]).p,
    ).toBeCloseTo(0.0005367241, 10);
  });

  test("beyond 2 x 2 counts what dealing in every order counts", () =>
    assertProperty(
      fc.property(tableOf(4), (table) => {
        const { p, logP, minP, exactness } = fisherExact(table);
        expect(p).toBeCloseTo(naiveFisher(table), 10);
        expect(Math.exp(logP)).toBeCloseTo(p, 12);
        expect(exactness).toBe("exact");
        expect(p > 0 && p <= 1 && minP <= p * (1 + 1e-6)).toBe(true);
      }),
      { numRuns: 60 },
    ));

  test("does not mind which is row and which is column, nor their order", () =>
    assertProperty(
      fc.property(tableOf(5), (table) => {
        const turned = table[0]!.map((_, column) => table.map((row) => row[column]!)).toReversed();
        expect(fisherExact(turned).p).toBeCloseTo(fisherExact(table).p, 10);
        expect(fisherExact(turned).minP).toBeCloseTo(fisherExact(table).minP, 10);
      }),
    ));

  test("minP is attained by the most separated table with these margins", () => {
    expect(
      fisherExact([
        [4, 0],
        [0, 4],
      ]).p,
    ).toBeCloseTo(2 / 70, 12);
    expect(
      fisherExact([
        [2, 2],
        [2, 2],
      ]).minP,
    ).toBeCloseTo(2 / 70, 12);
  });

  test("rejects independence no more often than its level", () => {
    // Every table of 7 and 6 units with a success rate of .3, weighted by its probability.
    const binomial = (n: number, k: number) => (factorial(n) / factorial(k) / factorial(n - k)) * 0.3 ** k * 0.7 ** (n - k);
    for (const level of [0.01, 0.05, 0.1, 0.3]) {
      let size = 0;
      for (let a = 0; a <= 7; a++)
        for (let b = 0; b <= 6; b++)
          if (
            fisherExact([
              [a, 7 - a],
              [b, 6 - b],
            ]).p <= level
          )
            size += binomial(7, a) * binomial(6, b);
      expect(size).toBeLessThanOrEqual(level);
    }
  });

  test("leaves empty rows and columns out; with nothing to compare p is 1", () => {
    expect(
      fisherExact([
        [3, 0, 1],
        [1, 0, 3],
        [0, 0, 0],
      ]),
    ).toEqual(
      fisherExact([
        [3, 1],
        [1, 3],
      ]),
    );
    expect(
      fisherExact([
        [5, 0],
        [7, 0],
      ]),
    ).toMatchObject({ p: 1, minP: 1, effect: 0 });
    expect(
      fisherExact([
        [0, 0],
        [0, 0],
      ]),
    ).toMatchObject({ p: 1, minP: 1, effect: 0 });
  });

  test("effect is the distance between the failure rates", () => {
    expect(
      fisherExact([
        [8, 2],
        [4, 6],
      ]).effect,
    ).toBeCloseTo(0.4, 12);
  });

  test("of many tables is drawn: job satisfaction by income (Agresti 2002) has p .7827", () => {
    const table = [
      [1, 2, 1, 0],
      [3, 3, 6, 1],
      [10, 10, 14, 9],
      [6, 7, 12, 11],
    ];
    const drawn = fisherExact(table, { rng: createRng("satisfaction") });
    expect(drawn).toMatchObject({ exactness: "monteCarlo", draws: 9_999, seed: "satisfaction", minP: 1e-4 });
    expect(Math.abs(drawn.p - 0.7827)).toBeLessThan(4 * Math.sqrt((0.7827 * 0.2173) / 9_999));
  });

  test("drawn, agrees with enumeration of the same question", () => {
    // Three more columns of single units make the tables too many to list but hardly change a strong association.
    const strong = [
      [30, 5, 9, 8, 10, 7],
      [5, 30, 8, 9, 7, 10],
      [10, 10, 10, 10, 10, 10],
    ];
    expect(fisherExact(strong, { rng: createRng("strong") }).p).toBe(1e-4);
    const none = [
      [20, 20, 20, 20],
      [20, 20, 20, 20],
      [20, 20, 20, 20],
    ];
    expect(fisherExact(none, { rng: createRng("none"), draws: 999 }).p).toBe(1);
  });
});

describe("chi-square of arms x outcome", () => {
  test("of a 2 x 2 table is the squared z of two proportions", () => {
    const { statistic, df, p } = contingencyTest([
      [40, 960],
      [60, 940],
    ]);
    const pooled = 0.05;
    const z = (0.06 - 0.04) / Math.sqrt(pooled * (1 - pooled) * (2 / 1000));
    expect(statistic).toBeCloseTo(z * z, 10);
    expect(df).toBe(1);
    expect(p).toBeCloseTo(erfc(z / Math.SQRT2), 12);
  });

  test("of equal columns is the chi-square of the first column", () => {
    const { statistic } = contingencyTest([
      [10, 90],
      [20, 80],
      [30, 70],
    ]);
    const counts = chiSquareTest([10, 20, 30], [1, 1, 1]).statistic;
    expect(statistic).toBeCloseTo(counts / 0.8, 10);
  });

  test("without any success, or with one arm only, has nothing to compare: df 0, p 1", () => {
    const nothing = { p: 1, logP: 0, statistic: 0, df: 0, exactness: "asymptotic", effect: 0 };
    expect(
      contingencyTest([
        [0, 50],
        [0, 60],
      ]),
    ).toEqual(nothing);
    expect(
      contingencyTest([
        [5, 50],
        [0, 0],
      ]),
    ).toEqual(nothing);
    expect(
      contingencyTest([
        [0, 0],
        [0, 0],
      ]),
    ).toEqual(nothing);
  });

  test("leaves arms without units out", () => {
    expect(
      contingencyTest([
        [5, 50],
        [0, 0],
        [9, 40],
      ]),
    ).toEqual(
      contingencyTest([
        [5, 50],
        [9, 40],
      ]),
    );
  });

  test("does not mind order or transposition", () =>
    assertProperty(
      fc.property(tableOf(50), (table) => {
        const turned = table[0]!.map((_, column) => table.map((row) => row[column]!)).toReversed();
        expect(contingencyTest(turned).statistic).toBeCloseTo(contingencyTest(table).statistic, 8);
      }),
    ));
});
