// A system of rows, event by event: what rows tell each other, and what a system does with what it cannot deliver.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failureStop, type OrderedAttempt } from "../../src/decision/failures.ts";
import { defaultDecisionPolicy } from "../../src/decision/index.ts";
import {
  createHost,
  experimentMachine,
  inboxMax,
  nextTimer,
  postMachine,
  publishFailureLimits,
  systemStep,
  type ExperimentInput,
  type MachineEvent,
  type Row,
  type SystemEffect,
} from "../../src/machines/index.ts";
import { accountOf, brief, clear, contextOf, hostsOf, Life, stateOf } from "../support/machineSystem.ts";
import { assertProperty } from "../support/property.ts";

const hosts = hostsOf("pure");

function running(): Life {
  const life = new Life();
  life.run("e1");
  return life;
}
const reasonsOf = (effects: readonly SystemEffect[]): string[] =>
  effects.flatMap((effect) => (effect.type === "notify" && effect.params.severity === "escalation" ? [effect.params.reason] : []));

describe("what posts meet", () => {
  test("L5: a login challenge on one post pauses the experiment, holds every other post and escalates, all in one step", () => {
    const life = running();
    life.submit("p1");
    const step = life.send("post/p1", { type: "refused", errorClass: "login_challenge" });
    expect(stateOf(step.system, "account/a1")).toBe("challenged");
    expect(stateOf(step.system, "experiment/e1")).toBe("paused");
    expect(stateOf(step.system, "post/p2")).toBe("held");
    expect(stateOf(step.system, "variant/v1")).toBe("paused");
    expect(reasonsOf(step.effects)).toContain("loginChallenge");
    const late = life.send("post/p2", { type: "due", clearance: clear });
    expect(late.effects.some(({ type }) => type === "publish")).toBe(false);
  });

  test("two failures in a row hold the lane, and the next post that asks is held, until a person opens it", () => {
    const life = running();
    life.refuse("p1");
    expect(accountOf(life.system).lanes.api).toEqual({ health: "degraded", failures: 1 });
    life.submit("p2");
    const step = life.send("post/p2", { type: "refused", errorClass: "media_fetch" });
    expect(accountOf(life.system).lanes.api).toEqual({ health: "held", failures: 2 });
    expect(reasonsOf(step.effects)).toEqual([expect.stringContaining("2 publish attempts in a row failed in the lane api")]);
    expect(stateOf(life.system, "experiment/e1")).toBe("running");
    life.submit("p3");
    expect(contextOf(life.system, "post/p3")["reason"]).toBe("the lane is held");
    life.send("account/a1", { type: "laneOpened", lane: "api", by: "ana" });
    life.send("post/p3", { type: "released" });
    life.submit("p3");
    expect(stateOf(life.system, "post/p3")).toBe("sending");
  });

  test("L5: three failures in the last ten attempts pause everything on the account; a person clears it and begins a new count", () => {
    const life = running();
    life.refuse("p1");
    life.publish("p2");
    life.refuse("p3");
    life.publish("p4");
    life.submit("p5");
    const step = life.send("post/p5", { type: "refused", errorClass: "transient" });
    const because = "3 of the last 5 publish attempts of the account failed";
    expect(stateOf(life.system, "account/a1")).toBe("warned");
    expect(stateOf(life.system, "experiment/e1")).toBe("paused");
    expect(contextOf(life.system, "experiment/e1")["reason"]).toBe(because);
    expect(reasonsOf(step.effects)).toContain(because);
    life.schedule("e2");
    expect(stateOf(life.system, "experiment/e2")).not.toBe("running");
    life.send("account/a1", { type: "cleared", by: "ana" });
    expect(accountOf(life.system).attempts).toEqual([]);
    expect(stateOf(life.system, "experiment/e1")).toBe("paused");
    life.send("experiment/e1", { type: "resumed", by: "ana" });
    life.submit("p6");
    expect(stateOf(life.system, "post/p6")).toBe("sending");
  });

  test("a rate limit with its window makes the account rest for that and a quarter, and nothing goes out meanwhile", () => {
    const life = running();
    life.submit("p1");
    life.send("post/p1", { type: "refused", errorClass: "rate_limited", windowMs: 4 * 3_600_000 });
    expect(stateOf(life.system, "account/a1")).toBe("throttled");
    expect(accountOf(life.system).restUntilMs).toBe(5 * 3_600_000);
    life.submit("p2");
    expect(contextOf(life.system, "post/p2")["reason"]).toBe("the account is throttled");
  });

  test("is told once for each post, however long it takes to find out: a post found again by a person counts no second time", () => {
    const life = running();
    const fireAll = (postId: string) => {
      for (let left = 30; left > 0 && life.system.entries.get(`post/${postId}`)!.row.timers.length > 0; left--) {
        const { timerId, armedRev, dueAt, event } = life.system.entries.get(`post/${postId}`)!.row.timers[0]!;
        life.deliver({
          key: `post/${postId}`,
          event: { ...event, id: `${timerId}/${armedRev}`, at: dueAt, timer: { id: timerId, armedRev } },
        });
        if (stateOf(life.system, `post/${postId}`) === "manualResolution") return;
      }
    };
    life.submit("p1");
    life.send("post/p1", { type: "processed", platformPostId: "1" });
    life.send("post/p1", { type: "finalised", url: "u", publishedMs: 1 });
    fireAll("p1");
    expect(stateOf(life.system, "post/p1")).toBe("manualResolution");
    life.send("post/p1", { type: "resolved", by: "ana", platformPostId: "1" });
    expect(accountOf(life.system).attempts).toEqual(["worked"]);
    fireAll("p1");
    life.send("post/p1", { type: "finalised", url: "u", publishedMs: 1 });
    fireAll("p1");
    life.send("post/p1", { type: "resolved", by: "ana" });
    expect(stateOf(life.system, "post/p1")).toBe("rejected");
    expect(accountOf(life.system).attempts).toEqual(["worked"]);
  });

  const ends = {
    worked: [
      { type: "accepted", handle: "c" },
      { type: "processed", platformPostId: "1" },
    ],
    refused: [{ type: "refused", errorClass: "transient" }],
    refusedLate: [{ type: "accepted", handle: "c" }, { type: "processing" }, { type: "refused", errorClass: "media_invalid" }],
    foundAfterAll: [
      { type: "unknown", reason: "" },
      { type: "found", platformPostId: "1" },
    ],
    absent: [{ type: "unknown", reason: "" }, { type: "absent" }],
    byHand: [{ type: "userNeeded" }, { type: "confirmed", by: "ana", platformPostId: "1" }],
    declined: [{ type: "userNeeded" }, { type: "declined", by: "ana", reason: "" }],
    unsaid: [{ type: "refused", errorClass: "ambiguous" }],
  } as const;
  const outcomeOf: Readonly<Partial<Record<keyof typeof ends, "published" | "failed">>> = {
    worked: "published",
    refused: "failed",
    refusedLate: "failed",
    foundAfterAll: "published",
    absent: "failed",
    byHand: "published",
  };

  test("L5: the account stops and holds where the decision rule over the same attempts does, told by posts alone", () =>
    assertProperty(
      fc.property(fc.array(fc.constantFrom(...(Object.keys(ends) as (keyof typeof ends)[])), { maxLength: 7 }), (lived) => {
        const life = running();
        const limits = defaultDecisionPolicy.failures;
        const attempts: OrderedAttempt[] = [];
        let [hasStopped, hasHeld] = [false, false];
        for (const [at, end] of lived.entries()) {
          const postId = `p${at + 1}`;
          // The slot was met while all was well: attempts already under way end in their own time.
          life.send(`post/${postId}`, { type: "released" });
          life.send(`post/${postId}`, { type: "due", clearance: clear });
          for (const answer of ends[end]) life.send(`post/${postId}`, answer);
          const outcome = outcomeOf[end];
          if (outcome !== undefined) attempts.push({ attemptNo: 1, atMs: at, lane: "api", outcome, postId, variantId: "v1" });
          const streak = attempts.length - 1 - attempts.findLastIndex((attempt) => attempt.outcome !== "failed");
          hasStopped ||= failureStop(attempts, limits)?.action === "pause";
          hasHeld ||= streak >= limits.holdAtConsecutive;
          expect(stateOf(life.system, "account/a1")).toBe(hasStopped ? "warned" : "healthy");
          expect(stateOf(life.system, "experiment/e1")).toBe(hasStopped ? "paused" : "running");
          expect(accountOf(life.system).lanes.api.health === "held").toBe(hasHeld);
          expect(accountOf(life.system).attempts).toEqual(attempts.map((attempt) => (attempt.outcome === "failed" ? "failed" : "worked")));
        }
      }),
      { numRuns: 150 },
    ));

  test("the limits of the account are those of the decision policy", () => {
    expect(publishFailureLimits).toEqual(defaultDecisionPolicy.failures);
  });

  test("no more than the last ten attempts are remembered", () => {
    const life = new Life();
    for (let at = 0; at < 30; at++)
      life.send("account/a1", { type: at % 9 === 0 ? "laneFailed" : "laneWorked", lane: "api", errorClass: "transient" });
    expect(accountOf(life.system).attempts).toHaveLength(10);
    expect(stateOf(life.system, "account/a1")).toBe("healthy");
  });
});

