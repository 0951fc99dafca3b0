import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testFolder } from "../support/folder.ts";
import { testProject, type TestProject } from "../support/project.ts";

const onboarding = (name: string, more = ""): string => `
import { type ExperimentSpec, StabilityEnum } from "experimentation-os/spec";

export const OnboardingExperiment: ExperimentSpec = {
  meta: {
    name: "${name}", version: "1.0.0", title: "T", description: "D", domain: "onboarding", owners: ["@o"], stability: StabilityEnum.Experimental,
  },
  controlVariant: "control",
  variants: [
    { id: "control", name: "Single-step form" },
    { id: "multi_step", name: "Multi-step form", overrides: [{ type: "workflow", target: "flow.multi_step" }] },
  ],
  allocation: { type: "targeted", rules: [{ variantId: "multi_step", percentage: 0.2, expression: "context.attributes?.segment === 'vip'" }], fallback: "random" },
  successMetrics: [{ name: "Done", telemetryEvent: { name: "onboarding.done", version: "1.0.0" }, aggregation: "count" }],
  window: { startMs: Date.UTC(2027, 2, 1), endMs: Date.UTC(2027, 2, 20) },
  ${more}
};
`;
const telemetry = (privacy: string) => ({ meta: { name: "t", version: 1 }, events: [{ name: "onboarding.done", version: 1, privacy }] });
const catalog = {
  workflow: [
    { meta: { name: "flow.main", version: "1.4.0" }, steps: 1, experiments: [{ name: "onboarding.form" }, { name: "other" }] },
    { meta: { name: "flow.multi_step", version: "0.1.0" }, steps: 3, extra: null },
  ],
};

function projectWith(files: Record<string, unknown>): TestProject {
  const project = testProject();
  for (const [name, content] of Object.entries(files)) project.file(name, typeof content === "string" ? content : JSON.stringify(content));
  return project;
}
const documentOf = (out: string): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;

