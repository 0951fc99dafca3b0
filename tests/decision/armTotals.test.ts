import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { armTotalsFigures, decideArmTotals, meanDifference } from "../../src/decision/index.ts";
import { verdicts } from "../../src/domain/index.ts";
import { assertProperty } from "../support/property.ts";

const arm = fc
  .integer({ min: 0, max: 20_000 })
  .chain((units) => fc.record({ units: fc.constant(units), successes: fc.integer({ min: 0, max: units }) }));

describe("figures of arm totals", () => {
  test("agree with values worked out elsewhere", () => {
    const { arms, outcome, best } = armTotalsFigures([
      { units: 1000, successes: 100 },
      { units: 1010, successes: 150 },
    ]);
    // Wilson 1927 at z = 1.959964; chi-square by expected counts.
    expect(arms[0]?.interval[0]).toBeCloseTo(0.08291, 4);
    expect(arms[0]?.interval[1]).toBeCloseTo(0.1202, 4);
    expect(outcome).toMatchObject({ df: 1, statistic: expect.closeTo(10.859608, 5), p: expect.closeTo(0.00098284, 7) });
    expect(best).toBe(1);
    expect(arms[1]!.pBest).toBeGreaterThan(0.999);
  });

  test("probabilities of being best sum to one, losses are not negative, and the sure winner loses least", async () => {
    await assertProperty(
      fc.property(fc.array(arm, { minLength: 2, maxLength: 8 }), (drawn) => {
        const { arms } = armTotalsFigures(drawn);
        expect(arms.reduce((sum, { pBest }) => sum + pBest, 0)).toBeCloseTo(1, 9);
        for (const { expectedLoss, interval, rate } of arms) {
          expect(expectedLoss).toBeGreaterThanOrEqual(0);
          expect(rate === null || (interval[0] <= rate && rate <= interval[1])).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("L11: an arm without units has no rate, and where nothing succeeded there is no test", () => {
    const none = armTotalsFigures([
      { units: 0, successes: 0 },
      { units: 10, successes: 0 },
    ]);
    expect(none.arms[0]?.rate).toBeNull();
    expect(none.outcome.p).toBeNull();
    expect(
      armTotalsFigures([
        { units: 0, successes: 0 },
        { units: 0, successes: 0 },
      ]).best,
    ).toBeNull();
  });

  test("the first of equal rates is the best", () => {
    expect(
      armTotalsFigures([
        { units: 10, successes: 2 },
        { units: 20, successes: 8 },
        { units: 10, successes: 4 },
      ]).best,
    ).toBe(1);
  });
});

describe("the decision on arm totals", () => {
  const clear = armTotalsFigures([
    { units: 5000, successes: 100 },
    { units: 5000, successes: 180 },
  ]);
  const decided = (changes: Partial<Parameters<typeof decideArmTotals>[0]>) =>
    decideArmTotals({ validity: "pass", figures: clear, variation: "single", ...changes }).kind;

  test("ships one varied field with a clear and cheap lead, and says why", () => {
    expect(decided({})).toBe("ship");
    expect(decideArmTotals({ validity: "pass", figures: clear, variation: "single" }).reasons.map(({ rule }) => rule)).toEqual([
      "difference",
      "attribution",
      "expectedLoss",
    ]);
  });

  test("credits nothing when several, none or unknown fields varied: a hypothesis at most", () => {
    for (const variation of ["multiple", "none", "undeclared"] as const) expect(decided({ variation })).toBe("hypothesis");
  });

  test("is a hypothesis when two leading arms are alike or the level is only the exploratory one", () => {
    const alike = armTotalsFigures([
      { units: 300, successes: 6 },
      { units: 300, successes: 30 },
      { units: 300, successes: 31 },
    ]);
    expect(decided({ figures: alike })).toBe("hypothesis");
    expect(
      decided({
        figures: armTotalsFigures([
          { units: 1000, successes: 20 },
          { units: 1000, successes: 33 },
        ]),
      }),
    ).toBe("hypothesis");
    expect(
      decided({
        figures: armTotalsFigures([
          { units: 1000, successes: 20 },
          { units: 1000, successes: 21 },
        ]),
      }),
    ).toBe("iterate");
  });

  test("L6: an invalid experiment never yields a winner, whatever its outcomes", async () => {
    await assertProperty(
      fc.property(
        fc.array(arm, { minLength: 2, maxLength: 5 }),
        fc.constantFrom("single" as const, "multiple" as const, "none" as const, "undeclared" as const),
        (drawn, variation) => {
          expect(decideArmTotals({ validity: "invalid", figures: armTotalsFigures(drawn), variation }).kind).toBe("invalid");
        },
      ),
      { numRuns: 30 },
    );
  });

  test("L7: without evidence it is insufficient", () => {
    expect(decided({ validity: "insufficient" })).toBe("insufficient");
    expect(
      decided({
        figures: armTotalsFigures([
          { units: 10, successes: 0 },
          { units: 10, successes: 0 },
        ]),
      }),
    ).toBe("insufficient");
    expect(verdicts.filter((validity) => decided({ validity }) === "ship")).toEqual(["pass", "warn"]);
  });
});

describe("the difference of means", () => {
  test("is Welch's test", () => {
    const { t, df, p, interval } = meanDifference({ count: 200, mean: 1, variance: 0.5 }, { count: 198, mean: 1.2, variance: 0.6 });
    expect(t).toBeCloseTo(2.6894, 4);
    expect(df).toBeCloseTo(392.0057, 3);
    expect(p).toBeCloseTo(0.0074637, 6);
    expect(interval![0]).toBeGreaterThan(0);
  });

  test("is not defined without both variances", () => {
    expect(meanDifference({ count: 200, mean: 1, variance: null }, { count: 198, mean: 1.2, variance: 0.6 })).toMatchObject({
      p: null,
      t: null,
    });
    expect(meanDifference({ count: 1, mean: 1, variance: 0 }, { count: 2, mean: 1, variance: 0 }).p).toBeNull();
    expect(meanDifference({ count: 5, mean: 1, variance: 0 }, { count: 5, mean: 2, variance: 0 }).p).toBeNull();
  });
});