describe("variants in a system", () => {
  const variants = ({ system }: Life) => ["variant/v0", "variant/v1"].map((key) => stateOf(system, key));

  test("are active while their experiment runs, pause and resume with it, and one of them wins", () => {
    const life = new Life();
    life.schedule("e1");
    expect(variants(life)).toEqual(["approved", "approved"]);
    life.send("experiment/e1", { type: "windowOpened" });
    expect(variants(life)).toEqual(["active", "active"]);
    life.send("account/a1", { type: "signal", signal: "policyWarning" });
    expect(variants(life)).toEqual(["paused", "paused"]);
    life.send("account/a1", { type: "cleared", by: "ana" });
    life.send("experiment/e1", { type: "resumed", by: "ana" });
    expect(variants(life)).toEqual(["active", "active"]);
    for (const postId of ["p1", "p2", "p3", "p4", "p5", "p6", "p7"]) life.send(`post/${postId}`, { type: "released" });
    life.toReview("e1");
    const reviewed = {
      type: "reviewed",
      reviewer: "ana",
      role: "operator",
      confounders: [],
      verdict: "pass",
      proposal: "ship",
      reason: "",
    };
    life.send("experiment/e1", { ...reviewed, winner: "v1" });
    expect(stateOf(life.system, "experiment/e1")).toBe("shipped");
    expect(variants(life)).toEqual(["retired", "winner"]);
    expect(accountOf(life.system).experiments).toEqual([]);
  });

  test.each(["v0", "v9", undefined])("L7: %s is no test of this experiment, so that nothing ships", (winner) => {
    const life = running();
    life.toReview("e1");
    const reviewed = {
      type: "reviewed",
      reviewer: "ana",
      role: "operator",
      confounders: [],
      verdict: "pass",
      proposal: "ship",
      reason: "",
    };
    life.send("experiment/e1", { ...reviewed, ...(winner !== undefined && { winner }) });
    expect(stateOf(life.system, "experiment/e1")).toBe("iterated");
    expect(variants(life)).toEqual(["retired", "retired"]);
  });

  test("L1: one that was edited before the start is not tried, and its experiment is approved anew", () => {
    const life = new Life();
    life.schedule("e1");
    life.send("variant/v1", { type: "edited", by: "ana", contentHash: "h7" });
    expect(stateOf(life.system, "experiment/e1")).toBe("generating");
    expect(contextOf(life.system, "experiment/e1")).toMatchObject({ approvedHashes: [], layerHeld: false });
    expect(accountOf(life.system).experiments).toEqual([]);
    life.send("experiment/e1", { type: "windowOpened" });
    expect(stateOf(life.system, "variant/v1")).toBe("generated");
  });
});

