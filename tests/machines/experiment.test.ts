// What the four types ask for, who has to agree, and how an experiment ends (first brief 2, 3 and 6.3).
import { describe, expect, test } from "vitest";
import { createHost, experimentMachine, type ExperimentInput, type Row } from "../../src/machines/index.ts";

const host = createHost(experimentMachine, { kind: "table" });
const batch: ExperimentInput = {
  experimentId: "e1",
  type: "batch",
  approvalLevel: "review",
  preset: "evidence",
  needs: [],
  layer: "l",
  account: "a1",
  windowStartMs: 0,
  windowEndMs: 9,
};
type Sent = { type: string; [field: string]: unknown };

function walk(input: ExperimentInput, ...events: Sent[]): Row {
  return events.reduce((now, event, index) => host.step(now, { id: `e${index}`, at: index, ...event }).row, host.start(input, 0).row);
}

const made: Sent[] = [{ type: "submitted" }, { type: "variantsReady", contentHashes: ["h1", "h2"] }];
const planned = (...unitsPerArm: number[]): Sent => ({
  type: "preflighted",
  verdict: "pass",
  reason: "",
  planHash: "p",
  postIds: [],
  unitsPerArm,
});
const approved = (role = "operator"): Sent => ({ type: "approved", approver: "ana", role, contentHashes: ["h1", "h2"], planHash: "p" });
const live: Sent[] = [{ type: "layerReserved" }, { type: "windowOpened" }];
const published = (...ids: string[]): Sent[] => ids.map((postId) => ({ type: "postSettled", postId, status: "verified" }));
const checkpoint: Sent = { type: "checkpoint", verdict: "pass", proposal: "ship", final: true, reason: "" };
const reviewed = (more: object = {}): Sent => ({
  type: "reviewed",
  reviewer: "ana",
  role: "operator",
  confounders: [],
  verdict: "pass",
  proposal: "ship",
  reason: "",
  ...more,
});
const toReview = (input: ExperimentInput, units: number, ...posts: string[]): Sent[] => [
  ...made,
  planned(units, units),
  approved(),
  ...input.needs.map(() => approved()),
  ...live,
  ...published(...posts),
  { type: "windowClosed" },
  checkpoint,
];
const stateOf = (row: Row): string => row.snapshot.value;