describe("expos spec validate", () => {
  test("loads TypeScript, JavaScript and JSON together, each spec once", () => {
    const project = projectWith({
      "a.ts": `${onboarding("onboarding.form")}\nexport const again = OnboardingExperiment;`,
      "b.mjs": `export const specs = [${JSON.stringify({ meta: { key: "b", version: 2 }, controlVariant: "c", variants: [{ id: "c" }], allocation: { type: "random" } })}];`,
      "c.json": [{ meta: { name: "c", version: 1 }, controlVariant: "c", variants: [{ id: "c" }], allocation: { type: "random" } }],
    });
    const { exitCode, out, err } = project.expos(["spec", "validate", "a.ts", "b.mjs", "c.json", "--json"]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(documentOf(out)).toMatchObject({
      experiments: [
        { file: "a.ts", name: "onboarding.form", version: "1.0.0", variants: ["control", "multi_step"] },
        { file: "b.mjs", name: "b", version: "2.0.0" },
        { file: "c.json", name: "c", version: "1.0.0" },
      ],
    });
  });

  test.each([
    ["a file that is not there", "nothing.ts", "file-missing", "nothing.ts"],
    ["a file of another kind", "notes.txt", "spec-file-kind", "notes.txt"],
    ["a file without an experiment", "empty.ts", "spec-file-empty", "empty.ts"],
    ["a file that throws", "throws.ts", "spec-file-failed", "throws.ts"],
    ["types that cannot be stripped", "enum.ts", "spec-file-failed", "enum.ts"],
    ["an import that is not installed", "import.ts", "spec-file-failed", "import.ts"],
    ["broken JSON", "broken.json", "json-invalid", "broken.json"],
    ["a spec the registry refuses", "refused.json", "control-unknown", "refused.json: controlVariant"],
  ])("L12: refuses %s", (_what, file, code, path) => {
    const project = projectWith({
      "notes.txt": "x",
      "empty.ts": "export const x = 1;",
      "throws.ts": 'throw new Error("boom");',
      "enum.ts": "export enum E { A }",
      "import.ts": 'import "not-installed-anywhere";',
      "broken.json": "{",
      "refused.json": { meta: { name: "c", version: 1 }, controlVariant: "x", variants: [{ id: "c" }], allocation: { type: "random" } },
    });
    const { exitCode, out } = project.expos(["spec", "validate", file, "--json"]);
    expect(exitCode).toBe(1);
    expect(documentOf(out)).toMatchObject({ error: { code, path, fix: expect.stringMatching(/\.$/) } });
  });

  test("says what to do where this Node cannot run TypeScript", () => {
    const project = projectWith({ "a.ts": onboarding("onboarding.form") });
    // The command itself is TypeScript here, so a hook stands in for an older Node.
    project.file("older.mjs", "Object.defineProperty(process.features, 'typescript', { value: false });");
    const { exitCode, out } = project.expos(["spec", "validate", "a.ts", "--json"], {
      nodeFlags: ["--import", join(project.path, "older.mjs")],
    });
    expect(exitCode).toBe(1);
    expect(documentOf(out)).toMatchObject({ error: { code: "typescript-unsupported", fix: expect.stringContaining("22.18") } });
  });

  test.skipIf(!existsSync("dist/spec/index.js"))("finds our package for a spec file that stands where it is not installed", () => {
    const elsewhere = testFolder();
    elsewhere.file("package.json", '{"type":"module"}');
    const file = elsewhere.file("a.ts", onboarding("onboarding.form"));
    expect(testProject().expos(["spec", "validate", file])).toMatchObject({ exitCode: 0, err: "" });
  });
});

describe("expos spec lint", () => {
  const files = {
    "a.ts": onboarding("onboarding.form"),
    "telemetry.json": telemetry("pii"),
    "reviewed.json": telemetry("internal"),
    "catalog.json": catalog,
  };
  const now = ["--now", "2027-03-05T00:00:00Z"];
  const ruleIds = (out: string): string[] =>
    (documentOf(out)["experiments"] as { findings: { ruleId: string }[] }[]).flatMap(({ findings }) =>
      findings.map(({ ruleId }) => ruleId),
    );

  test("exits 0 with warnings, 1 with errors or under --strict, and gives a fix for each finding", () => {
    const project = projectWith(files);
    const warned = project.expos(["spec", "lint", "a.ts", ...now, "--json"]);
    expect(warned.exitCode).toBe(0);
    expect(ruleIds(warned.out)).toEqual(["override-irreversible", "gate-plus-random-fallback"]);
    expect(project.expos(["spec", "lint", "a.ts", ...now, "--strict"]).exitCode).toBe(1);
    const wrong = project.expos(["spec", "lint", "a.ts", ...now, "--telemetry", "telemetry.json"]);
    expect(wrong.exitCode).toBe(1);
    expect(wrong.out).toMatch(/error metric-not-reviewed at successMetrics\[0\]\.telemetryEvent\n.*\n +fix: .+/);
    const clean = project.expos(["spec", "lint", "a.ts", ...now, "--telemetry", "reviewed.json", "--catalog", "catalog.json", "--strict"]);
    expect(clean).toMatchObject({ exitCode: 0, out: expect.stringContaining("0 errors, 0 warnings in 1 experiment") });
  });

  test("finds an edit without a new version against a baseline, and an experiment past its end", () => {
    const project = projectWith(files);
    expect(project.expos(["spec", "lint", "a.ts", ...now, "--write-baseline", "baseline.json"]).exitCode).toBe(0);
    project.file("a.ts", onboarding("onboarding.form").replace("percentage: 0.2", "percentage: 0.3"));
    const edited = project.expos(["spec", "lint", "a.ts", ...now, "--baseline", "baseline.json", "--json"]);
    expect(edited.exitCode).toBe(1);
    expect(ruleIds(edited.out)).toEqual(expect.arrayContaining(["version-not-bumped", "units-would-move"]));
    const kept = project.expos(["spec", "lint", "a.ts", ...now, "--baseline", "baseline.json", "--store", "--json"]);
    expect(ruleIds(kept.out)).not.toContain("units-would-move");
    expect(project.expos(["spec", "lint", "a.ts", ...now, "--write-baseline", "baseline.json", "--json"]).out).toContain("file-exists");
    expect(ruleIds(project.expos(["spec", "lint", "a.ts", "--now", "2027-04-01", "--json"]).out)).toContain("winner-not-promoted");
  });

  test("takes the files to be live together", () => {
    const project = projectWith({ ...files, "b.ts": onboarding("onboarding.rival") });
    const { exitCode, out } = project.expos(["spec", "lint", "a.ts", "b.ts", ...now, "--json"]);
    expect(exitCode).toBe(1);
    expect(ruleIds(out).filter((ruleId) => ruleId === "override-collision")).toHaveLength(2);
  });

  test("calls an unreadable time misuse", () => {
    expect(projectWith(files).expos(["spec", "lint", "a.ts", "--now", "soon"]).exitCode).toBe(2);
    expect(projectWith(files).expos(["spec", "lint"]).exitCode).toBe(2);
  });
});

describe("expos spec explain", () => {
  const files = {
    "a.ts": onboarding("onboarding.form").replace("percentage: 0.2,", 'percentage: 0.2, policy: { name: "beta", version: 1 },'),
    "policies.json": [{ meta: { name: "beta", version: 1 }, rules: [{ effect: "allow", subject: { roles: ["staff"] } }] }],
    "context.json": { userId: "u-4", attributes: { segment: "vip" }, flags: ["staff"], nowMs: Date.UTC(2027, 2, 2) },
  };

  test("says in words and in JSON why a context gets its arm", () => {
    const project = projectWith(files);
    const parameters = ["spec", "explain", "a.ts", "--context", "context.json", "--policies", "policies.json"];
    const { exitCode, out } = project.expos(parameters);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^onboarding\.form 1\.0\.0 gives \w+/);
    expect(out).toMatch(/ 1\. window: yes, /);
    expect(out).toMatch(/unit: yes, unit userId u-4/);
    expect(out).toContain("Chances of a unit like this: control 0.4, multi_step 0.6");
    const document = documentOf(project.expos([...parameters, "--json"]).out);
    expect(document).toMatchObject({
      evaluation: {
        reason: expect.stringMatching(/targeted|random/),
        inExperiment: true,
        trace: expect.any(Array),
        propensity: { control: 0.4 },
      },
      issues: [],
    });
  });

  test("takes the context from options, and reports what failed closed", () => {
    const project = projectWith(files);
    const { exitCode, out } = project.expos([
      "spec",
      "explain",
      "a.ts",
      "--user",
      "u-4",
      "--attribute",
      "segment=vip",
      "--attribute",
      "age=30",
      "--now",
      "2027-03-02",
      "--json",
    ]);
    expect(exitCode).toBe(0);
    expect(documentOf(out)).toMatchObject({
      context: { userId: "u-4", attributes: { segment: "vip", age: 30 } },
      issues: [{ code: "policy-checker-missing", path: "allocation.rules[0].policy" }],
    });
    expect(project.expos(["spec", "explain", "a.ts", "--user", "u", "--now", "2028-01-01"]).out).toContain(
      "outside-window; not in the experiment",
    );
    expect(project.expos(["spec", "explain", "a.ts", "--experiment", "b", "--json"]).out).toContain("experiment-unknown");
    expect(project.expos(["spec", "explain", "a.ts", "--unit", "post"]).exitCode).toBe(2);
  });
});

