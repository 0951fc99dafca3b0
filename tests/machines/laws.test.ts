import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  accountMachine,
  createHost,
  emptySystem,
  experimentMachine,
  nextTimer,
  postMachine,
  systemStart,
  systemStep,
  type Clearance,
  type MachineEvent,
  type Row,
  type System,
  type SystemEffect,
} from "../../src/machines/index.ts";
import { assertProperty } from "../support/property.ts";

const experiments = createHost(experimentMachine, { kind: "pure" });
const posts = createHost(postMachine, { kind: "pure" });
const hosts = { experiment: experiments, post: posts, account: createHost(accountMachine, { kind: "pure" }) };

const post = { postId: "p1", experimentId: "e1", account: "a1", contentHash: "h1", attemptKey: "k1", slotMs: 1000, latestMs: 5000 };
const clear: Clearance = {
  guards: "pass",
  contentHash: "h1",
  approvedHashes: ["h1"],
  experimentState: "running",
  layerHolder: "e1",
  accountState: "healthy",
  holding: false,
  blockIsOpen: false,
  paceFreeMs: 0,
};

const someClearance: fc.Arbitrary<Clearance> = fc.record({
  guards: fc.constantFrom("pass", "warn", "unverified", "review", "block"),
  contentHash: fc.constantFrom("h1", "h2"),
  approvedHashes: fc.constantFrom(["h1"], ["h2"], [], ["h1", "h2"]),
  experimentState: fc.constantFrom("running", "paused", "stopped", "scheduled"),
  layerHolder: fc.constantFrom("e1", "e2", null),
  accountState: fc.constantFrom("healthy", "challenged", "restricted"),
  holding: fc.boolean(),
  blockIsOpen: fc.boolean(),
  paceFreeMs: fc.constantFrom(0, 900, 1001, 4000),
});

const platformAnswer = fc.oneof(
  fc.record({ type: fc.constantFrom("accepted"), handle: fc.constant("c") }),
  fc.record({ type: fc.constantFrom("processed", "found"), platformPostId: fc.constant("pp") }),
  fc.record({ type: fc.constant("refused"), errorClass: fc.constantFrom("transient", "rate_limited", "content_rejected") }),
  fc.record({ type: fc.constantFrom("unknown", "processing", "absent", "hold", "cancel", "released"), reason: fc.constant("r") }),
  fc.record({ type: fc.constant("gone"), checkedAtMs: fc.constant(4) }),
  fc.record({ type: fc.constant("several"), platformPostIds: fc.constant(["a", "b"]) }),
  fc.record({ type: fc.constant("finalised"), url: fc.constant("u"), publishedMs: fc.constant(2) }),
  fc.record({ type: fc.constant("visible"), url: fc.constant("u"), checkedAtMs: fc.constant(3) }),
  fc.record({ type: fc.constant("resolved"), by: fc.constantFrom("", "ana") }),
  fc.record({ type: fc.constant("due"), clearance: fc.oneof(someClearance, fc.constant(clear)) }),
  fc.record({ type: fc.constant("timer") }),
);

/** Steps a post through events; "timer" fires its earliest timer. */
function walkPost(events: readonly { type: string }[]): { rows: Row[]; publishes: number; effects: string[] } {
  let row = posts.start(post, 0).row;
  const rows = [row];
  const effects: string[] = [];
  events.forEach((event, index) => {
    const timer = row.timers[0];
    const sent: MachineEvent | undefined =
      event.type !== "timer"
        ? { id: `e${index}`, at: 1000, ...event }
        : timer && { ...timer.event, id: `t${index}`, at: timer.dueAt, timer: { id: timer.timerId, armedRev: timer.armedRev } };
    if (sent === undefined) return;
    const step = posts.step(row, sent);
    row = step.row;
    rows.push(row);
    effects.push(...step.effects.map(({ type }) => type));
  });
  return { rows, effects, publishes: effects.filter((type) => type === "publish").length };
}

describe("a post", () => {
  test("L1: is sent if and only if guards, approval of exactly this hash, layer, account and pacing allow it", () =>
    assertProperty(
      fc.property(someClearance, (clearance) => {
        const allowed =
          clearance.guards !== "block" &&
          clearance.contentHash === "h1" &&
          clearance.approvedHashes.includes("h1") &&
          clearance.experimentState === "running" &&
          clearance.layerHolder === "e1" &&
          clearance.accountState === "healthy" &&
          (!clearance.holding || clearance.blockIsOpen) &&
          clearance.paceFreeMs <= 1000;
        expect(walkPost([{ type: "due", clearance } as { type: string }]).publishes).toBe(allowed ? 1 : 0);
      }),
      { numRuns: 500 },
    ));

  test("L2: asks for one publish in its whole life, whatever answers, timers and repeats arrive", () =>
    assertProperty(
      fc.property(fc.array(platformAnswer, { maxLength: 40 }), (events) => {
        const { publishes } = walkPost([{ type: "due", clearance: clear } as { type: string }, ...events]);
        expect(publishes).toBe(1);
      }),
      { numRuns: 500 },
    ));

  test("an answer that never comes is ambiguous and gets read, then goes to a person", () => {
    const { rows, effects } = walkPost([
      { type: "due", clearance: clear } as { type: string },
      ...Array.from({ length: 12 }, () => ({ type: "timer" })),
    ]);
    expect(rows.map(({ snapshot }) => snapshot.value)).toContain("ambiguous");
    expect(rows.at(-1)!.snapshot.value).toBe("manualResolution");
    expect(effects.filter((type) => type === "reconcile").length).toBeGreaterThan(1);
    expect(effects.filter((type) => type === "notify")).toHaveLength(1);
  });

  test("a slot that passed while nobody was there is missed, not published late", () => {
    const row = posts.step(posts.start(post, 0).row, { type: "due", id: "d", at: 5001, clearance: clear }).row;
    expect(row.snapshot.value).toBe("missed");
  });
});

