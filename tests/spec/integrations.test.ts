import { describe, expect, it } from "vitest";
import { journalEventSchema } from "../../src/domain/index.ts";
import {
  checkExperimentRefs,
  checkSuccessMetrics,
  createExposureReporter,
  type DataViewSpec,
  type EvaluationIssue,
  ExperimentEvaluator,
  ExperimentRegistry,
  type ExperimentSpec,
  exposureEvent,
  type FeatureModuleSpec,
  policyCheckerOf,
  PolicyEngine,
  type PolicyRequest,
  type PolicySpec,
  promoteVariant,
  resolveExperimentRefs,
  resolveSpec,
  SpecCatalog,
  type SuccessMetric,
  type TelemetrySpec,
  type UnitExposed,
} from "../../src/spec/index.ts";
import { OnboardingSplitFormExperiment, twoArms } from "./support/specs.ts";

const versioned = (name: string, version: string): ExperimentSpec => twoArms(name, { meta: { name, version } });

describe("refs to experiments", () => {
  const registry = new ExperimentRegistry([versioned("a", "1.0.0"), versioned("a", "2.0.0"), versioned("b", "1.0.0")]);
  const module: FeatureModuleSpec = {
    meta: { name: "onboarding", version: 1 },
    experiments: [
      { name: "a" },
      { key: "a", version: "2" },
      { name: "a", version: 1 },
      { key: "gone" },
      { name: "b", version: "3.0.0" },
      {} as never,
    ],
  };

  it("without a version mean the latest", () => {
    expect(resolveExperimentRefs({ experiments: [{ key: "a" }, { name: "b" }] }, registry).map(({ meta }) => meta.version)).toEqual([
      "2.0.0",
      "1.0.0",
    ]);
  });

  it("are checked for duplicates and for what does not exist", () => {
    expect(checkExperimentRefs(module, registry)).toMatchObject([
      { code: "experiment-ref-repeated", path: "experiments[1]" },
      { code: "experiment-ref-unknown", path: "experiments[3]", fix: "Register the experiment, or remove the ref." },
      { code: "experiment-ref-unknown", path: "experiments[4]", fix: "Leave the version out, or write 1.0.0." },
      { code: "experiment-ref-unnamed", path: "experiments[5]" },
    ]);
    const view: DataViewSpec = { meta: { key: "v", version: 1 } };
    expect(checkExperimentRefs(view, registry)).toEqual([]);
  });
});

describe("telemetry behind success metrics", () => {
  const telemetry: TelemetrySpec[] = [
    {
      meta: { name: "t", version: 1 },
      events: [
        { name: "done", version: "1.0.0", privacy: "internal", properties: { ms: { type: "number" }, plan: { type: "string" } } },
        { key: "profile", version: 1, privacy: "pii" },
        { key: "reviewed", version: 1, privacy: "sensitive", review: { by: "dpo", at: "2026-01-01" } },
        { key: "sampled", version: 1, privacy: "public", sampling: { rate: 0.1 } },
      ],
    },
  ];
  const issuesOf = (
    name: string,
    version: string | number,
    more: Partial<Pick<SuccessMetric, "aggregation" | "property">> = {},
  ): string[] => {
    const metric = { name: "m", telemetryEvent: { name, version }, aggregation: "count" as const, ...more };
    const spec = new ExperimentRegistry([twoArms("a", { successMetrics: [metric] })]).get("a")!;
    return checkSuccessMetrics(spec, telemetry).map(({ code }) => code);
  };

  it.each([
    ["done", "1.0.0", {}, []],
    ["done", 1, { aggregation: "p95", property: "ms" }, []],
    ["done", 1, { aggregation: "avg", property: "plan" }, ["metric-property-missing"]],
    ["done", 1, { aggregation: "avg", property: "gone" }, ["metric-property-missing"]],
    ["done", "2.0.0", {}, ["metric-event-unknown"]],
    ["gone", 1, {}, ["metric-event-unknown"]],
    ["profile", 1, {}, ["metric-not-reviewed"]],
    ["reviewed", 1, {}, []],
    ["sampled", 1, {}, ["metric-sampled"]],
  ] as const)("%s %s with %j gives %j", (name, version, more, codes) => {
    expect(issuesOf(name, version, more)).toEqual(codes);
  });
});

