import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { emptyLayer, reserveLayer } from "../../src/domain/index.ts";
import {
  type AsyncAssignmentStore,
  type EvaluationIssue,
  type EvaluatorConfig,
  ExperimentEvaluator,
  ExperimentRegistry,
  type ExperimentSpec,
  layersOf,
  lifecycleOf,
  MemoryAssignmentStore,
  type PolicyRef,
  type TargetingRule,
} from "../../src/spec/index.ts";
import { OnboardingSplitFormExperiment, twoArms } from "./support/specs.ts";

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `unit-${index}`);

function evaluatorOf(spec: ExperimentSpec, config: Partial<EvaluatorConfig> = {}): ExperimentEvaluator {
  return new ExperimentEvaluator({ registry: new ExperimentRegistry([spec]), ...config });
}

function watched(
  spec: ExperimentSpec,
  config: Partial<EvaluatorConfig> = {},
): { evaluator: ExperimentEvaluator; issues: EvaluationIssue[] } {
  const issues: EvaluationIssue[] = [];
  return { evaluator: evaluatorOf(spec, { onIssue: (issue) => issues.push(issue), ...config }), issues };
}

const targeted = (rules: TargetingRule[], fallback?: "control" | "random"): Partial<ExperimentSpec> => ({
  allocation: { type: "targeted", rules, ...(fallback && { fallback }) },
});

const countOf = (evaluator: ExperimentEvaluator, experiment: string, variantId: string, count = 2_000): number =>
  ids(count).filter((userId) => evaluator.chooseVariantSync({ experiment, userId })!.variant.id === variantId).length;

describe("the published example, as written", () => {
  const evaluator = evaluatorOf(OnboardingSplitFormExperiment);
  const experiment = "sigil.onboarding.split_form";

  it("gives a vip the multi-step form, with or without ids", async () => {
    const assignment = await evaluator.chooseVariant({ experiment, userId: "u-1", organizationId: "o-1", attributes: { segment: "vip" } });
    expect(assignment).toMatchObject({ variant: { id: "multi_step" }, reason: "targeted", inExperiment: true, ruleId: "multi_step#0" });
    expect(await evaluator.chooseVariant({ experiment, attributes: { segment: "vip" } })).toMatchObject({
      variant: { id: "multi_step" },
      reason: "targeted",
      inExperiment: false,
    });
  });

  it("draws for everybody else, the same arm on every call", async () => {
    const first = await evaluator.chooseVariant({ experiment, userId: "u-1", attributes: {} });
    expect(first!.reason).toBe("random");
    expect(await evaluator.chooseVariant({ experiment, userId: "u-1" })).toMatchObject({
      variant: { id: first!.variant.id },
      bucket: first!.bucket,
    });
    const share = countOf(evaluator, experiment, "multi_step") / 2_000;
    expect(Math.abs(share - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 2_000));
  });

  it("gives control where nobody is named", async () => {
    expect(await evaluator.chooseVariant({ experiment })).toMatchObject({
      variant: { id: "control" },
      reason: "control",
      detail: "missing-unit",
      inExperiment: false,
      unit: null,
      bucket: null,
      assignmentId: null,
    });
  });

  it("resolves to null for what is not registered, and to null for no context at all", async () => {
    for (const context of [{ experiment: "sigil.onboarding" }, { experiment, version: "9.9.9" }, { experiment, version: "soon" }])
      expect(await evaluator.chooseVariant(context)).toBeNull();
    expect(evaluator.chooseVariantSync({ experiment: "nobody" })).toBeNull();
    expect(await evaluator.chooseVariant(null as never)).toBeNull();
    expect(await evaluator.chooseVariant({} as never)).toBeNull();
  });
});

