import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changingWeightsRatio, type RatioBatch, rerandomisedRatio } from "../../../src/erm/index.ts";
import { categorical, createRng, permutation, type Rng, systematicSample } from "../../../src/random/index.ts";
import { chiSquareTest } from "../../../src/stats/index.ts";
import { assertProperty } from "../../support/property.ts";

const weightsOfBatch = [
  [0.2, 0.3, 0.5],
  [0.5, 0.25, 0.25],
  [0.1, 0.8, 0.1],
  [0.4, 0.4, 0.2],
];

function independentBatches(rng: Rng, size: number): RatioBatch[] {
  return weightsOfBatch.map((probabilities) => {
    const counts = [0, 0, 0];
    for (let post = 0; post < size; post++) counts[categorical(rng, probabilities)]!++;
    return { probabilities, counts };
  });
}

describe("ratio test with changing weights (E4'')", () => {
  test("one batch is Pearson's chi-square", async () => {
    await assertProperty(
      fc.property(fc.array(fc.integer({ min: 10, max: 60 }), { minLength: 2, maxLength: 4 }), (counts) => {
        const probabilities = counts.map(() => 1 / counts.length);
        const ours = changingWeightsRatio([{ probabilities, counts }]);
        const pearson = chiSquareTest(counts, probabilities);
        expect(ours.exactness).toBe("asymptotic");
        expect(ours.statistic).toBeCloseTo(pearson.statistic, 8);
        expect(ours.p).toBeCloseTo(pearson.p, 10);
        expect(ours.degreesOfFreedom).toBe(counts.length - 1);
        expect(ours.minP).toBeLessThanOrEqual(ours.p);
      }),
    );
  });

  test("its size is nominal over 40 posts a batch: .050 at .05, .010 at .01", () => {
    const rng = createRng("quadratic form size");
    const runs = 4000;
    const values = Array.from({ length: runs }, () => changingWeightsRatio(independentBatches(rng, 40)).p);
    for (const level of [0.05, 0.01]) {
      const share = values.filter((p) => p <= level).length / runs;
      expect(Math.abs(share - level)).toBeLessThan(3.3 * Math.sqrt((level * (1 - level)) / runs));
    }
  });

  test("with an expected count below 5 it is simulated, agrees with the exact share, and is never below its minP", () => {
    const batches = [
      { probabilities: [0.5, 0.5], counts: [6, 0] },
      { probabilities: [0.25, 0.75], counts: [2, 2] },
    ];
    const result = changingWeightsRatio(batches, { rng: createRng("few"), draws: 19_999 });
    // x = posts of arm 0 in all; Q grows with |x - 4|, so p = P(|x - 4| >= 4) = P(x = 8, 9, 10 or 0).
    const binomial = (n: number, p: number) => {
      const choose = (k: number) => Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce((product, factor) => product * factor, 1);
      return Array.from({ length: n + 1 }, (_, k) => choose(k) * p ** k * (1 - p) ** (n - k));
    };
    const [six, four] = [binomial(6, 0.5), binomial(4, 0.25)];
    let exact = 0;
    six.forEach((a, x) => four.forEach((b, y) => (exact += Math.abs(x + y - 4) >= 4 ? a * b : 0)));
    expect(result.exactness).toBe("monteCarlo");
    expect(Math.abs(result.p - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / 19_999));
    expect(result.effect).toBeCloseTo(0.4, 12);
    expect(result.minP).toBeCloseTo(0.5 ** 6 * 0.25 ** 4, 4);
    expect(() => changingWeightsRatio(batches)).toThrow("no rng");
  });

  test("the order of arms and of batches changes nothing, and an arm that could never come is no freedom", async () => {
    await assertProperty(
      fc.property(fc.string({ minLength: 1 }), (seed) => {
        const rng = createRng(seed);
        const batches = independentBatches(rng, 60);
        const one = changingWeightsRatio(batches);
        const order = permutation(rng, 3);
        const turned = changingWeightsRatio(
          permutation(rng, batches.length).map((at) => ({
            probabilities: order.map((arm) => batches[at]!.probabilities[arm]!),
            counts: order.map((arm) => batches[at]!.counts[arm]!),
          })),
        );
        expect(turned.statistic).toBeCloseTo(one.statistic, 7);
        const widened = changingWeightsRatio(
          batches.map(({ probabilities, counts }) => ({ probabilities: [0, ...probabilities], counts: [0, ...counts] })),
        );
        expect(widened.statistic).toBeCloseTo(one.statistic, 7);
        expect(widened.degreesOfFreedom).toBe(2);
      }),
      { numRuns: 50 },
    );
    expect(changingWeightsRatio([{ probabilities: [1, 0], counts: [9, 0] }])).toMatchObject({ p: 1, minP: 1, degreesOfFreedom: 0 });
  });

  test("systematic draws: the chi-square hardly ever fires, the replay finds a fault and keeps its size", () => {
    const replay = (key: string) =>
      weightsOfBatch.map((probabilities, at) => {
        const counts = [0, 0, 0];
        const rng = createRng(key).fork(String(at));
        for (const arm of systematicSample(rng, probabilities, 10)) counts[arm]!++;
        return counts;
      });
    const batchesOf = (counts: readonly (readonly number[])[]) =>
      weightsOfBatch.map((probabilities, at) => ({ probabilities, counts: counts[at]! }));
    const runs = 100;
    const fired = (test: (batches: RatioBatch[], key: string) => number) =>
      Array.from({ length: runs }, (_, run) => test(batchesOf(replay(`true ${run}`)), `true ${run}`)).filter((p) => p <= 0.05).length /
      runs;
    expect(fired((batches) => changingWeightsRatio(batches, { rng: createRng("c"), draws: 99 }).p)).toBe(0);
    const size = fired((batches, key) => {
      const plan = { key, counts: batches.map(({ counts }) => counts) };
      return rerandomisedRatio(batches, { replay, plan, rng: createRng(`key ${key}`), draws: 59 }).p;
    });
    expect(size).toBeLessThan(0.05 + 3.3 * Math.sqrt(0.0475 / runs));
    // One post per batch lands in arm 0 instead of arm 1: small beside independent draws, impossible under systematic ones.
    const spoiled = batchesOf(replay("fault").map(([a, b, c]) => [a! + 1, b! - 1, c!]));
    expect(rerandomisedRatio(spoiled, { replay, rng: createRng("r") }).p).toBeLessThan(0.01);
    expect(changingWeightsRatio(spoiled, { rng: createRng("r") }).p).toBeGreaterThan(0.05);
    expect(() =>
      rerandomisedRatio(spoiled, { replay, rng: createRng("r"), plan: { key: "fault", counts: spoiled.map(({ counts }) => counts) } }),
    ).toThrow("does not give the plan");
  });

  test("impossible counts are refused by name", () => {
    expect(() => changingWeightsRatio([])).toThrow("batches is empty");
    expect(() => changingWeightsRatio([{ probabilities: [1, 0], counts: [1, 1] }])).toThrow("probability 0");
    expect(() => changingWeightsRatio([{ probabilities: [0.5, 0.5], counts: [1, -1] }])).toThrow("counts[1]");
    expect(() => changingWeightsRatio([{ probabilities: [0.5, 0.5], counts: [1, Infinity] }])).toThrow("counts[1]");
    expect(() => changingWeightsRatio([{ probabilities: [0.5, 0.5], counts: [1] }])).toThrow("there are 2 arms");
    expect(() => changingWeightsRatio([{ probabilities: [0.5, 0.5], counts: [0, 0] }])).toThrow("no post");
  });
});
