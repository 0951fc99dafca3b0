import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { setup } from "xstate";
import { isDomainError } from "../../src/domain/index.ts";
import { accountMachine, createHost, experimentMachine, postMachine, type Row } from "../../src/machines/index.ts";
import { assertProperty } from "../support/property.ts";

const hour = 3_600_000;
const host = createHost(experimentMachine, { kind: "pure" });
const input = { experimentId: "e1", layer: "c:instagram.reels:hook", account: "a1", windowStartMs: 0, windowEndMs: 10 * hour };

function walk(events: { type: string; [field: string]: unknown }[], at = 0): Row {
  return events.reduce<Row>((row, event, index) => host.step(row, { id: `ev${index}`, at, ...event }).row, host.start(input, 0).row);
}

const toRunning = [
  { type: "submitted" },
  { type: "variantsReady", contentHashes: ["h1", "h2"] },
  { type: "preflighted", verdict: "pass", reason: "", planHash: "p1", postIds: ["x", "y"] },
  { type: "approved", approver: "demo", contentHashes: ["h2", "h1"], planHash: "p1" },
  { type: "layerReserved" },
  { type: "windowOpened" },
];

describe("a host", () => {
  test.each([experimentMachine, postMachine, accountMachine])("constructs $id: every transition has its target", (machine) => {
    expect(() => createHost(machine, { kind: "pure" })).not.toThrow();
  });

  test("refuses a kind that does not exist yet", () => {
    expect(() => createHost(experimentMachine, { kind: "table" })).toThrow(expect.objectContaining({ code: "host-unavailable" }));
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
    const paused = walk([...toRunning, { type: "survivalSignal", signal: "x" }]);
    const timer = paused.timers[0]!;
    const fire = (row: Row, armedRev: number) =>
      host.step(row, { ...timer.event, id: `t${armedRev}`, at: timer.dueAt, timer: { id: timer.timerId, armedRev } });
    expect(fire(paused, timer.armedRev).row.snapshot.value).toBe("stopped");
    const again = walk([
      ...toRunning,
      { type: "survivalSignal", signal: "x" },
      { type: "resumed", by: "ana" },
      { type: "survivalSignal", signal: "y" },
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
        fc.array(fc.constantFrom(...toRunning, { type: "survivalSignal", signal: "s" }, { type: "windowClosed" }), { maxLength: 20 }),
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
