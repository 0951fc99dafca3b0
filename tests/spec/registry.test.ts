import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ExperimentEvaluator, ExperimentRegistry, type ExperimentSpec, experimentSpecSchema } from "../../src/spec/index.ts";
import { OnboardingSplitFormExperiment, twoArms } from "./support/specs.ts";

const versioned = (name: string, version: string | number): ExperimentSpec => twoArms(name, { meta: { name, version } });
const rules = (...list: object[]): Partial<ExperimentSpec> => ({
  allocation: { type: "targeted", rules: list } as ExperimentSpec["allocation"],
});

describe("a registry", () => {
  it("serves the published example with both names filled in", () => {
    const registry = new ExperimentRegistry([OnboardingSplitFormExperiment]);
    const spec = registry.get("sigil.onboarding.split_form")!;
    expect(spec.meta).toMatchObject({ name: "sigil.onboarding.split_form", key: "sigil.onboarding.split_form", version: "1.0.0" });
    expect(spec.variants[1]).toMatchObject({ name: "Multi-step form", key: "Multi-step form" });
    expect(spec.successMetrics![0]!.telemetryEvent).toEqual({
      name: "sigil.telemetry.onboarding_completed",
      key: "sigil.telemetry.onboarding_completed",
      version: "1.0.0",
    });
    expect(registry.list()).toEqual([spec]);
  });

  it("reads key as name, name before key, and falls back to the id of a variant", () => {
    const registry = new ExperimentRegistry([
      {
        ...twoArms("x"),
        meta: { key: "by.key", version: 3 },
        variants: [{ id: "control", key: "c", name: "C" }, { id: "b" } as never],
      },
    ]);
    const spec = registry.get("by.key", "3.0.0")!;
    expect(spec.meta).toMatchObject({ name: "by.key", key: "by.key", version: 3 });
    expect(spec.variants).toMatchObject([
      { name: "C", key: "c" },
      { name: "b", key: "b" },
    ]);
    expect(new ExperimentRegistry([{ ...twoArms("x"), meta: { name: "wins", key: "loses", version: 1 } }]).has("loses")).toBe(false);
  });

  it("serves the highest version, compared by number, and a prerelease only if pinned or alone", () => {
    const registry = new ExperimentRegistry(["1.9.0", "1.10.0", "2.0.0-beta.1", "1.2", 1].map((version) => versioned("a", version)));
    const at = (version?: string | number): unknown => registry.get("a", version)?.meta.version;
    expect(at()).toBe("1.10.0");
    expect([at("2.0.0-beta.1"), at("1"), at(1), at("1.0.0"), at("1.2.0")]).toEqual(["2.0.0-beta.1", 1, 1, 1, "1.2"]);
    const early = new ExperimentRegistry(["1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-alpha.beta"].map((version) => versioned("a", version)));
    expect(early.get("a")!.meta.version).toBe("1.0.0-alpha.beta");
    early.register(versioned("a", "0.1.0"));
    expect(early.get("a")!.meta.version).toBe("0.1.0");
  });

  it("answers undefined for what it does not know or cannot read", () => {
    const registry = new ExperimentRegistry([versioned("a.b", "1.0.0"), versioned("a.b.c", "2.0.0")]);
    for (const version of ["2.0.0", "one", "1.0.0.0", "01.0.0", "", "v1", 1.5, -1, Number.NaN])
      expect(registry.get("a.b", version)).toBeUndefined();
    expect(registry.get("a")).toBeUndefined();
    expect(registry.get("a.b")!.meta.version).toBe("1.0.0");
    expect(registry.get("__proto__")).toBeUndefined();
  });

  it("lists in the order of registration, filtered by what is given", () => {
    const registry = new ExperimentRegistry()
      .register(versioned("b", 1))
      .register({ ...twoArms("a"), meta: { name: "a", version: 1, owners: ["@x"], tags: ["t"], domain: "d", stability: "beta" } })
      .register({ ...versioned("b", 2), tags: ["t"] });
    const namesOf = (filter: Parameters<typeof registry.list>[0]): string[] =>
      registry.list(filter).map(({ meta }) => `${meta.name}${meta.version}`);
    expect(namesOf({})).toEqual(["b1", "a1", "b2"]);
    expect(namesOf({ tag: "t" })).toEqual(["a1", "b2"]);
    expect(namesOf({ name: "b" })).toEqual(["b1", "b2"]);
    expect(namesOf({ owner: "@x", domain: "d", stability: "beta" })).toEqual(["a1"]);
  });

  it("keeps a private copy: neither the caller nor a reader can alter it", () => {
    const spec = twoArms("a", rules({ variantId: "b", expression: "true" }));
    const registry = new ExperimentRegistry([spec]);
    spec.variants[0]!.weight = 9;
    (spec.allocation as { rules: unknown[] }).rules.length = 0;
    expect(registry.get("a")!.variants[0]!.weight).toBeUndefined();
    expect(new ExperimentEvaluator({ registry }).chooseVariantSync({ experiment: "a" })!.reason).toBe("targeted");
    expect(Object.isFrozen(spec.variants[0])).toBe(false);
    expect(() => Object.assign(registry.get("a")!.allocation, { type: "random" })).toThrow(TypeError);
  });

  it("registers again what it gave out as JSON, with the same assignments", () => {
    const first = new ExperimentRegistry([OnboardingSplitFormExperiment, twoArms("a", { hashVersion: "gb-v2", holdout: { id: "h" } })]);
    const second = new ExperimentRegistry(JSON.parse(JSON.stringify(first.list())) as ExperimentSpec[]);
    expect(second.list()).toEqual(first.list());
    const [a, b] = [first, second].map((registry) => new ExperimentEvaluator({ registry }));
    for (let user = 0; user < 200; user++)
      for (const experiment of ["a", "sigil.onboarding.split_form"])
        expect(b!.chooseVariantSync({ experiment, userId: `u-${user}` })).toEqual(
          a!.chooseVariantSync({ experiment, userId: `u-${user}` }),
        );
  });
});

