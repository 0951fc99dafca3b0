// What must hold of tails whatever computes them: exact sums, closed forms, recurrences, symmetry, complements.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  betaCdf,
  betaLogCdf,
  betaLogPdf,
  betaLogSf,
  betaPdf,
  betaSf,
  binomialCdf,
  binomialLogCdf,
  binomialLogPmf,
  binomialLogSf,
  binomialPmf,
  binomialSf,
  chiSquareCdf,
  chiSquarePdf,
  chiSquareSf,
  fCdf,
  fLogCdf,
  fLogSf,
  fPdf,
  fSf,
  gammaCdf,
  gammaLogCdf,
  gammaLogPdf,
  gammaLogSf,
  gammaPdf,
  gammaSf,
  logBeta,
  logGamma,
  normalCdf,
  normalLogCdf,
  normalLogPdf,
  normalLogSf,
  normalPdf,
  normalSf,
  studentTCdf,
  studentTLogCdf,
  studentTLogPdf,
  studentTLogSf,
  studentTPdf,
  studentTSf,
} from "../../../src/stats/special/index.ts";
import { assertProperty } from "../../support/property.ts";
import { exactBinomialTails, logOfShare, numberOfRatio } from "./exactSums.ts";

const scaled = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true }).map((power) => 10 ** power);
const shape = scaled(-2, 6);
const inside = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });
/** Points whose complement 1 - x is exact. */
const dyadic = fc.integer({ min: 1, max: 2 ** 20 - 1 }).map((parts) => parts / 2 ** 20);
/** A point about the mean of a gamma variable, in standard deviations. */
const gammaPoint = fc
  .tuple(shape, fc.double({ min: -30, max: 30, noNaN: true }))
  .map(([a, z]) => ({ a, x: Math.abs(a + z * Math.sqrt(a)) + 1e-6 * a }));

/** Below the normal doubles digits are lost by their format, not by a function. */
const smallestNormal = 2 ** -1022;

function expectClose(got: number, expected: number, relative: number): void {
  if (!(Math.abs(got - expected) <= relative * Math.abs(expected) + smallestNormal))
    throw new Error(`${got} is ${Math.abs(got / expected - 1).toExponential(2)} off ${expected}; ${relative} is allowed`);
}

describe("the binomial", () => {
  const exactCase = fc
    .integer({ min: 1, max: 60 })
    .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n - 1 }), fc.integer({ min: 1, max: 2 ** 30 - 1 })));

  test("both tails equal the exact sum of whole numbers, however small", () =>
    assertProperty(
      fc.property(exactCase, ([n, k, parts]) => {
        const p = parts / 2 ** 30;
        const { lower, upper } = exactBinomialTails(k, n, BigInt(parts), 30);
        expectClose(binomialLogCdf(k, n, p), logOfShare(lower, upper), 1e-12);
        expectClose(binomialLogSf(k, n, p), logOfShare(upper, lower), 1e-12);
        expectClose(binomialCdf(k, n, p), numberOfRatio(lower), 1e-12);
        expectClose(binomialSf(k, n, p), numberOfRatio(upper), 1e-12);
      }),
    ));

  test("a large one equals the exact sum too, 1,200 trials at 3/1024", () => {
    for (const k of [0, 1, 3, 10, 40, 100]) {
      const { lower, upper } = exactBinomialTails(k, 1200, 3n, 10);
      expectClose(binomialCdf(k, 1200, 3 / 1024), numberOfRatio(lower), 2e-13);
      expectClose(binomialSf(k, 1200, 3 / 1024), numberOfRatio(upper), 2e-13);
    }
  });

  test("probabilities are the steps of the lower tail and sum to 1", () => {
    const sum = Array.from({ length: 41 }, (_, k) => binomialPmf(k, 40, 0.3)).reduce((a, b) => a + b, 0);
    expectClose(sum, 1, 1e-14);
    for (const k of [5, 12, 18]) expectClose(binomialPmf(k, 40, 0.3), binomialCdf(k, 40, 0.3) - binomialCdf(k - 1, 40, 0.3), 1e-9);
    expectClose(binomialLogPmf(3, 10, 0.5), Math.log(120 / 1024), 1e-14);
  });

  test("the lower tail at k is the upper tail of the failures", () =>
    assertProperty(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), dyadic, fc.double({ min: -8, max: 8, noNaN: true }), (n, p, z) => {
        const k = Math.min(n - 1, Math.max(0, Math.round(n * p + z * Math.sqrt(n * p * (1 - p)))));
        expectClose(binomialLogCdf(k, n, p), binomialLogSf(n - k - 1, n, 1 - p), 1e-12);
      }),
    ));
});

