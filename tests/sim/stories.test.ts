import { describe, expect, test } from "vitest";
import { type SimResult, scenarioOf, simulate, type StoryName, storyNames } from "../../src/sim/index.ts";
import { exampleBrief } from "../support/briefs.ts";

const brief = exampleBrief();
const tell = (story: StoryName, seed = "2027"): SimResult => simulate(scenarioOf(story, brief), { seed });
const types = ({ journal }: SimResult): string[] => journal.map(({ type }) => type);

describe("the five stories", () => {
  test("shipped: the better variant wins through every gate, with a review", () => {
    const result = tell("shipped");
    expect(result.decision).toMatchObject({ kind: "ship", winner: "question" });
    expect(result.decision.reasons.map(({ rule, outcome }) => [rule, outcome])).toEqual(
      ["leads", "exactTest", "guardrails", "warnings", "expectedLoss", "review"].map((rule) => [rule, "for"]),
    );
    expect(result.validity.verdict).toBe("pass");
    expect(types(result)).toContain("reviewGiven");
    expect(result.report.state).toBe("shipped");
    expect(result.summary).toMatchObject({ variants: { control: "retired", question: "winner" }, account: "healthy", deadLetters: 0 });
  });

  test("blocked: the guard names rule, field and span, and nothing is published", () => {
    const result = tell("blocked");
    const preflight = result.journal.find((event) => event.type === "preflightDone")!.preflight;
    const hit = preflight.guards.flatMap(({ issues }) => issues).find(({ verdict }) => verdict === "block");
    expect(hit).toMatchObject({ ruleId: "health.disease-claim", field: "parts.body", span: [expect.any(Number), expect.any(Number)] });
    expect(result.published).toEqual([]);
    expect(types(result)).not.toContain("approvalGiven");
    expect(result.decision.kind).toBe("stop");
    expect(result.report.state).toBe("stopped");
    expect(result.summary).toMatchObject({ variants: { control: "retired", question: "retired" }, posts: {} });
  });

  test("paused: the account's trouble pauses before the next publish and waits for a person who does not come", () => {
    const result = tell("paused");
    const all = types(result);
    expect(all).toEqual(expect.arrayContaining(["accountSignal", "escalationRaised", "experimentPaused"]));
    expect(all.lastIndexOf("postSubmitted")).toBeLessThan(all.indexOf("accountSignal"));
    expect(result.decision.kind).toBe("pause");
    expect(result.report).toMatchObject({ state: "stopped", winner: null });
  });

  test("invalid: a truly better variant does not win an unfair comparison", () => {
    const result = tell("invalid");
    expect(result.validity.checks.find(({ checkId }) => checkId === "E2")).toMatchObject({ verdict: "invalid", action: "pause" });
    expect(result.decision.kind).toBe("invalid");
    expect(result.report).toMatchObject({ state: "invalid", winner: null, informationalOnly: true });
  });

  test("insufficient: without readings there is nothing to decide", () => {
    const result = tell("insufficient");
    expect(result.decision.kind).toBe("insufficient");
    expect(result.validity.checks.find(({ checkId }) => checkId === "E11")!.verdict).toBe("insufficient");
    expect(result.report.state).toBe("insufficient");
  });

  test.each(["1", "other", "é"])("with seed %s they still reach an ending that the rules allow", (seed) => {
    const allowed: Record<StoryName, RegExp> = {
      shipped: /ship|iterate|insufficient|hold/,
      blocked: /stop/,
      paused: /pause|invalid/,
      invalid: /invalid|insufficient/,
      insufficient: /insufficient|invalid/,
    };
    for (const story of storyNames) expect(tell(story, seed).decision.kind).toMatch(allowed[story]);
  });

  test("another seed is another run, the same seed the same digest", () => {
    expect(tell("shipped", "a").journalDigest).not.toBe(tell("shipped", "b").journalDigest);
    expect(tell("blocked", "a").journalDigest).toBe(tell("blocked", "a").journalDigest);
  });

  test("a world without effect rarely ships: the rule, not the story, decides", () => {
    const kinds = Array.from(
      { length: 12 },
      (_, at) =>
        simulate(
          { name: "quiet", brief, testEffect: { distribution: 0, conversation: 0, retention: 0 }, faults: [] },
          { seed: `null-${at}` },
        ).decision.kind,
    );
    expect(kinds.filter((kind) => kind === "ship").length).toBeLessThanOrEqual(2);
  });

  test("a window too small for the plan is refused with what would make it fit", () => {
    const small = { ...brief, runWindow: { ...brief.runWindow, end: "2027-03-04T00:00" } };
    expect(() => simulate(scenarioOf("shipped", small), { seed: "1" })).toThrow(
      expect.objectContaining({ code: "plan-refused", path: "runWindow" }),
    );
  });
});
