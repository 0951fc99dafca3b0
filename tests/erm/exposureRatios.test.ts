import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validityReportSchema } from "../../src/domain/index.ts";
import { checkExposureRatios, type ExposedUnit, type ExposureRatiosInput } from "../../src/erm/index.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";

const exposed = (counts: Readonly<Record<string, number>>, more: Partial<ExposedUnit> = {}, prefix = ""): ExposedUnit[] =>
  Object.entries(counts).flatMap(([variantId, count]) =>
    Array.from({ length: count }, (_, at) => ({
      unit: `user/${prefix}${variantId}${at}`,
      variantId,
      inExperiment: true,
      recordedAt: 1_000,
      ...more,
    })),
  );
const checked = (exposures: readonly ExposedUnit[], more: Partial<ExposureRatiosInput> = {}) =>
  checkExposureRatios({ experimentName: "onboarding.split_form", shares: { control: 1, b: 1 }, exposures, asOf: 2_000, ...more });
const srm = (report: ReturnType<typeof checked>, id = "SRM") => report.checks.find(({ checkId }) => checkId === id);

describe("user-level split of a spec's exposures", () => {
  test("agrees with the published chi-square of 1000 to 1200, and is invalid by p alone", () => {
    const report = checked(exposed({ control: 1000, b: 1200 }));
    expect(srm(report)).toMatchObject({ verdict: "invalid", n: [1000, 1200], exactness: "asymptotic" });
    expect(srm(report)!.p).toBeCloseTo(0.000020079, 8);
    expect(report.verdict).toBe("invalid");
    expect(validityReportSchema.safeParse(report).error?.issues).toBeUndefined();
  });

  test("passes an honest split, and cannot speak with a handful of units", () => {
    expect(checked(exposed({ control: 1010, b: 990 })).verdict).toBe("pass");
    expect(srm(checked(exposed({ control: 5, b: 3 })))).toMatchObject({ verdict: "insufficient" });
    expect(checked([]).verdict).toBe("insufficient");
  });

  test("does not count held-out units, whose arm was never drawn", () => {
    const heldOut = exposed({ control: 500 }, { inExperiment: false }, "held");
    expect(srm(checked([...exposed({ control: 1000, b: 1000 }), ...heldOut]))).toMatchObject({ verdict: "pass", n: [1000, 1000] });
  });

  test("sees a gate that is broken though the whole looks fine", () => {
    const report = checked([
      ...exposed({ control: 600, b: 400 }, { ruleId: "vip" }, "v"),
      ...exposed({ control: 400, b: 600 }, { ruleId: "rest" }, "r"),
    ]);
    expect(srm(report)).toMatchObject({ verdict: "pass" });
    expect(srm(report, "SRM gate vip")).toMatchObject({ verdict: "invalid", n: [600, 400] });
    expect(report.verdict).toBe("invalid");
  });

  test("expects of a gate its own shares", () => {
    const units = [
      ...exposed({ control: 100, b: 900 }, { ruleId: "vip" }, "v"),
      ...exposed({ control: 500, b: 500 }, { ruleId: "rest" }, "r"),
    ];
    expect(checked(units).verdict).toBe("invalid");
    const report = checked(units, { gates: { vip: { control: 1, b: 9 } } });
    expect(report.verdict).toBe("pass");
    expect(srm(report)!.p).toBeGreaterThan(0.9);
  });

  test("sees a segment in which an arm loses its units", () => {
    const old = exposed({ control: 300, b: 150 }, { segments: { browser: "old" } }, "o");
    const fresh = exposed({ control: 2000, b: 2000 }, { segments: { browser: "new" } }, "n");
    const report = checked([...old, ...fresh]);
    expect(srm(report, "SRM segment browser=old")).toMatchObject({ verdict: "invalid" });
    expect(srm(report, "SRM segment browser=new")).toMatchObject({ verdict: "pass" });
  });

  test("a unit in two arms, or in an arm without a share, is a leak", () => {
    const honest = exposed({ control: 1000, b: 1000 });
    const crossed = { ...honest[0]!, variantId: "b" };
    expect(checked([...honest, crossed]).checks[0]).toMatchObject({ checkId: "E1", verdict: "invalid", statistic: 1 });
    expect(checked([...honest, ...exposed({ retired: 1 })]).checks[0]).toMatchObject({ checkId: "E1", verdict: "invalid" });
    expect(checked([...honest, ...exposed({ c: 1 })], { shares: { control: 1, b: 1, c: 0 } }).checks[0]).toMatchObject({
      verdict: "invalid",
    });
  });

  test("L11: duplicates and records from the future change nothing", () =>
    assertProperty(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (control, b) => {
        const units = exposed({ control, b });
        const late = exposed({ control: 50 }, { recordedAt: 3_000 }, "late");
        expect(checked([...units.toReversed(), ...units, ...late]).checks.slice(1)).toEqual(checked(units).checks.slice(1));
      }),
      { numRuns: 30 },
    ));

  test.each<[string, Partial<ExposureRatiosInput>, string]>([
    ["one arm", { shares: { control: 1 } }, "shares"],
    ["a share below 0", { shares: { control: 1, b: -1 } }, "shares.b"],
    ["a gate of an unknown arm", { gates: { vip: { c: 1 } } }, "gates.vip.c"],
    ["a gate without shares", { gates: { vip: {} } }, "gates.vip"],
  ])("refuses %s", (_, more, path) => {
    expect(refusalOf(() => checked(exposed({ control: 1, b: 1 }), more))).toMatchObject({ path });
  });
});
