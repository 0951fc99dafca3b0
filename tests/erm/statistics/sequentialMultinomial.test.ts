import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  sequentialMultinomial,
  sequentialMultinomialMinN,
  sequentialMultinomialResult,
  sequentialMultinomialStart,
  sequentialMultinomialStep,
} from "../../../src/erm/index.ts";
import { logGamma } from "../../../src/stats/index.ts";
import { assertProperty } from "../../support/property.ts";

/** P(p <= level at some n <= most) of two equal arms when arm 0 truly gets `share`: by walking all counts, dropping those that stopped. */
function everBelow(level: number, most: number, share: number): number {
  const bayesFactor = (x: number, n: number) =>
    Math.exp(logGamma(2) - logGamma(2 + n) + logGamma(1 + x) + logGamma(1 + n - x) + n * Math.log(2));
  let alive = new Map([[0, 1]]);
  let stopped = 0;
  for (let n = 1; n <= most; n++) {
    const next = new Map<number, number>();
    for (const [x, mass] of alive) {
      for (const [to, chance] of [
        [x + 1, share],
        [x, 1 - share],
      ] as const) {
        if (1 / bayesFactor(to, n) <= level) stopped += mass * chance;
        else next.set(to, (next.get(to) ?? 0) + mass * chance);
      }
    }
    alive = next;
  }
  return stopped;
}

const someWeights = fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 2, maxLength: 4 });
const someArms = (arms: number) => fc.array(fc.nat(arms - 1), { maxLength: 60 });
const weightsAndArms = someWeights.chain((weights) => fc.tuple(fc.constant(weights), someArms(weights.length)));

describe("sequential multinomial (E4')", () => {
  test("all of n units in one of two equal arms give p = (n + 1) / 2^n", () => {
    for (let n = 2; n <= 40; n++) {
      const { p, minP } = sequentialMultinomial(
        [1, 1],
        Array.from({ length: n }, () => 1),
      );
      expect(p).toBeCloseTo((n + 1) / 2 ** n, 12);
      expect(p / ((n + 1) / 2 ** n)).toBeCloseTo(1, 10);
      expect(minP).toBeCloseTo(p, 12);
    }
  });

  test("two equal arms can reach .01 at 11 units and .001 at 14", () => {
    expect(sequentialMultinomialMinN([0.5, 0.5], 0.01)).toBe(11);
    expect(sequentialMultinomialMinN([0.5, 0.5], 0.001)).toBe(14);
    expect(sequentialMultinomialMinN([1, 1], 1)).toBe(0);
  });

  test("the Bayes factor is the closed form of Lindon and Malek", async () => {
    await assertProperty(
      fc.property(weightsAndArms, ([weights, arms]) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const { counts, statistic } = sequentialMultinomial(weights, arms);
        const concentration = weights.length;
        const closed = weights.reduce(
          (sum, weight, arm) => {
            const alpha = (concentration * weight) / total;
            return sum + logGamma(alpha + counts[arm]!) - logGamma(alpha) - counts[arm]! * Math.log(weight / total);
          },
          logGamma(concentration) - logGamma(concentration + arms.length),
        );
        expect(statistic).toBeCloseTo(closed, 8);
      }),
    );
  });

  test("looked at after every unit, it is ever false at .01 in .0034 of runs of 40", () => {
    expect(everBelow(0.01, 40, 0.5)).toBeCloseTo(0.0034, 4);
    expect(everBelow(0.001, 40, 0.5)).toBeLessThanOrEqual(0.001);
  });

  test("it finds a 90/10 split as often as the note says", () => {
    expect(everBelow(0.01, 20, 0.9)).toBeCloseTo(0.73, 2);
    expect(everBelow(0.01, 40, 0.9)).toBeCloseTo(0.99, 2);
    expect(everBelow(0.001, 20, 0.9)).toBeCloseTo(0.44, 2);
    expect(everBelow(0.001, 40, 0.9)).toBeCloseTo(0.97, 2);
  });

  test("L8: a sequence cut into any chunks gives what the whole gives", async () => {
    await assertProperty(
      fc.property(weightsAndArms, fc.nat(60), ([weights, arms], cut) => {
        const first = arms.slice(0, cut).reduce(sequentialMultinomialStep, sequentialMultinomialStart(weights));
        const restored = JSON.parse(JSON.stringify(first)) as typeof first;
        const whole = sequentialMultinomialResult(arms.slice(cut).reduce(sequentialMultinomialStep, restored));
        expect(whole).toEqual(sequentialMultinomial(weights, arms));
      }),
    );
  });

  test("p never rises, is never below minP, and relabelling the arms changes nothing", async () => {
    await assertProperty(
      fc.property(weightsAndArms, ([weights, arms]) => {
        let before = 1;
        for (let n = 0; n <= arms.length; n++) {
          const { p, minP } = sequentialMultinomial(weights, arms.slice(0, n));
          expect(p).toBeLessThanOrEqual(before);
          expect(p).toBeGreaterThanOrEqual(minP * (1 - 1e-9));
          before = p;
        }
        const turned = sequentialMultinomial(
          weights.toReversed(),
          arms.map((arm) => weights.length - 1 - arm),
        );
        expect(turned.p).toBeCloseTo(before, 10);
      }),
    );
  });

  test("an arm of weight 0, an unknown arm and a single arm are refused by name", () => {
    expect(() => sequentialMultinomial([1, 0], [])).toThrow("weights[1] must be positive");
    expect(() => sequentialMultinomial([1, Number.NaN], [])).toThrow("weights[1]");
    expect(() => sequentialMultinomial([1], [])).toThrow("at least two arms");
    expect(() => sequentialMultinomial([1, 1], [2])).toThrow("there is no arm 2");
    expect(() => sequentialMultinomialMinN([1, 1], 0)).toThrow("level must be above 0");
  });
});