describe("the policy engine", () => {
  const policies: PolicySpec[] = [
    {
      meta: { name: "vip", version: "1.0.0" },
      rules: [
        { id: "beta", effect: "allow", actions: ["experiment_targeting"], subject: { roles: ["beta"] } },
        {
          effect: "allow",
          resource: { type: "experiment", attributes: { name: "demo" } },
          conditions: [{ expression: "context.subject.attributes?.age >= 18" }],
        },
        { id: "minor", effect: "deny", conditions: [{ expression: "context.subject.attributes?.age < 13" }], reason: "too young" },
      ],
    },
    {
      meta: { key: "careful", version: 1 },
      rules: [{ effect: "allow" }, { effect: "deny", conditions: [{ expression: "context.subject.attributes.age.years > 1" }] }],
    },
    { meta: { key: "open", version: 1 }, rules: [{ effect: "allow" }] },
    {
      meta: { key: "broken", version: 1 },
      rules: [{ effect: "allow", conditions: [{ expression: "context.subject.attributes.age.years > 1" }] }],
    },
  ];
  const engine = new PolicyEngine(policies);
  const ask = (roles: string[] | undefined, age: number | undefined, names: PolicyRequest["policies"], name = "other"): string => {
    const { effect, ruleIds } = engine.decide({
      action: "experiment_targeting",
      subject: { roles, attributes: { age } },
      resource: { type: "experiment", attributes: { name } },
      policies: names,
    });
    return `${effect} ${ruleIds.join(" ")}`.trim();
  };
  const vip = [{ name: "vip", version: 1 }];

  it("allows what a rule allows, denies by default, and lets deny win", () => {
    expect(ask(["beta"], 20, vip)).toBe("allow vip/beta");
    expect(ask(undefined, 20, vip)).toBe("deny");
    expect(ask(undefined, 20, vip, "demo")).toBe("allow vip/1");
    expect(ask(["beta"], 5, vip)).toBe("deny vip/beta vip/minor");
  });

  it("denies an unknown policy, an unknown version and no policy, instead of throwing", () => {
    expect(ask(["beta"], 20, [{ name: "gone", version: 1 }])).toBe("deny");
    expect(ask(["beta"], 20, [{ name: "vip", version: 2 }])).toBe("deny");
    expect(ask(["beta"], 20, [])).toBe("deny");
    expect(ask(["beta"], 20, [...vip, { key: "open", version: 1 }])).toBe("allow vip/beta open/0");
    expect(ask([], 20, [...vip, { key: "open", version: 1 }])).toBe("deny");
  });

  it("fails closed on a condition it cannot read, whatever the effect", () => {
    expect(ask([], undefined, [{ key: "careful", version: 1 }])).toBe("deny careful/0 careful/1");
    expect(ask([], undefined, [{ key: "broken", version: 1 }])).toBe("deny");
  });

  it("refuses policies it cannot read, with the path", () => {
    const broken = {
      meta: { name: "x", version: 1 },
      rules: [{ effect: "allow", conditions: [{ expression: "eval(1)" }] }],
    } satisfies PolicySpec;
    expect(() => new PolicyEngine([broken])).toThrow(
      expect.objectContaining({ code: "expression-refused", path: "policies[0].rules[0].conditions[0].expression" }),
    );
    expect(() => new PolicyEngine([{ meta: { name: "x", version: 1 }, rules: [{ effect: "permit" as never }] }])).toThrow(
      expect.objectContaining({ path: "rules[0].effect" }),
    );
    expect(() => new PolicyEngine([{ meta: { name: "x", version: "soon" }, rules: [] }])).toThrow(
      expect.objectContaining({ path: "policies[0].meta" }),
    );
  });

  it("serves the evaluator as the page writes it, and through the adapter", async () => {
    const registry = new ExperimentRegistry([
      twoArms("demo", { allocation: { type: "targeted", rules: [{ variantId: "b", policy: { name: "vip", version: "1.0.0" } }] } }),
    ]);
    const written = new ExperimentEvaluator({
      registry,
      policyChecker: (policyRef, context) =>
        engine.decide({
          action: "experiment_targeting",
          subject: { roles: context.flags },
          resource: { type: "experiment", attributes: { name: context.experiment } },
          policies: [policyRef],
        }).effect === "allow",
    });
    const adapted = new ExperimentEvaluator({ registry, policyChecker: policyCheckerOf(engine) });
    for (const evaluator of [written, adapted]) {
      expect(await evaluator.chooseVariant({ experiment: "demo", flags: ["beta"] })).toMatchObject({
        variant: { id: "b" },
        reason: "targeted",
      });
      expect(await evaluator.chooseVariant({ experiment: "demo", flags: ["guest"] })).toMatchObject({
        variant: { id: "control" },
        reason: "control",
      });
    }
  });
});

