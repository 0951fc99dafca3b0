// Table, pure and actor host against each other and against XState's own transition(): 50,000 random events for each machine, timers, stale timers,
// clocks that go back and rows through storage among them. tests/validate/hosts.test.ts does the same with a million.
import { describe, expect, test } from "vitest";
import { definitions } from "../../src/machines/index.ts";
import { walkMachine, walkSubject } from "../support/machineWalk.ts";
import { nestedSubject } from "../support/nestedMachine.ts";

describe("hosts agree on rows and effects", () => {
  test.each(Object.values(definitions).map(({ machine }) => [machine.id, machine] as const))(
    "%s: every state, transition and ending was reached on the way",
    (_, machine) => {
      const report = walkMachine(walkSubject(machine), 50_000, `differential/${machine.id}`);
      expect(report.statesUnreached).toEqual([]);
      expect(report.transitionsUnreached).toEqual([]);
      const finals = Object.values(machine.states).filter(({ type }) => type === "final");
      expect(Object.keys(report.finals).sort()).toEqual(finals.map(({ key }) => key).sort());
      const hasTimers = Object.values(machine.states).some(({ after }) => after.length > 0);
      expect(report.timersFired > 0 && report.staleTimers > 0).toBe(hasTimers);
      expect(report.clockBackwards).toBeGreaterThan(0);
      expect(report.changed).toBeLessThan(report.events);
    },
  );

  test("a machine with nested states, wildcards, forbidden transitions, always, raise, done events and output", () => {
    const report = walkMachine(nestedSubject, 10_000, "differential/nested");
    // A final state inside a compound one is left again in the same step, by a done event that nobody sends from outside.
    expect(report.statesUnreached).toEqual(["work.deep.floor", "work.finishing"]);
    expect(report.transitionsUnreached).toEqual([]);
    expect(report.timersFired).toBeGreaterThan(0);
    expect(report.finals).toEqual({ finished: expect.any(Number) });
  });
});
