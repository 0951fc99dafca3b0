// Quantiles take back the probabilities of their distribution, from either side and however small.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  betaLogCdf,
  betaLogPdf,
  betaLogSf,
  betaQuantile,
  betaUpperQuantile,
  binomialCdf,
  binomialQuantile,
  binomialSf,
  binomialUpperQuantile,
  chiSquareLogCdf,
  chiSquareLogPdf,
  chiSquareLogSf,
  chiSquareQuantile,
  chiSquareUpperQuantile,
  fLogCdf,
  fLogPdf,
  fLogSf,
  fQuantile,
  fUpperQuantile,
  gammaLogCdf,
  gammaLogPdf,
  gammaLogSf,
  gammaQuantile,
  gammaUpperQuantile,
  normalLogCdf,
  normalLogPdf,
  normalLogSf,
  normalQuantile,
  normalUpperQuantile,
  studentTLogCdf,
  studentTLogPdf,
  studentTLogSf,
  studentTQuantile,
  studentTUpperQuantile,
} from "../../../src/stats/special/index.ts";
import { assertProperty } from "../../support/property.ts";

const scaled = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true }).map((power) => 10 ** power);
const shape = scaled(-2, 6);
const probability = fc.oneof(
  scaled(-300, -1),
  fc.double({ min: 0.01, max: 0.99, noNaN: true }),
  scaled(-12, -1).map((tail) => 1 - tail),
);

type Of = (x: number, ...shapes: number[]) => number;
interface Continuous {
  name: string;
  shapes: number;
  quantile: Of;
  upperQuantile: Of;
  logCdf: Of;
  logSf: Of;
  logPdf: Of;
}

const continuous: Continuous[] = [
  {
    name: "normal",
    shapes: 0,
    quantile: normalQuantile,
    upperQuantile: normalUpperQuantile,
    logCdf: normalLogCdf,
    logSf: normalLogSf,
    logPdf: normalLogPdf,
  },
  {
    name: "studentT",
    shapes: 1,
    quantile: studentTQuantile,
    upperQuantile: studentTUpperQuantile,
    logCdf: studentTLogCdf,
    logSf: studentTLogSf,
    logPdf: studentTLogPdf,
  },
  {
    name: "chiSquare",
    shapes: 1,
    quantile: chiSquareQuantile,
    upperQuantile: chiSquareUpperQuantile,
    logCdf: chiSquareLogCdf,
    logSf: chiSquareLogSf,
    logPdf: chiSquareLogPdf,
  },
  {
    name: "gamma",
    shapes: 1,
    quantile: gammaQuantile,
    upperQuantile: gammaUpperQuantile,
    logCdf: gammaLogCdf,
    logSf: gammaLogSf,
    logPdf: gammaLogPdf,
  },
  {
    name: "beta",
    shapes: 2,
    quantile: betaQuantile,
    upperQuantile: betaUpperQuantile,
    logCdf: betaLogCdf,
    logSf: betaLogSf,
    logPdf: betaLogPdf,
  },
  {
    name: "f",
    shapes: 2,
    quantile: fQuantile,
    upperQuantile: fUpperQuantile,
    logCdf: fLogCdf,
    logSf: fLogSf,
    logPdf: fLogPdf,
  },
];

describe("a quantile", () => {
  for (const { name, shapes, quantile, upperQuantile, logCdf, logSf, logPdf } of continuous) {
    const shapesOf = fc.array(shape, { minLength: shapes, maxLength: shapes });

    test(`${name}: lies within 1e-12 relative of the point whose tail is p, from below and from above`, () =>
      assertProperty(
        fc.property(probability, shapesOf, (p, params) => {
          for (const [x, logTail] of [
            [quantile(p, ...params), logCdf],
            [upperQuantile(p, ...params), logSf],
          ] as const) {
            expect(Number.isNaN(x)).toBe(false);
            // Beyond the range of a double, or where x near 1 rounds, the point itself carries no more digits.
            if (Math.abs(x) < 1e-280 || Math.abs(x) > 1e280 || (name === "beta" && x > 0.5)) continue;
            const log = logTail(x, ...params);
            const slopeInLogX = Math.exp(logPdf(x, ...params) + Math.log(Math.abs(x)) - log);
            // The log of p is itself rounded; what that moves x by is granted.
            const granted = (4e-16 * (Math.abs(Math.log(p)) + 2)) / slopeInLogX;
            expect(Math.abs(log - Math.log(p)) / slopeInLogX).toBeLessThanOrEqual(1e-12 + granted);
          }
        }),
      ));

    test(`${name}: rises with p`, () =>
      assertProperty(
        fc.property(probability, probability, shapesOf, (p, q, params) => {
          const [low, high] = [quantile(Math.min(p, q), ...params), quantile(Math.max(p, q), ...params)];
          expect(low <= high || low - high <= 1e-12 * Math.abs(high)).toBe(true);
        }),
      ));
  }

  test("binomial: is the smallest k that reaches p, and takes back its own probabilities", () =>
    assertProperty(
      fc.property(fc.integer({ min: 1, max: 100_000 }), scaled(-6, 0), probability, (n, p, q) => {
        const success = Math.min(p, 1);
        const k = binomialQuantile(q, n, success);
        expect(binomialCdf(k, n, success)).toBeGreaterThanOrEqual(q * (1 - 1e-12));
        expect(binomialCdf(k - 1, n, success)).toBeLessThan(q * (1 + 1e-12));
        const upper = binomialUpperQuantile(q, n, success);
        expect(binomialSf(upper, n, success)).toBeLessThanOrEqual(q * (1 + 1e-12));
        expect(binomialSf(upper - 1, n, success)).toBeGreaterThan(q * (1 - 1e-12));
      }),
    ));

  test("binomial: a tie belongs to the smaller k", () => {
    expect(binomialQuantile(0.5, 1, 0.5)).toBe(0);
    expect(binomialQuantile(0.75, 2, 0.5)).toBe(1);
    for (let k = 0; k < 20; k++) expect(binomialQuantile(binomialCdf(k, 20, 0.3), 20, 0.3)).toBe(k);
    for (let k = 0; k < 20; k++) expect(binomialUpperQuantile(binomialSf(k, 20, 0.3), 20, 0.3)).toBe(k);
  });
});