describe("a system of an account, an experiment and its posts", () => {
  const toRunning = [
    { type: "submitted" },
    { type: "variantsReady", contentHashes: ["h1"] },
    { type: "preflighted", verdict: "pass", reason: "", planHash: "p", postIds: ["p1", "p2"] },
    { type: "approved", approver: "demo", contentHashes: ["h1"], planHash: "p" },
    { type: "layerReserved" },
    { type: "windowOpened" },
  ];

  function running(): System {
    let { system } = systemStart(
      hosts,
      emptySystem,
      "experiment",
      { experimentId: "e1", layer: "l", account: "a1", windowStartMs: 0, windowEndMs: 9 },
      0,
    );
    system = systemStart(hosts, system, "account", { accountId: "a1" }, 0).system;
    for (const postId of ["p1", "p2"]) system = systemStart(hosts, system, "post", { ...post, postId }, 0).system;
    system = systemStep(hosts, system, { key: "account/a1", event: { type: "attached", id: "at", at: 0, experimentId: "e1" } }).system;
    return toRunning.reduce(
      (now, event, index) => systemStep(hosts, now, { key: "experiment/e1", event: { id: `x${index}`, at: 0, ...event } }).system,
      system,
    );
  }
  const shipped = (system: System): boolean => {
    const { value, context } = system.entries.get("experiment/e1")!.row.snapshot;
    return value === "completed" && context["proposal"] === "ship";
  };
  const state = (system: System, key: string): string => system.entries.get(key)!.row.snapshot.value;

  test("L5: a login challenge on one post pauses the experiment, holds every other post and escalates, all in one step", () => {
    let system = running();
    system = systemStep(hosts, system, { key: "post/p1", event: { type: "due", id: "d1", at: 1000, clearance: clear } }).system;
    const step = systemStep(hosts, system, {
      key: "post/p1",
      event: { type: "refused", id: "r1", at: 1001, errorClass: "login_challenge", signal: "loginChallenge" },
    });
    expect(state(step.system, "account/a1")).toBe("challenged");
    expect(state(step.system, "experiment/e1")).toBe("paused");
    expect(state(step.system, "post/p2")).toBe("held");
    expect(step.effects.filter((effect) => effect.type === "notify" && effect.params.severity === "escalation").length).toBeGreaterThan(0);
    const late = systemStep(hosts, step.system, { key: "post/p2", event: { type: "due", id: "d2", at: 1002, clearance: clear } });
    expect(late.effects.some(({ type }) => type === "publish")).toBe(false);
  });

  test("L5: only a human resumes, and silence ends the run", () => {
    const paused = systemStep(hosts, running(), {
      key: "experiment/e1",
      event: { type: "survivalSignal", id: "s", at: 5, signal: "spamSignal" },
    }).system;
    expect(
      state(
        systemStep(hosts, paused, { key: "experiment/e1", event: { type: "resumed", id: "r", at: 6, by: "" } }).system,
        "experiment/e1",
      ),
    ).toBe("paused");
    const timer = nextTimer(paused)!;
    const ended = systemStep(hosts, paused, timer);
    expect(state(ended.system, "experiment/e1")).toBe("stopped");
    expect(state(ended.system, "post/p2")).toBe("cancelled");
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
              confounders: fc.constantFrom([], ["holiday"]),
              verdict: fc.constantFrom("pass", "invalid", "insufficient"),
              proposal: fc.constantFrom("ship", "iterate"),
              reason: fc.constant(""),
            }),
            fc.constant({ type: "windowClosed" }),
          ),
          { maxLength: 12 },
        ),
        (facts) => {
          let system = running();
          let sawInvalid = false;
          const shippers: unknown[] = [];
          facts.forEach((event, index) => {
            const before = state(system, "experiment/e1");
            const step = systemStep(hosts, system, { key: "experiment/e1", event: { ...event, id: `f${index}`, at: 10 + index } });
            system = step.system;
            const after = state(system, "experiment/e1");
            if (after === "invalid" && before !== "invalid") sawInvalid = true;
            expect(sawInvalid ? after : "invalid").toBe("invalid");
            if (shipped(system) && before === "review") shippers.push(event);
          });
          const confirmed = expect.objectContaining({
            type: "reviewed",
            proposal: "ship",
            verdict: expect.stringMatching(/pass|warn/),
            reviewer: "ana",
            confounders: [],
          });
          expect(shippers).toEqual(shippers.map(() => confirmed));
        },
      ),
      { numRuns: 300 },
    ));

  test("L11: a duplicate event changes nothing", () => {
    const event = { type: "survivalSignal", id: "dup", at: 5, signal: "spamSignal" };
    const once = systemStep(hosts, running(), { key: "experiment/e1", event });
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
      let system = running();
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
