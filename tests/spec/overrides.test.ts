import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyExperimentOverrides,
  ExperimentRegistry,
  type ExperimentSpec,
  mergePatch,
  mergePatchBetween,
  overrideHandlers,
  type OverrideHandlers,
  type PolicyRule,
  type RegisteredVariant,
  SpecCatalog,
} from "../../src/spec/index.ts";
import { assertProperty } from "../support/property.ts";
import { OnboardingSplitFormExperiment, twoArms } from "./support/specs.ts";

const types = ["dataView", "workflow", "theme", "policy", "presentation"] as const;

function variantWith(
  overrides: NonNullable<ExperimentSpec["variants"][number]["overrides"]>,
  more: Partial<ExperimentSpec> = {},
): RegisteredVariant {
  const spec = twoArms(more.meta === undefined ? "demo.o" : "", {
    variants: [
      { id: "control", name: "C" },
      { id: "b", name: "B", overrides },
    ],
    ...more,
  });
  return new ExperimentRegistry([spec]).list()[0]!.variants[1]!;
}

/** Handlers that write down what is done and undone; targets called `bad` fail. */
function diary(): { handlers: OverrideHandlers; log: string[] } {
  const log: string[] = [];
  const handlers = Object.fromEntries(
    types.map((type) => [
      type,
      ({ target }: { target: string }) => {
        if (target === "bad") throw new Error("target is broken");
        log.push(`+${target}`);
        return () => void log.push(`-${target}`);
      },
    ]),
  ) as OverrideHandlers;
  return { handlers, log };
}

describe("applying overrides", () => {
  it("does them in order and undoes them in reverse, each once", () => {
    const { handlers, log } = diary();
    const variant = variantWith(types.map((type) => ({ type, target: type })));
    const applied = applyExperimentOverrides(variant, handlers);
    expect(applyExperimentOverrides(variant, handlers)).toBe(applied);
    applied.revert();
    applied.revert();
    expect(log).toEqual([...types.map((type) => `+${type}`), ...types.toReversed().map((type) => `-${type}`)]);
    applyExperimentOverrides(variant, handlers).revert();
    expect(log).toHaveLength(20);
  });

  it("is all or nothing", () => {
    const { handlers, log } = diary();
    const variant = variantWith([
      { type: "theme", target: "one" },
      { type: "dataView", target: "two" },
      { type: "workflow", target: "bad" },
    ]);
    const apply = (): unknown => applyExperimentOverrides(variant, handlers);
    expect(apply).toThrow(
      expect.objectContaining({
        code: "override-failed",
        path: "overrides[2]",
        message: expect.stringContaining("nothing was changed") as string,
      }),
    );
    expect(log).toEqual(["+one", "+two", "-two", "-one"]);
  });

  it("checks that somebody handles every type before anything is done", () => {
    const { handlers, log } = diary();
    const variant = variantWith([
      { type: "theme", target: "one" },
      { type: "policy", target: "p" },
    ]);
    const { policy: _, ...rest } = handlers;
    expect(() => applyExperimentOverrides(variant, rest)).toThrow(
      expect.objectContaining({
        code: "override-handler-missing",
        path: "overrides[1].type",
        fix: expect.stringContaining('overrideHandlers.register("policy"') as string,
      }),
    );
    expect(log).toEqual([]);
  });

  it("refuses a handler that returns no inverse", () => {
    const variant = variantWith([{ type: "theme", target: "one" }]);
    expect(() => applyExperimentOverrides(variant, { theme: (() => Promise.resolve()) as never })).toThrow(
      expect.objectContaining({ code: "override-failed" }),
    );
  });

  it("undoes all it can, and says what it could not", () => {
    const log: string[] = [];
    const handlers: OverrideHandlers = {
      theme:
        ({ target }) =>
        () => {
          log.push(target);
          if (target === "two") throw new Error("stuck");
        },
    };
    const variant = variantWith(["one", "two", "three"].map((target) => ({ type: "theme", target })));
    const applied = applyExperimentOverrides(variant, handlers);
    expect(() => applied.revert()).toThrow(expect.objectContaining({ code: "override-revert-failed" }));
    expect(log).toEqual(["three", "two", "one"]);
  });

  it("as the page writes it uses the handlers registered once; without any it says which is missing", () => {
    const registry = new ExperimentRegistry([OnboardingSplitFormExperiment]);
    const [control, multiStep] = registry.get("sigil.onboarding.split_form")!.variants;
    applyExperimentOverrides(control!).revert();
    expect(() => applyExperimentOverrides(multiStep!)).toThrow(expect.objectContaining({ code: "override-handler-missing" }));
    const { handlers, log } = diary();
    overrideHandlers.register("workflow", handlers.workflow!);
    try {
      expect(() => overrideHandlers.register("workflow", handlers.workflow!)).toThrow(
        expect.objectContaining({ code: "override-handler-repeated" }),
      );
      applyExperimentOverrides(multiStep!).revert();
    } finally {
      overrideHandlers.unregister("workflow");
    }
    expect(log).toEqual(["+sigil.onboarding.workflow.multi_step", "-sigil.onboarding.workflow.multi_step"]);
  });

  it("refuses a target that another experiment overrides, unless both share a layer", () => {
    const { handlers } = diary();
    const override = { type: "workflow" as const, target: "new", replaces: "old" };
    const first = variantWith([override], { meta: { name: "one", version: 1 } });
    const second = variantWith([{ ...override, target: "newer" }], { meta: { name: "two", version: 1 } });
    const applied = applyExperimentOverrides(first, handlers);
    expect(() => applyExperimentOverrides(second, handlers)).toThrow(
      expect.objectContaining({
        code: "override-conflict",
        path: "overrides[0].target",
        message: expect.stringContaining("one (b)") as string,
      }),
    );
    applied.revert();
    applyExperimentOverrides(second, handlers).revert();
    const layer = { id: "acme/app/onboarding" };
    const shared = ["three", "four"].map((name) => variantWith([override], { meta: { name, version: 1 }, layer }));
    for (const handle of shared.map((variant) => applyExperimentOverrides(variant, handlers))) handle.revert();
  });
});

