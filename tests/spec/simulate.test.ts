import { describe, expect, test } from "vitest";
import { type ExperimentSpec, simulateAssignment, type SimulationRequest, validateExperiment } from "../../src/spec/index.ts";
import { refusalOf } from "../support/refusal.ts";
import { twoArms } from "./support/specs.ts";

const simulated = (specs: readonly ExperimentSpec[], more: Partial<SimulationRequest> = {}) =>
  simulateAssignment({ experiments: specs.map((spec) => validateExperiment(spec)), unitCount: 20_000, ...more });
const gated = (name: string, percentage: number, more: Partial<ExperimentSpec> = {}): ExperimentSpec =>
  twoArms(name, { allocation: { type: "targeted", rules: [{ variantId: "b", percentage }], fallback: "random" }, ...more });

describe("simulated assignment", () => {
  test("passes experiments of every allocation, with weights, gates, holdout, layer and window", () => {
    const result = simulated([
      gated("gated", 0.1),
      twoArms("weighted", {
        variants: [
          { id: "control", name: "C", weight: 8 },
          { id: "b", name: "B" },
          { id: "never", name: "N", weight: 0 },
        ],
      }),
      twoArms("stuck", { allocation: { type: "sticky", attribute: "organizationId" }, holdout: { id: "h" } }),
      twoArms("sliced", { layer: { id: "a/b/c", mode: "split", ranges: [{ from: 0, to: 0.4 }] }, window: { startMs: 5, endMs: 9 } }),
      twoArms("posts", { unit: "post" }),
    ]);
    expect(result.verdict).toBe("pass");
    expect(result.pairs).toHaveLength(10);
    expect(result.pairs.every(({ verdict }) => verdict === "pass")).toBe(true);
    expect(result.lags.every(({ verdict }) => verdict === "pass")).toBe(true);
    const [gate, weighted, stuck, sliced] = result.experiments;
    expect(gate!.arms[1]!.share).toBeCloseTo(0.1 + 0.9 * 0.5, 1);
    expect(weighted!.arms.map(({ share }) => Math.round(share * 9))).toEqual([8, 1, 0]);
    expect(stuck!.excluded["holdout"]! / 20_000).toBeCloseTo(0.05, 2);
    expect(sliced!.inExperiment / 20_000).toBeCloseTo(0.4, 1);
    expect(result.shares.map(({ slice }) => slice)).toEqual([
      "all units",
      "units that no gate lets in",
      ...Array.from({ length: 4 }, () => ["all units", "units that gate b#0 of gated lets in"]).flat(),
    ]);
  });

  test("finds experiments that share a hash, which plain shares do not show", () => {
    const twins = ["gb.a", "gb.b"].map((name) => twoArms(name, { allocation: { type: "random", salt: "s" }, hashVersion: "gb-v2" }));
    const result = simulated(twins);
    expect(result.shares.every(({ verdict }) => verdict === "pass")).toBe(true);
    expect(result.pairs).toMatchObject([{ a: "gb.a", b: "gb.b", phi: 1, verdict: "fail" }]);
    expect(result.verdict).toBe("fail");
  });

  test("finds neighbouring ids that go together under GrowthBook's first hash and a short salt", () => {
    const [lag] = simulated([twoArms("demo", { hashVersion: "gb-v1", allocation: { type: "random", salt: "s" } })]).lags;
    expect(lag!.verdict).toBe("fail");
    expect(Math.abs(lag!.phi!)).toBeGreaterThan(lag!.bound!);
    expect(simulated([twoArms("demo")]).lags[0]!.verdict).toBe("pass");
  });

  test("sets units aside that could have got no other arm", () => {
    const vip = twoArms("vip", {
      allocation: {
        type: "targeted",
        rules: [{ variantId: "b", expression: "context.attributes?.segment === 'vip'" }],
        fallback: "random",
      },
    });
    expect(simulated([vip], { attributes: { segment: "vip" } })).toMatchObject({
      experiments: [{ arms: [{ units: 0 }, { units: 20_000 }], notDrawn: 20_000 }],
      shares: [{ units: 0, verdict: "insufficient" }],
      verdict: "insufficient",
    });
    expect(simulated([vip])).toMatchObject({ experiments: [{ notDrawn: 0 }], verdict: "pass" });
  });

  test("does not compare versions of one experiment, which are dealt alike on purpose", () => {
    const later = twoArms("demo");
    later.meta = { name: "demo", version: "2.0.0" };
    const result = simulated([twoArms("demo"), later]);
    expect(result.pairs).toEqual([]);
    expect(result.lags.map(({ experiment }) => experiment)).toEqual(["demo 1.0.0", "demo 2.0.0"]);
  });

  test("tells of policies that nobody answers for, once", () => {
    const policed = twoArms("demo", { allocation: { type: "targeted", rules: [{ variantId: "b", policy: { name: "p", version: 1 } }] } });
    expect(simulated([policed], { unitCount: 50 }).issues).toMatchObject([{ experiment: "demo", path: "allocation.rules[0].policy" }]);
    const allowed = simulated([policed], { unitCount: 50, policyChecker: () => true });
    expect(allowed).toMatchObject({ issues: [], experiments: [{ arms: [{ units: 0 }, { units: 50 }] }] });
  });

  test("is the same every time and for every family of ids a fair one", () => {
    expect(simulated([gated("a", 0.3), twoArms("b")])).toEqual(simulated([gated("a", 0.3), twoArms("b")]));
    for (const idFamily of ["padded", "uuid"] as const)
      expect(simulated([gated("a", 0.3), twoArms("b")], { idFamily }).verdict).toBe("pass");
  });

  test.each([0, -1, 1.5, Number.NaN, 1e9])("L12: refuses %s units", (unitCount) => {
    expect(refusalOf(() => simulated([twoArms("a")], { unitCount }))).toMatchObject({ code: "units-invalid", path: "unitCount" });
  });
});
