import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleRatio } from "../../src/erm/index.ts";
import { createRng } from "../../src/random/index.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";

const rng = createRng("sample ratio");

describe("SRM, the user-level ratio check", () => {
  test("agrees with published chi-square values", () => {
    expect(sampleRatio({ units: [1000, 1200], weights: [0.5, 0.5], rng }).p).toBeCloseTo(0.000020079, 9);
    expect(sampleRatio({ units: [500, 500, 600], weights: [0.34, 0.33, 0.33], rng })).toMatchObject({
      p: expect.closeTo(0.000592638, 9),
      verdict: "invalid",
      exactness: "asymptotic",
    });
  });

  test("p below .001 alone is invalid, however small the shift", () => {
    const shift = sampleRatio({ units: [1_000_000, 1_005_000], weights: [1, 1], rng });
    expect(shift).toMatchObject({ verdict: "invalid", action: "hold", floor: null });
    expect(shift.effect).toBeLessThan(0.002);
  });

  test("chooses the method by size: exact, Monte Carlo with its seed, chi-square", () => {
    expect(sampleRatio({ units: [30, 28], weights: [1, 1], rng }).exactness).toBe("exact");
    const drawn = sampleRatio({ units: [400, 2, 1, 3], weights: [400, 1, 1, 1], rng });
    expect(drawn).toMatchObject({ exactness: "monteCarlo", draws: 19_999, seed: rng.seed });
    expect(sampleRatio({ units: [300, 280], weights: [1, 1], rng }).exactness).toBe("asymptotic");
  });

  test("keeps log p where p underflows", () => {
    const { p, logP } = sampleRatio({ units: [50_000, 2_000], weights: [1, 1], rng });
    expect(p).toBe(0);
    expect(logP).toBeLessThan(-20_000);
  });

  test("too few units to ever reach the level are insufficient, none at all too", () => {
    expect(sampleRatio({ units: [9, 0], weights: [1, 1], rng }).verdict).toBe("insufficient");
    expect(sampleRatio({ units: [11, 0], weights: [1, 1], rng }).verdict).toBe("invalid");
    expect(sampleRatio({ units: [0, 0], weights: [1, 1], rng }).verdict).toBe("insufficient");
  });

  test("the scale of the weights and the order of the arms change nothing", async () => {
    await assertProperty(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 200, max: 5_000 }), fc.integer({ min: 1, max: 5 })), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 1_000 }),
        (arms, scale) => {
          const check = (list: typeof arms, by: number) =>
            sampleRatio({ units: list.map(([units]) => units), weights: list.map(([, weight]) => weight * by), rng });
          const [plain, turned] = [check(arms, 1), check(arms.toReversed(), scale)];
          expect(turned.verdict).toBe(plain.verdict);
          expect(turned.logP).toBeCloseTo(plain.logP!, 6);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("an arm that was to get nothing is refused", () => {
    expect(refusalOf(() => sampleRatio({ units: [5, 5], weights: [1, 0], rng })).path).toContain("weights");
  });
});
