// Every reference value of datasets/special-functions (60-digit mpmath) to 1e-10 relative; prints the worst error of each function.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  betaLogSf,
  betaQuantile,
  betaSf,
  binomialSf,
  chiSquareQuantile,
  chiSquareSf,
  fSf,
  gammaQuantile,
  normalQuantile,
  normalSf,
  studentTQuantile,
  studentTSf,
} from "../../src/stats/special/index.ts";
import { dataset } from "../support/datasets.ts";

interface Row {
  f: string;
  a: number[];
  v: string;
}

const functions: Record<string, (...args: never[]) => number> = {
  chisq_sf: chiSquareSf,
  norm_sf: normalSf,
  t_sf: studentTSf,
  f_sf: fSf,
  beta_sf: betaSf,
  binom_sf: binomialSf,
  norm_q: normalQuantile,
  chisq_q: chiSquareQuantile,
  gamma_q: gammaQuantile,
  beta_q: betaQuantile,
  t_q: studentTQuantile,
};

const { rows } = JSON.parse(readFileSync(dataset("special-functions", "fixture.json"), "utf8")) as { rows: Row[] };
const underflowing = rows.filter((row) => Number(row.v) === 0);

describe("the special functions against the reference values", () => {
  const worst: { function: string; rows: number; worst: string; at: string }[] = [];

  for (const [name, of] of Object.entries(Object.groupBy(rows, (row) => row.f)))
    test(`${name}: every row within 1e-10 relative`, () => {
      const errors = of!.map((row) => {
        const expected = Number(row.v);
        const got = functions[name]!(...(row.a as never[]));
        return { row, got, error: got === expected ? 0 : Math.abs(got / expected - 1) };
      });
      const most = errors.reduce((a, b) => (b.error <= a.error ? a : b));
      worst.push({ function: name, rows: errors.length, worst: most.error.toExponential(1), at: most.row.a.join(", ") });
      expect(errors.filter(({ error }) => !(error <= 1e-10))).toEqual([]);
    });

  test("the one value below the smallest double is 0 in the plain tail and -3130.0286 in the log-tail", () => {
    expect(underflowing.map((row) => row.f)).toEqual(["beta_sf"]);
    const { a, v } = underflowing[0]!;
    const [mantissa, exponent] = v.split("e");
    const expected = Math.log(Number(mantissa)) + Number(exponent) * Math.LN10;
    expect(betaSf(a[0]!, a[1]!, a[2]!)).toBe(0);
    expect(Math.abs(betaLogSf(a[0]!, a[1]!, a[2]!) / expected - 1)).toBeLessThan(1e-12);
    expect(betaLogSf(a[0]!, a[1]!, a[2]!)).toBeCloseTo(-3130.0286, 4);
  });

  test("prints the worst relative error of each function", () => {
    console.table(worst);
    expect(worst.length).toBe(Object.keys(functions).length);
  });
});
