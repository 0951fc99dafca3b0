import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type CommandResult, execute } from "../../src/cli/command.ts";
import { runCheck } from "../../src/cli/commands/brief.ts";
import { runDiff } from "../../src/cli/commands/briefDiff.ts";
import { runNew } from "../../src/cli/commands/briefNew.ts";
import { testFolder } from "../support/folder.ts";
import { refusalOfAsync } from "../support/refusal.ts";
import { scriptedPrompts } from "./support/scriptedPrompts.ts";

const example = "examples/briefs/batch-hook.yaml";

async function printed(
  command: () => CommandResult | Promise<CommandResult>,
  json = true,
): Promise<{ exitCode: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text), interactive: false };
  return { exitCode: await execute(command, json, io), out, err };
}

describe("expos brief check", () => {
  test("passes an example: exit 0, one JSON document with issues, lift and cost", async () => {
    const { exitCode, out } = await printed(() => runCheck(example, {}));
    expect(exitCode).toBe(0);
    const document = JSON.parse(out) as Record<string, unknown>;
    expect(document).toMatchObject({ ok: true, issues: [], detectableLift: { sigma: 1, blocks: 8 }, cost: { usd: 0, posts: 16 } });
  });

  test("refuses a brief that is not ok with the whole document: exit 1", async () => {
    const { exitCode, out } = await printed(() => runCheck("examples/inputs/brief.broken.json", {}));
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      issues: [
        { code: "two-variables", path: "variableUnderTest", message: expect.any(String) as string, fix: expect.any(String) as string },
      ],
      detectableLift: { blocks: 8 },
    });
  });

  test("tells a person what it finds, costs and needs, sigma with it", async () => {
    const { out } = await printed(() => runCheck(example, { logSd: "0.5", generationUsd: "2" }), false);
    expect(out).toContain("finds     x1.86 four times in five: 8 blocks, sigma 0.5 log units (given)");
    expect(out).toContain("costs     $4.00: 16 posts");
    expect(out).toContain("decides   evidence");
    expect((await printed(() => runCheck(example, { logSd: "none" }))).exitCode).toBe(2);
  });

  test.each([
    ["is missing", undefined, "brief-unreadable"],
    ["is no YAML", "a: [", "brief-invalid"],
    [
      "multiplies itself",
      "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]",
      "brief-invalid",
    ],
    ["names a field twice", "client_id: a\nclientId: b", "brief-invalid"],
    ["is larger than any brief", `name: ${"x".repeat(9 * 1024 * 1024)}`, "brief-too-large"],
  ])("refuses a file that %s", async (_, text, code) => {
    const folder = testFolder();
    const path = text === undefined ? join(folder.path, "none.yaml") : folder.file("brief.yaml", text);
    expect(await refusalOfAsync(() => runCheck(path, {}))).toMatchObject({ code });
  });

  test("a caption beyond any platform is an issue, not a crash", async () => {
    const brief = readFileSync(example, "utf8").replace("hook: Why does your flat white taste of paper?", `hook: ${"x".repeat(200_000)}`);
    const { document, refused } = await runCheck(testFolder().file("long.yaml", brief), {});
    expect(refused).toBe(true);
    expect(document).toMatchObject({ issues: [{ path: "testVariants[0].patch.parts.hook" }] });
  });
});

const flags = {
  name: "Question or promise",
  client: "aurora-coffee",
  type: "batch",
  surface: "instagram.reels",
  account: "aurora",
  hypothesis: "A question holds more viewers.",
  variable: "hook",
  control: "You will want this.",
  test: ["Why is it so good?"],
  start: "2027-03-01",
  zone: "Europe/Lisbon",
};

