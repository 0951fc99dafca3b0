import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cancel, setup } from "xstate";
import { isDomainError } from "../../src/domain/index.ts";
import {
  accountMachine,
  createHost,
  experimentMachine,
  type ExperimentInput,
  type MachineEvent,
  postMachine,
  type Row,
  variantMachine,
} from "../../src/machines/index.ts";
import { assertProperty } from "../support/property.ts";

const hour = 3_600_000;
const host = createHost(experimentMachine, { kind: "pure" });
const input: ExperimentInput = {
  experimentId: "e1",
  type: "batch",
  approvalLevel: "review",
  preset: "evidence",
  needs: [],
  layer: "c:instagram.reels:hook",
  account: "a1",
  windowStartMs: 0,
  windowEndMs: 10 * hour,
};

function walk(events: { type: string; [field: string]: unknown }[], at = 0): Row {
  return events.reduce<Row>((row, event, index) => host.step(row, { id: `ev${index}`, at, ...event }).row, host.start(input, 0).row);
}

const toRunning = [
  { type: "submitted" },
  { type: "variantsReady", contentHashes: ["h1", "h2"] },
  { type: "preflighted", verdict: "pass", reason: "", planHash: "p1", postIds: ["x", "y"], unitsPerArm: [8, 8] },
  { type: "approved", approver: "demo", role: "operator", contentHashes: ["h2", "h1"], planHash: "p1" },
  { type: "layerReserved" },
  { type: "windowOpened" },
];

/** Vitest takes XState's development build, Node the other one: CI runs this folder a second time with NODE_ENV=production. */
test("the build of XState under test is the one that NODE_ENV asks for", () => {
  const refusesToBeCalled = String(cancel("x")).includes("throw");
  expect(refusesToBeCalled).toBe(process.env["NODE_ENV"] !== "production");
});

