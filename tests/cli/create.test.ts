import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { run } from "../../src/cli/commands/create.ts";
import type { CommandResult } from "../../src/cli/command.ts";
import { refusalOfAsync } from "../support/refusal.ts";
import { exposEntry, testProject } from "../support/project.ts";
import { type Script, scriptedPrompts } from "./support/scriptedPrompts.ts";

/** The same experiment, said by a person, by flags and by a file. */
const spoken: Script = [
  ["Name", ""],
  ["Name", "2.onboarding.split_form"],
  ["Version", "one"],
  ["Version", "1.2.0"],
  ["Title", 'Split "onboarding" form'],
  ["Description", "Compare single vs multi-step onboarding, at last"],
  ["Domain", "onboarding"],
  ["Owners", "@team.onboarding, @team.growth"],
  ["Tags", ""],
  ["Stability", "experimental"],
  ["Id of the control variant", "<enter>"],
  ["Name of control", "Single-step form"],
  ["Id of a test variant", "control"],
  ["Id of a test variant", "multi_step"],
  ["Name of multi_step", "Multi-step form"],
  ["Add another test variant?", false],
  ["Equal weights?", false],
  ["Weight of control", "-1"],
  ["Weight of control", "3"],
  ["Weight of multi_step", "1"],
  ["Does multi_step put another spec in place", true],
  ["What kind of spec?", "workflow"],
  ["Name of the spec that is used instead", "onboarding.workflow.multi_step"],
  ["Name of the spec it replaces", "onboarding.workflow.main"],
  ["Another override of multi_step?", false],
  ["Allocation", "targeted"],
  ["Rule 1: which variant?", "multi_step"],
  ["Share of matching units", "50"],
  ["Share of matching units", "0.5"],
  ["Policy that must allow", "beta.access@1.0.0"],
  ["Expression", "context.constructor"],
  ["Expression", "context.attributes?.segment === 'vip'"],
  ["Another rule?", false],
  ["Who matches no rule gets", "random"],
  ["Salt", "s1"],
  ["Add a success metric?", true],
  ["Name of the metric", "Time to finish, p95"],
  ["Telemetry event", "telemetry.onboarding_completed"],
  ["Telemetry event", "telemetry.onboarding_completed@1.0.0"],
  ["Aggregation", "p95"],
  ["Numeric property", "durationMs"],
  ["Target value", "60000"],
  ["Another success metric?", false],
  ["Start, UTC", "tomorrow"],
  ["Start, UTC", "2027-03-01T00:00:00Z"],
  ["End, UTC", "2027-02-01T00:00:00Z"],
  ["End, UTC", "2027-03-22T00:00:00Z"],
];
const yes: Script = [[/^Write .*\?$/, true]];

const flags = [
  ["--name", "2.onboarding.split_form"],
  ["--spec-version", "1.2.0"],
  ["--title", 'Split "onboarding" form'],
  ["--description", "Compare single vs multi-step onboarding, at last"],
  ["--domain", "onboarding"],
  ["--owner", "@team.onboarding"],
  ["--owner", "@team.growth"],
  ["--control", "id=control,name=Single-step form,weight=3"],
  ["--variant", "id=multi_step,name=Multi-step form,weight=1"],
  ["--override", "variant=multi_step,type=workflow,target=onboarding.workflow.multi_step,replaces=onboarding.workflow.main"],
  ["--rule", "variant=multi_step,percentage=0.5,policy=beta.access@1.0.0,expression=context.attributes?.segment === 'vip'"],
  ["--fallback", "random"],
  ["--salt", "s1"],
  ["--metric", "event=telemetry.onboarding_completed@1.0.0,aggregation=p95,property=durationMs,target=60000,name=Time to finish, p95"],
  ["--start", "2027-03-01T00:00:00Z"],
  ["--end", "2027-03-22T00:00:00Z"],
].flat();

const fileName = "experiments/2-onboarding-split-form.experiment.ts";
const smallest = ["--name", "demo.a", "--variant", "b"];

function documentOf(result: CommandResult): { path: string; source: string; spec: unknown; written: boolean } {
  return result.document as ReturnType<typeof documentOf>;
}

