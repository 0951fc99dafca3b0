import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { execute } from "../../src/cli/command.ts";
import { run } from "../../src/cli/commands/decide.ts";
import { type DecisionInput, decisionPolicyHash, defaultDecisionPolicy } from "../../src/decision/index.ts";
import { type Decision, decisionSchema } from "../../src/domain/index.ts";
import { exampleInput } from "../domain/briefs.ts";
import { testFolder } from "../support/folder.ts";

async function printed(file: string, options: { policy?: string; json?: boolean } = {}) {
  let out = "";
  let err = "";
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text), interactive: false };
  const exitCode = await execute(() => run(file, options), options.json === true, io);
  return { exitCode, out, err };
}

const valid = "examples/inputs/decision-input.valid.json";

async function decided(change: Partial<DecisionInput>, policy?: string): Promise<Decision> {
  const file = testFolder().file(
    "input.json",
    JSON.stringify({ ...(exampleInput("decision-input", "valid") as DecisionInput), ...change }),
  );
  const { exitCode, out } = await printed(file, { json: true, ...(policy !== undefined && { policy }) });
  expect(exitCode).toBe(0);
  return decisionSchema.parse(JSON.parse(out));
}

describe("expos decide", () => {
  test("tells the decision with every gate in a sentence, or prints it as one document", async () => {
    const told = await printed(valid);
    expect(told).toMatchObject({ exitCode: 0, err: "" });
    expect(told.out).toMatch(/^Decision: ship question \(evidence, 8 of 8 blocks\)$/m);
    for (const rule of ["leads", "exactTest", "guardrails", "warnings", "expectedLoss", "review"])
      expect(told.out).toMatch(new RegExp(`^ {2}\\+ ${rule}: \\S`, "m"));
    expect(await decided({})).toMatchObject({ kind: "ship", winner: "question", evidence: { looksTaken: [{ t: 1 }] } });
  });

  test("takes a preset by name: seed says how often it is wrong, learning names nobody", async () => {
    const seed = await decided({}, "seed");
    expect(seed).toMatchObject({ kind: "ship", evidence: { preset: "seed", falseWinnerRate: 0.5 } });
    expect(seed.reasons.at(-1)).toMatchObject({ rule: "seed", message: expect.stringContaining("50 of 100") });
    expect((await decided({}, "learning")).winner).toBeUndefined();
  });

  test("whatever it decides is a result: exit 0", async () => {
    const input = exampleInput("decision-input", "valid") as DecisionInput;
    expect((await decided({ validity: { ...input.validity, verdict: "invalid" } })).kind).toBe("invalid");
    expect((await decided({ snapshots: [] })).kind).toBe("insufficient");
  });

  test.each([
    ["a review by neither person nor agent", "examples/inputs/decision-input.broken.json", {}, "decision-input", "review.by"],
    ["a level off its range", valid, { policy: "examples/inputs/decision-policy.broken.json" }, "decision-policy", "evidence.alpha"],
    ["a preset nobody knows", valid, { policy: "strict" }, "policy-unknown", "policy"],
    ["a file that is not there", "nowhere.json", {}, "file-missing", "nowhere.json"],
  ])("refuses %s with path and fix, exit 1", async (_, file, options, code, path) => {
    const { exitCode, out, err } = await printed(file, { ...options, json: true });
    expect(exitCode).toBe(1);
    const { error } = JSON.parse(out) as { error: { code: string; path: string; fix: string } };
    expect(error).toMatchObject({ code, path: expect.stringContaining(path) });
    expect(error.fix.length).toBeGreaterThan(5);
    expect(err).toContain("fix:");
  });

  test("a policy may be written as YAML", async () => {
    const policy = testFolder().file("policy.yaml", stringify(defaultDecisionPolicy));
    const { exitCode, out } = await printed(valid, { policy, json: true });
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ evidence: { policyHash: decisionPolicyHash(defaultDecisionPolicy) } });
  });

  test("the policy it ships as an example is the built-in one", () => {
    expect(exampleInput("decision-policy", "valid")).toEqual(defaultDecisionPolicy);
  });
});
