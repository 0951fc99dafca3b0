import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AccountSignal, isSurvivalSignal } from "../../src/domain/index.ts";
import {
  accountMachine,
  createHost,
  definitions,
  emptySystem,
  experimentMachine,
  type ExperimentInput,
  inboxMax,
  listEvents,
  nextTimer,
  postMachine,
  type SystemEntry,
  type SystemEvent,
  systemOf,
  systemStart,
  type SystemStep,
  systemStep,
  variantMachine,
  type Clearance,
  type MachineEvent,
  type Row,
  type System,
  type SystemEffect,
} from "../../src/machines/index.ts";
import { createRng } from "../../src/random/index.ts";
import { assertProperty } from "../support/property.ts";

const experiments = createHost(experimentMachine, { kind: "pure" });
const posts = createHost(postMachine, { kind: "pure" });
const hosts = {
  experiment: experiments,
  post: posts,
  account: createHost(accountMachine, { kind: "pure" }),
  variant: createHost(variantMachine, { kind: "pure" }),
};

const post = { postId: "p1", experimentId: "e1", account: "a1", contentHash: "h1", attemptKey: "k1", slotMs: 1000, latestMs: 5000 };
const clear: Clearance = {
  guards: "pass",
  contentHash: "h1",
  approvedHashes: ["h1"],
  experimentState: "running",
  layerHolder: "e1",
  accountState: "healthy",
  laneHealth: "open",
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
  laneHealth: fc.constantFrom("open", "degraded", "held"),
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
          clearance.laneHealth !== "held" &&
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

  test("an answer that never comes is ambiguous and gets read, then goes to a person, who is asked daily and not for ever", () => {
    const { rows, effects } = walkPost([
      { type: "due", clearance: clear } as { type: string },
      ...Array.from({ length: 14 }, () => ({ type: "timer" })),
    ]);
    expect(rows.map(({ snapshot }) => snapshot.value)).toContain("ambiguous");
    expect(rows.map(({ snapshot }) => snapshot.value)).toContain("manualResolution");
    expect(rows.at(-1)!).toMatchObject({ timers: [], snapshot: { value: "rejected", context: { errorClass: "ambiguous" } } });
    expect(effects.filter((type) => type === "reconcile").length).toBeGreaterThan(1);
    expect(effects.filter((type) => type === "notify")).toHaveLength(4);
  });

  test("a slot that passed while nobody was there is missed, not published late", () => {
    const row = posts.step(posts.start(post, 0).row, { type: "due", id: "d", at: 5001, clearance: clear }).row;
    expect(row.snapshot.value).toBe("missed");
  });
});

