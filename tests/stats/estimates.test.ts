import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng, normal } from "../../src/random/index.ts";
import {
  betaQuantile,
  binomialPmf,
  blockEffect,
  estimateTau,
  gaussLegendre,
  holm,
  integrate,
  mean,
  median,
  medianAbsoluteDeviation,
  normalNormalShrinkage,
  quantile,
  sampleSd,
  sampleVariance,
  wilsonInterval,
} from "../../src/stats/index.ts";
import { assertProperty } from "../support/property.ts";

describe("Wilson's interval", () => {
  test("equals published values", () => {
    // Newcombe 1998, Statistics in Medicine 17, table I, method 3.
    const published: [number, number, number, number][] = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ];
    for (const [successes, trials, low, high] of published) {
      const [gotLow, gotHigh] = wilsonInterval(successes, trials);
      expect(gotLow).toBeCloseTo(low, 4);
      expect(gotHigh).toBeCloseTo(high, 4);
    }
  });

  test("holds the rate, stays in [0, 1], touches the ends exactly, and mirrors", () =>
    assertProperty(
      fc.property(fc.nat(2_000), fc.nat(2_000), fc.double({ min: 0.01, max: 0.999, noNaN: true }), (s, f, level) => {
        fc.pre(s + f > 0);
        const [low, high] = wilsonInterval(s, s + f, level);
        const rate = s / (s + f);
        expect(0 <= low && low <= rate + 1e-15 && rate - 1e-15 <= high && high <= 1).toBe(true);
        expect(low === 0).toBe(s === 0);
        expect(high === 1).toBe(f === 0);
        const [mirrorLow, mirrorHigh] = wilsonInterval(f, s + f, level);
        expect(mirrorLow).toBeCloseTo(1 - high, 12);
        expect(mirrorHigh).toBeCloseTo(1 - low, 12);
      }),
    ));

  test("covers about as often as it says, on average over rates", () => {
    let covered = 0;
    const rates = Array.from({ length: 99 }, (_, at) => (at + 1) / 100);
    for (const rate of rates)
      for (let s = 0; s <= 20; s++) {
        const [low, high] = wilsonInterval(s, 20);
        if (low <= rate && rate <= high) covered += binomialPmf(s, 20, rate);
      }
    expect(Math.abs(covered / rates.length - 0.95)).toBeLessThan(0.01);
  });

  test("says nothing without trials", () => expect(wilsonInterval(0, 0)).toEqual([0, 1]));
});

describe("shrinkage", () => {
  test("halves an estimate as uncertain as the prior", () => {
    const { mean: m, sd, pBetter, interval } = normalNormalShrinkage({ estimate: 0.4, standardError: 0.3 }, 0.3);
    expect(m).toBeCloseTo(0.2, 14);
    expect(sd).toBeCloseTo(0.3 / Math.SQRT2, 14);
    expect(pBetter).toBeCloseTo(0.8271107, 6);
    expect(interval[0]).toBeCloseTo(0.2 - 1.6448536 * sd, 6);
    expect(interval[1]).toBeCloseTo(0.2 + 1.6448536 * sd, 6);
  });

  test("expected loss is the mean of what shipping would lose", () =>
    assertProperty(
      fc.property(
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.double({ min: 0.1, max: 0.8, noNaN: true }),
        (estimate, standardError, tau) => {
          const { mean: m, sd, expectedLoss } = normalNormalShrinkage({ estimate, standardError }, tau);
          const low = m - 12 * sd;
          fc.pre(low < -1e-6);
          const breaks = Array.from({ length: 49 }, (_, at) => low + ((0 - low) * at) / 48);
          const density = (x: number) => Math.exp(-0.5 * ((x - m) / sd) ** 2) / (sd * Math.sqrt(2 * Math.PI));
          expect(expectedLoss).toBeCloseTo(
            integrate((x) => -x * density(x), breaks),
            10,
          );
          // Not shipping loses the mirror image, and the two differ by the mean.
          const mirrored = normalNormalShrinkage({ estimate: -estimate, standardError }, tau);
          expect(mirrored.expectedLoss - expectedLoss).toBeCloseTo(m, 12);
        },
      ),
    ));

  test("of an effect known without error keeps it", () => {
    expect(normalNormalShrinkage({ estimate: -0.2, standardError: 0 }, 0.3)).toMatchObject({
      mean: -0.2,
      sd: 0,
      pBetter: 0,
      expectedLoss: 0.2,
    });
    expect(normalNormalShrinkage({ estimate: 0, standardError: 0 }, 0.3)).toMatchObject({ pBetter: 0.5, expectedLoss: 0 });
  });

  test("far in favour still shows a positive loss", () => {
    const { expectedLoss } = normalNormalShrinkage({ estimate: 20, standardError: 1 }, 1000);
    expect(expectedLoss > 0 && expectedLoss < 1e-80).toBe(true);
  });

  test("block effect inflates the variance of few blocks by (n - 1) / (n - 3)", () => {
    const differences = [0.1, 0.5, -0.2, 0.4, 0.7];
    const { estimate, standardError } = blockEffect(differences);
    expect(estimate).toBeCloseTo(0.3, 12);
    expect(standardError ** 2).toBeCloseTo((sampleVariance(differences) / 5) * (4 / 2), 12);
  });
});