describe("a catalogue of specs", () => {
  const experiments = [{ name: "demo.o" }];
  const specs = (): ConstructorParameters<typeof SpecCatalog>[0] => ({
    workflow: [
      { meta: { name: "onboarding", version: "1.0.0" }, experiments },
      { meta: { name: "onboarding.multi", version: 1 }, steps: [1, 2], note: null, look: { size: 1, tint: "red" } } as never,
      { meta: { name: "onboarding.multi", version: 2 }, steps: [9] } as never,
    ],
    theme: [
      { meta: { key: "dark" }, experiments },
      { meta: { key: "light" }, experiments },
    ],
  });

  it("replaces the only spec that refers to the experiment, merges config, and puts back the original", () => {
    const catalog = new SpecCatalog(specs());
    const before = structuredClone(catalog.effective("workflow", "onboarding"));
    const variant = variantWith([
      { type: "workflow", target: "onboarding.multi", version: "1.0.0", config: { look: { tint: null, size: 2 }, extra: [1] } },
    ]);
    const applied = applyExperimentOverrides(variant, catalog.handlers());
    expect(catalog.effective("workflow", "onboarding")).toEqual({
      meta: { name: "onboarding.multi", version: 1 },
      steps: [1, 2],
      note: null,
      look: { size: 2 },
      extra: [1],
    });
    applied.revert();
    expect(catalog.effective("workflow", "onboarding")).toEqual(before);
  });

  it("takes the latest version of the target, and `replaces` before anything else", () => {
    const catalog = new SpecCatalog(specs());
    const variant = variantWith([
      { type: "theme", target: "light", replaces: "dark" },
      { type: "workflow", target: "onboarding.multi" },
    ]);
    const applied = applyExperimentOverrides(variant, catalog.handlers());
    expect(catalog.effective("theme", "dark")!.meta).toEqual({ key: "light" });
    expect(catalog.effective("workflow", "onboarding")).toMatchObject({ steps: [9] });
    applied.revert();
    expect(catalog.effective("theme", "dark")!.meta).toEqual({ key: "dark" });
  });

  it.each([
    [{ type: "theme" as const, target: "light" }, /set replaces/i],
    [{ type: "presentation" as const, target: "x" }, /set replaces/i],
    [{ type: "workflow" as const, target: "gone" }, /register the target/i],
    [{ type: "workflow" as const, target: "onboarding.multi", replaces: "gone" }, /existing spec/i],
  ])("refuses %j", (override, fix) => {
    const variant = variantWith([override]);
    expect(() => applyExperimentOverrides(variant, new SpecCatalog(specs()).handlers())).toThrow(
      expect.objectContaining({ code: "override-failed", fix: expect.stringMatching(fix) as string }),
    );
  });

  it("lets a policy override tighten, and loosen only with approval", () => {
    const deny: PolicyRule = { effect: "deny", actions: ["export"] };
    const allow: PolicyRule = { effect: "allow", subject: { roles: ["admin"] } };
    const policies = (rules: PolicyRule[]) => ({
      policy: [
        { meta: { name: "base", version: 1 }, experiments, rules: [deny, allow] },
        { meta: { name: "next", version: 1 }, rules },
      ],
    });
    const variant = variantWith([{ type: "policy", target: "next" }]);
    const apply = (rules: PolicyRule[], approved = false): void =>
      applyExperimentOverrides(variant, new SpecCatalog(policies(rules), { isApproved: () => approved }).handlers()).revert();
    apply([
      deny,
      { ...allow, conditions: [{ expression: "context.subject.attributes?.trained" }] },
      { effect: "deny", actions: ["delete"] },
    ]);
    apply([deny]);
    for (const loose of [
      [allow],
      [deny, allow, { effect: "allow" as const }],
      [{ ...deny, conditions: [{ expression: "false" }] }, allow],
      [deny, { ...allow, subject: { roles: ["user"] } }],
    ]) {
      expect(() => apply(loose)).toThrow(
        expect.objectContaining({ code: "override-failed", message: expect.stringContaining("allows what") as string }),
      );
      apply(loose, true);
    }
  });

  it("is as before after apply and revert, whatever the config", async () => {
    const json = fc.dictionary(fc.constantFrom("meta", "steps", "look", "note", "__proto__"), fc.jsonValue({ maxDepth: 3 }));
    await assertProperty(
      fc.property(json, (config) => {
        const catalog = new SpecCatalog(specs());
        const before = structuredClone(catalog.effective("workflow", "onboarding"));
        const targetBefore = structuredClone(catalog.original("workflow", "onboarding.multi"));
        applyExperimentOverrides(variantWith([{ type: "workflow", target: "onboarding.multi", config }]), catalog.handlers()).revert();
        expect(catalog.effective("workflow", "onboarding")).toEqual(before);
        expect(catalog.original("workflow", "onboarding.multi")).toEqual(targetBefore);
        expect(({} as Record<string, unknown>)["steps"]).toBeUndefined();
      }),
    );
  });
});

describe("JSON Merge Patch", () => {
  it.each<[unknown, unknown, unknown]>([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("of %j with %j is %j (RFC 7396, appendix A)", (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it("found between two documents leads from one to the other", async () => {
    const document = fc
      .jsonValue({ maxDepth: 3 })
      .map((value) => JSON.parse(JSON.stringify(value), (_, entry: unknown) => entry ?? 0) as unknown);
    await assertProperty(
      fc.property(document, document, (from, to) => {
        expect(mergePatch(from, mergePatchBetween(from, to))).toEqual(to);
      }),
    );
  });
});
