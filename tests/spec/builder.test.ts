import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildExperiment, type ExperimentDraft, experimentFile, ExperimentRegistry, identifierOf, kebabOf } from "../../src/spec/index.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";
import { OnboardingSplitFormExperiment } from "./support/specs.ts";

const smallest: ExperimentDraft = { meta: { name: "demo" }, variants: [{ id: "control" }, { id: "b" }] };

/** What a generated file says, read by JavaScript itself. */
function valueOf(source: string): unknown {
  const expression = source
    .replace(/^import .*\n\nexport const \w+: ExperimentSpec = /, "(")
    .replace(/;\n$/, ")")
    .replace(/StabilityEnum\.(\w+)/, "'$1'");
  return JSON.parse(runInNewContext(`JSON.stringify(${expression})`) as string) as unknown;
}

describe("the builder", () => {
  test("completes the smallest draft", () => {
    expect(buildExperiment(smallest)).toEqual({
      meta: { name: "demo", version: "1.0.0", stability: "experimental" },
      controlVariant: "control",
      variants: [
        { id: "control", name: "control" },
        { id: "b", name: "b" },
      ],
      allocation: { type: "random" },
    });
  });

  test("leaves a complete spec as it is", () => {
    expect(buildExperiment(OnboardingSplitFormExperiment)).toEqual(OnboardingSplitFormExperiment);
  });

  test("gives the same bytes whatever order the fields came in", () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .toReversed()
                .map(([key, entry]) => [key, reversed(entry)]),
            )
          : value;
    expect(experimentFile(reversed(OnboardingSplitFormExperiment) as ExperimentDraft).source).toBe(
      experimentFile(OnboardingSplitFormExperiment).source,
    );
  });

  test.each([
    ["a lone control", { ...smallest, variants: [{ id: "control" }] }, "variants-too-few", "variants"],
    ["no variants", { meta: { name: "demo" } }, "variants-too-few", "variants"],
    ["no name", { ...smallest, meta: {} }, "experiment-invalid", "meta.name"],
    ["nothing at all", null, "experiment-invalid", ""],
    ["a list", [], "experiment-invalid", ""],
    ["a mistyped field", { ...smallest, alocation: { type: "random" } }, "field-unknown", "alocation"],
    [
      "a mistyped field of a variant",
      { ...smallest, variants: [{ id: "control", wieght: 2 }, { id: "b" }] },
      "field-unknown",
      "variants[0].wieght",
    ],
    ["a foreign stability", { ...smallest, meta: { name: "demo", stability: "shaky" } }, "stability-unknown", "meta.stability"],
    [
      "a percentage in percent",
      { ...smallest, allocation: { type: "targeted", rules: [{ variantId: "b", percentage: 50 }] } },
      "percentage-invalid",
      "allocation.rules[0].percentage",
    ],
    [
      "a hostile expression",
      { ...smallest, allocation: { type: "targeted", rules: [{ variantId: "b", expression: "process.exit()" }] } },
      "expression-refused",
      "allocation.rules[0].expression",
    ],
  ])("L12: refuses %s", (_what, draft, code, path) => {
    expect(refusalOf(() => buildExperiment(draft as ExperimentDraft))).toMatchObject({ code, path, fix: expect.stringMatching(/\.$/) });
  });

  test("refuses nesting that would exhaust the stack", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(60)}1${"}".repeat(60)}`) as Record<string, unknown>;
    const draft = { ...smallest, variants: [{ id: "control" }, { id: "b", metadata: deep }] };
    expect(refusalOf(() => buildExperiment(draft))).toMatchObject({ code: "nested-too-deep" });
  });
});

describe("a spec file", () => {
  test.each([
    ["sigil.onboarding.split_form", "sigil-onboarding-split-form", "SigilOnboardingSplitFormExperiment"],
    ["2col.layout", "2col-layout", "_2colLayoutExperiment"],
    ["splitForm", "split-form", "SplitFormExperiment"],
    ["Größe", "gro-e-x4e9b1d1e", "GroEX4e9b1d1eExperiment"],
    ["class", "class", "ClassExperiment"],
    ["../../etc/passwd", "etc-passwd", "EtcPasswdExperiment"],
  ])("of %s is called %s and exports %s", (name, kebab, identifier) => {
    expect(kebabOf(name).replace(/x[0-9a-f]{8}$/, "#")).toBe(kebab.replace(/x[0-9a-f]{8}$/, "#"));
    expect(identifierOf(name).replace(/X[0-9a-f]{8}/, "#")).toBe(identifier.replace(/X[0-9a-f]{8}/, "#"));
  });

  test("tells names of other scripts apart", () => {
    expect(kebabOf("日本")).not.toBe(kebabOf("中国"));
    expect(identifierOf("…")).toMatch(/^X[0-9a-f]{8}Experiment$/);
  });

  test("L12: says exactly what its draft said, whatever characters are in it", async () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.constantFrom('"', "\\", "`${1}`", "*/", "</script>", "\u2028", "\ud800", "__proto__", "constructor", "\n"),
    );
    const name = text.filter((value) => !value.includes("\0"));
    // Keys of one escaped character are left out: JSON.parse of V8 13 mixes them up once it has seen another such key.
    const key = text.filter((value) => JSON.stringify(value) === `"${value}"`);
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.constantFrom(null, true, -0.5),
        fc.array(tie("json"), { maxLength: 3 }),
        fc.dictionary(key, tie("json"), { maxKeys: 3 }),
      ),
    }));
    const draft = fc.record({
      meta: fc.record({ name, title: text, owners: fc.array(text), docId: text }, { requiredKeys: ["name"] }),
      variants: fc.uniqueArray(name, { minLength: 2, maxLength: 3 }).chain((ids) =>
        fc.tuple(
          ...ids.map((id) =>
            fc.record({
              id: fc.constant(id),
              name,
              weight: fc.double({ min: 0.1, max: 9, noNaN: true }),
              metadata: fc.dictionary(key, json),
            }),
          ),
        ),
      ),
    });
    await assertProperty(
      fc.property(draft, (one) => {
        const { source, spec, identifier, fileName } = experimentFile(one);
        expect(identifier).toMatch(/^[A-Za-z_][A-Za-z0-9]*$/);
        expect(fileName).toMatch(/^[a-z0-9][a-z0-9-]*\.experiment\.ts$/);
        const said = valueOf(source) as { meta: { stability: string } };
        expect(said).toEqual(JSON.parse(JSON.stringify({ ...spec, meta: { ...spec.meta, stability: "Experimental" } })));
        // What was built can be registered, and built again from its own JSON.
        expect(new ExperimentRegistry([spec]).list()).toHaveLength(1);
        expect(experimentFile(JSON.parse(JSON.stringify(spec)) as ExperimentDraft).source).toBe(source);
      }),
      { numRuns: 100 },
    );
  });
});
