// The table compiler against XState on machines that nobody wrote: every host must do as XState does, or refuse where XState gives up.
import { expect, test } from "vitest";
import type { AnyStateMachine } from "xstate";
import { isDomainError } from "../../src/domain/index.ts";
import { createHost, type Host, type HostStep, type MachineEvent, type Row } from "../../src/machines/index.ts";
import { createRng, type Rng } from "../../src/random/index.ts";
import { interpreterOf } from "../support/interpreter.ts";
import { expectSame, firing, seen, seenInXState } from "../support/machineWalk.ts";
import { randomMachine, sentTypes } from "../support/randomMachine.ts";

const walks = 3;
const eventsPerWalk = 25;

test("240 random machines step on every host as XState steps them", () => {
  const seed = `${Date.now()}`;
  const reached = { events: 0, changed: 0, timers: 0, ended: 0, loops: 0 };
  for (let at = 0; at < 240; at++) {
    const rng = createRng(at < 200 ? "hostRandom" : seed).fork(`${at}`);
    try {
      walkOnce(randomMachine(rng), rng, reached);
    } catch (error) {
      throw new Error(`machine ${at} of seed ${at < 200 ? "hostRandom" : seed}`, { cause: error });
    }
  }
  expect(reached.events).toBeGreaterThan(4000);
  expect(reached.changed).toBeGreaterThan(2000);
  for (const count of Object.values(reached)) expect(count).toBeGreaterThan(20);
});

function walkOnce(
  machine: AnyStateMachine,
  rng: Rng,
  reached: { events: number; changed: number; timers: number; ended: number; loops: number },
): void {
  const hosts = (["pure", "table", "actor"] as const).map((kind) => createHost(machine, { kind }) as Host);
  const interpreter = interpreterOf(machine);
  for (let walk = 0; walk < walks; walk++) {
    const starts = hosts.map((host) => outcome(() => ({ ...host.start(undefined, 0), changed: true })));
    let [reference, actions] = interpreter.start(undefined);
    for (const start of starts) expectSame("start", start, starts[0]);
    if (reference.status === "error" || starts[0] === "failed") {
      reached.loops++;
      expectSame("start", [reference.status, starts[0]], ["error", "failed"]);
      return;
    }
    let rows = starts.map((start) => (start as HostStep).row);
    expectSame("start", seen(rows[0]!, (starts[0] as HostStep).effects), seenInXState(reference, actions));
    for (let step = 0; step < eventsPerWalk && rows[0]!.snapshot.status === "active"; step++) {
      const event = eventFor(rows[0]!, rng);
      const steps = hosts.map((host, index) => outcome(() => host.step(rows[index]!, event)));
      const [first] = steps;
      for (const other of steps) expectSame(event, other, first);
      reached.events++;
      if (event.timer !== undefined) reached.timers++;
      const { timer: _, ...asSeen } = event;
      const expected = outcome(() => interpreter.step(reference, asSeen));
      if (expected === "failed" || first === "failed" || first === undefined) {
        reached.loops++;
        expectSame(event, first, expected);
        return;
      }
      [reference, actions] = expected;
      expectSame(event, seen(first.row, first.effects), seenInXState(reference, actions));
      if (first.changed) reached.changed++;
      if (first.row.snapshot.status === "done") {
        reached.ended++;
        expectSame(event, first.row.snapshot["output"], reference.output);
      }
      rows = (steps as HostStep[]).map(({ row }) => row);
      if (rng.next() < 0.1) rows = hosts.map((host) => host.read(JSON.parse(JSON.stringify(rows[0]))));
    }
  }
}

/** What comes of it, or that it fails. */
function outcome<Result>(run: () => Result): Result | "failed" {
  try {
    return run();
  } catch (error) {
    if (isDomainError(error) && error.code !== "machine-failed") throw error;
    return "failed";
  }
}

function eventFor(row: Row, rng: Rng): MachineEvent {
  const timer = row.timers[Math.floor(rng.next() * row.timers.length)];
  if (timer !== undefined && rng.next() < 0.3) return firing(row, timer);
  const type = sentTypes[Math.floor(rng.next() * sentTypes.length)]!;
  return { type, id: `e${rng.next()}`, at: row.lastAt + Math.floor(rng.next() * 1000) };
}