describe("a host", () => {
  test.each([experimentMachine, variantMachine, postMachine, accountMachine])(
    "constructs $id: every transition has its target",
    (machine) => {
      expect(() => createHost(machine, { kind: "pure" })).not.toThrow();
    },
  );

  test("refuses a kind that does not exist", () => {
    expect(() => createHost(experimentMachine, { kind: "steam" as never })).toThrow(expect.objectContaining({ code: "host-unavailable" }));
  });

  test("starts a row under the machine's own key", () => {
    expect(host.start(input, 5).row).toMatchObject({
      key: "experiment/e1",
      machine: "experiment",
      version: 1,
      rev: 0,
      lastAt: 5,
      timers: [],
    });
    expect(() => host.start({}, 0)).toThrow(expect.objectContaining({ code: "input-invalid", path: "experimentId" }));
  });

  test("walks from brief to running, effects in order", () => {
    const row = walk(toRunning);
    expect(row.snapshot.value).toBe("running");
    expect(row.rev).toBe(toRunning.length);
  });

  test("arms a timer on entering paused and cancels it on leaving", () => {
    const running = walk(toRunning);
    const paused = host.step(running, { type: "survivalSignal", id: "s", at: hour, signal: "loginChallenge" });
    expect(paused.effects.filter(({ type }) => type === "arm")).toEqual([
      {
        type: "arm",
        params: {
          id: "xstate.after.pauseTimeout.experiment.paused",
          delayMs: 86_400_000,
          event: { type: "xstate.after.pauseTimeout.experiment.paused" },
        },
      },
    ]);
    expect(paused.row.timers).toEqual([
      expect.objectContaining({
        timerId: "xstate.after.pauseTimeout.experiment.paused",
        dueAt: hour + 86_400_000,
        armedRev: paused.row.rev,
      }),
    ]);
    const resumed = host.step(paused.row, { type: "resumed", id: "r", at: 2 * hour, by: "ana" });
    expect(resumed.row.snapshot.value).toBe("running");
    expect(resumed.effects).toContainEqual({ type: "cancel", params: { id: "xstate.after.pauseTimeout.experiment.paused" } });
    expect(resumed.row.timers).toEqual([]);
  });

  test("fires a timer only in the arming it belongs to", () => {
    const paused = walk([...toRunning, { type: "survivalSignal", signal: "spamSignal" }]);
    const timer = paused.timers[0]!;
    const fire = (row: Row, armedRev: number) =>
      host.step(row, { ...timer.event, id: `t${armedRev}`, at: timer.dueAt, timer: { id: timer.timerId, armedRev } });
    expect(fire(paused, timer.armedRev).row.snapshot.value).toBe("stopped");
    const again = walk([
      ...toRunning,
      { type: "survivalSignal", signal: "spamSignal" },
      { type: "resumed", by: "ana" },
      { type: "survivalSignal", signal: "policyWarning" },
    ]);
    expect(fire(again, timer.armedRev)).toMatchObject({ changed: false });
    expect(fire(again, again.timers[0]!.armedRev).row.snapshot.value).toBe("stopped");
  });

  test("leaves the row alone on an event its state does not want, and after the end", () => {
    const { row } = host.start(input, 0);
    expect(host.step(row, { type: "layerReserved", id: "x", at: 1 })).toEqual({ row, effects: [], changed: false });
    const ended = walk([...toRunning, { type: "stopRequested", by: "ana" }]);
    expect(ended.snapshot.status).toBe("done");
    expect(host.step(ended, { type: "windowOpened", id: "x", at: 1 })).toMatchObject({ row: ended, changed: false });
  });

  test("lets no time go back within a row", () => {
    const { row } = host.start(input, 1000);
    expect(host.step(row, { type: "submitted", id: "s", at: 10 }).row.lastAt).toBe(1000);
  });

  test("restores a row from JSON and steps it the same", () => {
    const row = walk(toRunning);
    const restored = JSON.parse(JSON.stringify(row)) as Row;
    const event = { type: "windowClosed", id: "w", at: hour };
    expect(host.step(restored, event)).toEqual(host.step(row, event));
  });

  test.each([
    ["another version", { version: 9 }, "row-version"],
    ["another machine", { machine: "post" }, "row-version"],
    ["a state that is gone", { snapshot: { status: "active", value: "nowhere", context: {} } }, "row-corrupt"],
    ["a torn snapshot", { snapshot: { status: "active" } }, "row-corrupt"],
  ])("refuses a row of %s and changes nothing", (_, damage, code) => {
    const row = { ...host.start(input, 0).row, ...damage } as unknown as Row;
    const before = JSON.stringify(row);
    expect(() => host.step(row, { type: "submitted", id: "x", at: 1 })).toThrow(expect.objectContaining({ code }));
    expect(JSON.stringify(row)).toBe(before);
  });

  test("turns a throwing guard into a typed error", () => {
    const broken = setup({
      guards: {
        throws: () => {
          throw new Error("no");
        },
      },
    }).createMachine({
      id: "broken",
      initial: "a",
      context: { brokenId: "b" },
      states: { a: { on: { go: { guard: "throws", target: "b" } } }, b: {} },
    });
    const brokenHost = createHost(broken, { kind: "pure" });
    const { row } = brokenHost.start(undefined, 0);
    expect(() => brokenHost.step(row, { type: "go", id: "g", at: 1 })).toThrow(expect.objectContaining({ code: "machine-failed" }));
  });

  test("L8: equal events give equal rows and effects", () =>
    assertProperty(
      fc.property(
        fc.array(fc.constantFrom(...toRunning, { type: "survivalSignal", signal: "spamSignal" }, { type: "windowClosed" }), {
          maxLength: 20,
        }),
        (events) => {
          const run = () => {
            let row = host.start(input, 0).row;
            const effects = events.map((event, index) => {
              const step = host.step(row, { id: `e${index}`, at: index, ...event });
              row = step.row;
              return step.effects;
            });
            return JSON.stringify({ row, effects });
          };
          expect(run()).toBe(run());
        },
      ),
    ));

  test("never throws anything but a typed refusal, whatever comes in", () =>
    assertProperty(
      fc.property(
        fc.array(
          fc.record({ type: fc.oneof(fc.string(), fc.constantFrom("approved", "checkpoint", "due")), id: fc.string(), at: fc.integer() }),
        ),
        (events) => {
          let thrown: unknown;
          try {
            events.reduce((row, event) => host.step(row, event).row, host.start(input, 0).row);
          } catch (error) {
            thrown = error;
          }
          expect(thrown === undefined || isDomainError(thrown)).toBe(true);
        },
      ),
    ));
});