describe("expos spec simulate", () => {
  test("prints shares, independence and the split inside gates, and exits 1 if one fails", () => {
    const gb = (name: string) => ({
      meta: { name, version: 1 },
      controlVariant: "c",
      variants: [{ id: "c" }, { id: "d" }],
      allocation: { type: "random", salt: "s" },
      hashVersion: "gb-v2",
    });
    const project = projectWith({ "a.ts": onboarding("onboarding.form"), "twins.json": [gb("x"), gb("y")] });
    const fair = project.expos(["spec", "simulate", "a.ts", "--units", "20000", "--attribute", "segment=vip"]);
    expect(fair.exitCode).toBe(0);
    expect(fair.out).toMatch(/^20000 units with sequential ids\n[^]*units that no gate lets in[^]*Verdict: pass\n$/);
    const twins = project.expos(["spec", "simulate", "twins.json", "--units", "20000"]);
    expect(twins.exitCode).toBe(1);
    expect(twins.out).toMatch(/fail x with y: phi 1\.00000[^\n]*\n +fix: /);
    const document = documentOf(project.expos(["spec", "simulate", "a.ts", "--json"]).out);
    expect(document).toMatchObject({ unitCount: 100_000, verdict: "pass" });
    expect(project.expos(["spec", "simulate", "a.ts", "--units", "many"]).exitCode).toBe(2);
    expect(project.expos(["spec", "simulate", "a.ts", "--ids", "odd"]).exitCode).toBe(2);
    expect(project.expos(["spec", "simulate", "a.ts", "--units", "0"]).exitCode).toBe(1);
  });
});