describe("expos brief new", () => {
  test("writes YAML from flags that the check accepts", async () => {
    const out = join(testFolder().path, "new.yaml");
    expect(await runNew({ ...flags, body: "The pour, in 20 seconds.", out })).toMatchObject({ document: { path: out, written: true } });
    expect((await runCheck(out, {})).refused).toBe(false);
    expect(parse(readFileSync(out, "utf8"))).toMatchObject({
      control: { content: { parts: { hook: "You will want this.", body: "The pour, in 20 seconds." } } },
    });
  });

  test("never replaces a file silently", async () => {
    const out = testFolder().file("new.yaml", "mine");
    expect(await refusalOfAsync(() => runNew({ ...flags, out }))).toMatchObject({ code: "file-exists" });
    expect(readFileSync(out, "utf8")).toBe("mine");
    await runNew({ ...flags, out, force: true });
    expect((await runCheck(out, {})).refused).toBe(false);
  });

  test("takes a whole brief from JSON, and writes nothing of one that does not pass", async () => {
    const folder = testFolder();
    const out = join(folder.path, "out.yaml");
    const broken = await runNew({ from: "examples/inputs/brief.broken.json", out });
    expect(broken).toMatchObject({ refused: true, document: { written: false, check: { ok: false } } });
    expect(await refusalOfAsync(() => runCheck(out, {}))).toMatchObject({ code: "brief-unreadable" });
    await runNew({ from: "examples/inputs/brief.valid.json", out });
    expect(parse(readFileSync(out, "utf8"))).toEqual(JSON.parse(readFileSync("examples/inputs/brief.valid.json", "utf8")));
  });

  test("asks a person, and takes no answer that cannot be", async () => {
    const prompts = scriptedPrompts([
      ["Name of the experiment", ""],
      ["Name of the experiment", "Asked"],
      ["Client", "aurora-coffee"],
      ["Kind of experiment", "batch"],
      ["Surface", "youtube.shorts"],
      ["Account", "aurora"],
      ["Hypothesis", "A question holds more viewers."],
      ["The one thing under test", "title"],
      ["Control: title", "The flat white"],
      ["Test 1: title", "Why this flat white?"],
      ["Another test variant?", false],
      ["The hook", ""],
      ["The body", "The pour."],
      ["The cta", ""],
      ["Posts per variant", "six"],
      ["Posts per variant", "6"],
      ["Time zone", "Mars/Base"],
      ["Time zone", "Europe/Lisbon"],
      ["First day", "1 March"],
      ["First day", "2027-02-30"],
      ["First day", "2027-03-01"],
      [/^Write /, true],
    ]);
    const out = join(testFolder().path, "asked.yaml");
    await runNew({ out }, prompts);
    expect(prompts.left()).toBe(0);
    expect(prompts.refused).toHaveLength(5);
    expect(await runCheck(out, {})).toMatchObject({ refused: false, document: { detectableLift: { blocks: 6 } } });
  });

  test.each([
    ["--name", { ...flags, name: "" }],
    ["--test", { ...flags, test: [] }],
    ["--surface", { ...flags, surface: "myspace.wall" }],
    ["--variable", { ...flags, variable: "blueprint" }],
    ["--posts", { ...flags, posts: "many" }],
    ["--start", { ...flags, start: "soon" }],
    ["--from", { ...flags, from: "x.json" }],
  ])("is called wrongly without a good %s", async (path, options) => {
    expect(await refusalOfAsync(() => runNew(options))).toMatchObject({ code: "misuse", path });
  });
});

describe("expos brief diff", () => {
  test("shows control against test: words of the caption, fields, the tested one marked", async () => {
    const { out } = await printed(() => runDiff(example, undefined), false);
    expect(out).toContain("control -> question");
    expect(out).toContain("{+Why does your +}");
    expect(out).toMatch(/\* parts\.hook +- The flat white/);
    expect(out).toMatch(/ {2} {2}parts\.body +=/);
    const document = JSON.parse((await printed(() => runDiff(example, undefined))).out) as { variable: string; pairs: unknown[] };
    expect(document).toMatchObject({ variable: "hook", pairs: [{ pair: ["control", "question"] }] });
  });

  test("shows two briefs, and says where they are the same", async () => {
    const other = join(testFolder().path, "other.yaml");
    writeFileSync(
      other,
      readFileSync(example, "utf8").replace("postsPerVariant: 8", "postsPerVariant: 12").replace("cta: Save", "cta: Keep"),
    );
    const { out } = await printed(() => runDiff(example, other), false);
    expect(out).toContain("exposurePlan.postsPerVariant\n  - 8\n  + 12");
    expect(out).toMatch(/! parts\.cta +- Save/);
    expect(runDiff(example, example).text).toBe("The two briefs say the same.");
    expect((await printed(() => runDiff(example, "examples/inputs/brief.broken.json"))).exitCode).toBe(1);
  });
});