describe("expos create experiment", () => {
  test("writes the same bytes for the same answers, asked in a terminal, given as flags or as a file", async () => {
    const project = testProject();
    const prompts = scriptedPrompts([...spoken, ...yes]);
    const asked = documentOf(await run({ what: "experiment", dir: join(project.path, "asked") }, prompts));
    expect(prompts.left()).toBe(0);
    expect(prompts.refused).toHaveLength(9);
    expect(prompts.refused.every((fault) => /^\S.*\.$/.test(fault))).toBe(true);

    const byFlags = project.expos(["create", "experiment", "--dir", "flags", ...flags]);
    expect(byFlags).toMatchObject({ exitCode: 0, err: "" });
    project.file("answers.json", JSON.stringify(asked.spec));
    expect(project.expos(["create", "--type", "experiment", "--dir", "file", "--from", "answers.json"])).toMatchObject({
      exitCode: 0,
      err: "",
    });

    const written = readFileSync(asked.path, "utf8");
    expect(asked.path.endsWith(fileName)).toBe(true);
    expect(written).toBe(asked.source);
    expect(readFileSync(join(project.path, "flags", fileName), "utf8")).toBe(written);
    expect(readFileSync(join(project.path, "file", fileName), "utf8")).toBe(written);
  });

  test("writes files that a strict compiler accepts and that load", () => {
    const project = testProject();
    const hostile = project.file(
      "hostile.json",
      JSON.stringify({
        meta: { key: 'x"`${1}*/', version: 3, owners: ["\u2028"] },
        variants: [
          { id: "control" },
          {
            id: "__proto__",
            metadata: { constructor: { "a b": [1, null, []] } },
            overrides: [{ type: "theme", target: "t", config: JSON.parse('{"__proto__": {"x": 1}}') }],
          },
        ],
        allocation: { type: "sticky", attribute: "userId" },
        hashVersion: "gb-v2",
        layer: { id: "acme/feed/hook", mode: "split", ranges: [{ from: 0, to: 0.5 }] },
        holdout: { id: "h" },
      }),
    );
    const created = [flags, smallest, ["--from", hostile]].map((answers) => {
      const { out, exitCode } = project.expos(["create", "experiment", "--json", ...answers]);
      expect(exitCode).toBe(0);
      return (JSON.parse(out) as { path: string }).path;
    });
    expect(created).toContain(fileName);
    expect(project.typeErrors(created)).toBe("");
    const { exitCode, out } = project.expos(["spec", "validate", "--json", ...created]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      experiments: [{ name: "2.onboarding.split_form" }, { name: "demo.a" }, { name: 'x"`${1}*/', version: "3.0.0" }],
    });
  });

  test("never replaces a file unless told to, and prints without writing when asked", () => {
    const project = testProject();
    const dry = project.expos(["create", "experiment", ...smallest, "--dry-run"]);
    expect(dry).toMatchObject({ exitCode: 0, out: expect.stringContaining("export const DemoAExperiment: ExperimentSpec = {") });
    expect(project.expos(["create", "experiment", ...smallest]).exitCode).toBe(0);
    const path = join(project.path, "experiments/demo-a.experiment.ts");
    expect(readFileSync(path, "utf8")).toBe(dry.out);
    // The same bytes again are no replacement.
    expect(project.expos(["create", "experiment", ...smallest]).exitCode).toBe(0);
    writeFileSync(path, "// mine\n");
    const refused = project.expos(["create", "experiment", ...smallest, "--json"]);
    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.out)).toMatchObject({ error: { code: "file-exists", fix: expect.stringContaining("--force") } });
    expect(readFileSync(path, "utf8")).toBe("// mine\n");
    expect(project.expos(["create", "experiment", ...smallest, "--force"]).exitCode).toBe(0);
    expect(readFileSync(path, "utf8")).toBe(dry.out);
  });

  test.each([
    ["nothing to create", ["create"], "type"],
    ["an unknown thing", ["create", "blueprint"], "type"],
    ["two things", ["create", "experiment", "--type", "brief"], "type"],
    ["no answers and no terminal", ["create", "experiment"], "--name"],
    ["no test variant", ["create", "experiment", "--name", "a"], "--variant"],
    ["answers from two sides", ["create", "experiment", "--from", "x.json", "--name", "a"], "--from"],
    ["an unreadable rule", ["create", "experiment", ...smallest, "--rule", "who=b"], "--rule"],
    ["a rule without its variant", ["create", "experiment", ...smallest, "--rule", "percentage=0.1"], "--rule"],
    ["a weight that is no number", ["create", "experiment", "--name", "a", "--variant", "id=b,weight=much"], "--variant"],
    ["an override of nobody", ["create", "experiment", ...smallest, "--override", "variant=c,type=theme,target=t"], "--override"],
    [
      "a config that is no JSON",
      ["create", "experiment", ...smallest, "--override", "variant=b,type=theme,target=t,config={a"],
      "--override",
    ],
    ["a metric without a version", ["create", "experiment", ...smallest, "--metric", "event=e,name=m"], "--metric"],
    ["an instant without a zone", ["create", "experiment", ...smallest, "--end", "2027-03-01T00:00"], "--end"],
    ["a day that never comes", ["create", "experiment", ...smallest, "--end", "2027-02-30"], "--end"],
  ])("calls it misuse to give %s", async (_what, parameters, path) => {
    const [, ...rest] = parameters;
    const misuse = await refusalOfAsync(async () => run(await parsed(rest)));
    expect(misuse).toMatchObject({ name: "DomainError", code: "misuse", path });
    expect(misuse.constructor.name).toBe("MisuseError");
  });

  test("exits 2 on misuse and 1 on a refusal, with one JSON document either way", () => {
    const project = testProject();
    const misuse = project.expos(["create", "experiment", "--json"]);
    expect(misuse.exitCode).toBe(2);
    expect(JSON.parse(misuse.out)).toMatchObject({ error: { code: "misuse", path: "--name" } });
    expect(project.expos(["create", "experiment", "--colour"]).exitCode).toBe(2);
    const refused = project.expos(["create", "experiment", ...smallest, "--rule", "variant=c", "--json"]);
    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.out)).toMatchObject({ error: { code: "rule-variant-unknown", path: "allocation.rules[0].variantId" } });
    project.file("broken.json", "{");
    expect(JSON.parse(project.expos(["create", "experiment", "--from", "broken.json", "--json"]).out)).toMatchObject({
      error: { code: "json-invalid" },
    });
  });

  test("writes nothing if the person says no at the end", async () => {
    const project = testProject();
    const result = await run({ what: "experiment", dir: project.path }, scriptedPrompts([...spoken, [/^Write/, false]]));
    expect(result).toMatchObject({ refused: true, document: { written: false } });
    expect(() => readFileSync(join(project.path, fileName))).toThrow(/ENOENT/);
  });

  test("lists every flag in --help", () => {
    const { exitCode, out } = testProject().expos(["create", "--help"]);
    expect(exitCode).toBe(0);
    for (const flag of flags.filter((word) => word.startsWith("--"))) expect(out).toContain(flag);
  });
});