describe("a random allocation", () => {
  const evaluator = evaluatorOf(twoArms("demo.a"));

  it("hashes purpose, experiment, salt, unit type and id", () => {
    expect(evaluator.chooseVariantSync({ experiment: "demo.a", userId: "unit-1" })).toEqual({
      variant: { id: "b", name: "B", key: "B" },
      reason: "random",
      detail: undefined,
      inExperiment: true,
      experiment: { name: "demo.a", version: "1.0.0" },
      unit: { type: "userId", id: "unit-1" },
      bucket: 0xac2b9248 / 2 ** 32,
      ruleId: undefined,
      hashVersion: "m3-1",
      assignmentId: "demo.a@1/userId/unit-1",
      holdoutTwin: false,
    });
  });

  it.each([
    [{ userId: "u", sessionId: "s", organizationId: "o" }, "userId"],
    [{ userId: null, sessionId: "s", organizationId: "o" }, "sessionId"],
    [{ userId: "", sessionId: "", organizationId: "o" }, "organizationId"],
    [{ unit: { type: "post", id: "p-1" } }, "post"],
  ])("of %j uses %s", (context, type) => {
    expect(evaluator.chooseVariantSync({ experiment: "demo.a", ...context })!.unit?.type).toBe(type);
  });

  it("uses the unit the spec declares, and no other", () => {
    const posts = evaluatorOf(twoArms("demo.posts", { unit: "post" }));
    expect(posts.chooseVariantSync({ experiment: "demo.posts", userId: "u", unit: { type: "post", id: "p" } })!.unit).toEqual({
      type: "post",
      id: "p",
    });
    expect(posts.chooseVariantSync({ experiment: "demo.posts", userId: "u", unit: { type: "reply", id: "p" } })!.detail).toBe(
      "missing-unit",
    );
  });

  it("never gives weight 0, and gives everything to the only arm with weight", () => {
    const variants = [
      { id: "zero", name: "Z", weight: 0 },
      { id: "control", name: "C", weight: 3 },
      { id: "off", name: "O", weight: 0 },
    ];
    expect(countOf(evaluatorOf(twoArms("demo.zero", { variants })), "demo.zero", "control")).toBe(2_000);
  });

  it("deals again when salt or bucketing version change, and not when meta.version does", () => {
    const arms = (more: Partial<ExperimentSpec>): string =>
      ids(200)
        .map((userId) => evaluatorOf(twoArms("demo.again", more)).chooseVariantSync({ experiment: "demo.again", userId })!.variant.id)
        .join();
    const first = arms({});
    expect(arms({ meta: { name: "demo.again", version: "2.0.0" } })).toBe(first);
    expect(arms({ allocation: { type: "random", salt: "s" } })).not.toBe(first);
    expect(arms({ bucketingVersion: 2 })).not.toBe(first);
    expect(arms({ bucketingVersion: 1, hashVersion: "m3-1" })).toBe(first);
  });
});

describe("the evaluator's hash", () => {
  it("is for specs that name none", () => {
    const bucketOf = (config: Partial<EvaluatorConfig>, more: Partial<ExperimentSpec>): unknown => {
      const { bucket, hashVersion } = evaluatorOf(twoArms("demo.hash", more), config).chooseVariantSync({
        experiment: "demo.hash",
        userId: "u",
      })!;
      return `${hashVersion} ${bucket}`;
    };
    expect(bucketOf({ hash: "gb-v2" }, {})).toBe(bucketOf({}, { hashVersion: "gb-v2" }));
    expect(bucketOf({ hash: "gb-v2" }, { hashVersion: "m3-1" })).toBe(bucketOf({}, {}));
  });
});

describe("a sticky allocation", () => {
  const sticky = (more: Partial<ExperimentSpec> = {}): ExperimentEvaluator =>
    evaluatorOf(twoArms("demo.sticky", { allocation: { type: "sticky", attribute: "organizationId" }, ...more }));

  it("follows its attribute alone", () => {
    const evaluator = sticky();
    for (const organizationId of ids(50)) {
      const arms = ["u-1", "u-2", null].map(
        (userId) =>
          evaluator.chooseVariantSync({ experiment: "demo.sticky", organizationId, userId, sessionId: `s-${userId}`, flags: ["x"] })!
            .variant.id,
      );
      expect(new Set(arms).size).toBe(1);
    }
    expect(evaluator.chooseVariantSync({ experiment: "demo.sticky", organizationId: "o" })!.reason).toBe("sticky");
  });

  it("gives control without its attribute, unless a fallback unit is declared", () => {
    expect(sticky().chooseVariantSync({ experiment: "demo.sticky", userId: "u" })).toMatchObject({
      reason: "control",
      detail: "missing-unit",
    });
    expect(sticky({ fallbackUnit: "userId" }).chooseVariantSync({ experiment: "demo.sticky", userId: "u" })).toMatchObject({
      reason: "sticky",
      unit: { type: "userId", id: "u" },
    });
  });
});