describe("an experiment", () => {
  test.each<[string, Partial<ExperimentInput>, number[], string]>([
    ["micro with 1 to 5 units an arm", { type: "micro", approvalLevel: "auto" }, [1, 5], "approval"],
    ["micro with 6", { type: "micro", approvalLevel: "auto" }, [6, 5], "preflight"],
    ["batch with 5 to 20", {}, [5, 20], "approval"],
    ["batch with 4", {}, [5, 4], "preflight"],
    ["batch without review", { approvalLevel: "auto" }, [8, 8], "draft"],
    ["engagement, every reply by a person", { type: "engagement", approvalLevel: "manual" }, [1, 90], "approval"],
    ["engagement with less than that", { type: "engagement", approvalLevel: "review" }, [8, 8], "draft"],
    ["lane with a person's lane", { type: "lane", needs: ["browserLane"] }, [1, 1], "approval"],
    ["lane without one", { type: "lane" }, [8, 8], "draft"],
    ["one arm alone", {}, [8], "preflight"],
  ])("of type %s", (_, change, units, state) => {
    expect(stateOf(walk({ ...batch, ...change }, ...made, planned(...units)))).toBe(state);
  });

  test("L7: without two variants that differ there is nothing to compare", () => {
    for (const contentHashes of [[], ["h1"], ["h1", "h1"], ["h1", ""]])
      expect(stateOf(walk(batch, { type: "submitted" }, { type: "variantsReady", contentHashes }))).toBe("draft");
  });

  test("L1: what a guard blocks is not planned, whatever plan comes with it", () => {
    for (const change of [{ verdict: "block" }, { planHash: "" }])
      expect(stateOf(walk(batch, ...made, { ...planned(8, 8), ...change }))).toBe("preflight");
  });

  test("asks for every point of approval by itself, and silence at any of them ends it", () => {
    const input: ExperimentInput = { ...batch, needs: ["regulated", "claims", "browserLane"] };
    const path = [...made, planned(8, 8), approved(), approved(), approved(), approved()];
    const states = path.map((_, at) => walk(input, ...path.slice(0, at + 1)));
    expect(states.map(stateOf)).toEqual([
      "generating",
      "preflight",
      "approval",
      "approvalRegulated",
      "approvalClaims",
      "approvalBrowser",
      "scheduled",
    ]);
    for (const row of states.slice(2, 6)) {
      const { timerId, armedRev, dueAt, event } = row.timers[0]!;
      expect(stateOf(host.step(row, { ...event, id: "t", at: dueAt, timer: { id: timerId, armedRev } }).row)).toBe("stopped");
      expect(host.step(row, { id: "r", at: 9, ...approved("rule") }).changed).toBe(false);
      expect(host.step(row, { type: "rejected", id: "x", at: 9, approver: "", reason: "no" }).changed).toBe(false);
      expect(stateOf(host.step(row, { type: "revised", id: "v", at: 9 }).row)).toBe("generating");
    }
  });

  test.each<[string, object]>([
    ["another content", { contentHashes: ["h1", "h3"] }],
    ["a part of it", { contentHashes: ["h1"] }],
    ["another plan", { planHash: "p2" }],
    ["nobody", { approver: "" }],
  ])("L1: an approval of or by %s is none", (_, change) => {
    expect(stateOf(walk(batch, ...made, planned(8, 8), { ...approved(), ...change }))).toBe("approval");
  });

  test("L1: what was approved before an edit is approved no more", () => {
    const input: ExperimentInput = { ...batch, needs: ["claims"] };
    const { context } = walk(input, ...made, planned(8, 8), approved(), { type: "revised" }).snapshot;
    expect(context).toMatchObject({ approvers: [], approvedHashes: [] });
  });

  test("a rule approves only where the brief asks for nobody and no guard does", () => {
    const auto: ExperimentInput = { ...batch, type: "micro", approvalLevel: "auto", preset: "exploratory" };
    expect(stateOf(walk(auto, ...made, planned(3, 3), approved("rule")))).toBe("scheduled");
    expect(stateOf(walk(auto, ...made, { ...planned(3, 3), verdict: "review" }, approved("rule")))).toBe("approval");
    expect(stateOf(walk({ ...auto, needs: ["claims"] }, ...made, planned(3, 3), approved("rule")))).toBe("approval");
  });

  test("may be withdrawn by somebody before it runs, and is revised with a new approval", () => {
    const withdrawn = { type: "withdrawn", by: "ana" };
    for (const path of [[], made.slice(0, 1), made, [...made, planned(8, 8)], [...made, planned(8, 8), approved()]])
      expect([stateOf(walk(batch, ...path, withdrawn)), walk(batch, ...path, { ...withdrawn, by: "" }).snapshot.status]).toEqual([
        "stopped",
        "active",
      ]);
    const revised = walk(batch, ...made, planned(8, 8), approved(), { type: "layerReserved" }, { type: "revised" });
    expect(revised.snapshot).toMatchObject({ value: "generating", context: { approvedHashes: [], approvers: [], layerHeld: false } });
  });

  test.each<[string, Sent, string, object]>([
    [
      "a guardrail that warns is noted",
      { type: "guardrailTripped", guardrailId: "g", action: "warn", reason: "r" },
      "running",
      { reason: "r" },
    ],
    [
      "one that holds begins no new block",
      { type: "guardrailTripped", guardrailId: "g", action: "hold", reason: "r" },
      "running",
      { holding: true },
    ],
    ["one that pauses does", { type: "guardrailTripped", guardrailId: "g", action: "pause", reason: "r" }, "paused", { pauses: 1 }],
    ["the rule may hold", { ...checkpoint, final: false, proposal: "hold" }, "running", { holding: true }],
    ["the rule may pause", { ...checkpoint, final: false, proposal: "pause" }, "paused", { pauses: 1 }],
    ["the rule may stop", { ...checkpoint, final: false, proposal: "stop" }, "stopped", {}],
    ["the rule may go on", { ...checkpoint, final: false, proposal: "continue" }, "running", { holding: false }],
    ["validity ends it", { ...checkpoint, final: false, verdict: "invalid" }, "invalid", {}],
    ["too little so far ends nothing", { ...checkpoint, final: false, verdict: "insufficient" }, "running", {}],
  ])("while it runs: %s", (_, event, state, context) => {
    const row = walk(batch, ...made, planned(8, 8), approved(), ...live, event);
    expect(row.snapshot).toMatchObject({ value: state, context });
  });

  test.each<[string, object, string]>([
    ["too little is insufficient", { verdict: "insufficient" }, "insufficient"],
    ["a rule without enough is insufficient", { proposal: "insufficient" }, "insufficient"],
    ["invalid is invalid", { verdict: "invalid" }, "invalid"],
    ["a first word waits for the last", { verdict: "insufficient", final: false }, "verifying"],
    ["anything else is reviewed", { proposal: "abandon" }, "review"],
  ])("at the end: %s", (_, change, state) => {
    const path = [...made, planned(8, 8), approved(), ...live, { type: "windowClosed" }, { ...checkpoint, ...change }];
    expect(stateOf(walk(batch, ...path))).toBe(state);
  });

  test.each<[string, Sent]>([
    ["a guardrail", { type: "guardrailTripped", guardrailId: "g", action: "pause", reason: "r" }],
    ["the rule", { ...checkpoint, final: false, proposal: "pause", reason: "r" }],
    ["a signal", { type: "survivalSignal", signal: "spamSignal" }],
  ])("L5: a person is asked when %s pauses it", (_, event) => {
    const { effects } = host.step(walk(batch, ...made, planned(8, 8), approved(), ...live), { id: "p", at: 9, ...event });
    expect(effects.filter((effect) => effect.type === "notify" && effect.params.severity === "escalation")).toHaveLength(1);
  });

  test("L5: a pause is lifted by somebody, and silence ends the run", () => {
    const paused = walk(batch, ...made, planned(8, 8), approved(), ...live, { type: "survivalSignal", signal: "spamSignal" });
    expect(host.step(paused, { type: "resumed", id: "r", at: 9, by: "" }).changed).toBe(false);
    expect(stateOf(host.step(paused, { type: "resumed", id: "r", at: 9, by: "ana" }).row)).toBe("running");
    const { timerId, armedRev, dueAt, event } = paused.timers[0]!;
    expect(stateOf(host.step(paused, { ...event, id: "t", at: dueAt, timer: { id: timerId, armedRev } }).row)).toBe("stopped");
  });

  test("is placed once, however often the layer says that it is free", () => {
    const held = walk(batch, ...made, planned(8, 8), approved(), { type: "layerReserved" });
    expect(host.step(held, { type: "layerReserved", id: "again", at: 9 }).changed).toBe(false);
  });

  test.each<[string, object, string]>([
    ["confirmed", {}, "shipped"],
    ["confirmed by a rule", { role: "rule" }, "iterated"],
    ["with a confounder", { confounders: ["a holiday"] }, "iterated"],
    ["by nobody", { reviewer: "" }, "iterated"],
    ["given up", { proposal: "abandon" }, "abandoned"],
    ["found invalid", { verdict: "invalid" }, "invalid"],
    ["found too thin", { verdict: "insufficient" }, "insufficient"],
    ["stopped", { proposal: "stop" }, "stopped"],
    ["a hypothesis", { proposal: "hypothesis" }, "iterated"],
  ])("ends by its review: %s", (_, change, state) => {
    expect(stateOf(walk(batch, ...toReview(batch, 8, "x1", "x2"), reviewed(change)))).toBe(state);
  });

  test("L7: ships nothing that no audience saw, nor by a rule that may not claim a winner", () => {
    expect(stateOf(walk(batch, ...toReview(batch, 8, "x1"), reviewed()))).toBe("iterated");
    const micro: ExperimentInput = { ...batch, type: "micro", preset: "exploratory" };
    for (const input of [micro, { ...batch, preset: "exploratory" as const }, { ...batch, preset: "learning" as const }])
      expect(stateOf(walk(input, ...toReview(input, 5, "x1", "x2"), reviewed()))).toBe("iterated");
  });

  test("an engagement experiment offers replies to people and places nothing itself", () => {
    const input: ExperimentInput = { ...batch, type: "engagement", approvalLevel: "manual" };
    const scheduled = walk(input, ...made, planned(8, 8), approved());
    const { effects } = host.step(scheduled, { type: "layerReserved", id: "l", at: 9 });
    expect(effects.map((effect) => (effect.type === "tell" ? effect.params.event.type : effect.type))).toEqual([
      "offerReplies",
      "attached",
    ]);
  });
});