/** The options commander makes of parameters. */
async function parsed(parameters: readonly string[]): Promise<Parameters<typeof run>[0]> {
  const [first] = parameters;
  const what = first === undefined || first.startsWith("--") ? undefined : first;
  const options: Record<string, unknown> = { dir: "." };
  const rest = what === undefined ? parameters : parameters.slice(1);
  for (let at = 0; at < rest.length; at += 2) {
    const name = rest[at]!.slice(2);
    const many = ["variant", "rule", "override", "metric"].includes(name);
    options[name] = many ? [...((options[name] as string[] | undefined) ?? []), rest[at + 1]!] : rest[at + 1]!;
  }
  return { ...options, what } as Parameters<typeof run>[0];
}

const hasTerminals = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false;

describe.skipIf(!hasTerminals)("the wizard on a terminal", () => {
  const enter = "\r";

  test("asks, refuses a bad answer, and writes what flags would write", async () => {
    const project = testProject();
    const person = terminal(project.path, `${process.execPath} ${exposEntry} create experiment`);
    for (const [question, keys] of [
      ["Name", `demo.a${enter}`],
      ["Version", enter],
      ["Title", enter],
      ["Description", enter],
      ["Domain", enter],
      ["Owners", enter],
      ["Tags", enter],
      ["Stability", enter],
      ["Id of the control variant", enter],
      ["Name of control", enter],
      ["Id of a test variant", `control${enter}`],
      ["already has the id", `\u007f\u007f\u007f\u007f\u007f\u007f\u007fb${enter}`],
      ["Name of b", enter],
      ["Add another test variant?", enter],
      ["Equal weights?", enter],
      ["Does b put another spec in place", enter],
      ["Allocation", enter],
      ["Salt", enter],
      ["Add a success metric?", "n"],
      ["Start, UTC", enter],
      ["End, UTC", enter],
      ["Write experiments/demo-a.experiment.ts?", enter],
    ] as const)
      await person.answer(question, keys);
    expect(await person.exitCode()).toBe(0);
    const flagged = project.expos(["create", "experiment", "--name", "demo.a", "--variant", "b", "--dry-run"]);
    expect(readFileSync(join(project.path, "experiments/demo-a.experiment.ts"), "utf8")).toBe(flagged.out);
  });

  test("left with Ctrl-C writes nothing and exits 1", async () => {
    const project = testProject();
    const person = terminal(project.path, `${process.execPath} ${exposEntry} create experiment`);
    await person.answer("Name", "\u0003");
    expect(await person.exitCode()).toBe(1);
    expect(person.seen()).toContain("cancelled");
    expect(() => readFileSync(join(project.path, "experiments"))).toThrow(/ENOENT/);
  });
});

/** A command on a pseudo-terminal, and a person who waits for a question before typing. */
function terminal(cwd: string, command: string) {
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", `stty columns 120 rows 40; ${command}`, "/dev/null"], {
    cwd,
    env: { ...process.env, TERM: "xterm" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill());
  let seen = "";
  let read = 0;
  const waiting = new Set<() => void>();
  const wake = (): void => waiting.forEach((resume) => resume());
  child.stdout.on("data", (chunk: Buffer) => {
    seen += chunk.toString("utf8");
    wake();
  });
  const ended = new Promise<number | null>((resolve) =>
    child.on("close", (code) => {
      resolve(code);
      wake();
    }),
  );
  return {
    seen: () => seen,
    exitCode: () => ended,
    async answer(question: string, keys: string) {
      for (let at = -1; ;) {
        at = seen.indexOf(question, read);
        if (at !== -1) {
          read = at + question.length;
          break;
        }
        if (child.exitCode !== null) throw new Error(`ended before asking "${question}":\n${seen}`);
        await new Promise<void>((resolve) => {
          const resume = (): void => {
            waiting.delete(resume);
            resolve();
          };
          waiting.add(resume);
        });
      }
      child.stdin.write(keys);
    },
  };
}
