import { describe, expect, test } from "vitest";
import { execute } from "../../src/cli/command.ts";
import { run } from "../../src/cli/commands/validity.ts";
import { validityReportSchema } from "../../src/domain/index.ts";
import { defaultValidityPolicy, type ValidityInput } from "../../src/erm/index.ts";
import { exampleInput } from "../domain/briefs.ts";
import { testFolder } from "../support/folder.ts";

async function printed(file: string, options: { policy?: string; json?: boolean } = {}) {
  let out = "";
  let err = "";
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text), interactive: false };
  const exitCode = await execute(() => run(file, options), options.json === true, io);
  return { exitCode, out, err };
}

const valid = "examples/inputs/validity-input.valid.json";

describe("expos validity", () => {
  test("tells the verdict of each check in a sentence, or prints the report", async () => {
    const told = await printed(valid);
    expect(told).toMatchObject({ exitCode: 0, err: "" });
    expect(told.out).toMatch(/^Validity: pass$/m);
    for (const id of ["E1", "E2", "E3", "blocks", "E8", "E9", "E10", "E11"])
      expect(told.out).toMatch(new RegExp(`^ +${id} +pass +\\S.*\\.$`, "m"));
    const report = validityReportSchema.parse(JSON.parse((await printed(valid, { json: true })).out));
    expect(report.verdict).toBe("pass");
    expect(report.comparablePostIds).toHaveLength(16);
  });

  test("a verdict of invalid is a result: exit 0", async () => {
    const input = exampleInput("validity-input", "valid") as ValidityInput;
    const leaked = { ...input, posts: input.posts.map((post, at) => (at === 0 ? { ...post, lane: "browser" } : post)) };
    const file = testFolder().file("leaked.json", JSON.stringify(leaked));
    const { exitCode, out } = await printed(file, { json: true });
    expect(exitCode).toBe(0);
    const report = validityReportSchema.parse(JSON.parse(out));
    expect(report.verdict).toBe("invalid");
    expect(report.checks[0]).toMatchObject({ checkId: "E1", verdict: "invalid", action: "pause" });
  });

  test("judges by the policy it is given and stamps its hash on every check", async () => {
    const captureAge = { ...defaultValidityPolicy.captureAge, invalidAbove: 0.5 };
    const file = testFolder().file("policy.json", JSON.stringify({ ...defaultValidityPolicy, version: "ours", captureAge }));
    const report = validityReportSchema.parse(JSON.parse((await printed(valid, { policy: file, json: true })).out));
    expect(report.verdict).toBe("invalid");
    expect(new Set(report.checks.map(({ policyHash }) => policyHash))).toEqual(new Set([report.policyHash]));
    expect(report.policyHash).not.toBe(validityReportSchema.parse(JSON.parse((await printed(valid, { json: true })).out)).policyHash);
  });

  test.each([
    ["a post without a slot", "examples/inputs/validity-input.broken.json", {}, "validity-input", "posts[1].slot"],
    ["a policy off its range", valid, { policy: "examples/inputs/validity-policy.broken.json" }, "validity-policy", "failures.invalidP"],
    ["a file that is not there", "nowhere.json", {}, "file-missing", "nowhere.json"],
  ])("refuses %s with path and fix, exit 1", async (_, file, options, code, path) => {
    const { exitCode, out, err } = await printed(file, { ...options, json: true });
    expect(exitCode).toBe(1);
    const { error } = JSON.parse(out) as { error: { code: string; path: string; fix: string } };
    expect(error).toMatchObject({ code, path: expect.stringContaining(path) });
    expect(error.fix.length).toBeGreaterThan(5);
    expect(err).toContain("fix:");
  });
});