describe("a system", () => {
  const started = () => running().system;
  const experiments = createHost(experimentMachine, { kind: "pure" });
  const toApproved: { type: string; [field: string]: unknown }[] = [
    { type: "submitted" },
    { type: "variantsReady", contentHashes: ["h1", "h2"] },
    { type: "preflighted", verdict: "pass", reason: "", planHash: "p", postIds: [], unitsPerArm: [8, 8] },
    { type: "approved", approver: "demo", role: "operator", contentHashes: ["h1", "h2"], planHash: "p" },
  ];

  test("L5: only a human resumes, and silence ends the run", () => {
    const paused = systemStep(hosts, started(), {
      key: "experiment/e1",
      event: { type: "survivalSignal", id: "s", at: 5, signal: "spamSignal" },
    }).system;
    expect(
      stateOf(
        systemStep(hosts, paused, { key: "experiment/e1", event: { type: "resumed", id: "r", at: 6, by: "" } }).system,
        "experiment/e1",
      ),
    ).toBe("paused");
    const timer = nextTimer(paused)!;
    expect(timer.key).toBe("experiment/e1");
    const ended = systemStep(hosts, paused, timer);
    expect(stateOf(ended.system, "experiment/e1")).toBe("stopped");
    expect(stateOf(ended.system, "post/p2")).toBe("cancelled");
    expect(ended.effects.map(({ type }) => type)).toEqual(expect.arrayContaining(["release", "report", "writeMemory"]));
  });

  test("L6: no order of facts leads an invalid experiment to shipped", () =>
    assertProperty(
      fc.property(
        fc.array(
          fc.oneof(
            fc.record({
              type: fc.constant("checkpoint"),
              verdict: fc.constantFrom("pass", "warn", "invalid", "insufficient"),
              proposal: fc.constantFrom("continue", "ship", "iterate", "invalid", "abandon"),
              final: fc.boolean(),
              reason: fc.constant(""),
            }),
            fc.record({
              type: fc.constant("reviewed"),
              reviewer: fc.constantFrom("", "ana"),
              role: fc.constantFrom("operator", "rule"),
              confounders: fc.constantFrom([], ["holiday"]),
              verdict: fc.constantFrom("pass", "invalid", "insufficient"),
              proposal: fc.constantFrom("ship", "iterate"),
              reason: fc.constant(""),
            }),
            fc.constant({ type: "windowClosed" }),
            fc.record({
              type: fc.constant("postSettled"),
              postId: fc.constantFrom("p1", "p2"),
              status: fc.constantFrom("verified", "rejected"),
            }),
          ),
          { maxLength: 12 },
        ),
        (facts) => {
          let system = started();
          let sawInvalid = false;
          const shippers: unknown[] = [];
          facts.forEach((event, index) => {
            const before = stateOf(system, "experiment/e1");
            const step = systemStep(hosts, system, { key: "experiment/e1", event: { ...event, id: `f${index}`, at: 10 + index } });
            system = step.system;
            const after = stateOf(system, "experiment/e1");
            if (after === "invalid" && before !== "invalid") sawInvalid = true;
            expect(sawInvalid ? after : "invalid").toBe("invalid");
            if (stateOf(system, "experiment/e1") === "shipped" && before === "review") shippers.push(event);
          });
          const confirmed = expect.objectContaining({
            type: "reviewed",
            proposal: "ship",
            verdict: expect.stringMatching(/pass|warn/),
            reviewer: "ana",
            role: "operator",
            confounders: [],
          });
          expect(shippers).toEqual(shippers.map(() => confirmed));
        },
      ),
      { numRuns: 300 },
    ));

  test("a message that its receiver refuses becomes a dead letter: the receiver is as it was, the rest of the step stands", () => {
    const told = systemStep(hosts, started(), { key: "post/p1", event: { type: "due", id: "d1", at: 1000, clearance: clear } }).system;
    const trusting = { ...hosts, post: createHost(postMachine, { kind: "pure", events: "trusted" }) };
    const step = systemStep(trusting, told, {
      key: "post/p1",
      event: { type: "refused", id: "r1", at: 1001, errorClass: "spam_block", signal: "somethingNew" },
    });
    expect(step.deadLetters).toMatchObject([
      { key: "account/a1", event: { signal: "somethingNew" }, error: { code: "event-invalid", path: "signal: signal" } },
    ]);
    expect(stateOf(step.system, "post/p1")).toBe("rejected");
    expect(stateOf(step.system, "account/a1")).toBe("healthy");
    expect(step.deliveries.map(({ key, event: { type } }) => `${key} ${type}`)).toEqual([
      "post/p1 refused",
      "account/a1 laneFailed",
      "experiment/e1 postSettled",
    ]);
  });

  test("an event from outside that is refused throws, and the system is what it was", () => {
    const system = started();
    const before = JSON.stringify([...system.entries]);
    const send = (key: string, event: MachineEvent) => () => systemStep(hosts, system, { key, event });
    expect(send("account/a1", { type: "signal", id: "s", at: 1, signal: "somethingNew" })).toThrow(
      expect.objectContaining({ code: "event-invalid" }),
    );
    expect(send("account/zz", { type: "cleared", id: "s", at: 1, by: "ana" })).toThrow(expect.objectContaining({ code: "row-unknown" }));
    expect(JSON.stringify([...system.entries])).toBe(before);
  });

  test("L11: an inbox keeps the last ids and lets the oldest go, so that a row stays small", () => {
    let system = started();
    for (let at = 0; at < inboxMax + 10; at++)
      system = systemStep(hosts, system, { key: "account/a1", event: { type: "laneWorked", id: `w${at}`, at, lane: "api" } }).system;
    const { inbox } = system.entries.get("account/a1")!;
    expect(inbox).toHaveLength(inboxMax);
    expect([inbox.at(-1), inbox[0]]).toEqual([`w${inboxMax + 9}`, "w10"]);
  });

  test("L3: paused before its layer and window came, a resumed experiment waits for both", () => {
    const ready = toApproved.reduce(
      (now, event, index) => experiments.step(now, { id: `x${index}`, at: 0, ...event }).row,
      experiments.start(brief as unknown as ExperimentInput, 0).row,
    );
    const send = (row: Row, ...events: { type: string; [field: string]: unknown }[]): Row =>
      events.reduce((now, event, index) => experiments.step(now, { id: `y${index}`, at: 1, ...event }).row, row);
    const paused = send(ready, { type: "survivalSignal", signal: "spamSignal" });
    const resumed = { type: "resumed", by: "ana" };
    expect(send(ready, { type: "windowOpened" }).snapshot.value).toBe("scheduled");
    expect(send(ready, { type: "windowOpened" }, { type: "layerReserved" }).snapshot.value).toBe("running");
    expect(send(paused, resumed).snapshot.value).toBe("scheduled");
    expect(send(paused, { type: "layerReserved" }, resumed).snapshot.value).toBe("scheduled");
    expect(send(paused, { type: "windowOpened" }, resumed).snapshot.value).toBe("scheduled");
    expect(send(paused, { type: "windowOpened" }, { type: "layerReserved" }, resumed).snapshot.value).toBe("running");
    expect(send(paused, { type: "windowOpened" }, resumed, { type: "layerReserved" }).snapshot.value).toBe("running");
    expect(send(paused, { type: "layerReserved" }, { type: "windowClosed" }, resumed).snapshot.value).toBe("verifying");
  });

  test("L11: a duplicate event changes nothing", () => {
    const event = { type: "survivalSignal", id: "dup", at: 5, signal: "spamSignal" };
    const once = systemStep(hosts, started(), { key: "experiment/e1", event });
    const twice = systemStep(hosts, once.system, { key: "experiment/e1", event });
    expect(twice.deliveries).toEqual([]);
    expect([...twice.system.entries]).toEqual([...once.system.entries]);
  });

  test("every ending releases the layer, reports and remembers, once", () => {
    const endings: SystemEffect[][] = [
      [{ type: "stopRequested", by: "ana" }],
      [{ type: "checkpoint", verdict: "invalid", proposal: "invalid", final: true, reason: "" }],
      [{ type: "windowClosed" }, { type: "checkpoint", verdict: "insufficient", proposal: "insufficient", final: true, reason: "" }],
    ].map((facts) => {
      let system = started();
      return facts.flatMap((event, index) => {
        const step = systemStep(hosts, system, { key: "experiment/e1", event: { ...event, id: `f${index}`, at: 10 } });
        system = step.system;
        return step.effects;
      });
    });
    for (const effects of endings)
      for (const type of ["release", "report", "writeMemory"]) expect(effects.filter((effect) => effect.type === type)).toHaveLength(1);
  });
});