describe("a targeted allocation", () => {
  const three = [
    { id: "control", name: "C" },
    { id: "b", name: "B" },
    { id: "c", name: "C2" },
  ];

  it("lets the first rule that passes decide, even for control", () => {
    const evaluator = evaluatorOf(
      twoArms("demo.t", {
        variants: three,
        ...targeted([
          { variantId: "c", expression: "context.attributes?.n > 5" },
          { variantId: "control", expression: "context.attributes?.n > 3" },
          { variantId: "b", expression: "  " },
        ]),
      }),
    );
    const at = (n: number): unknown => evaluator.chooseVariantSync({ experiment: "demo.t", attributes: { n } });
    expect(at(9)).toMatchObject({ variant: { id: "c" }, reason: "targeted", ruleId: "c#0" });
    expect(at(4)).toMatchObject({ variant: { id: "control" }, reason: "targeted", ruleId: "control#0" });
    expect(at(1)).toMatchObject({ variant: { id: "b" }, reason: "targeted", ruleId: "b#0" });
  });

  it.each([undefined, "control"] as const)("with fallback %s gives control where nothing matched", (fallback) => {
    const evaluator = evaluatorOf(twoArms("demo.t", targeted([{ variantId: "b", expression: "false" }], fallback)));
    expect(evaluator.chooseVariantSync({ experiment: "demo.t", userId: "u" })).toMatchObject({
      variant: { id: "control" },
      reason: "control",
      detail: undefined,
    });
  });

  it("admits nobody at 0, everybody at 1, and keeps who is in while ramping up", () => {
    const admitted = (percentage: number): Set<string> => {
      const evaluator = evaluatorOf(twoArms("demo.ramp", targeted([{ variantId: "b", percentage }])));
      return new Set(
        ids(2_000).filter((userId) => evaluator.chooseVariantSync({ experiment: "demo.ramp", userId })!.reason === "targeted"),
      );
    };
    expect(admitted(0).size).toBe(0);
    expect(admitted(1).size).toBe(2_000);
    let before = admitted(0.05);
    for (const percentage of [0.1, 0.3, 0.8]) {
      const now = admitted(percentage);
      expect(Math.abs(now.size / 2_000 - percentage)).toBeLessThan(5 * Math.sqrt((percentage * (1 - percentage)) / 2_000));
      expect(before.isSubsetOf(now)).toBe(true);
      before = now;
    }
  });

  it("does not admit through a gate without a unit", () => {
    const evaluator = evaluatorOf(twoArms("demo.t", targeted([{ variantId: "b", percentage: 0.99 }])));
    expect(evaluator.chooseVariantSync({ experiment: "demo.t" })).toMatchObject({ variant: { id: "control" }, reason: "control" });
  });

  it("leaves a gate alone when a rule for another arm is added before it", () => {
    const rule = { variantId: "b", percentage: 0.5 };
    const one = evaluatorOf(twoArms("demo.t", { variants: three, ...targeted([rule]) }));
    const two = evaluatorOf(twoArms("demo.t", { variants: three, ...targeted([{ variantId: "c", expression: "false" }, rule]) }));
    for (const userId of ids(200)) {
      const context = { experiment: "demo.t", userId };
      expect(two.chooseVariantSync(context)!.bucket).toBe(one.chooseVariantSync(context)!.bucket);
    }
    expect(ids(20).map((userId) => two.chooseVariantSync({ experiment: "demo.t", userId })!.ruleId)).toContain("b#0");
  });

  it("draws the fallback apart from the arm and the gate", () => {
    const evaluator = evaluatorOf(twoArms("demo.a", targeted([{ variantId: "b", expression: "false" }], "random")));
    expect(evaluator.chooseVariantSync({ experiment: "demo.a", userId: "unit-1" })!.bucket).toBe(0x5cee6f70 / 2 ** 32);
  });

  it("treats a failing expression as no match and reports where it failed", () => {
    const { evaluator, issues } = watched(
      twoArms("demo.t", targeted([{ variantId: "b", expression: "context.attributes.a.b === 1" }], "control")),
    );
    expect(evaluator.chooseVariantSync({ experiment: "demo.t", attributes: {} })!.reason).toBe("control");
    expect(issues).toMatchObject([
      { code: "expression-failed", experiment: "demo.t", path: "allocation.rules[0].expression", position: 21 },
    ]);
  });

  it("takes another expression evaluator, whose failures are no match either", () => {
    const registry = new ExperimentRegistry([twoArms("demo.t", targeted([{ variantId: "b", expression: "segment = vip" }]))], {
      expressions: "external",
    });
    const ask = (expressionEvaluator: EvaluatorConfig["expressionEvaluator"]): string =>
      new ExperimentEvaluator({ registry, expressionEvaluator }).chooseVariantSync({ experiment: "demo.t" })!.reason;
    expect(ask((expression, context) => expression === "segment = vip" && context.experiment === "demo.t")).toBe("targeted");
    expect(ask(() => 1)).toBe("targeted");
    expect(ask(() => "")).toBe("control");
    expect(ask(() => Promise.resolve(true))).toBe("control");
    expect(
      ask(() => {
        throw new Error("down");
      }),
    ).toBe("control");
    expect(ask(undefined)).toBe("control");
  });
});

