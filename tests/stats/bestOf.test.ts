import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { betaPdf, bestOf, betaCdf, betaQuantile, integrate, logBeta, normalCdf, normalPdf, type Posterior } from "../../src/stats/index.ts";
import { assertProperty } from "../support/property.ts";

const beta = (a: number, b: number): Posterior => ({ kind: "beta", a, b });
const normal = (mean: number, sd: number): Posterior => ({ kind: "normal", mean, sd });

/** P(first beta > second) for a whole second.a: the finite sum of Miller (2014, "Formulas for Bayesian A/B testing"), roles swapped. */
function firstBeats(first: { a: number; b: number }, second: { a: number; b: number }): number {
  let sum = 0;
  for (let i = 0; i < first.a; i++)
    sum += Math.exp(
      logBeta(second.a + i, second.b + first.b) - Math.log(first.b + i) - logBeta(1 + i, first.b) - logBeta(second.a, second.b),
    );
  return sum;
}

/** E[(X - Y)+] of two normals. */
function normalGain(mean: number, sd: number): number {
  return sd * normalPdf(mean / sd) + mean * normalCdf(mean / sd);
}

/** The textbook way: betaPdf times betaCdf on a thousand panels between far quantiles. */
function naiveBeta(arms: readonly { a: number; b: number }[]): { pBest: number[]; max: number } {
  const breaks = [
    ...new Set(
      [1e-15, 1e-8, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99].flatMap((p) =>
        arms.flatMap(({ a, b }) => [betaQuantile(p, a, b), 1 - betaQuantile(p, b, a)]),
      ),
    ),
  ]
    .sort((x, y) => x - y)
    .flatMap((x, at, all) => (at === 0 ? [x] : [1, 2, 3, 4].map((part) => all[at - 1]! + ((x - all[at - 1]!) * part) / 4)))
    .filter((x, at, all) => at === 0 || x > all[at - 1]!);
  const others = (x: number, but: number) => arms.reduce((product, { a, b }, at) => (at === but ? product : product * betaCdf(x, a, b)), 1);
  const density = (x: number, at: number) => betaPdf(x, arms[at]!.a, arms[at]!.b) * others(x, at);
  return {
    pBest: arms.map((_, at) => integrate((x) => density(x, at), breaks)),
    max: integrate((x) => arms.reduce((sum, _, at) => sum + x * density(x, at), 0), breaks),
  };
}

const expectClose = (actual: readonly number[], expected: readonly number[], digits: number) =>
  actual.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, digits));