describe("the gamma and chi-square", () => {
  test("with two degrees of freedom the upper tail is e^(-x/2), with one it is both normal tails", () =>
    assertProperty(
      fc.property(scaled(-10, 2.8), (x) => {
        expectClose(chiSquareSf(x, 2), Math.exp(-x / 2), 2e-13);
        expectClose(chiSquareCdf(x, 2), -Math.expm1(-x / 2), 2e-14);
        expectClose(chiSquareSf(x, 1), 2 * normalSf(Math.sqrt(x)), 2e-13);
      }),
    ));

  test("Q(a + 1, x) = Q(a, x) + x^a e^-x / Gamma(a + 1), in both tails", () =>
    assertProperty(
      fc.property(gammaPoint, ({ a, x }) => {
        const step = Math.exp(gammaLogPdf(x, a + 1));
        if (gammaSf(x, a) > 1e-290) expectClose(gammaSf(x, a + 1), gammaSf(x, a) + step, 1e-12);
        if (gammaCdf(x, a + 1) > 1e-290) expectClose(gammaCdf(x, a), gammaCdf(x, a + 1) + step, 1e-12);
      }),
    ));

  test("no seam shows where one method takes over from another", () => {
    for (const a of [1 - 1e-13, 40 - 1e-12])
      for (const factor of [0.2, 0.9, 0.999, 1, 1.1, 3]) {
        const x = factor * a;
        const above = a + 2e-12;
        // d log tail / d a is at most about |log(x / a)| + 1 here, so a step of 2e-12 in a may not move the log-tail by more than 2e-11.
        expect(Math.abs(gammaLogSf(x, a) - gammaLogSf(x, above))).toBeLessThan(2e-11);
        expect(Math.abs(gammaLogCdf(x, a) - gammaLogCdf(x, above))).toBeLessThan(2e-11);
      }
  });
});

describe("the beta", () => {
  test("mirrors: P(B <= x) with (a, b) is P(B > 1 - x) with (b, a)", () =>
    assertProperty(
      fc.property(dyadic, shape, shape, (x, a, b) => {
        expectClose(betaLogCdf(x, a, b), betaLogSf(1 - x, b, a), 1e-12);
        expect(Math.abs(betaLogPdf(x, a, b) - betaLogPdf(1 - x, b, a))).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(betaLogPdf(x, a, b))));
      }),
    ));

  test("I(a, b) = I(a + 1, b) + x^a (1 - x)^b / (a B), in both tails", () =>
    assertProperty(
      fc.property(inside, shape, shape, (x, a, b) => {
        const step = Math.exp(betaLogPdf(x, a, b) + Math.log(x) + Math.log1p(-x) - Math.log(a));
        if (betaCdf(x, a + 1, b) > 1e-290) expectClose(betaCdf(x, a, b), betaCdf(x, a + 1, b) + step, 2e-12);
        if (betaSf(x, a, b) > 1e-290) expectClose(betaSf(x, a + 1, b), betaSf(x, a, b) + step, 2e-12);
      }),
    ));

  test("with b = 1 the lower tail is x^a, with a = b = 1/2 it is the arcsine law", () =>
    assertProperty(
      fc.property(inside, scaled(-2, 3), (x, a) => {
        expectClose(betaLogCdf(x, a, 1), a * Math.log(x), 1e-12);
        if (x < 0.5) expectClose(betaCdf(x, 0.5, 0.5), (2 / Math.PI) * Math.asin(Math.sqrt(x)), 1e-13);
      }),
    ));
});

describe("Student's t", () => {
  test("with one and two degrees of freedom it is the arc tangent and the algebraic law", () =>
    assertProperty(
      fc.property(scaled(-6, 6), (t) => {
        expectClose(studentTSf(t, 1), Math.atan2(1, t) / Math.PI, 2e-13);
        const root = Math.sqrt(2 + t * t);
        expectClose(studentTSf(t, 2), 1 / (root * (root + t)), 2e-13);
      }),
    ));

  test("at a million degrees of freedom it follows the normal with its first two corrections", () => {
    const v = 1e6;
    for (const z of [0.5, 1, 2, 4]) {
      // Fisher's expansion, Metron 5 (1925) 109; the next term is of order v^-3.
      const first = (z ** 3 + z) / (4 * v);
      const second = (3 * z ** 7 - 7 * z ** 5 - 5 * z ** 3 - 3 * z) / (96 * v * v);
      const expected = normalSf(z) + normalPdf(z) * (first + second);
      expectClose(studentTSf(z, v), expected, 1e-12);
    }
  });

  test("its square is F with one and v degrees of freedom", () =>
    assertProperty(
      fc.property(scaled(-3, 2), scaled(-1, 6), (t, v) => {
        expectClose(studentTLogSf(t, v) + Math.LN2, fLogSf(t * t, 1, v), 1e-11);
      }),
    ));
});

