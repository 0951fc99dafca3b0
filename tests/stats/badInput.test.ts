import { describe, expect, test } from "vitest";
import { createRng } from "../../src/random/index.ts";
import {
  bestOf,
  blockEffect,
  chiSquareTest,
  contingencyTest,
  estimateTau,
  exactMultinomialTest,
  fisherExact,
  gaussLegendre,
  holm,
  integrate,
  mannWhitneyExact,
  mean,
  normalNormalShrinkage,
  type Posterior,
  quantile,
  ratioTest,
  sampleVariance,
  signFlipTest,
  stratifiedPermutationTest,
  wilsonInterval,
} from "../../src/stats/index.ts";

const many = Array.from({ length: 300 }, (_, at) => at);
const arms = (value: unknown) => value as (0 | 1)[];

describe("L12: bad input is refused with the place, the value and the fix", () => {
  test.each<[code: string, path: string, call: () => unknown]>([
    ["stats-argument", "counts", () => chiSquareTest([5], [1])],
    ["stats-argument", "counts", () => chiSquareTest("5" as unknown as number[], [1])],
    ["stats-argument", "counts[1]", () => chiSquareTest([5, -1], [1, 1])],
    ["stats-argument", "counts[0]", () => chiSquareTest([NaN, 1], [1, 1])],
    ["stats-argument", "counts[0]", () => exactMultinomialTest([1.5, 1], [1, 1])],
    ["stats-argument", "weights", () => exactMultinomialTest([1, 1], [1])],
    ["stats-argument", "weights[1]", () => exactMultinomialTest([1, 1], [1, 0])],
    ["stats-argument", "weights[0]", () => chiSquareTest([1, 1], [-1, 2])],
    ["stats-argument", "weights[0]", () => chiSquareTest([1, 1], [Infinity, 2])],
    ["exact-limit", "options.rng", () => exactMultinomialTest([500, 500, 500, 500], [1, 1, 1, 1])],
    ["exact-limit", "options.rng", () => ratioTest([300, 290, 310, 280, 2], [0.25, 0.25, 0.25, 0.249, 0.001])],
    [
      "stats-argument",
      "options.draws",
      () => ratioTest([300, 290, 310, 280, 2], [0.25, 0.25, 0.25, 0.249, 0.001], { rng: createRng("s"), draws: 0 }),
    ],
    [
      "stats-argument",
      "options.draws",
      () => ratioTest([300, 290, 310, 280, 2], [0.25, 0.25, 0.25, 0.249, 0.001], { rng: createRng("s"), draws: 1e9 }),
    ],
    ["stats-argument", "table", () => fisherExact([[1, 2]])],
    ["stats-argument", "table[0]", () => fisherExact([[1], [2]])],
    [
      "stats-argument",
      "table[1]",
      () =>
        contingencyTest([
          [1, 2],
          [3, 4, 5],
        ]),
    ],
    [
      "stats-argument",
      "table[1][0]",
      () =>
        contingencyTest([
          [1, 2],
          [-3, 4],
        ]),
    ],
    [
      "stats-argument",
      "table",
      () =>
        fisherExact([
          [1e6, 2],
          [3, 4],
        ]),
    ],
    [
      "exact-limit",
      "options.rng",
      () =>
        fisherExact([
          [50, 50, 50, 50],
          [50, 50, 50, 50],
          [50, 50, 50, 50],
        ]),
    ],
    ["stats-argument", "a", () => mannWhitneyExact([], [1])],
    ["stats-argument", "b[1]", () => mannWhitneyExact([1], [1, NaN])],
    ["exact-limit", "options.rng", () => mannWhitneyExact(many, many)],
    ["stats-argument", "options.alternative", () => mannWhitneyExact([1], [2], { alternative: "larger" as "greater" })],
    ["stats-argument", "y[0]", () => stratifiedPermutationTest({ y: [NaN, 1], arm: [0, 1], block: ["a", "a"] })],
    ["stats-argument", "y", () => stratifiedPermutationTest({ y: [], arm: [], block: [] })],
    ["stats-argument", "arm", () => stratifiedPermutationTest({ y: [1, 2], arm: [0], block: ["a", "a"] })],
    ["stats-argument", "arm[1]", () => stratifiedPermutationTest({ y: [1, 2], arm: arms([0, 2]), block: ["a", "a"] })],
    ["stats-argument", "block", () => stratifiedPermutationTest({ y: [1, 2], arm: [0, 1], block: ["a"] })],
    ["stats-argument", "block[0]", () => stratifiedPermutationTest({ y: [1, 2], arm: [0, 1], block: [1, 1] as unknown as string[] })],
    ["stats-argument", "block", () => stratifiedPermutationTest({ y: [1, 2], arm: [0, 1], block: ["a", "b"] })],
    ["stats-argument", "differences", () => signFlipTest([])],
    ["exact-limit", "options.rng", () => signFlipTest(many)],
    ["stats-argument", "trials", () => wilsonInterval(1, -1)],
    ["stats-argument", "successes", () => wilsonInterval(11, 10)],
    ["stats-argument", "level", () => wilsonInterval(1, 10, 1)],
    ["stats-argument", "tau", () => normalNormalShrinkage({ estimate: 0, standardError: 1 }, 0)],
    ["stats-argument", "estimate", () => normalNormalShrinkage({ estimate: NaN, standardError: 1 }, 1)],
    ["stats-argument", "standardError", () => normalNormalShrinkage({ estimate: 0, standardError: -1 }, 1)],
    ["stats-argument", "differences", () => blockEffect([1, 2, 3])],
    [
      "stats-argument",
      "history[1].estimate",
      () =>
        estimateTau([
          { estimate: 0, standardError: 1 },
          { estimate: NaN, standardError: 1 },
        ]),
    ],
    ["stats-argument", "posteriors", () => bestOf([])],
    [
      "stats-argument",
      "posteriors[1].a",
      () =>
        bestOf([
          { kind: "beta", a: 1, b: 1 },
          { kind: "beta", a: 0, b: 1 },
        ]),
    ],
    ["stats-argument", "posteriors[0].sd", () => bestOf([{ kind: "normal", mean: 0, sd: 0 }])],
    ["stats-argument", "posteriors[0].kind", () => bestOf([{ kind: "gamma" } as unknown as Posterior])],
    ["stats-argument", "pValues[0]", () => holm([1.2])],
    ["stats-argument", "order", () => gaussLegendre(0)],
    ["stats-argument", "breaks[1]", () => integrate((x) => x, [0, 0])],
    ["stats-argument", "breaks", () => integrate((x) => x, [0])],
    ["stats-argument", "values", () => mean([])],
    ["stats-argument", "values", () => sampleVariance([1])],
    ["stats-argument", "p", () => quantile([1], 1.5)],
  ])("%s at %s", (code, path, call) => {
    expect(call).toThrow(
      expect.objectContaining({
        name: "DomainError",
        code,
        path,
        message: expect.stringMatching(/\S/),
        fix: expect.stringMatching(/^[A-Z].*\.$/),
      }),
    );
  });
});
