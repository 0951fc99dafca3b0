import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DomainError } from "../../src/domain/index.ts";
import {
  beta,
  categorical,
  createRng,
  gamma,
  lognormal,
  negativeBinomial,
  normal,
  permutation,
  poisson,
  type Rng,
  systematicSample,
  uniform,
  uniformInteger,
} from "../../src/random/index.ts";
import { assertProperty } from "../support/property.ts";
import {
  betaCdf,
  expectFollows,
  expectFollowsCounts,
  expectMoments,
  expectUniform,
  gammaCdf,
  meanAndVariance,
  negativeBinomialCdf,
  normalCdf,
  poissonCdf,
} from "./distance.ts";

const sample = (seed: string, draw: (rng: Rng) => number, n = 20_000) => {
  const rng = createRng(seed);
  return Array.from({ length: n }, () => draw(rng));
};

/** Pearson's statistic of counts against expected counts. */
const pearson = (counts: readonly number[], expected: readonly number[]) =>
  counts.reduce((sum, count, at) => sum + (count - expected[at]!) ** 2 / expected[at]!, 0);

describe("uniform", () => {
  test("fills its interval", () =>
    expectFollows(
      "uniform",
      (rng) => uniform(rng, -2, 3),
      (x) => (x + 2) / 5,
    ));

  test("stays below its end even where doubles are coarse", () => {
    const high = 2 ** 53 + 2;
    expect(sample("coarse", (rng) => uniform(rng, 2 ** 53, high), 1_000).every((value) => value < high)).toBe(true);
  });

  test.each([1, 2, 3, 10, 1_000_003, 2 ** 31 + 1, 2 ** 32])("whole numbers below %i are even", (count) => {
    const values = sample("integers", (rng) => uniformInteger(rng, count));
    expect(values.every((value) => Number.isInteger(value) && value >= 0 && value < count)).toBe(true);
    if (count > 1) expectMoments(values, { mean: (count - 1) / 2, variance: (count ** 2 - 1) / 12, kurtosis: 1.8 });
  });
});