describe("a policy", () => {
  const policy: PolicyRef = { name: "vip.only", version: "1.0.0" };
  const spec = twoArms(
    "demo.p",
    targeted([
      { variantId: "b", policy, expression: "true" },
      { variantId: "control", expression: "context.attributes?.second" },
    ]),
  );
  const context = { experiment: "demo.p", userId: "u", attributes: { second: true } };

  it("gets the ref with both names and the caller's own context", () => {
    const asked: unknown[] = [];
    const evaluator = evaluatorOf(spec, { policyChecker: (ref, given) => asked.push(ref, given) > 0 });
    expect(evaluator.chooseVariantSync(context)!.variant.id).toBe("b");
    expect(asked[0]).toEqual({ name: "vip.only", key: "vip.only", version: "1.0.0" });
    expect(asked[1]).toBe(context);
  });

  const throwing = (): boolean => {
    throw new Error("policy engine down");
  };
  it.each<[string, EvaluatorConfig["policyChecker"], string | undefined]>([
    ["is missing", undefined, "policy-checker-missing"],
    ["denies", () => false, undefined],
    ["answers with an object", () => ({ effect: "allow" }) as never, "policy-answer-invalid"],
    ["answers 1", () => 1 as never, "policy-answer-invalid"],
    ["answers nothing", () => undefined as never, "policy-answer-invalid"],
    ["throws", throwing, "policy-check-failed"],
    ["rejects", () => Promise.reject(new Error("down")), "policy-check-failed"],
    ["resolves to a truthy text", () => Promise.resolve("yes" as never), "policy-answer-invalid"],
  ])("whose checker %s is skipped, and the next rule tried", async (_, policyChecker, code) => {
    const { evaluator, issues } = watched(spec, { policyChecker });
    expect(await evaluator.chooseVariant(context)).toMatchObject({ variant: { id: "control" }, reason: "targeted", ruleId: "control#0" });
    const told = { code, experiment: "demo.p", path: "allocation.rules[0].policy", fix: expect.stringMatching(/\w/) as string };
    expect(issues).toMatchObject(code === undefined ? [] : [told]);
  });

  it("passes on true, now or later", async () => {
    for (const policyChecker of [() => true, () => Promise.resolve(true)])
      expect(await evaluatorOf(spec, { policyChecker }).chooseVariant(context)).toMatchObject({ variant: { id: "b" }, ruleId: "b#0" });
  });

  it("is asked once per rule and call, after expression and gate", async () => {
    const asked: string[] = [];
    const rules = [
      { variantId: "b", policy, expression: "false" },
      { variantId: "b", policy, percentage: 0 },
      { variantId: "b", policy: { key: "last", version: 1 } },
      { variantId: "b", policy },
    ];
    const evaluator = evaluatorOf(twoArms("demo.p", targeted(rules)), {
      policyChecker: (ref) => {
        asked.push(ref.name ?? "");
        return Promise.resolve(ref.name === "vip.only");
      },
    });
    expect(await evaluator.chooseVariant(context)).toMatchObject({ ruleId: "b#3" });
    expect(asked).toEqual(["last", "vip.only"]);
  });

  it("answered by a promise is skipped in a synchronous call, and reported", () => {
    for (const policyChecker of [async () => true, () => Promise.reject(new Error("later"))]) {
      const { evaluator, issues } = watched(spec, { policyChecker });
      expect(evaluator.chooseVariantSync(context)!.variant.id).toBe("control");
      expect(issues).toMatchObject([{ code: "policy-check-async", fix: expect.stringContaining("chooseVariant") as string }]);
    }
  });

  it("rejects the call only where that is asked for", async () => {
    const strict = evaluatorOf(spec, { policyChecker: throwing, onPolicyError: "reject" });
    await expect(strict.chooseVariant(context)).rejects.toMatchObject({ code: "policy-check-failed", path: "allocation.rules[0].policy" });
    expect(() => strict.chooseVariantSync(context)).toThrow(expect.objectContaining({ code: "policy-check-failed" }));
  });
});

