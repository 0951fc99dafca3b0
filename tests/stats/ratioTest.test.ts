import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "../../src/random/index.ts";
import { chiSquareTest, exactMultinomialTest, logFactorial, ratioTest } from "../../src/stats/index.ts";
import { assertProperty } from "../support/property.ts";

/** Probability of an outcome, by multiplying: the oracle shares no code with the test. */
function multinomial(counts: readonly number[], shares: readonly number[]): number {
  let rest = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((product, count, arm) => {
    let factor = 1;
    for (let k = 0; k < count; k++) factor *= ((rest - k) / (k + 1)) * shares[arm]!;
    rest -= count;
    return product * factor;
  }, 1);
}

function compositions(units: number, arms: number): number[][] {
  if (arms === 1) return [[units]];
  return Array.from({ length: units + 1 }, (_, x) => compositions(units - x, arms - 1).map((rest) => [x, ...rest])).flat();
}

function naiveP(counts: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => weight / total);
  const observed = multinomial(counts, shares);
  return compositions(
    counts.reduce((sum, count) => sum + count, 0),
    counts.length,
  )
    .map((outcome) => multinomial(outcome, shares))
    .filter((probability) => probability <= observed * (1 + 1e-9))
    .reduce((sum, probability) => sum + probability, 0);
}

const arms = fc.integer({ min: 2, max: 4 });
const plan = arms.chain((length) =>
  fc.record({
    counts: fc.array(fc.nat(6), { minLength: length, maxLength: length }),
    weights: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: length, maxLength: length }),
  }),
);

describe("chi-square of counts against planned shares", () => {
  test("equals GrowthBook's published mismatch values", () => {
    expect(chiSquareTest([1000, 1200], [0.5, 0.5]).p).toBeCloseTo(0.000020079, 9);
    expect(chiSquareTest([500, 500, 600], [0.34, 0.33, 0.33]).p).toBeCloseTo(0.000592638, 9);
  });

  test("is 1 where counts are exactly as planned, or there are none", () => {
    expect(chiSquareTest([30, 60], [1, 2])).toMatchObject({ p: 1, statistic: 0, df: 1, effect: 0 });
    expect(chiSquareTest([0, 0], [1, 2])).toMatchObject({ p: 1, statistic: 0, effect: 0, minP: 1 });
  });

  test("keeps its logarithm where p underflows", () => {
    const { p, logP, statistic } = chiSquareTest([1_000_000, 1_200_000], [1, 1]);
    expect(p).toBe(0);
    // Far out the tail is exp(-x/2) sqrt(2 / (pi x)) (1 - 1/x + 3/x^2 ...).
    const x = statistic;
    expect(logP / (-x / 2 + 0.5 * Math.log(2 / (Math.PI * x)) + Math.log1p(-1 / x + 3 / x ** 2))).toBeCloseTo(1, 10);
  });

  test("minP is the p of all units in the least planned arm", () => {
    expect(chiSquareTest([5, 5], [1, 3]).minP).toBe(chiSquareTest([10, 0], [1, 3]).p);
  });
});

