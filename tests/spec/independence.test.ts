import { describe, expect, it } from "vitest";
import { fnv1a } from "../../src/canon/index.ts";
import { ExperimentEvaluator, ExperimentRegistry, type ExperimentSpec } from "../../src/spec/index.ts";
import { batteryKeys, cramersV, draw, phi, uniformityP, unitIds } from "./support/battery.ts";
import { twoArms } from "./support/specs.ts";

const unitCount = 100_000;

describe("draws of the same units under different keys", () => {
  for (const family of ["sequential", "padded", "compound", "uuid"] as const)
    it(`are independent for ${family} ids: every pair, every bucket`, () => {
      const ids = unitIds(family, unitCount);
      const draws = batteryKeys.map((key) => draw(key, ids));
      for (let a = 0; a < draws.length; a++) {
        expect(uniformityP(draws[a]!)).toBeGreaterThan(1e-5);
        for (let b = 0; b < a; b++) expect(Math.abs(phi(draws[a]!, draws[b]!))).toBeLessThanOrEqual(5 / Math.sqrt(unitCount));
      }
      // Chance gives sqrt(81 / (9 n)) = .0095 at this size; .0042 is the bound at a million.
      for (const [a, b] of [
        [0, 1],
        [4, 5],
        [9, 10],
        [13, 14],
      ] as const)
        expect(cramersV(draws[a]!, draws[b]!)).toBeLessThan(0.0125);
    });

  it("have no memory: consecutive ids at lags 1 to 1000", () => {
    const ids = unitIds("sequential", 20_000);
    const [first] = batteryKeys.map((key) => draw(key, ids));
    for (let lag = 1; lag <= 1_000; lag++) expect(Math.abs(phi(first!, first!, lag))).toBeLessThanOrEqual(6 / Math.sqrt(ids.length - lag));
  });

  it("stay uniform inside every gate, layer slice and holdout complement", () => {
    const ids = unitIds("padded", unitCount);
    const draws = batteryKeys.map((key) => draw(key, ids));
    const [arm, gate, layer, holdout] = [draws[0]!, draws[10]!, draws[13]!, draws[14]!];
    expect(uniformityP(arm, (at) => gate[at]! < 0.1)).toBeGreaterThan(1e-5);
    expect(uniformityP(arm, (at) => layer[at]! >= 0.2 && layer[at]! < 0.4)).toBeGreaterThan(1e-5);
    expect(uniformityP(arm, (at) => holdout[at]! >= 0.05)).toBeGreaterThan(1e-5);
    expect(uniformityP(draws[9]!, (at) => gate[at]! >= 0.1)).toBeGreaterThan(1e-5);
  });

  it("would be caught: a salt appended to plain FNV-1a keeps experiments correlated", () => {
    const ids = unitIds("padded", 20_000);
    const broken = (salt: string): Float64Array => Float64Array.from(ids, (id) => fnv1a(id + salt) / 2 ** 32);
    expect(uniformityP(broken("salt-1"))).toBeGreaterThan(1e-5);
    const neighbours = ["salt-1", "salt-2", "salt-3", "salt-4"].map(broken);
    const worst = Math.max(...neighbours.flatMap((a, at) => neighbours.slice(0, at).map((b) => Math.abs(phi(a, b)))));
    expect(worst).toBeGreaterThan(5 / Math.sqrt(ids.length));
  });
});

describe("assignments through the evaluator", () => {
  const ids = unitIds("uuid", 20_000);
  const armsOf = (spec: ExperimentSpec): number[] => {
    const evaluator = new ExperimentEvaluator({ registry: new ExperimentRegistry([spec]) });
    return ids.map((userId) => {
      const { variant, inExperiment } = evaluator.chooseVariantSync({ experiment: spec.meta.name!, userId })!;
      return inExperiment ? spec.variants.findIndex(({ id }) => id === variant.id) : -1;
    });
  };
  const expectWithin5Se = (count: number, n: number, share: number): void => {
    expect(Math.abs(count - n * share)).toBeLessThan(5 * Math.sqrt(n * share * (1 - share)));
  };

  it("keep weights within 5 standard errors, whatever the scale", () => {
    const weighted = (scale: number): ExperimentSpec =>
      twoArms("demo.weights", {
        variants: [1, 2, 5].map((weight, index) => ({ id: index === 0 ? "control" : `v${index}`, name: "V", weight: weight * scale })),
      });
    const arms = armsOf(weighted(1));
    [1, 2, 5].forEach((weight, arm) => expectWithin5Se(arms.filter((chosen) => chosen === arm).length, ids.length, weight / 8));
    expect(armsOf(weighted(1000))).toEqual(arms);
  });

  it("split evenly inside a gate with a random fallback behind it", () => {
    const allocation = { type: "targeted", rules: [{ variantId: "b", percentage: 0.1 }], fallback: "random" } as const;
    const arms = armsOf(twoArms("demo.gate", { allocation: { ...allocation, rules: [...allocation.rules] } }));
    expectWithin5Se(arms.filter((arm) => arm === 1).length, ids.length, 0.1 + 0.9 * 0.5);
  });

  it("split evenly among units that are not held out, and inside a layer slice", () => {
    for (const more of [{ holdout: { id: "h" } }, { layer: { id: "l", mode: "split" as const, ranges: [{ from: 0.3, to: 0.5 }] } }]) {
      const arms = armsOf(twoArms("demo.slice", more)).filter((arm) => arm >= 0);
      expect(arms.length).toBeLessThan(ids.length);
      expectWithin5Se(arms.filter((arm) => arm === 1).length, arms.length, 0.5);
    }
  });

  it("follow a relabelled arm by its place, not by its name", () => {
    const renamed = twoArms("demo.labels", {
      controlVariant: "c0",
      variants: [
        { id: "c0", name: "Zero" },
        { key: "one", id: "one" },
      ],
    });
    expect(armsOf(renamed)).toEqual(armsOf(twoArms("demo.labels")));
  });

  it("of many small experiments vary like coins", () => {
    const few = ids.slice(0, 20);
    const counts = Array.from({ length: 4_000 }, (_, experiment) => {
      const [bucket] = [draw({ purpose: "arm", scope: `demo.${experiment}`, unitType: "userId" }, few)];
      return bucket.filter((u) => u < 0.5).length;
    });
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    // Binomial: 20 x 1/4 = 5, standard error .11.
    expect(Math.abs(variance - 5)).toBeLessThan(0.55);
  });
});