describe("what comes before the allocation", () => {
  it("shows a forced arm to QA, outside the experiment", () => {
    const { evaluator, issues } = watched(twoArms("demo.f"), { forcedVariant: ({ flags }) => flags?.[0] });
    expect(evaluator.chooseVariantSync({ experiment: "demo.f", flags: ["b"] })).toMatchObject({
      variant: { id: "b" },
      reason: "targeted",
      detail: "forced",
      inExperiment: false,
    });
    expect(evaluator.chooseVariantSync({ experiment: "demo.f", flags: ["control"] })).toMatchObject({
      reason: "control",
      detail: "forced",
    });
    expect(evaluator.chooseVariantSync({ experiment: "demo.f", userId: "u", flags: ["gone"] })).toMatchObject({
      reason: "random",
      inExperiment: true,
    });
    expect(issues.map((issue) => issue.code)).toEqual(["forced-variant-unknown"]);
  });

  it("gives control while paused, and a ref in both lists is paused", () => {
    const ref = { name: "demo.l", version: 1 };
    const stateOf = (lists: Parameters<typeof lifecycleOf>[0]): unknown => {
      const { detail, inExperiment } = evaluatorOf(twoArms("demo.l"), { lifecycle: lifecycleOf(lists) }).chooseVariantSync({
        experiment: "demo.l",
        userId: "unit-3",
      })!;
      return detail ?? (inExperiment ? "active" : "?");
    };
    expect(stateOf({})).toBe("active");
    expect(stateOf({ active: [ref] })).toBe("active");
    expect(stateOf({ active: [ref], paused: [{ key: "demo.l" }] })).toBe("paused");
    expect(stateOf({ paused: [{ name: "demo.l", version: "2.0.0" }] })).toBe("active");
    expect(stateOf({ active: [] })).toBe("paused");
    expect(
      evaluatorOf(twoArms("demo.l"), { lifecycle: () => "ended" }).chooseVariantSync({ experiment: "demo.l", userId: "u" }),
    ).toMatchObject({ detail: "ended", reason: "control" });
  });

  it("gives control outside the half-open window, and where nobody knows the time", () => {
    const spec = twoArms("demo.w", { window: { startMs: 100, endMs: 200 } });
    const { evaluator, issues } = watched(spec);
    const at = (nowMs?: number): string | undefined => evaluator.chooseVariantSync({ experiment: "demo.w", userId: "u", nowMs })!.detail;
    expect([at(99), at(100), at(199), at(200)]).toEqual(["outside-window", undefined, undefined, "outside-window"]);
    expect(issues).toEqual([]);
    expect(at()).toBe("outside-window");
    expect(issues.map((issue) => issue.code)).toEqual(["clock-missing"]);
    expect(evaluatorOf(spec, { now: () => 150 }).chooseVariantSync({ experiment: "demo.w", userId: "u" })!.reason).toBe("random");
  });

  it("holds out [0, h), and marks the twin [h, 2h), the same units in every experiment of the holdout", () => {
    const holdout = { id: "demo-holdout" };
    const a = evaluatorOf(twoArms("demo.h1", { holdout }));
    const b = evaluatorOf(twoArms("demo.h2", { holdout, bucketingVersion: 7, allocation: { type: "random", salt: "other" } }));
    const held = (evaluator: ExperimentEvaluator, experiment: string): string[] =>
      ids(4_000).filter((userId) => evaluator.chooseVariantSync({ experiment, userId })!.detail === "holdout");
    expect(held(a, "demo.h1")).toEqual(held(b, "demo.h2"));
    expect(Math.abs(held(a, "demo.h1").length / 4_000 - 0.05)).toBeLessThan(0.0173);
    const twins = ids(4_000).filter((userId) => a.chooseVariantSync({ experiment: "demo.h1", userId })!.holdoutTwin);
    expect(Math.abs(twins.length / 4_000 - 0.05)).toBeLessThan(0.0173);
    expect(a.chooseVariantSync({ experiment: "demo.h1", userId: twins[0]! })!.inExperiment).toBe(true);
    expect(a.chooseVariantSync({ experiment: "demo.h1", userId: "日本😀" })!.detail).toBe(undefined);
    expect(a.chooseVariantSync({ experiment: "demo.h1" })).toMatchObject({ detail: "missing-unit", inExperiment: false });
  });

  it("keeps experiments of a split layer apart", () => {
    const layer = (from: number, to: number): Partial<ExperimentSpec> => ({
      layer: { id: "acme/feed/hook", mode: "split", ranges: [{ from, to }] },
    });
    const registry = new ExperimentRegistry([twoArms("demo.x", layer(0, 0.4)), twoArms("demo.y", layer(0.4, 1))]);
    const evaluator = new ExperimentEvaluator({ registry });
    for (const userId of ids(1_000)) {
      const inside = ["demo.x", "demo.y"].filter((experiment) => evaluator.chooseVariantSync({ experiment, userId })!.detail !== "layer");
      expect(inside).toHaveLength(1);
    }
  });

  it("refuses live experiments that overlap in a layer, naming the holder and what is free", () => {
    const split = (name: string, from: number, to: number): ExperimentSpec =>
      twoArms(name, { layer: { id: "acme/feed/hook", mode: "split", ranges: [{ from, to }] } });
    const live = (...specs: ExperimentSpec[]): ReturnType<typeof layersOf> => layersOf(new ExperimentRegistry(specs).list(), 0);
    expect(() => live(split("demo.x", 0, 0.4), split("demo.y", 0.3, 1))).toThrow(
      expect.objectContaining({ code: "layer-overlap", message: expect.stringMatching(/demo\.x .*60 % is free/) as string }),
    );
    expect(() => live(split("demo.x", 0, 0.4), twoArms("demo.y", { layer: { id: "acme/feed/hook" } }))).toThrow(
      expect.objectContaining({ code: "layer-mode" }),
    );
    const grown = split("demo.x", 0, 0.6);
    const layers = live(split("demo.x", 0, 0.4), { ...grown, meta: { name: "demo.x", version: 2 } }, twoArms("demo.z"));
    expect(layers.get("acme/feed/hook")!.holds).toMatchObject([{ experimentId: "demo.x", ranges: [{ from: 0, to: 0.6 }] }]);
    const shrunk = { ...split("demo.x", 0, 0.2), meta: { name: "demo.x", version: 2 } };
    expect(() => live(split("demo.x", 0, 0.4), shrunk)).toThrow(expect.objectContaining({ code: "layer-shrunk" }));
  });

  it("lets only the holder of an exclusive layer run", () => {
    const layer = { id: "acme/feed/hook" };
    const registry = new ExperimentRegistry([twoArms("demo.x", { layer }), twoArms("demo.y", { layer })]);
    const held = reserveLayer(emptyLayer(layer.id), { experimentId: "demo.y", atMs: 0 });
    const evaluator = new ExperimentEvaluator({ registry, layers: (id) => (id === layer.id ? held : undefined) });
    const detailOf = (experiment: string): string | undefined => evaluator.chooseVariantSync({ experiment, userId: "u" })!.detail;
    expect([detailOf("demo.x"), detailOf("demo.y")]).toEqual(["layer", undefined]);
  });
});