describe("exact multinomial test", () => {
  test("equals the exact values beside GrowthBook's chi-square ones", () => {
    expect(exactMultinomialTest([1000, 1200], [0.5, 0.5]).p).toBeCloseTo(0.0000218, 7);
    expect(exactMultinomialTest([500, 500, 600], [0.34, 0.33, 0.33]).p).toBeCloseTo(0.000692, 6);
  });

  test("counts what a naive enumeration counts", () =>
    assertProperty(
      fc.property(plan, ({ counts, weights }) => {
        const { p, logP, minP, exactness } = exactMultinomialTest(counts, weights);
        expect(p).toBeCloseTo(naiveP(counts, weights), 12);
        expect(Math.exp(logP)).toBeCloseTo(p, 12);
        expect(exactness).toBe("exact");
        expect(p > 0 && p <= 1 && minP <= p * (1 + 1e-9)).toBe(true);
      }),
      { numRuns: 60 },
    ));

  test("attains minP when all units are in the least planned arm", () =>
    assertProperty(
      fc.property(plan, ({ counts, weights }) => {
        const units = counts.reduce((sum, count) => sum + count, 0);
        const least = weights.indexOf(Math.min(...weights));
        const worst = exactMultinomialTest(
          weights.map((_, arm) => (arm === least ? units : 0)),
          weights,
        );
        expect(worst.p / worst.minP).toBeCloseTo(1, 9);
      }),
    ));

  test("does not mind the order of the arms or the scale of the weights", () =>
    assertProperty(
      fc.property(plan, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), ({ counts, weights }, scale) => {
        const plain = exactMultinomialTest(counts, weights);
        const turned = exactMultinomialTest(
          counts.toReversed(),
          weights.toReversed().map((weight) => weight * scale),
        );
        expect(turned.p).toBeCloseTo(plain.p, 12);
        expect(turned.effect).toBeCloseTo(plain.effect, 12);
      }),
    ));

  test("keeps its logarithm where p underflows", () => {
    const { p, logP } = exactMultinomialTest([60, 0], [1e-8, 1]);
    expect(p).toBeCloseTo(0, 300);
    expect(logP).toBeCloseTo(60 * Math.log(1e-8 / (1 + 1e-8)), 9);
  });

  test("rejects a true plan no more often than its level", () => {
    // The whole distribution at once: outcomes with p <= alpha have total probability <= alpha.
    for (const [units, weights] of [
      [11, [1, 1]],
      [10, [1, 2, 3]],
    ] as const) {
      const total = weights.reduce<number>((sum, weight) => sum + weight, 0);
      const shares = weights.map((weight) => weight / total);
      for (const level of [0.001, 0.01, 0.05, 0.2, 0.5]) {
        const size = compositions(units, weights.length)
          .filter((outcome) => exactMultinomialTest(outcome, weights).p <= level)
          .reduce((sum, outcome) => sum + multinomial(outcome, shares), 0);
        expect(size).toBeLessThanOrEqual(level);
      }
    }
  });

  test("at the sizes of the contract (60 units, 4 arms) is enumerated", () => {
    expect(exactMultinomialTest([20, 10, 15, 15], [1, 1, 1, 1]).exactness).toBe("exact");
  });

  test("its statistic is the log probability of the counts", () => {
    const { statistic } = exactMultinomialTest([3, 7], [1, 1]);
    expect(statistic).toBeCloseTo(logFactorial(10) - logFactorial(3) - logFactorial(7) - 10 * Math.LN2, 12);
  });
});

describe("the method that fits the counts", () => {
  test("is exact at post scale and where an arm expects fewer than five, chi-square with many units", () => {
    expect(ratioTest([30, 30], [1, 1]).exactness).toBe("exact");
    expect(ratioTest([31, 30], [1, 1]).exactness).toBe("asymptotic");
    expect(ratioTest([31, 30, 30, 30, 30], [1, 1, 1, 1, 1]).exactness).toBe("asymptotic");
    expect(ratioTest([97, 3], [0.97, 0.03])).toEqual(exactMultinomialTest([97, 3], [0.97, 0.03]));
    expect(ratioTest([2, 2, 2, 2, 2], [1, 1, 1, 1, 1]).exactness).toBe("exact");
  });

  test("is drawn where an arm expects fewer than five and there is too much to enumerate", () => {
    const counts = [300, 290, 310, 280, 2];
    const weights = [0.25, 0.25, 0.25, 0.249, 0.001];
    const drawn = ratioTest(counts, weights, { rng: createRng("m") });
    expect(drawn).toMatchObject({ exactness: "monteCarlo", draws: 9_999, seed: "m" });
    expect(ratioTest(counts, weights, { rng: createRng("m") })).toEqual(drawn);
    // The rare arm got what it expects, so p is near that of the other four alone.
    const rest = chiSquareTest(counts.slice(0, 4), weights.slice(0, 4)).p;
    expect(Math.abs(drawn.p - rest)).toBeLessThan(0.15);
  });
});

describe("the drawn multinomial test", () => {
  test("agrees with the exact one on a question both can answer", () => {
    // An arm with next to no weight makes the outcomes too many to enumerate and changes p by less than its expected 1e-6 units.
    const counts = [40, 60, 50];
    const weights = [0.3, 0.36, 0.34];
    const exact = exactMultinomialTest(counts, weights).p;
    const padded = { counts: [...counts, 0, 0], weights: [...weights, 1e-8, 1e-8] };
    const drawn = exactMultinomialTest(padded.counts, padded.weights, { rng: createRng("around"), draws: 19_999 });
    expect(drawn.exactness).toBe("monteCarlo");
    expect(Math.abs(drawn.p - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / 19_999));
  });

  test("is never 0", () => {
    expect(exactMultinomialTest([0, 0, 0, 0, 500], [1, 1, 1, 1, 1], { rng: createRng("never"), draws: 99 }).p).toBe(0.01);
  });
});