describe("the prior's spread", () => {
  test("is .3 without history, and moves from there as experiments come in", () => {
    expect(estimateTau([])).toBeCloseTo(0.3, 12);
    expect(estimateTau(Array.from({ length: 5 }, () => ({ estimate: 0, standardError: 0.3 })))).toBeCloseTo(Math.sqrt(0.9 / 15), 12);
  });

  test("stays in [.1, .8]", () => {
    expect(estimateTau(Array.from({ length: 10_000 }, () => ({ estimate: 0, standardError: 0.3 })))).toBe(0.1);
    expect(estimateTau(Array.from({ length: 100 }, () => ({ estimate: 5, standardError: 0.3 })))).toBe(0.8);
  });

  test("finds the spread a history was drawn with", () => {
    const rng = createRng("history");
    const history = Array.from({ length: 2_000 }, () => {
      const standardError = 0.2 + 0.4 * rng.next();
      return { estimate: normal(rng, 0, 0.5) + normal(rng, 0, standardError), standardError };
    });
    expect(Math.abs(estimateTau(history) - 0.5)).toBeLessThan(0.03);
  });
});

describe("Holm's adjustment", () => {
  test("equals R's p.adjust", () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((expected, at) => expect(adjusted[at]).toBeCloseTo(expected, 14));
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  test("keeps order, never lowers a p, and follows a relabelling", () =>
    assertProperty(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }), (p) => {
        const adjusted = holm(p);
        p.forEach((one, a) => {
          expect(adjusted[a]! >= one && adjusted[a]! <= 1).toBe(true);
          p.forEach((other, b) => expect(one < other && adjusted[a]! > adjusted[b]!).toBe(false));
        });
        expect(holm(p.toReversed())).toEqual(adjusted.toReversed());
      }),
    ));
});

describe("Gauss-Legendre", () => {
  test("nodes and weights equal the tables of five and sixteen", () => {
    const five = gaussLegendre(5);
    [-0.906179845938664, -0.5384693101056831, 0, 0.5384693101056831, 0.906179845938664].forEach((node, at) =>
      expect(five.nodes[at]).toBeCloseTo(node, 14),
    );
    [0.2369268850561891, 0.4786286704993665, 0.5688888888888889].forEach((weight, at) => expect(five.weights[at]).toBeCloseTo(weight, 14));
    expect(gaussLegendre(16).nodes[15]).toBeCloseTo(0.9894009349916499, 14);
    expect(gaussLegendre(16).weights[15]).toBeCloseTo(0.0271524594117541, 14);
  });

  test.each([1, 2, 7, 16, 40])("of order %i is exact for polynomials up to twice that", (order) => {
    for (let degree = 0; degree < 2 * order; degree++)
      expect(integrate((x) => x ** degree, [-1, 0.3, 1], order)).toBeCloseTo(degree % 2 === 0 ? 2 / (degree + 1) : 0, 12);
  });

  test("needs panels where a function is narrow, and then is exact to the last digits", () => {
    const narrow = (x: number) => 1 / (1e-4 + x * x);
    const breaks = [-1, -0.3, -0.1, -0.03, -0.01, 0, 0.01, 0.03, 0.1, 0.3, 1];
    expect(integrate(narrow, breaks) / (200 * Math.atan(100))).toBeCloseTo(1, 12);
  });
});

describe("descriptions", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  test("say what they divide by", () => {
    expect(mean(values)).toBe(3.875);
    expect(sampleVariance([1, 2, 3, 4])).toBeCloseTo(5 / 3, 14);
    expect(sampleSd([1, 2, 3, 4])).toBeCloseTo(Math.sqrt(5 / 3), 14);
    expect(median(values)).toBe(3.5);
    expect(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9])).toBe(1);
  });

  test("quantiles are of type 7, as in R and NumPy", () => {
    [1, 1.75, 3.5, 5.25, 9].forEach((expected, at) => expect(quantile(values, at / 4)).toBeCloseTo(expected, 14));
    expect(quantile([1, 2, 3, 4], 0.1)).toBeCloseTo(1.3, 14);
    expect(quantile([7], 0.3)).toBe(7);
  });

  test("leave the values as they were", () => {
    const kept = [...values];
    quantile(values, 0.5);
    median(values);
    expect(values).toEqual(kept);
  });

  test("agree with the beta distribution they describe", () => {
    const even = Array.from({ length: 1_001 }, (_, at) => betaQuantile((at + 0.5) / 1_001, 2, 5));
    expect(mean(even)).toBeCloseTo(2 / 7, 4);
    expect(median(even)).toBeCloseTo(betaQuantile(0.5, 2, 5), 10);
  });
});