describe("exposure", () => {
  const evaluator = new ExperimentEvaluator({ registry: new ExperimentRegistry([OnboardingSplitFormExperiment]) });
  const experiment = "sigil.onboarding.split_form";

  it("is a journal event with what decided", () => {
    const evaluation = evaluator.chooseVariantSync({ experiment, userId: "u-1" }, { propensity: true })!;
    const event = exposureEvent(evaluation, 1_000);
    expect(journalEventSchema.parse(event)).toEqual(event);
    expect(event).toMatchObject({
      type: "unitExposed",
      at: 1_000,
      variantId: evaluation.variant.id,
      reason: "random",
      propensity: 0.5,
      bucket: evaluation.bucket,
      assignmentId: evaluation.assignmentId,
    });
    const odd = exposureEvent(
      evaluator.chooseVariantSync({ experiment, userId: `a\nb${"x".repeat(500)}`, attributes: { segment: "vip" } })!,
      1,
    );
    expect(journalEventSchema.safeParse(odd).success).toBe(true);
    expect(odd).toMatchObject({ ruleId: "multi_step#0", bucket: null });
  });

  it("is told once per experiment and unit, and never without a unit", () => {
    const told: UnitExposed[] = [];
    const reporter = createExposureReporter({ sink: (event) => void told.push(event) });
    const of = (userId?: string): boolean => reporter.report(evaluator.chooseVariantSync({ experiment, userId })!, told.length);
    expect([of("a"), of("b"), of("a"), of()]).toEqual([true, true, false, false]);
    expect(told.map(({ unit }) => unit.id)).toEqual(["a", "b"]);
    expect(() => exposureEvent(evaluator.chooseVariantSync({ experiment })!, 1)).toThrow(
      expect.objectContaining({ code: "exposure-without-unit" }),
    );
  });

  it("survives a sink that fails, reports it, and can be told again", () => {
    let isDown = true;
    const issues: EvaluationIssue[] = [];
    const sink = (): void => {
      if (isDown) throw new Error("down");
    };
    const reporter = createExposureReporter({ sink, onIssue: (issue) => issues.push(issue) });
    const evaluation = evaluator.chooseVariantSync({ experiment, userId: "a" })!;
    expect(reporter.report(evaluation, 1)).toBe(false);
    isDown = false;
    expect(reporter.report(evaluation, 2)).toBe(true);
    expect(issues).toMatchObject([{ code: "sink-failed", experiment }]);
  });
});