describe("expos spec promote", () => {
  const files = { "a.ts": onboarding("onboarding.form"), "catalog.json": catalog };
  const parameters = ["spec", "promote", "a.ts", "--winner", "multi_step", "--catalog", "catalog.json", "--at", "2027-03-15T00:00:00Z"];

  test("shows a diff first, replaces nothing silently, then writes canonical spec and retired experiment", () => {
    const project = projectWith(files);
    const dry = project.expos([...parameters, "--dry-run"]);
    expect(dry.exitCode).toBe(0);
    expect(dry.out).toContain("--- /dev/null\n+++ canonical/flow-main.workflow.json\n");
    expect(dry.out).toMatch(/^\+ {4}version: "2\.0\.0",$/m);
    expect(dry.out).toMatch(/^\+ {4}stability: StabilityEnum\.Deprecated,$/m);
    expect(existsSync(join(project.path, "canonical"))).toBe(false);

    const refused = project.expos([...parameters, "--json"]);
    expect(refused.exitCode).toBe(1);
    expect(documentOf(refused.out)).toMatchObject({ error: { code: "file-exists", path: "a.ts" } });
    expect(readFileSync(join(project.path, "a.ts"), "utf8")).toBe(files["a.ts"]);
    expect(existsSync(join(project.path, "canonical"))).toBe(false);

    expect(project.expos([...parameters, "--force"])).toMatchObject({ exitCode: 0, err: "" });
    expect(JSON.parse(readFileSync(join(project.path, "canonical/flow-main.workflow.json"), "utf8"))).toEqual({
      meta: { name: "flow.main", version: "1.5.0" },
      steps: 3,
      extra: null,
      experiments: [{ name: "other" }],
    });
    expect(project.typeErrors(["a.ts"])).toBe("");
    const after = project.expos(["spec", "lint", "a.ts", "--json", "--now", "2027-05-01"]);
    expect(documentOf(after.out)).toMatchObject({ experiments: [{ version: "2.0.0" }] });
    expect(after.out).not.toContain("winner-not-promoted");
  });

  test("retires an experiment of a JSON file in that file, and one among others in a file of its own", () => {
    const spec = (name: string) => ({
      meta: { name, version: 1 },
      controlVariant: "c",
      variants: [{ id: "c" }, { id: "d" }],
      allocation: { type: "random" },
    });
    const project = projectWith({ "one.json": spec("one"), "two.json": [spec("two"), spec("three")] });
    expect(project.expos(["spec", "promote", "one.json", "--winner", "d", "--force", "--at", "2027-03-15"]).exitCode).toBe(0);
    expect(JSON.parse(readFileSync(join(project.path, "one.json"), "utf8"))).toMatchObject({
      meta: { name: "one", version: "2.0.0", stability: "deprecated" },
      tags: ["promoted:d"],
      window: { endMs: Date.UTC(2027, 2, 15) },
    });
    expect(project.expos(["spec", "promote", "two.json", "--winner", "d"]).exitCode).toBe(2);
    expect(project.expos(["spec", "promote", "two.json", "--experiment", "three", "--winner", "d"]).exitCode).toBe(0);
    expect(readFileSync(join(project.path, "three.experiment.ts"), "utf8")).toContain("export const ThreeExperiment: ExperimentSpec");
  });

  test("calls it misuse to name no winner", () => {
    expect(projectWith(files).expos(["spec", "promote", "a.ts"]).exitCode).toBe(2);
  });

  test.each([
    ["an unknown winner", [...parameters, "--winner", "x"], "winner-unknown"],
    ["control as winner", [...parameters, "--winner", "control"], "winner-is-control"],
    ["overrides without a catalogue", ["spec", "promote", "a.ts", "--winner", "multi_step"], "catalog-missing"],
    ["a catalogue of nothing", [...parameters.slice(0, 5), "--catalog", "a.ts"], "spec-file-empty"],
  ])("L12: refuses %s", (_what, given, code) => {
    const result = projectWith(files).expos([...given, "--json"]);
    expect(result.exitCode).toBe(1);
    expect(documentOf(result.out)).toMatchObject({ error: { code } });
  });
});