it("has a schema that can be published", () => {
  const schema = z.toJSONSchema(experimentSpecSchema, { io: "input" });
  expect(schema.required).toEqual(["meta", "controlVariant", "variants", "allocation"]);
  expect(experimentSpecSchema.parse(OnboardingSplitFormExperiment)).toEqual(OnboardingSplitFormExperiment);
});

describe("registration refuses, with path and fix", () => {
  const nul = "a\0b";
  it.each<[string, Partial<ExperimentSpec> | (() => unknown), string, RegExp]>([
    [
      "a repeated variant id",
      {
        variants: [
          { id: "control", name: "C" },
          { id: "control", name: "D" },
        ],
      },
      "variants[1].id",
      /own id/,
    ],
    ["a control that is not a variant", { controlVariant: "gone" }, "controlVariant", /control, b/],
    ["a negative weight", { variants: [{ id: "control", name: "C", weight: -1 }] }, "variants[0].weight", /0 or more/],
    ["an endless weight", { variants: [{ id: "control", name: "C", weight: Infinity }] }, "variants[0].weight", /finite/],
    ["a weight that is no number", { variants: [{ id: "control", name: "C", weight: Number.NaN }] }, "variants[0].weight", /finite/],
    [
      "weights that sum to 0",
      {
        variants: [
          { id: "control", name: "C", weight: 0 },
          { id: "b", name: "B", weight: 0 },
        ],
      },
      "variants",
      /above 0/,
    ],
    [
      "weights that sum beyond numbers",
      {
        variants: [
          { id: "control", name: "C", weight: 1e308 },
          { id: "b", name: "B", weight: 1e308 },
        ],
      },
      "variants",
      /smaller/,
    ],
    ["a percentage that is a text", rules({ variantId: "b", percentage: "0.5" }), "allocation.rules[0].percentage", /number/],
    ["a weight that is a text", { variants: [{ id: "control", name: "C", weight: "1" as never }] }, "variants[0].weight", /number/],
    ["no variants", { variants: [] }, "variants", /./],
    ["a percentage meant as percent", rules({ variantId: "b", percentage: 25 }), "allocation.rules[0].percentage", /0\.25/],
    ["a negative percentage", rules({ variantId: "b", percentage: -0.1 }), "allocation.rules[0].percentage", /0 to 1/],
    ["a percentage that is no number", rules({ variantId: "b", percentage: Number.NaN }), "allocation.rules[0].percentage", /0 to 1/],
    ["a rule for an unknown variant", rules({ variantId: "z" }), "allocation.rules[0].variantId", /control, b/],
    ["a mistyped field of a rule", rules({ variantId: "b", percentge: 0.1 }), "allocation.rules[0].percentge", /percentge/],
    ["an unknown field of the allocation", { allocation: { type: "random", weights: [1] } as never }, "allocation.weights", /weights/],
    ["an unknown allocation type", { allocation: { type: "rotating" } as never }, "allocation.type", /random, sticky, targeted/],
    ["an unknown attribute", { allocation: { type: "sticky", attribute: "deviceId" } as never }, "allocation.attribute", /userId/],
    ["an unknown fallback", { allocation: { type: "targeted", rules: [], fallback: "none" } as never }, "allocation.fallback", /control/],
    [
      "an unknown aggregation",
      { successMetrics: [{ name: "m", telemetryEvent: { name: "e", version: 1 }, aggregation: "sum" as never }] },
      "successMetrics[0].aggregation",
      /p75/,
    ],
    [
      "an unknown override type",
      { variants: [{ id: "control", name: "C", overrides: [{ type: "page" as never, target: "t" }] }] },
      "variants[0].overrides[0].type",
      /workflow/,
    ],
    [
      "an unparsable expression",
      rules({ variantId: "b" }, { variantId: "b", expression: "context.a ===" }),
      "allocation.rules[1].expression",
      /./,
    ],
    ["an expression that calls out", rules({ variantId: "b", expression: "process.exit()" }), "allocation.rules[0].expression", /includes/],
    ["repeated rule ids", rules({ variantId: "b", id: "r" }, { variantId: "control", id: "r" }), "allocation.rules[1].id", /own id/],
    ["NUL in the name", { meta: { name: nul, version: 1 } }, "meta.name", /NUL/],
    ["NUL in the salt", { allocation: { type: "random", salt: nul } }, "allocation.salt", /NUL/],
    ["NUL in a rule id", rules({ variantId: "b", id: nul }), "allocation.rules[0].id", /NUL/],
    ["NUL in the unit type", { unit: nul }, "unit", /NUL/],
    ["NUL in a layer id", { layer: { id: nul } }, "layer.id", /NUL/],
    ["a missing name", { meta: { version: 1 } as never }, "meta.name", /name/],
    ["a missing version", { meta: { name: "a" } as never }, "meta.version", /./],
    ["an unparsable version", { meta: { name: "a", version: "next" } }, "meta.version", /1\.0\.0/],
    ["a fractional version number", { meta: { name: "a", version: 1.5 } }, "meta.version", /1\.0\.0/],
    ["an unknown hash version", { hashVersion: "md5" as never }, "hashVersion", /m3-1/],
    ["coverage outside GrowthBook's hashes", { coverage: 0.5 }, "coverage", /gb-v1/],
    ["a sticky allocation with another unit", { allocation: { type: "sticky", attribute: "userId" }, unit: "post" }, "unit", /userId/],
    ["a split layer without ranges", { layer: { id: "l", mode: "split" } }, "layer.ranges", /ranges/],
    ["an exclusive layer with ranges", { layer: { id: "l", ranges: [{ from: 0, to: 0.5 }] } }, "layer.ranges", /split/],
    ["an empty range", { layer: { id: "l", mode: "split", ranges: [{ from: 0.5, to: 0.5 }] } }, "layer.ranges[0].to", /greater/],
    ["a holdout without room for its twin", { holdout: { id: "h", share: 0.6 } }, "holdout.share", /0\.5/],
    ["a window that ends before it starts", { window: { startMs: 2, endMs: 1 } }, "window.endMs", /greater/],
  ])("%s", (_, more, path, fix) => {
    const registry = new ExperimentRegistry();
    expect(() => registry.register(twoArms("a", more as Partial<ExperimentSpec>))).toThrow(
      expect.objectContaining({ name: "DomainError", path, fix: expect.stringMatching(fix) as string }),
    );
    expect(registry.list()).toEqual([]);
  });

  it("a repeated name and version, however the version is written", () => {
    const registry = new ExperimentRegistry([versioned("a", 1)]);
    for (const version of [1, "1", "1.0", "1.0.0", "1.0.0+build"])
      expect(() => registry.register(versioned("a", version))).toThrow(
        expect.objectContaining({ code: "experiment-repeated", path: "meta.version" }),
      );
    expect(registry.list()).toHaveLength(1);
  });

  it("what is no spec at all", () => {
    for (const nothing of [null, undefined, 1, "spec", []])
      expect(() => new ExperimentRegistry().register(nothing as never)).toThrow(expect.objectContaining({ code: "experiment-invalid" }));
  });

  it("but not an expression that another evaluator reads", () => {
    const spec = twoArms("a", rules({ variantId: "b", expression: "segment IS vip" }));
    expect(new ExperimentRegistry([spec], { expressions: "external" }).has("a")).toBe(true);
  });

  it("and lets pass what lint finds, and fields it does not know outside allocation", () => {
    const lone = { ...twoArms("a"), variants: [{ id: "control", name: "C" }], rollout: "later" } as ExperimentSpec;
    expect(new ExperimentRegistry([lone]).get("a")).toMatchObject({ rollout: "later" });
  });
});
