import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { run } from "../../src/cli/commands/demo.ts";
import { refusalOfAsync } from "../support/refusal.ts";

const folder = mkdtempSync(join(tmpdir(), "expos-demo-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const out = (name: string): string => join(folder, name);

describe("expos demo", () => {
  test("prints digest, decision, validity and report, and the digest is that of the written journal", async () => {
    const { document, text } = await run({ story: "blocked", seed: "7", out: out("one") });
    const told = document as { digest: string; decision: { kind: string }; validity: { verdict: string }; report: { state: string } };
    expect(Object.keys(told)).toEqual(["digest", "decision", "validity", "report"]);
    expect(
      createHash("sha256")
        .update(readFileSync(join(out("one"), "journal.ndjson")))
        .digest("hex"),
    ).toBe(told.digest);
    expect(readdirSync(out("one")).sort()).toEqual([".expos-output.json", "journal.ndjson", "report.html", "report.json", "report.md"]);
    expect(JSON.parse(readFileSync(join(out("one"), "report.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(told.report)));
    expect(text).toContain("RiskScan block");
    expect(text).toContain("Look further");
  });

  test("L8: told again it writes the same bytes", async () => {
    const files = async (name: string): Promise<string[]> => {
      await run({ story: "paused", seed: "s", out: out(name) });
      return ["journal.ndjson", "report.html", "report.md", "report.json"].map((file) => readFileSync(join(out(name), file), "utf8"));
    };
    expect(await files("again-1")).toEqual(await files("again-2"));
  });

  test("tells all five stories into one folder with one page that compares them", async () => {
    const { document } = await run({ story: "all", seed: "2027", out: out("all") });
    const { stories } = document as { stories: { name: string; decision: { kind: string } }[] };
    expect(stories.map(({ name, decision }) => [name, decision.kind])).toEqual([
      ["shipped", "ship"],
      ["blocked", "stop"],
      ["paused", "pause"],
      ["invalid", "invalid"],
      ["insufficient", "insufficient"],
    ]);
    const page = readFileSync(join(out("all"), "index.html"), "utf8");
    for (const { name } of stories) {
      expect(page).toContain(name);
      expect(existsSync(join(out("all"), name, "report.html"))).toBe(true);
    }
    await run({ story: "blocked", seed: "1", out: out("all") });
    expect(readdirSync(out("all"))).not.toContain("index.html");
  });

  test("L12: replaces only a folder of its own", async () => {
    mkdirSync(out("mine"));
    writeFileSync(join(out("mine"), "thesis.md"), "years of work");
    const refusal = await refusalOfAsync(() => run({ story: "blocked", seed: "1", out: out("mine") }));
    expect(refusal).toMatchObject({ code: "out-taken" });
    expect(readdirSync(out("mine"))).toEqual(["thesis.md"]);
    await run({ story: "all", seed: "1", out: out("nested") });
    writeFileSync(join(out("nested"), "paused", "notes.md"), "mine");
    expect(await refusalOfAsync(() => run({ story: "blocked", seed: "1", out: out("nested") }))).toMatchObject({ code: "out-taken" });
  });

  test.each([
    ["a story nobody knows", { story: "happy" }, "story-unknown", "--story"],
    ["an empty seed", { seed: "" }, "seed-empty", "--seed"],
    ["a brief that is not there", { brief: "/nowhere.yaml" }, "brief-unreadable", "/nowhere.yaml"],
  ])("L12: refuses %s and writes nothing", async (_, change, code, path) => {
    const refusal = await refusalOfAsync(() => run({ story: "shipped", seed: "1", out: out("never"), ...change }));
    expect(refusal).toMatchObject({ code, path });
    expect(refusal.fix).not.toBe("");
    expect(existsSync(out("never"))).toBe(false);
  });

  test.each([
    ["YAML that does not parse", "name: [", "brief-invalid"],
    ["a brief without a control", "name: x", "brief-invalid"],
    [
      "a brief of two variables",
      readFileSync("examples/briefs/batch-hook.yaml", "utf8").replace("variableUnderTest: hook", "variableUnderTest: [hook, cta]"),
      "brief-invalid",
    ],
    [
      "a window too small",
      readFileSync("examples/briefs/batch-hook.yaml", "utf8").replace("end: 2027-03-15T00:00", "end: 2027-03-03T00:00"),
      "plan-refused",
    ],
    [
      "a zone nobody knows",
      readFileSync("examples/briefs/batch-hook.yaml", "utf8").replace("zone: Europe/Lisbon", "zone: Mars/Olympus"),
      "zone-unknown",
    ],
  ])("L12: refuses %s and writes nothing", async (_, text, code) => {
    const brief = join(folder, "brief.yaml");
    writeFileSync(brief, text);
    const refusal = await refusalOfAsync(() => run({ story: "shipped", seed: "1", out: out("never"), brief }));
    expect(refusal.code).toBe(code);
    expect(existsSync(out("never"))).toBe(false);
  });
});