describe("normal", () => {
  test("follows the normal distribution", () => expectFollows("normal", (rng) => normal(rng), normalCdf, 200_000));

  test("has its mean, variance and tails", () => {
    const values = sample("moments", (rng) => normal(rng, 5, 2), 200_000);
    expectMoments(values, { mean: 5, variance: 4, kurtosis: 3 });
    const beyond = values.filter((value) => Math.abs(value - 5) / 2 > 3.5).length;
    const expected = 200_000 * 2 * normalCdf(-3.5);
    expect(Math.abs(beyond - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });

  test("beyond the last layer of the ziggurat still follows it", () => {
    const start = 3.442619855899;
    const draws = 8_000_000;
    const rng = createRng("tail");
    const excess: number[] = [];
    for (let draw = 0; draw < draws; draw++) {
      const distance = Math.abs(normal(rng));
      if (distance > start) excess.push(normalCdf(-distance) / normalCdf(-start));
    }
    const expected = draws * 2 * normalCdf(-start);
    expect(Math.abs(excess.length - expected)).toBeLessThan(4 * Math.sqrt(expected));
    expectUniform(excess);
    expectMoments(excess, { mean: 0.5, variance: 1 / 12, kurtosis: 1.8 });
  });

  test("consecutive draws are uncorrelated", () => {
    const values = sample("pairs", (rng) => normal(rng), 100_000);
    const products = values.slice(1).map((value, at) => value * values[at]!);
    expect(Math.abs(meanAndVariance(products).mean)).toBeLessThan(4 / Math.sqrt(products.length));
  });

  test("its exponential is lognormal", () =>
    expectFollows(
      "lognormal",
      (rng) => lognormal(rng, 1, 0.5),
      (x) => normalCdf((Math.log(x) - 1) / 0.5),
    ));
});

describe("gamma", () => {
  test.each([0.01, 0.05, 0.3, 0.99, 1, 1.5, 4, 100, 1e6])("of shape %d follows the gamma distribution", (shape) => {
    // Below shape 0.03 a share of the draws is below the smallest double and comes back as 0: F is read just above it.
    const smallest = gammaCdf(5e-324, shape);
    const filler = createRng("underflow");
    expectFollows(
      `gamma ${shape}`,
      (rng) => gamma(rng, shape),
      (x) => (x === 0 ? smallest * filler.nextDouble() : gammaCdf(x, shape)),
    );
  });

  test.each([0.01, 0.5, 2.5, 1e6])("of shape %d has mean and variance shape", (shape) => {
    expectMoments(
      sample(`moments ${shape}`, (rng) => gamma(rng, shape, 3), 100_000),
      { mean: 3 * shape, variance: 9 * shape, kurtosis: 3 + 6 / shape },
    );
  });
});

describe("beta", () => {
  test.each([
    [0.05, 0.05],
    [0.05, 5],
    [0.001, 0.001],
    [1, 1],
    [1, 0.5],
    [2, 8],
    [51, 2950],
    [1e6, 3e6],
  ])("(%d, %d) follows the beta distribution", (a, b) => {
    // Draws that rounded to an end stand for everything the doubles cannot tell from it.
    const filler = createRng("rounded");
    const low = betaCdf(Number.MIN_VALUE, a, b);
    const high = 1 - betaCdf(2 ** -54, b, a);
    const cdf = (x: number) =>
      x === 0
        ? low * filler.nextDouble()
        : x === 1
          ? high + (1 - high) * filler.nextDouble()
          : x > 0.5
            ? 1 - betaCdf(1 - x, b, a)
            : betaCdf(x, a, b);
    expectFollows(`beta ${a} ${b}`, (rng) => beta(rng, a, b), cdf);
  });

  test("with tiny parameters is never NaN", () => {
    const values = sample("tiny", (rng) => beta(rng, 1e-4, 1e-4), 2_000);
    expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(Math.abs(meanAndVariance(values).mean - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 2_000));
  });
});

describe("counts", () => {
  test.each([0.1, 1, 5, 9.99, 10, 12, 30, 1_000, 1e6])("Poisson with mean %d follows its distribution", (mean) => {
    expectFollowsCounts(
      `poisson ${mean}`,
      (rng) => poisson(rng, mean),
      (count) => poissonCdf(count, mean),
    );
  });

  test.each([0.1, 5, 10, 100, 1e6, 1e12])("Poisson with mean %d has variance mean", (mean) => {
    expectMoments(
      sample(`moments ${mean}`, (rng) => poisson(rng, mean), 100_000),
      { mean, variance: mean, kurtosis: 3 + 1 / mean },
    );
  });

  test("Poisson with mean 0 is 0", () => expect(poisson(createRng("s"), 0)).toBe(0));

  test.each([
    [3, 0.1],
    [20, 2],
    [1_000, 0.5],
    [50, 1e6],
  ])("negative binomial with mean %d and size %d follows its distribution", (mean, size) => {
    expectFollowsCounts(
      `negativeBinomial ${mean} ${size}`,
      (rng) => negativeBinomial(rng, mean, size),
      (count) => negativeBinomialCdf(count, mean, size),
    );
  });
});

describe("categorical", () => {
  test("draws in proportion to the weights, never one of weight 0", () => {
    const weights = [0, 1, 3, 0, 6, 0];
    const counts = weights.map(() => 0);
    for (const index of sample("categorical", (rng) => categorical(rng, weights))) counts[index]!++;
    expect([counts[0], counts[3], counts[5]]).toEqual([0, 0, 0]);
    expect(pearson([counts[1]!, counts[2]!, counts[4]!], [2_000, 6_000, 12_000])).toBeLessThan(13.8);
  });

  test("is unmoved by the scale of the weights", () =>
    assertProperty(
      fc.property(
        fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: -20, max: 20 }),
        fc.string({ minLength: 1 }),
        (weights, power, seed) => {
          fc.pre(weights.some((weight) => weight > 0));
          expect(
            categorical(
              createRng(seed),
              weights.map((weight) => weight * 2 ** power),
            ),
          ).toBe(categorical(createRng(seed), weights));
        },
      ),
    ));
});