describe("P(best)", () => {
  test("equals the published exact values", () => {
    expectClose(bestOf([beta(3, 5), beta(4, 4), beta(2, 6)]).pBest, [73877 / 277134, 90289 / 138567, 22679 / 277134], 12);
    const p = 9993123513 / 49134766426;
    expectClose(bestOf([beta(6, 95), beta(9, 92)]).pBest, [p, 1 - p], 12);
    expectClose(bestOf([normal(0, 0.05), normal(0.5, 0.5), normal(1, 1.5)]).pBest, [0.04064, 0.34334, 0.61602], 6);
  });

  test.each([
    ["two fresh arms", beta(1, 1), beta(1, 1)],
    ["a fresh arm beside an old one", beta(1, 1), beta(3_001, 47_001)],
    ["an old arm beside a new one", beta(41, 2_960), beta(3, 200)],
    ["millions of users beside dozens", beta(51, 21), beta(3e6 + 1, 1.2e6 + 1)],
    ["rates near nothing", beta(2, 1e6), beta(3, 2e6)],
    ["rates near one", beta(1e5, 2), beta(2e5, 3)],
  ] as const)("of %s equals the closed form", (_what, first, second) => {
    if (first.kind !== "beta" || second.kind !== "beta") throw new Error("beta arms only");
    const p = firstBeats(first, second);
    expectClose(bestOf([first, second]).pBest, [p, 1 - p], 8);
  });

  test.each([1, 3, 30, 100, 1_000, 1e5])("of two normal arms whose sds differ %d-fold equals the closed form", (ratio) => {
    for (const distance of [-3, -0.5, 0, 0.01, 1, 4]) {
      const sd = Math.hypot(1, ratio);
      const { pBest, expectedLoss } = bestOf([normal(7 + distance, 1), normal(7, ratio)]);
      expectClose(pBest, [normalCdf(distance / sd), normalCdf(-distance / sd)], 10);
      expectClose(
        expectedLoss.map((loss) => loss / ratio),
        [normalGain(-distance, sd) / ratio, normalGain(distance, sd) / ratio],
        10,
      );
    }
  });

  test("of small and skewed beta arms equals an integral of density times distribution functions", () => {
    const arms = [
      { a: 1.5, b: 7.25 },
      { a: 3, b: 11.5 },
      { a: 12.75, b: 40 },
      { a: 1, b: 2 },
    ];
    const { pBest, expectedLoss } = bestOf(arms.map(({ a, b }) => beta(a, b)));
    const naive = naiveBeta(arms);
    expectClose(pBest, naive.pBest, 7);
    expectClose(
      expectedLoss,
      arms.map(({ a, b }) => naive.max - a / (a + b)),
      7,
    );
  });

  test("of J- and U-shaped beta arms equals what symmetry and the median say", () => {
    expectClose(bestOf([beta(0.05, 0.05), beta(0.05, 0.05)]).pBest, [0.5, 0.5], 12);
    for (const [a, b] of [
      [0.05, 0.05],
      [0.2, 0.7],
      [0.01, 3],
      [0.5, 1e5],
    ] as const) {
      // Against an arm that is all but a point, P(best) is the upper tail there.
      const point = betaQuantile(0.75, a, b);
      if (point < 1e-6 || point > 1 - 1e-6) continue;
      const precision = 1e14 * Math.max(1, 1 / point);
      expect(bestOf([beta(a, b), beta(point * precision, (1 - point) * precision)]).pBest[0]).toBeCloseTo(0.25, 6);
    }
  });

  test.each([2, 5, 20, 60])("of %i equal arms is one share each", (arms) => {
    for (const arm of [beta(1, 1), beta(37, 2_400), normal(3, 0.2)]) {
      const { pBest, expectedLoss } = bestOf(Array.from({ length: arms }, () => arm));
      for (const p of pBest) expect(p).toBeCloseTo(1 / arms, 12);
      expect(new Set(expectedLoss.map((loss) => loss.toPrecision(10))).size).toBe(1);
    }
  });

  test("of twenty arms a hundredfold apart in spread sums to 1 and follows the same arms by a naive integral", () => {
    const arms = Array.from({ length: 20 }, (_, at) => ({ mean: Math.sin(at) / 3, sd: 0.01 * 100 ** (at / 19) }));
    const { pBest } = bestOf(arms.map(({ mean, sd }) => normal(mean, sd)));
    const breaks = Array.from({ length: 4_001 }, (_, at) => -10 + at / 200);
    arms.forEach(({ mean, sd }, arm) => {
      const p = integrate(
        (x) =>
          arms.reduce(
            (product, other, at) => (at === arm ? product : product * normalCdf((x - other.mean) / other.sd)),
            normalPdf((x - mean) / sd) / sd,
          ),
        breaks,
      );
      expect(pBest[arm]).toBeCloseTo(p, 9);
    });
  });

  test("mixes kinds that speak of the same quantity", () => {
    for (const [mean, sd] of [
      [0.3, 0.1],
      [0.25, 0.001],
      [0.1, 2],
      [-1, 0.8],
      [1.2, 0.3],
    ] as const) {
      const { pBest, expectedLoss } = bestOf([beta(6, 14), normal(mean, sd)]);
      const near = [-8, -6, -4, -2.5, -1, 0, 1, 2.5, 4, 6, 8].map((c) => mean + c * sd).filter((x) => x > 0 && x < 1);
      const breaks = [...new Set([0, ...Array.from({ length: 20 }, (_, at) => (at + 1) / 20), ...near])].sort((x, y) => x - y);
      const p = integrate((x) => betaPdf(x, 6, 14) * normalCdf((x - mean) / sd), breaks);
      const loss = integrate((x) => betaPdf(x, 6, 14) * normalGain(x - mean, sd), breaks);
      expectClose(pBest, [p, 1 - p], 9);
      expectClose(expectedLoss, [loss - (0.3 - mean), loss], 9);
    }
  });

  test("far from contested stays a probability and a loss", () => {
    const { pBest, expectedLoss } = bestOf([normal(0, 1), normal(100, 1), normal(50, 1e-9)]);
    expect(pBest).toEqual([0, 1, 0]);
    expectClose(expectedLoss, [100, 0, 50], 10);
  });
});

describe("best of several arms", () => {
  const arm = fc.oneof(
    fc.record({ kind: fc.constant("beta" as const), a: fc.integer({ min: 1, max: 500 }), b: fc.integer({ min: 1, max: 5_000 }) }),
  );
  const arms = fc.array(arm, { minLength: 2, maxLength: 7 });

  test("relabelling the arms relabels the answer", () =>
    assertProperty(
      fc.property(arms, (posteriors) => {
        const plain = bestOf(posteriors);
        const turned = bestOf(posteriors.toReversed());
        expectClose(turned.pBest, plain.pBest.toReversed(), 11);
        expectClose(turned.expectedLoss, plain.expectedLoss.toReversed(), 11);
      }),
    ));

  test("probabilities sum to 1, losses are not negative, and differ as the means do", () =>
    assertProperty(
      fc.property(arms, (posteriors) => {
        const { pBest, expectedLoss } = bestOf(posteriors);
        expect(pBest.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
        expect(expectedLoss.every((loss) => loss >= 0)).toBe(true);
        posteriors.forEach(({ a, b }, at) =>
          expect(a / (a + b) + expectedLoss[at]!).toBeCloseTo(
            posteriors[0]!.a / (posteriors[0]!.a + posteriors[0]!.b) + expectedLoss[0]!,
            10,
          ),
        );
      }),
    ));

  test("shifting and stretching normal arms shifts nothing and stretches the losses", () =>
    assertProperty(
      fc.property(
        fc.array(fc.record({ mean: fc.double({ min: -3, max: 3, noNaN: true }), sd: fc.double({ min: 0.02, max: 2, noNaN: true }) }), {
          minLength: 2,
          maxLength: 5,
        }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (all, shift, scale) => {
          const plain = bestOf(all.map(({ mean, sd }) => normal(mean, sd)));
          const moved = bestOf(all.map(({ mean, sd }) => normal(shift + scale * mean, scale * sd)));
          expectClose(moved.pBest, plain.pBest, 6);
          expectClose(
            moved.expectedLoss.map((loss) => loss / scale),
            plain.expectedLoss,
            5,
          );
        },
      ),
    ));

  test("one arm is best and costs nothing", () => {
    expect(bestOf([beta(2, 3)])).toEqual({ pBest: [1], expectedLoss: [0] });
  });
});
