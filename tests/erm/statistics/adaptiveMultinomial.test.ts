import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AdaptiveDraw,
  adaptiveMultinomial,
  adaptiveMultinomialResult,
  adaptiveMultinomialStart,
  adaptiveMultinomialStep,
} from "../../../src/erm/index.ts";
import { categorical, createRng, type Rng } from "../../../src/random/index.ts";
import { assertProperty } from "../../support/property.ts";

/** Posts dealt by a learner that favours what it has dealt most; `bias` spoils the dealing but not the log. */
function adaptiveRun(rng: Rng, posts: number, bias: number): AdaptiveDraw[] {
  const seen = [1, 1, 1];
  return Array.from({ length: posts }, () => {
    const total = seen.reduce((sum, count) => sum + count, 0);
    const probabilities = seen.map((count) => 0.1 + 0.7 * (count / total));
    const arm = categorical(
      rng,
      probabilities.map((probability, at) => (at === 0 ? probability * bias : probability)),
    );
    seen[arm]!++;
    return { arm, probabilities };
  });
}

const someDraws = fc.array(
  fc.record({
    arm: fc.nat(2),
    probabilities: fc
      .tuple(fc.double({ min: 0.05, max: 1, noNaN: true }), fc.double({ min: 0.05, max: 1, noNaN: true }), fc.constant(0.5))
      .map((weights) => weights.map((weight) => weight / weights.reduce((sum, other) => sum + other, 0))),
  }),
  { maxLength: 40 },
);

describe("sequential multinomial with changing weights", () => {
  test("under the logged probabilities p is ever <= .05 in at most .05 of runs of 60 posts, and <= .01 in at most .01", () => {
    const rng = createRng("adaptive null");
    const runs = 2000;
    const least = Array.from({ length: runs }, () => adaptiveMultinomial(3, adaptiveRun(rng, 60, 1)).p);
    const share = (level: number) => least.filter((p) => p <= level).length / runs;
    expect(share(0.05)).toBeLessThanOrEqual(0.05);
    expect(share(0.01)).toBeLessThanOrEqual(0.01);
    expect(share(0.05)).toBeGreaterThan(0.005);
  });

  test("bets on the arms seen more than expected, by the formula of the note", () => {
    // After arm 0 at p = (.2, .8): pulls 2/1.2 and 1/1.8, so that at p = (.5, .5) q(0)/p(0) = (5/3) / (10/9) = 1.5.
    const draws = [
      { arm: 0, probabilities: [0.2, 0.8] },
      { arm: 0, probabilities: [0.5, 0.5] },
    ];
    expect(adaptiveMultinomial(2, draws.slice(0, 1)).statistic).toBeCloseTo(0, 12);
    expect(adaptiveMultinomial(2, draws).statistic).toBeCloseTo(Math.log(1.5), 12);
    expect(adaptiveMultinomial(2, draws)).toMatchObject({ n: 2, counts: [2, 0], effect: 0.65 });
    expect(adaptiveMultinomial(2, draws).minP).toBeCloseTo(2 / 3, 12);
  });

  test("it sees an arm that is dealt four times too often", () => {
    const rng = createRng("adaptive fault");
    const found = Array.from({ length: 200 }, () => adaptiveMultinomial(3, adaptiveRun(rng, 60, 4)).p <= 0.01).filter(Boolean).length;
    expect(found).toBeGreaterThan(150);
  });

  test("L8: a sequence cut into any chunks gives what the whole gives", async () => {
    await assertProperty(
      fc.property(someDraws, fc.nat(40), (draws, cut) => {
        const first = draws.slice(0, cut).reduce(adaptiveMultinomialStep, adaptiveMultinomialStart(3));
        const restored = JSON.parse(JSON.stringify(first)) as typeof first;
        expect(adaptiveMultinomialResult(draws.slice(cut).reduce(adaptiveMultinomialStep, restored))).toEqual(
          adaptiveMultinomial(3, draws),
        );
      }),
    );
  });

  test("each bet is fair: the e-value's expectation over the next draw is its present value", async () => {
    await assertProperty(
      fc.property(someDraws, fc.constant([0.2, 0.3, 0.5]), (draws, probabilities) => {
        const before = draws.reduce(adaptiveMultinomialStep, adaptiveMultinomialStart(3));
        const expected = probabilities.reduce(
          (sum, probability, arm) => sum + probability * Math.exp(adaptiveMultinomialStep(before, { arm, probabilities }).logE),
          0,
        );
        expect(expected / Math.exp(before.logE)).toBeCloseTo(1, 9);
      }),
    );
  });

  test("a drawn arm of probability 0 is a leak, and probabilities must be some", () => {
    expect(() => adaptiveMultinomial(2, [{ arm: 0, probabilities: [0, 1] }])).toThrow("probability 0");
    expect(() => adaptiveMultinomial(2, [{ arm: 0, probabilities: [0.5, 0.6] }])).toThrow("not 1");
    expect(() => adaptiveMultinomial(2, [{ arm: 0, probabilities: [Number.NaN, 1] }])).toThrow("probabilities holds NaN");
    expect(() => adaptiveMultinomial(3, [{ arm: 0, probabilities: [0.5, 0.5] }])).toThrow("2 entries for 3 arms");
    expect(() => adaptiveMultinomial(1, [])).toThrow("arms");
    expect(adaptiveMultinomial(2, []).p).toBe(1);
  });
});