describe("a stored assignment", () => {
  const arms = (...weights: number[]): ExperimentSpec["variants"] =>
    weights.map((weight, index) => ({ id: index === 0 ? "control" : `v${index}`, name: `V${index}`, weight }));

  it("survives changes of weights and arms; without a store people move", () => {
    const store = new MemoryAssignmentStore();
    const choose = (variants: ExperimentSpec["variants"], kept: boolean): string[] => {
      const evaluator = evaluatorOf(twoArms("demo.s", { variants }), kept ? { store } : {});
      return ids(500).map((userId) => evaluator.chooseVariantSync({ experiment: "demo.s", userId })!.variant.id);
    };
    const before = choose(arms(1, 1), true);
    expect(store.size).toBe(500);
    expect(choose(arms(1, 1, 1), true)).toEqual(before);
    const moved = choose(arms(1, 1, 1), false).filter((id, index) => id !== before[index]).length;
    expect(Math.abs(moved / 500 - 0.5)).toBeLessThan(0.112);
  });

  it("says that it was stored, and is control once its arm or rule is gone", () => {
    const store = new MemoryAssignmentStore();
    const first = evaluatorOf(twoArms("demo.s", { variants: arms(0, 1) }), { store, now: () => 5 });
    const context = { experiment: "demo.s", userId: "u" };
    expect(first.chooseVariantSync(context)!.detail).toBe(undefined);
    expect(first.chooseVariantSync(context)).toMatchObject({
      detail: "stored",
      reason: "random",
      variant: { id: "v1" },
      inExperiment: true,
    });
    expect(store.get({ experiment: "demo.s", bucketingVersion: 1, unitType: "userId", unitId: "u" })).toEqual({
      variantId: "v1",
      specVersion: "1.0.0",
      hashVersion: "m3-1",
      timeMs: 5,
    });
    expect(evaluatorOf(twoArms("demo.s"), { store }).chooseVariantSync(context)).toMatchObject({
      detail: "stored-gone",
      variant: { id: "control" },
      inExperiment: false,
    });
    expect(evaluatorOf(twoArms("demo.s", { bucketingVersion: 2 }), { store }).chooseVariantSync(context)!.detail).toBe(undefined);
  });

  it("still answers to lifecycle, holdout and the policy of its rule, but not to its expression or gate", async () => {
    const store = new MemoryAssignmentStore();
    const policy = { name: "p", version: 1 };
    const context = { experiment: "demo.s", userId: "u", attributes: { vip: true } };
    const spec = (rule: Partial<TargetingRule>, more: Partial<ExperimentSpec> = {}): ExperimentSpec =>
      twoArms("demo.s", { ...targeted([{ id: "vips", variantId: "b", policy, ...rule }]), ...more });
    const allow = { store, policyChecker: () => true };
    expect(evaluatorOf(spec({ expression: "context.attributes.vip" }), allow).chooseVariantSync(context)!.ruleId).toBe("vips");
    expect(evaluatorOf(spec({ expression: "false", percentage: 0 }), allow).chooseVariantSync(context)).toMatchObject({
      detail: "stored",
      reason: "targeted",
      ruleId: "vips",
    });
    expect(evaluatorOf(spec({}), { store, policyChecker: () => false }).chooseVariantSync(context)).toMatchObject({
      detail: "stored-denied",
      variant: { id: "control" },
    });
    expect(await evaluatorOf(spec({}), { store, policyChecker: () => Promise.resolve(true) }).chooseVariant(context)).toMatchObject({
      detail: "stored",
    });
    const heldOut = evaluatorOf(spec({}, { holdout: { id: "h", share: 0.5 } }), allow);
    const details = ids(40).map((userId) => {
      evaluatorOf(spec({}), allow).chooseVariantSync({ ...context, userId });
      return heldOut.chooseVariantSync({ ...context, userId })!.detail;
    });
    expect(new Set(details)).toEqual(new Set(["holdout", "stored"]));
    expect(evaluatorOf(spec({}), { ...allow, lifecycle: () => "paused" }).chooseVariantSync(context)!.detail).toBe("paused");
    expect(evaluatorOf(twoArms("demo.s", targeted([])), allow).chooseVariantSync(context)!.detail).toBe("stored-gone");
  });

  it("does not keep control for want of a rule, so that a growing gate still admits", () => {
    const store = new MemoryAssignmentStore();
    evaluatorOf(twoArms("demo.s", targeted([{ variantId: "b", percentage: 0 }])), { store }).chooseVariantSync({
      experiment: "demo.s",
      userId: "u",
    });
    expect(store.size).toBe(0);
  });

  it("of another writer stands", async () => {
    const theirs = { variantId: "v2", specVersion: "1.0.0", hashVersion: "m3-1", timeMs: null } as const;
    const store: AsyncAssignmentStore = {
      mode: "async",
      get: () => Promise.resolve(undefined),
      putIfAbsent: () => Promise.resolve(theirs),
    };
    const evaluator = evaluatorOf(twoArms("demo.s", { variants: arms(1, 1, 0) }), { store });
    expect(await evaluator.chooseVariant({ experiment: "demo.s", userId: "u" }, { trace: true })).toMatchObject({
      variant: { id: "v2" },
      detail: "stored",
    });
  });

  it("that cannot be read or written is reported, and the hash decides", async () => {
    const down = (): never => {
      throw new Error("disk full");
    };
    const later = (): Promise<never> => Promise.reject(new Error("disk full"));
    const expected = evaluatorOf(twoArms("demo.s")).chooseVariantSync({ experiment: "demo.s", userId: "u" })!.variant.id;
    for (const store of [
      { mode: "sync", get: down, putIfAbsent: down } as const,
      { mode: "async", get: later, putIfAbsent: later } as const,
    ]) {
      const { evaluator, issues } = watched(twoArms("demo.s"), { store });
      expect(await evaluator.chooseVariant({ experiment: "demo.s", userId: "u" })).toMatchObject({
        variant: { id: expected },
        reason: "random",
      });
      expect(issues.map((issue) => issue.code)).toEqual(["store-failed", "store-failed"]);
    }
    const lying = { mode: "sync", get: later as never, putIfAbsent: later as never } as const;
    const { evaluator, issues } = watched(twoArms("demo.s"), { store: lying });
    expect(evaluator.chooseVariantSync({ experiment: "demo.s", userId: "u" })!.variant.id).toBe(expected);
    expect(issues.map((issue) => issue.code)).toEqual(["store-async", "store-async"]);
  });
});