describe("permutation", () => {
  test("holds every number once", () =>
    assertProperty(
      fc.property(fc.nat(60), fc.string({ minLength: 1 }), (length, seed) => {
        expect(permutation(createRng(seed), length).toSorted((a, b) => a - b)).toEqual(Array.from({ length }, (_, at) => at));
      }),
    ));

  test("makes all 24 orders of four equally often", () => {
    const rng = createRng("orders");
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 24_000; draw++) {
      const order = permutation(rng, 4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(pearson([...counts.values()], Array(24).fill(1_000))).toBeLessThan(49.7);
  });
});

describe("systematic sampling", () => {
  const shares = fc
    .array(fc.nat(20), { minLength: 1, maxLength: 6 })
    .filter((all) => all.some((share) => share > 0))
    .map((all) => all.map((share) => share / all.reduce((sum, each) => sum + each, 0)));

  test("gives each arm its share to within one slot", () =>
    assertProperty(
      fc.property(shares, fc.nat(40), fc.string({ minLength: 1 }), (probabilities, slots, seed) => {
        const drawn = systematicSample(createRng(seed), probabilities, slots);
        expect(drawn).toHaveLength(slots);
        probabilities.forEach((probability, arm) => {
          const count = drawn.filter((each) => each === arm).length;
          expect(Math.abs(count - slots * probability)).toBeLessThan(1 + 1e-9);
          expect(count > 0 && probability === 0).toBe(false);
        });
      }),
    ));

  test("gives every slot each arm with exactly its probability", () => {
    const probabilities = [0.55, 0.3, 0.13, 0.02];
    const runs = 20_000;
    const counts = Array.from({ length: 7 }, () => [0, 0, 0, 0]);
    const root = createRng("marginals");
    for (let run = 0; run < runs; run++)
      systematicSample(root.fork(String(run)), probabilities, 7).forEach((arm, slot) => counts[slot]![arm]!++);
    for (const slot of counts)
      expect(
        pearson(
          slot,
          probabilities.map((probability) => probability * runs),
        ),
      ).toBeLessThan(20);
  });

  test("does not tie an arm to a stretch of time: neighbours agree as often as any two slots", () => {
    const runs = 20_000;
    const root = createRng("neighbours");
    let adjacent = 0;
    let distant = 0;
    for (let run = 0; run < runs; run++) {
      const drawn = systematicSample(root.fork(String(run)), [0.5, 0.5], 10);
      if (drawn[4] === drawn[5]) adjacent++;
      if (drawn[0] === drawn[9]) distant++;
    }
    // Two of ten slots, five per arm, agree with probability 4/9.
    for (const share of [adjacent / runs, distant / runs]) expect(Math.abs(share - 4 / 9)).toBeLessThan(4 * Math.sqrt(0.25 / runs));
  });
});

describe("a parameter outside its range is refused by name", () => {
  const rng = createRng("s");
  test.each<[string, () => unknown]>([
    ["high", () => uniform(rng, 1, 1)],
    ["high", () => uniform(rng, -1e308, 1e308)],
    ["low", () => uniform(rng, NaN, 1)],
    ["count", () => uniformInteger(rng, 0)],
    ["count", () => uniformInteger(rng, 2.5)],
    ["count", () => uniformInteger(rng, 2 ** 33)],
    ["mean", () => normal(rng, Infinity)],
    ["sd", () => normal(rng, 0, 0)],
    ["logSd", () => lognormal(rng, 0, -1)],
    ["shape", () => gamma(rng, 0)],
    ["shape", () => gamma(rng, NaN)],
    ["scale", () => gamma(rng, 1, -1)],
    ["a", () => beta(rng, 0, 1)],
    ["b", () => beta(rng, 1, Infinity)],
    ["mean", () => poisson(rng, -1)],
    ["mean", () => poisson(rng, NaN)],
    ["mean", () => poisson(rng, 1e16)],
    ["size", () => negativeBinomial(rng, 1, 0)],
    ["mean", () => negativeBinomial(rng, -1, 1)],
    ["weights", () => categorical(rng, [])],
    ["weights", () => categorical(rng, [0, 0])],
    ["weights[1]", () => categorical(rng, [1, -1])],
    ["weights[0]", () => categorical(rng, [NaN])],
    ["length", () => permutation(rng, -1)],
    ["probabilities", () => systematicSample(rng, [0.5, 0.4], 3)],
    ["probabilities", () => systematicSample(rng, [], 3)],
    ["probabilities[0]", () => systematicSample(rng, [-0.1, 1.1], 3)],
    ["slots", () => systematicSample(rng, [1], 1.5)],
  ])("%s", (path, draw) => {
    const before = rng.state();
    let refused: unknown;
    try {
      draw();
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(DomainError);
    expect(refused).toMatchObject({ code: "random-argument", path });
    expect(rng.state()).toEqual(before);
  });
});
