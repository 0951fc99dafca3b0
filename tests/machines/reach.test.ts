// Every outcome of every event in every state: which transition is taken, or that none is because its conditions do not hold. All are reached by walks
// with a shortest path in front.
import { describe, expect, test } from "vitest";
import type { AnyMachineSnapshot, AnyStateMachine } from "xstate";
import { createHost, definitions, type Host, listEvents, type MachineEvent, type Row } from "../../src/machines/index.ts";
import { createRng, type Rng } from "../../src/random/index.ts";
import { shortestPaths, walkSubject } from "../support/machineWalk.ts";

/** `state event -> 0` for the first of its transitions, `-> none` where all have conditions and none holds. */
function outcomesOf(machine: AnyStateMachine): string[] {
  return Object.values(machine.states).flatMap((node) =>
    [...node.transitions].flatMap(([type, candidates]) => [
      ...candidates.map((_, index) => `${node.key} ${type} -> ${index}`),
      ...(candidates.at(-1)!.guard === undefined ? [] : [`${node.key} ${type} -> none`]),
    ]),
  );
}

function outcomeOf(machine: AnyStateMachine, { snapshot: { value, context } }: Row, event: MachineEvent): string {
  const snapshot = machine.resolveState({ value, context }) as AnyMachineSnapshot;
  const [taken] = machine.getTransitionData(snapshot, event);
  const candidates = machine.states[value]!.transitions.get(event.type)!;
  return `${value} ${event.type} -> ${taken === undefined ? "none" : candidates.indexOf(taken)}`;
}

/**
 * From the end of every shortest path, and on from there at random, every event that the state names, drawn often enough for each of its outcomes, and
 * every timer.
 */
function reached(machine: AnyStateMachine, seed: string): Set<string> {
  const subject = walkSubject(machine);
  const host = createHost(machine, { kind: "table" }) as Host;
  const rng = createRng(seed);
  const seen = new Set<string>();
  subject.inputs.forEach((input, life) => {
    for (const path of shortestPaths(subject, input, host, rng.fork(`paths/${life}`)).flat()) {
      let row = path.reduce((now, event) => host.step(now, event).row, host.start(input, 1000).row);
      for (let step = 0; step < suffixLength; step++) {
        const events = eventsFrom(machine, row, rng);
        for (const event of events) {
          const outcome = outcomeOf(machine, row, event);
          if (seen.has(outcome)) continue;
          if (outcome.endsWith("none") && host.step(row, event).changed) throw new Error(`${outcome} changed the row`);
          seen.add(outcome);
        }
        if (events.length > 0) row = host.step(row, events[Math.floor(rng.next() * events.length)]!).row;
      }
    }
  });
  return seen;
}

const suffixLength = 14;

function eventsFrom(machine: AnyStateMachine, row: Row, rng: Rng): MachineEvent[] {
  if (row.snapshot.status === "done") return [];
  const named = machine.states[row.snapshot.value]!.transitions;
  return [
    ...listEvents(machine)
      .filter(({ type }) => named.has(type))
      .flatMap((event) => Array.from({ length: 10 }, () => event.sample(rng, row))),
    ...row.timers.map(({ timerId, armedRev, dueAt, event }) => ({ ...event, id: "t", at: dueAt, timer: { id: timerId, armedRev } })),
  ];
}

describe.each(Object.values(definitions).map(({ machine }) => [machine.id, machine] as const))("%s", (name, machine) => {
  test("every outcome of every event in every state is reached: none is dead", () => {
    const seen = reached(machine, `reach/${name}`);
    expect(outcomesOf(machine).filter((outcome) => !seen.has(outcome))).toEqual([]);
  });
});
