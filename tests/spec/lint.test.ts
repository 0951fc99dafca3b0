import { describe, expect, it } from "vitest";
import {
  assignmentFingerprint,
  baselineOf,
  ExperimentRegistry,
  type ExperimentSpec,
  type LintContext,
  lintExperiment,
  lintRules,
  type RegisteredExperiment,
  SpecCatalog,
  StabilityEnum,
} from "../../src/spec/index.ts";
import { OnboardingSplitFormExperiment, twoArms } from "./support/specs.ts";

const day = 86_400_000;
const registered = (spec: ExperimentSpec): RegisteredExperiment => new ExperimentRegistry([spec]).list()[0]!;

/** Nothing to find fault with. */
const exemplary: ExperimentSpec = twoArms("demo.clean", {
  meta: {
    name: "demo.clean",
    version: "1.0.0",
    title: "T",
    description: "D",
    domain: "d",
    owners: ["@o"],
    stability: StabilityEnum.Experimental,
  },
  variants: [
    { id: "control", name: "C" },
    { id: "b", name: "B", overrides: [{ type: "theme", target: "dark", replaces: "light" }] },
  ],
  allocation: { type: "targeted", rules: [{ variantId: "b", percentage: 0.5, expression: "context.attributes?.x" }], fallback: "control" },
  successMetrics: [{ name: "M", telemetryEvent: { name: "done", version: 1 }, aggregation: "avg", property: "ms" }],
  window: { startMs: 0, endMs: 28 * day },
});
const telemetry = [
  {
    meta: { name: "t", version: 1 },
    events: [
      { name: "done", version: 1, privacy: "public" as const, properties: { ms: { type: "number" } } },
      { name: "profile", version: 1, privacy: "pii" as const },
      { name: "sampled", version: 1, privacy: "public" as const, sampling: { rate: 0.5 } },
    ],
  },
];
const metricOf = (name: string): Partial<ExperimentSpec> => ({
  successMetrics: [{ name: "M", telemetryEvent: { name, version: 1 }, aggregation: "count" }],
});
const rules = (...list: Extract<ExperimentSpec["allocation"], { type: "targeted" }>["rules"]): Partial<ExperimentSpec> => ({
  allocation: { type: "targeted", rules: list, fallback: "control" },
});
const controlLike = (more: Partial<ExperimentSpec["variants"][number]>): Partial<ExperimentSpec> => ({
  variants: [{ id: "control", name: "C", ...more } as ExperimentSpec["variants"][number], exemplary.variants[1]!],
});
const half = { variantId: "b", percentage: 0.5, expression: "context.flags" };