describe("a workflow that experiments modify", () => {
  const workflow = {
    meta: { name: "onboarding", version: "1.2.0" },
    experiments: [{ name: "sigil.onboarding.split_form" }, { key: "gone" }],
    steps: ["form"],
  };
  const multiStep = { meta: { name: "sigil.onboarding.workflow.multi_step", version: 1, title: "Multi" }, steps: ["a", "b"] };
  const catalog = new SpecCatalog({ workflow: [workflow, multiStep] });
  const registry = new ExperimentRegistry([OnboardingSplitFormExperiment]);
  const evaluator = new ExperimentEvaluator({ registry });

  it("is resolved for a context: chosen, overridden, exposed", async () => {
    const told: UnitExposed[] = [];
    const reporter = createExposureReporter({ sink: (event) => void told.push(event) });
    const exposures = { reporter, atMs: 5 };
    const vip = await resolveSpec(
      workflow,
      { userId: "u", attributes: { segment: "vip" } },
      { type: "workflow", catalog, evaluator, exposures },
    );
    expect(vip.spec).toBe(multiStep);
    expect(vip.evaluations).toMatchObject([{ variant: { id: "multi_step" } }]);
    expect(told).toMatchObject([{ variantId: "multi_step", at: 5 }]);
    const nobody = await resolveSpec(workflow, {}, { type: "workflow", catalog, evaluator });
    expect(nobody.spec).toBe(workflow);
    expect(catalog.effective("workflow", "onboarding")).toBe(workflow);
  });

  it("shows the first of two overrides and reports the other", async () => {
    const all = (name: string, target: string): ExperimentSpec =>
      twoArms(name, {
        variants: [
          { id: "control", name: "C", weight: 0 },
          { id: "b", name: "B", overrides: [{ type: "theme", target, replaces: "base" }] },
        ],
      });
    const base = { meta: { name: "base", version: 1 }, experiments: [{ name: "one" }, { name: "two" }] };
    const themes = new SpecCatalog({ theme: [base, { meta: { name: "red", version: 1 } }, { meta: { name: "blue", version: 1 } }] });
    const both = new ExperimentEvaluator({ registry: new ExperimentRegistry([all("one", "red"), all("two", "blue")]) });
    const issues: EvaluationIssue[] = [];
    const { spec } = await resolveSpec(
      base,
      { userId: "u" },
      { type: "theme", catalog: themes, evaluator: both, onIssue: (issue) => issues.push(issue) },
    );
    expect(spec.meta).toMatchObject({ name: "red" });
    expect(issues).toMatchObject([{ experiment: "two", path: "overrides[0]" }]);
  });

  it("takes over a winner, and the experiment retires", () => {
    const promotion = promoteVariant(registry.get("sigil.onboarding.split_form")!, "multi_step", { catalog, atMs: 99 });
    expect(promotion.changes).toMatchObject([
      {
        type: "workflow",
        name: "onboarding",
        before: workflow,
        after: { meta: { name: "onboarding", title: "Multi", version: "1.3.0" }, experiments: [{ key: "gone" }], steps: ["a", "b"] },
        patch: { meta: { title: "Multi", version: "1.3.0" }, experiments: [{ key: "gone" }], steps: ["a", "b"] },
      },
    ]);
    const retired = new ExperimentRegistry([OnboardingSplitFormExperiment, promotion.retired]).get("sigil.onboarding.split_form")!;
    expect(retired).toMatchObject({
      meta: { version: "2.0.0", stability: "deprecated" },
      tags: ["promoted:multi_step"],
      window: { endMs: 99 },
    });
    const after = new ExperimentEvaluator({ registry: new ExperimentRegistry([promotion.retired]), now: () => 99 });
    expect(after.chooseVariantSync({ experiment: "sigil.onboarding.split_form", userId: "u" })).toMatchObject({
      variant: { id: "control" },
      detail: "outside-window",
    });
  });

  it.each([
    ["gone", "winner-unknown"],
    ["control", "winner-is-control"],
  ])("has no winner called %s to promote", (winner, code) => {
    expect(() => promoteVariant(registry.get("sigil.onboarding.split_form")!, winner, { catalog, atMs: 1 })).toThrow(
      expect.objectContaining({ code, fix: "Promote one of multi_step." }),
    );
  });
});