describe("a synchronous evaluator", () => {
  const store: AsyncAssignmentStore = {
    mode: "async",
    get: () => Promise.resolve(undefined),
    putIfAbsent: (_, value) => Promise.resolve(value),
  };
  it("refuses an asynchronous store or checker when it is made, and says what to do", () => {
    for (const [path, config] of [
      ["store", { store }],
      ["policyChecker", { policyChecker: async () => true }],
    ] as const) {
      expect(() => evaluatorOf(twoArms("demo.y"), { ...config, sync: true })).toThrow(
        expect.objectContaining({ code: "sync-with-async", path, fix: expect.stringContaining("chooseVariant") as string }),
      );
    }
    expect(() => evaluatorOf(twoArms("demo.y"), { store }).chooseVariantSync({ experiment: "demo.y", userId: "u" })).toThrow(
      expect.objectContaining({ code: "sync-with-async" }),
    );
  });
});

describe("on request", () => {
  it("the propensity follows the rules the context is eligible for", async () => {
    const rules = [
      { variantId: "b", percentage: 0.2 },
      { variantId: "control", percentage: 0.25, expression: "context.attributes?.x" },
    ];
    const evaluator = evaluatorOf(
      twoArms("demo.q", {
        ...targeted(rules, "random"),
        variants: [
          { id: "control", name: "C", weight: 3 },
          { id: "b", name: "B" },
        ],
      }),
    );
    const at = async (x: boolean, userId: string | undefined = "u"): Promise<unknown> =>
      (await evaluator.chooseVariant({ experiment: "demo.q", userId, attributes: { x } }, { propensity: true }))!.propensity;
    expect(await at(false)).toEqual({ b: 0.2 + 0.8 * 0.25, control: 0.8 * 0.75 });
    expect(await at(true)).toEqual({ b: 0.2 + 0.8 * 0.75 * 0.25, control: 0.8 * 0.25 + 0.8 * 0.75 * 0.75 });
    expect(await at(true, "")).toEqual({ b: 0, control: 1 });
  });

  it("the propensity is the share of units that get the arm", () => {
    const evaluator = evaluatorOf(twoArms("demo.q", targeted([{ variantId: "b", percentage: 0.3 }], "random")));
    const { propensity } = evaluator.chooseVariantSync({ experiment: "demo.q", userId: "u" }, { propensity: true })!;
    expect(propensity!["b"]).toBeCloseTo(0.65, 12);
    expect(Math.abs(countOf(evaluator, "demo.q", "b", 10_000) / 10_000 - 0.65)).toBeLessThan(5 * Math.sqrt((0.65 * 0.35) / 10_000));
  });

  it("the propensity asks policies of all rules and leaves the choice as it is", async () => {
    const asked: string[] = [];
    const rules = [{ variantId: "b" }, { variantId: "b", policy: { name: "p", version: 1 } }];
    const evaluator = evaluatorOf(twoArms("demo.q", targeted(rules)), {
      policyChecker: (ref) => {
        asked.push(ref.name!);
        return Promise.resolve(true);
      },
    });
    expect(await evaluator.chooseVariant({ experiment: "demo.q" }, { propensity: true })).toMatchObject({
      ruleId: "b#0",
      propensity: { b: 1, control: 0 },
    });
    expect(asked).toEqual(["p"]);
  });

  it("the trace names every step", async () => {
    const evaluator = evaluatorOf(
      twoArms("demo.q", {
        holdout: { id: "h", share: 0 },
        ...targeted(
          [
            { variantId: "b", expression: "false" },
            { variantId: "b", percentage: 0 },
          ],
          "random",
        ),
      }),
    );
    const { trace } = (await evaluator.chooseVariant({ experiment: "demo.q", userId: "u" }, { trace: true }))!;
    expect(trace!.map(({ step, passed }) => `${step}:${passed}`)).toEqual([
      "unit:true",
      "holdout:true",
      "rule:false",
      "rule:false",
      "draw:true",
    ]);
    expect(trace![3]).toMatchObject({ ruleId: "b#1", message: "outside the gate of 0", bucket: expect.any(Number) as number });
    expect(Object.isFrozen(trace)).toBe(true);
  });

  it("neither is given unasked", () => {
    expect(evaluatorOf(twoArms("demo.q")).chooseVariantSync({ experiment: "demo.q", userId: "u" })).not.toHaveProperty("trace");
  });
});