describe("lint", () => {
  it("finds nothing in an exemplary experiment", () => {
    expect(lintExperiment(registered(exemplary), { telemetry, nowMs: 1 })).toEqual([]);
  });

  const faults: [ruleId: string, more: Partial<ExperimentSpec>, path: string, context?: LintContext][] = [
    ["window-missing", { window: {} }, "window.endMs"],
    ["window-too-long", { window: { startMs: 0, endMs: 28 * day + 1 } }, "window.endMs"],
    ["version-not-bumped", {}, "meta.version", { baseline: { "demo.clean": { version: "1.0.0", fingerprint: "sha256:other" } } }],
    [
      "units-would-move",
      { meta: { ...exemplary.meta, version: 2 } },
      "bucketingVersion",
      { baseline: { "demo.clean": { version: "1.0.0", fingerprint: "sha256:other", bucketingVersion: 1 } } },
    ],
    ["single-variant", { variants: [{ id: "control", name: "C" }], ...rules() }, "variants"],
    ["control-without-weight", controlLike({ weight: 0 }), "variants[0].weight"],
    ["control-has-overrides", controlLike({ overrides: [{ type: "theme", target: "x", replaces: "y" }] }), "variants[0].overrides"],
    [
      "override-irreversible",
      {
        variants: [
          { id: "control", name: "C" },
          { id: "b", name: "B", overrides: [{ type: "theme", target: "dark" }] },
        ],
      },
      "variants[1].overrides[0]",
    ],
    ["override-irreversible", {}, "variants[1].overrides[0]", { catalog: new SpecCatalog({ theme: [{ meta: { name: "light" } }] }) }],
    [
      "override-collision",
      {},
      "variants[1].overrides[0].target",
      { live: [registered({ ...exemplary, meta: { ...exemplary.meta, name: "demo.other" } })] },
    ],
    ["metric-missing", { successMetrics: [] }, "successMetrics"],
    ["metric-event-unknown", metricOf("gone"), "successMetrics[0].telemetryEvent"],
    ["metric-not-reviewed", metricOf("profile"), "successMetrics[0].telemetryEvent"],
    ["metric-sampled", metricOf("sampled"), "successMetrics[0].telemetryEvent"],
    [
      "metric-property-missing",
      { successMetrics: [{ name: "M", telemetryEvent: { name: "done", version: 1 }, aggregation: "p95" }] },
      "successMetrics[0].property",
    ],
    ["too-many-rules", rules(half, half, half, half), "allocation.rules"],
    ["rule-without-policy", { meta: { ...exemplary.meta, stability: StabilityEnum.Stable } }, "allocation.rules[0].policy"],
    ["targeted-not-randomised", rules({ variantId: "b", expression: "context.flags" }), "allocation.rules[0].percentage"],
    [
      "gate-plus-random-fallback",
      { allocation: { type: "targeted", rules: [half], fallback: "random" } },
      "allocation.rules[0].percentage",
    ],
    ["unreachable-rule", rules({ ...half, percentage: 0 }), "allocation.rules[0].percentage"],
    ["winner-not-promoted", {}, "meta.stability", { winners: { "demo.clean": "b" } }],
    ["winner-not-promoted", {}, "meta.stability", { nowMs: 28 * day }],
    ["ownership-missing", { meta: { ...exemplary.meta, owners: [] } }, "meta.owners"],
  ];
  it.each(faults)("%s is found, alone, with path and fix", (ruleId, more, path, context = {}) => {
    const findings = lintExperiment(registered({ ...exemplary, ...more }), { telemetry, ...context });
    expect(findings.map((finding) => `${finding.ruleId} ${finding.path}`)).toEqual([`${ruleId} ${path}`]);
    expect(findings[0]!.fix).toMatch(/^[A-Z].*\.$/);
  });

  it("has a test for every rule", () => {
    const tested = new Set(faults.map(([ruleId]) => ruleId));
    expect(lintRules.map(({ id }) => id).filter((id) => !tested.has(id))).toEqual([]);
    expect(new Set(lintRules.map(({ id }) => id)).size).toBe(lintRules.length);
  });

  it("finds rules that stand behind one that takes everybody", () => {
    const spec = registered({ ...exemplary, ...rules({ variantId: "b" }, half) });
    expect(lintExperiment(spec).filter(({ ruleId }) => ruleId === "unreachable-rule")).toMatchObject([{ path: "allocation.rules[1]" }]);
  });

  it("says what a gate with random fallback really gives", () => {
    const spec = registered({ ...exemplary, allocation: { type: "targeted", rules: [{ ...half, percentage: 0.2 }], fallback: "random" } });
    expect(lintExperiment(spec)[0]!.message).toContain("probability 0.6, not 0.2");
  });

  it("lets two experiments on one target share a layer", () => {
    const layer = { id: "acme/app/theme" };
    const other = registered({ ...exemplary, layer, meta: { ...exemplary.meta, name: "demo.other" } });
    expect(lintExperiment(registered({ ...exemplary, layer }), { live: [other] })).toEqual([]);
  });

  it("of the published example names what its page leaves open", () => {
    expect(lintExperiment(registered(OnboardingSplitFormExperiment)).map(({ ruleId }) => ruleId)).toEqual([
      "window-missing",
      "override-irreversible",
      "targeted-not-randomised",
    ]);
  });
});

describe("a baseline", () => {
  const baseline = { "demo.clean": baselineOf(registered(exemplary)) };
  const foundIn = (more: Partial<ExperimentSpec>, hasStore = false): string[] =>
    lintExperiment(registered({ ...exemplary, ...more }), { baseline, hasStore }).map(({ ruleId }) => ruleId);
  it("lets an edit of arms pass only with a new version, and a store or a new bucketing version", () => {
    const edit = controlLike({ weight: 3 });
    const meta = { ...exemplary.meta, version: "1.1.0" } as ExperimentSpec["meta"];
    expect(foundIn({})).toEqual([]);
    expect(foundIn(edit)).toEqual(["version-not-bumped", "units-would-move"]);
    expect(foundIn({ ...edit, meta })).toEqual(["units-would-move"]);
    expect(foundIn({ ...edit, meta }, true)).toEqual([]);
    expect(foundIn({ ...edit, meta, bucketingVersion: 2 })).toEqual([]);
  });
});

describe("the fingerprint of an assignment", () => {
  const of = (more: Partial<ExperimentSpec>): string => assignmentFingerprint(registered({ ...exemplary, ...more }));
  it("changes with what assigns and with nothing else", () => {
    const first = of({});
    expect(of({ successMetrics: [], tags: ["x"], meta: { ...exemplary.meta, title: "Other", version: 7 } })).toBe(first);
    for (const more of [
      { bucketingVersion: 2 },
      { hashVersion: "gb-v2" as const },
      rules(half),
      controlLike({ weight: 2 }),
      { unit: "post" },
      { holdout: { id: "h" } },
    ])
      expect(of(more)).not.toBe(first);
  });
});