describe("the F", () => {
  test("with two and d degrees of freedom the upper tail is (1 + 2x/d)^(-d/2)", () =>
    assertProperty(
      fc.property(scaled(-6, 3), scaled(-1, 6), (x, d) => {
        expectClose(fLogSf(x, 2, d), (-d / 2) * Math.log1p((2 * x) / d), 1e-12);
      }),
    ));

  test("its inverse is F with the degrees exchanged", () =>
    assertProperty(
      fc.property(fc.integer({ min: -30, max: 30 }), shape, shape, (power, d1, d2) => {
        expectClose(fLogCdf(2 ** power, d1, d2), fLogSf(2 ** -power, d2, d1), 1e-12);
      }),
    ));
});

describe("both tails", () => {
  test("are complements, and the logarithms are theirs", () =>
    assertProperty(
      fc.property(gammaPoint, inside, shape, fc.double({ min: -40, max: 40, noNaN: true }), ({ a, x }, u, b, z) => {
        const tails: [number, number, number, number][] = [
          [normalCdf(z), normalSf(z), normalLogCdf(z), normalLogSf(z)],
          [studentTCdf(z, a), studentTSf(z, a), studentTLogCdf(z, a), studentTLogSf(z, a)],
          [gammaCdf(x, a), gammaSf(x, a), gammaLogCdf(x, a), gammaLogSf(x, a)],
          [betaCdf(u, a, b), betaSf(u, a, b), betaLogCdf(u, a, b), betaLogSf(u, a, b)],
          [fCdf(x / a, a, b), fSf(x / a, a, b), fLogCdf(x / a, a, b), fLogSf(x / a, a, b)],
        ];
        for (const [lower, upper, logLower, logUpper] of tails) {
          expectClose(lower + upper, 1, 1e-15);
          if (lower > 1e-300) expectClose(Math.exp(logLower), lower, 2e-13);
          if (upper > 1e-300) expectClose(Math.exp(logUpper), upper, 2e-13);
          expect(lower > 0 || logLower < -700).toBe(true);
          expect(upper > 0 || logUpper < -700).toBe(true);
        }
      }),
    ));
});

describe("densities", () => {
  test("are the slopes of the lower tails", () => {
    const h = 1e-5;
    const slope = (of: (x: number) => number, x: number) => (of(x + h) - of(x - h)) / (2 * h);
    expectClose(normalPdf(0.7), slope(normalCdf, 0.7), 1e-9);
    expectClose(
      normalPdf(4, 3, 2),
      slope((x) => normalCdf(x, 3, 2), 4),
      1e-9,
    );
    expectClose(
      studentTPdf(0.7, 3.5),
      slope((x) => studentTCdf(x, 3.5), 0.7),
      1e-9,
    );
    expectClose(
      chiSquarePdf(5, 4),
      slope((x) => chiSquareCdf(x, 4), 5),
      1e-9,
    );
    expectClose(
      gammaPdf(5, 4, 1.5),
      slope((x) => gammaCdf(x, 4, 1.5), 5),
      1e-9,
    );
    expectClose(
      betaPdf(0.3, 4, 7),
      slope((x) => betaCdf(x, 4, 7), 0.3),
      1e-8,
    );
    expectClose(
      fPdf(1.3, 4, 7),
      slope((x) => fCdf(x, 4, 7), 1.3),
      1e-8,
    );
  });

  test("keep their logarithm where they underflow", () => {
    expect(normalPdf(60)).toBe(0);
    expectClose(normalLogPdf(60), -1800 - Math.log(2 * Math.PI) / 2, 1e-15);
    expectClose(studentTLogPdf(1e200, 2), -600 * Math.LN10, 1e-14);
  });
});

describe("log Gamma and log B", () => {
  test("Gamma(x + 1) = x Gamma(x)", () =>
    assertProperty(
      fc.property(scaled(-8, 8), (x) => {
        const expected = logGamma(x) + Math.log(x);
        expect(Math.abs(logGamma(x + 1) - expected)).toBeLessThanOrEqual(1e-15 * (Math.abs(logGamma(x)) + Math.abs(Math.log(x)) + 2));
      }),
    ));

  test("B(a, b) = B(a + 1, b) + B(a, b + 1)", () =>
    assertProperty(
      fc.property(shape, shape, (a, b) => {
        const whole = logBeta(a, b);
        expectClose(Math.exp(logBeta(a + 1, b) - whole) + Math.exp(logBeta(a, b + 1) - whole), 1, 1e-15 * (8 + Math.abs(whole)));
      }),
    ));
});