describe("an evaluation", () => {
  it("cannot be altered, nor can it alter assignments", () => {
    const spec = twoArms("demo.z", {
      variants: [
        { id: "control", name: "C", weight: 0 },
        { id: "b", name: "B", metadata: { deep: { list: [1] } } },
      ],
    });
    const evaluator = evaluatorOf(spec);
    const result = evaluator.chooseVariantSync({ experiment: "demo.z", userId: "u" })!;
    spec.variants[1]!.weight = 0;
    expect(() => Object.assign(result.variant, { weight: 0 })).toThrow(TypeError);
    expect(() => Object.assign(result, { variant: null })).toThrow(TypeError);
    expect(() => (result.variant.metadata as { deep: { list: number[] } }).deep.list.push(2)).toThrow(TypeError);
    expect(evaluator.chooseVariantSync({ experiment: "demo.z", userId: "u" })!.variant.id).toBe("b");
  });

  it("fails closed on a context that throws, and says so", async () => {
    const { evaluator, issues } = watched(twoArms("demo.z"));
    const context = {
      experiment: "demo.z",
      get userId(): string {
        throw new Error("no");
      },
    };
    expect(await evaluator.chooseVariant(context)).toMatchObject({ variant: { id: "control" }, detail: "failed", inExperiment: false });
    expect(issues.map((issue) => issue.code)).toEqual(["evaluation-failed"]);
  });

  it("survives an issue sink that throws", async () => {
    const evaluator = evaluatorOf(twoArms("demo.z", targeted([{ variantId: "b", expression: "context.a.b" }])), {
      onIssue: () => {
        throw new Error("sink");
      },
    });
    expect((await evaluator.chooseVariant({ experiment: "demo.z" }))!.reason).toBe("control");
  });

  it("is the same, whether waited for or not", async () => {
    const evaluator = evaluatorOf(
      twoArms("demo.z", targeted([{ variantId: "b", percentage: 0.5, policy: { name: "p", version: 1 } }], "random")),
      { policyChecker: () => true },
    );
    for (const userId of ids(50))
      expect(await evaluator.chooseVariant({ experiment: "demo.z", userId })).toEqual(
        evaluator.chooseVariantSync({ experiment: "demo.z", userId }),
      );
  });
});

describe("a registry of one's own", () => {
  it("that throws or gives out something else makes null, and is reported", async () => {
    const issues: EvaluationIssue[] = [];
    const onIssue = (issue: EvaluationIssue): number => issues.push(issue);
    const broken = (): never => {
      throw new Error("down");
    };
    for (const get of [broken, () => ({}) as never])
      expect(await new ExperimentEvaluator({ registry: { get }, onIssue }).chooseVariant({ experiment: "demo.z" })).toBeNull();
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual(["host-failed registry", "host-failed registry"]);
  });
});

it("the published example works where code generation from strings is switched off", () => {
  const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { ExperimentEvaluator, ExperimentRegistry } from ${at("../../src/spec/index.ts")};
    import { OnboardingSplitFormExperiment } from ${at("./support/specs.ts")};
    let native = "allowed";
    try { new Function("return 1"); } catch { native = "refused"; }
    const evaluator = new ExperimentEvaluator({ registry: new ExperimentRegistry([OnboardingSplitFormExperiment]) });
    const { variant, reason } = await evaluator.chooseVariant({ experiment: "sigil.onboarding.split_form", userId: "u", attributes: { segment: "vip" } });
    console.log(native, variant.id, reason);
  `;
  const run = spawnSync(process.execPath, ["--disallow-code-generation-from-strings", "--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  expect(run.stdout.trim()).toBe("refused multi_step targeted");
}, 20_000);
