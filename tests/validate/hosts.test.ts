// A million random events for each machine through every host and XState's own transition(): tests/machines/differential.test.ts in long.
import { expect, test } from "vitest";
import { definitions } from "../../src/machines/index.ts";
import { walkMachine, walkSubject } from "../support/machineWalk.ts";

test.each(Object.values(definitions).map(({ machine }) => [machine.id, machine] as const))(
  "%s: a million events, no difference",
  (_, machine) => {
    const report = walkMachine(walkSubject(machine), 1_000_000, `validate/${machine.id}`);
    console.log(machine.id, JSON.stringify(report));
    expect(report).toMatchObject({ statesUnreached: [], transitionsUnreached: [] });
    expect(report.events).toBeGreaterThanOrEqual(1_000_000);
    expect(report.largestRowBytes).toBeLessThan(2000);
  },
);