describe("a system of an account, an experiment and its posts", () => {
  const brief = {
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
  const toRunning = [
    { type: "submitted" },
    { type: "variantsReady", contentHashes: ["h1", "h2"], variantIds: ["v1"] },
    { type: "preflighted", verdict: "pass", reason: "", planHash: "p", postIds: ["p1", "p2"], unitsPerArm: [8, 8] },
    { type: "approved", approver: "demo", role: "operator", contentHashes: ["h1", "h2"], planHash: "p" },
    { type: "layerReserved" },
    { type: "windowOpened" },
  ];

  function running(): System {
    let { system } = systemStart(hosts, emptySystem, "experiment", brief, 0);
    system = systemStart(hosts, system, "account", { accountId: "a1" }, 0).system;
    system = systemStart(hosts, system, "variant", { variantId: "v1", experimentId: "e1", isControl: false }, 0).system;
    for (const postId of ["p1", "p2"]) system = systemStart(hosts, system, "post", { ...post, postId }, 0).system;
    system = systemStep(hosts, system, { key: "account/a1", event: { type: "attached", id: "at", at: 0, experimentId: "e1" } }).system;
    return toRunning.reduce(
      (now, event, index) => systemStep(hosts, now, { key: "experiment/e1", event: { id: `x${index}`, at: 0, ...event } }).system,
      system,
    );
  }
  const shipped = (system: System): boolean => state(system, "experiment/e1") === "shipped";
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

  /** What may happen to any row at any time: its own events, its timers, and the faults of delivery. */
  const happening = fc.record({
    key: fc.constantFrom("experiment/e1", "account/a1", "post/p1", "post/p2", "variant/v1"),
    event: fc.nat(),
    seed: fc.nat({ max: 999 }),
    fault: fc.constantFrom("none", "none", "none", "duplicate", "clockBack", "timer", "storage", "unknownEvent"),
  });
  type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

  /** Runs happenings; each publish is asked for with the facts as the system has them. `seen` is called after every step. */
  function live(happenings: readonly Happening[], seen: (step: SystemStep, sent: SystemEvent, before: System) => void): System {
    let system = running();
    const sentBefore: SystemEvent[] = [];
    let nowMs = 1000;
    happenings.forEach(({ key, event, seed, fault }, index) => {
      const { row } = system.entries.get(key)!;
      const listed = listEvents(definitions[row.machine]!.machine);
      // A third of what posts meet is their slot with nothing in the way: random clearances alone let hardly any post out.
      const isClearSlot = row.machine === "post" && seed % 3 === 0;
      const sample = isClearSlot
        ? { type: "due", clearance: clear }
        : listed[event % listed.length]!.sample(createRng(`happening/${seed}`), row);
      nowMs += 60_000;
      let sent: SystemEvent = { key, event: { ...sample, id: `h${index}`, at: nowMs } };
      if (sample.type === "due") sent = { key, event: { ...sent.event, clearance: factsOf(system, sample["clearance"] as Clearance) } };
      const timer = nextTimer(system);
      if (fault === "duplicate" && sentBefore.length > 0) sent = sentBefore[seed % sentBefore.length]!;
      else if (fault === "clockBack") sent = { key, event: { ...sent.event, at: 5 } };
      else if (fault === "timer" && timer !== undefined) sent = timer;
      else if (fault === "unknownEvent") sent = { key, event: { type: "nobodyKnowsThis", id: `h${index}`, at: nowMs } };
      if (fault === "storage") system = systemOf(JSON.parse(JSON.stringify([...system.entries.values()])) as SystemEntry[]);
      sentBefore.push(sent);
      const before = system;
      const step = systemStep(hosts, system, sent);
      system = step.system;
      seen(step, sent, before);
    });
    return system;
  }

  /** A clearance whose facts about other rows are true. */
  const factsOf = (system: System, clearance: Clearance): Clearance => ({
    ...clearance,
    experimentState: state(system, "experiment/e1"),
    accountState: state(system, "account/a1"),
    layerHolder: system.entries.get("experiment/e1")!.row.snapshot.context["layerHeld"] === true ? "e1" : null,
  });
  /** Many lives; `faultsOf` says of every step what is wrong with it. True at the end if `happened` ever was: a law about nothing proves nothing. */
  async function inLives(
    faultsOf: (step: SystemStep, sent: SystemEvent, before: System) => (string | false)[],
    happened: (step: SystemStep) => boolean,
  ): Promise<boolean> {
    let didHappen = false;
    await assertProperty(
      fc.property(fc.array(happening, { minLength: 20, maxLength: 80 }), (happenings) => {
        const faults: string[] = [];
        live(happenings, (step, sent, before) => {
          didHappen ||= happened(step);
          faults.push(...faultsOf(step, sent, before).filter((fault) => fault !== false));
        });
        expect(faults).toEqual([]);
      }),
      { numRuns: 120 },
    );
    return didHappen;
  }
  const contextOf = (system: System, key: string) => system.entries.get(key)!.row.snapshot.context;
  const publishesOf = ({ effects }: SystemStep): string[] =>
    effects.flatMap((effect) => (effect.type === "publish" ? [effect.params.postId] : []));

  test("L1: under lost, doubled, late and reordered events nothing goes out without clearance", async () => {
    const mayGo = ({ guards, laneHealth, holding, blockIsOpen, ...facts }: Clearance): boolean =>
      facts.contentHash === "h1" &&
      facts.approvedHashes.includes("h1") &&
      facts.experimentState === "running" &&
      facts.accountState === "healthy" &&
      facts.layerHolder === "e1" &&
      guards !== "block" &&
      laneHealth !== "held" &&
      (!holding || blockIsOpen);
    const faultsOf = (step: SystemStep, { event }: SystemEvent) =>
      publishesOf(step).map((post) => !mayGo(event["clearance"] as Clearance) && `${post} went out`);
    expect(await inLives(faultsOf, (step) => publishesOf(step).length > 0)).toBe(true);
  });

  test("L2: under the same faults no post is asked to go out twice", async () => {
    const faultsOf = (step: SystemStep, _: SystemEvent, before: System) =>
      publishesOf(step).map((post) => contextOf(before, `post/${post}`)["sentAtMs"] !== null && `${post} went out again`);
    expect(await inLives(faultsOf, (step) => publishesOf(step).length > 0)).toBe(true);
  });

  test("L3: an experiment runs only while it holds its layer and its window is open", async () => {
    const faultsOf = ({ system }: SystemStep) => {
      const { layerHeld, window } = contextOf(system, "experiment/e1");
      return [
        state(system, "experiment/e1") === "running" && (layerHeld !== true || window !== "open") && "it runs without layer or window",
      ];
    };
    expect(await inLives(faultsOf, ({ system }) => state(system, "experiment/e1") === "paused")).toBe(true);
  });

  test("L5: trouble of the account stops its experiment in the same step, a person is asked, and only a person resumes", async () => {
    const isTrouble = ({ deliveries }: SystemStep): boolean =>
      deliveries.some(
        ({ key, event: { type, signal }, changed }) =>
          key === "account/a1" && changed && type === "signal" && isSurvivalSignal(signal as AccountSignal),
      );
    const faultsOf = (step: SystemStep, { event }: SystemEvent, before: System) => {
      const isAttached = (contextOf(before, "account/a1")["experiments"] as string[]).includes("e1");
      const isAsked = step.effects.some((effect) => effect.type === "notify" && effect.params.severity === "escalation");
      const isRunning = state(step.system, "experiment/e1") === "running";
      const resumed = state(before, "experiment/e1") === "paused" && isRunning;
      return [
        isTrouble(step) && !isAsked && "nobody was asked",
        isTrouble(step) && isAttached && isRunning && "it runs on",
        resumed && (event.type !== "resumed" || event["by"] === "") && `${event.type} resumed it`,
      ];
    };
    expect(await inLives(faultsOf, isTrouble)).toBe(true);
  });

  test("L6, L7: what is shipped was valid, seen by an audience and confirmed; what is invalid stays so and is informational only", async () => {
    const faultsOf = ({ system, effects }: SystemStep, { event }: SystemEvent, before: System) => {
      const [was, is] = [state(before, "experiment/e1"), state(system, "experiment/e1")];
      const { published, planHash } = contextOf(system, "experiment/e1");
      const isConfirmed =
        event.type === "reviewed" && event["reviewer"] !== "" && (event["verdict"] === "pass" || event["verdict"] === "warn");
      return [
        was === "invalid" && is !== "invalid" && "invalid was left",
        is === "shipped" && was !== "shipped" && (!isConfirmed || Number(published) < 2 || planHash === null) && "shipped from nothing",
        ...effects.map(
          (effect) => effect.type === "writeMemory" && effect.params.informationalOnly !== (is === "invalid") && "mislabelled learning",
        ),
      ];
    };
    expect(await inLives(faultsOf, ({ effects }) => effects.some(({ type }) => type === "writeMemory"))).toBe(true);
  });

  test("L11: the earliest timer is the one that a search through all rows finds, and time never goes back in a row", async () => {
    const faultsOf = ({ system }: SystemStep, _: SystemEvent, before: System) => {
      const armed = [...system.entries.values()].flatMap(({ row }) =>
        row.timers.map(({ timerId, armedRev, dueAt }) => ({ dueAt, id: `${row.key}#${timerId}@${armedRev}` })),
      );
      const [first] = armed.sort((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1));
      const next = nextTimer(system);
      const earlier = [...system.entries.values()].filter(
        ({ row }) => row.lastAt < (before.entries.get(row.key)?.row.lastAt ?? row.lastAt),
      );
      return [
        (next?.event.id !== first?.id || next?.dueAt !== first?.dueAt) && `${next?.event.id} is not the earliest`,
        earlier.length > 0 && "time went back",
      ];
    };
    expect(await inLives(faultsOf, ({ system }) => system.timers !== null)).toBe(true);
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
            role: "operator",
            confounders: [],
          });
          expect(shippers).toEqual(shippers.map(() => confirmed));
        },
      ),
      { numRuns: 300 },
    ));

  test("a message that its receiver refuses becomes a dead letter: the receiver is as it was, the rest of the step stands", () => {
    const told = systemStep(hosts, running(), { key: "post/p1", event: { type: "due", id: "d1", at: 1000, clearance: clear } }).system;
    const trusting = { ...hosts, post: createHost(postMachine, { kind: "pure", events: "trusted" }) };
    const step = systemStep(trusting, told, {
      key: "post/p1",
      event: { type: "refused", id: "r1", at: 1001, errorClass: "spam_block", signal: "somethingNew" },
    });
    expect(step.deadLetters).toMatchObject([
      { key: "account/a1", event: { signal: "somethingNew" }, error: { code: "event-invalid", path: "signal: signal" } },
    ]);
    expect(state(step.system, "post/p1")).toBe("rejected");
    expect(step.system.entries.get("account/a1")).toBe(told.entries.get("account/a1"));
    expect(step.deliveries.map(({ key }) => key)).toEqual(["post/p1", "experiment/e1"]);
  });

  test("an event from outside that is refused throws, and the system is what it was", () => {
    const system = running();
    const before = JSON.stringify([...system.entries]);
    const send = (key: string, event: MachineEvent) => () => systemStep(hosts, system, { key, event });
    expect(send("account/a1", { type: "signal", id: "s", at: 1, signal: "somethingNew" })).toThrow(
      expect.objectContaining({ code: "event-invalid" }),
    );
    expect(send("account/zz", { type: "cleared", id: "s", at: 1, by: "ana" })).toThrow(expect.objectContaining({ code: "row-unknown" }));
    expect(JSON.stringify([...system.entries])).toBe(before);
  });

  test("L11: an inbox keeps the last ids and lets the oldest go, so that a row stays small", () => {
    let system = running();
    for (let at = 0; at < inboxMax + 10; at++)
      system = systemStep(hosts, system, { key: "account/a1", event: { type: "laneWorked", id: `w${at}`, at, lane: "api" } }).system;
    const { inbox } = system.entries.get("account/a1")!;
    expect(inbox).toHaveLength(inboxMax);
    expect([inbox.at(-1), inbox[0]]).toEqual([`w${inboxMax + 9}`, "w10"]);
  });

  test("L3: paused before its layer and window came, a resumed experiment waits for both", () => {
    const ready = toRunning
      .slice(0, 4)
      .reduce(
        (now, event, index) => experiments.step(now, { id: `x${index}`, at: 0, ...event }).row,
        experiments.start(brief as ExperimentInput, 0).row,
      );
    const send = (row: Row, ...events: { type: string; [field: string]: unknown }[]): Row =>
      events.reduce((now, event, index) => experiments.step(now, { id: `y${index}`, at: 1, ...event }).row, row);
    const paused = send(ready, { type: "survivalSignal", signal: "spamSignal" });
    const resumed = { type: "resumed", by: "ana" };
    expect(send(paused, resumed).snapshot.value).toBe("scheduled");
    expect(send(paused, { type: "layerReserved" }, resumed).snapshot.value).toBe("scheduled");
    expect(send(paused, { type: "windowOpened" }, resumed).snapshot.value).toBe("scheduled");
    expect(send(paused, { type: "windowOpened" }, { type: "layerReserved" }, resumed).snapshot.value).toBe("running");
    expect(send(paused, { type: "windowOpened" }, resumed, { type: "layerReserved" }).snapshot.value).toBe("running");
    expect(send(paused, { type: "layerReserved" }, { type: "windowClosed" }, resumed).snapshot.value).toBe("verifying");
  });

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