describe.each(["pure", "table", "actor"] as const)("the %s host", (kind) => {
  const onKind = createHost(experimentMachine, { kind });
  const run = (events: { type: string; [field: string]: unknown }[]): Row =>
    events.reduce<Row>((row, event, index) => onKind.step(row, { id: `ev${index}`, at: 0, ...event }).row, onKind.start(input, 0).row);

  test("L5: hands out the effects of a transition that changes nothing else", () => {
    const verifying = run([...toRunning, { type: "windowClosed" }]);
    const step = onKind.step(verifying, { type: "survivalSignal", id: "s", at: 1, signal: "spamSignal" });
    expect(step.changed).toBe(true);
    expect(step.effects).toEqual([
      expect.objectContaining({ type: "notify", params: expect.objectContaining({ severity: "escalation" }) }),
    ]);
    expect(step.row.rev).toBe(verifying.rev + 1);
  });

  test.each(["xstate.stop", "xstate.init", "xstate.error.actor.x", "xstate.after.approvalTimeout.experiment.preflight", "*"])(
    "takes no event %s from outside: it is XState's own",
    (type) => {
      const row = run(toRunning.slice(0, 2));
      expect(onKind.step(row, { type, id: "x", at: 1 })).toEqual({ row, effects: [], changed: false });
    },
  );

  test("a timer that nobody wants any more is spent, so that it is not fired for ever", () => {
    const machine = setup({
      // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- XState takes its types from this phantom
      types: {} as { context: { open: boolean }; events: { type: "open" } },
      guards: { isOpen: ({ context }) => context.open },
    }).createMachine({
      id: "door",
      initial: "waiting",
      context: { open: false },
      states: { waiting: { after: { 100: { guard: "isOpen", target: "through" } } }, through: {} },
    });
    const door = createHost(machine, { kind });
    const { row } = door.start(undefined, 0);
    const timer = row.timers[0]!;
    const fired = door.step(row, { ...timer.event, id: "t", at: timer.dueAt, timer: { id: timer.timerId, armedRev: timer.armedRev } });
    expect(fired).toMatchObject({ changed: true, effects: [], row: { timers: [], rev: 1, lastAt: 100 } });
  });

  test.each([
    ["no time", { type: "submitted", id: "x", at: Number.NaN }, "at"],
    ["half a millisecond", { type: "submitted", id: "x", at: 0.5 }, "at"],
    ["no id", { type: "submitted", at: 1 }, "id"],
    ["no type", { id: "x", at: 1 }, "type"],
    ["a timer without a name", { type: "submitted", id: "x", at: 1, timer: {} }, "timer"],
  ])("refuses an event with %s", (_, event, path) => {
    const { row } = onKind.start(input, 0);
    const before = JSON.stringify(row);
    expect(() => onKind.step(row, event as unknown as MachineEvent)).toThrow(expect.objectContaining({ code: "event-invalid", path }));
    expect(JSON.stringify(row)).toBe(before);
  });

  const paused = () => JSON.parse(JSON.stringify(run([...toRunning, { type: "survivalSignal", signal: "spamSignal" }]))) as Row;
  test.each<[string, (row: Row) => unknown, string, string]>([
    ["that is no row", () => null, "row-corrupt", ""],
    ["of another machine", (row) => ({ ...row, machine: "post" }), "row-version", "version"],
    ["of a later version", (row) => ({ ...row, version: 2 }), "row-version", "version"],
    ["with a field too many", (row) => ({ ...row, extra: 1 }), "row-corrupt", "extra"],
    ["in a state that is gone", (row) => ({ ...row, snapshot: { ...row.snapshot, value: "nowhere" } }), "row-corrupt", "snapshot.value"],
    [
      "done in a state that is no end",
      (row) => ({ ...row, snapshot: { ...row.snapshot, status: "done" } }),
      "row-corrupt",
      "snapshot.status",
    ],
    ["stopped", (row) => ({ ...row, snapshot: { ...row.snapshot, status: "stopped" } }), "row-corrupt", "snapshot.status"],
    ["cut off", (row) => ({ ...row, snapshot: { status: "active", value: "paused" } }), "row-corrupt", "snapshot.context"],
    [
      "whose context lost a field",
      (row) => ({ ...row, snapshot: { ...row.snapshot, context: { ...row.snapshot.context, postIds: undefined } } }),
      "row-corrupt",
      "snapshot.context.postIds",
    ],
    [
      "with a timer that no state has",
      (row) => ({ ...row, timers: [{ ...row.timers[0]!, event: { type: "xstate.after.old.experiment.gone" } }] }),
      "row-corrupt",
      "timers[0].event.type",
    ],
  ])("refuses a row %s and leaves it as it was", (_, damage, code, path) => {
    const damaged = damage(paused()) as Row;
    const before = JSON.stringify(damaged);
    expect(() => onKind.step(damaged, { type: "resumed", id: "r", at: 9, by: "ana" })).toThrow(expect.objectContaining({ code, path }));
    expect(() => onKind.read(damaged)).toThrow(expect.objectContaining({ code }));
    expect(JSON.stringify(damaged)).toBe(before);
  });

  test("finds damage in a row of its own making too, if somebody changed it in place", () => {
    const { row } = onKind.start(input, 0);
    row.snapshot.value = "nowhere";
    expect(() => onKind.step(row, { type: "submitted", id: "x", at: 1 })).toThrow(expect.objectContaining({ code: "row-corrupt" }));
  });
});
