import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  createHost,
  definitions,
  describeMachine,
  experimentMachine,
  machinesPage,
  mermaidOf,
  nextSteps,
  svgOf,
} from "../../src/machines/index.ts";
import { rowPerState } from "../support/machineRows.ts";

const machines = Object.values(definitions).map(({ machine }) => [machine.id, machine] as const);

describe.each(machines)("the description of %s", (_, machine) => {
  const described = describeMachine(machine);

  test("says what every state means", () => {
    expect(described.states.filter(({ meaning }) => meaning === "").map(({ name }) => name)).toEqual([]);
    expect(described.states.map(({ name }) => name)).toEqual(Object.keys(machine.states));
  });

  test("names every state and every arrow in both pictures", () => {
    const mermaid = mermaidOf(described);
    const svg = svgOf(described);
    const arrows = described.states.flatMap(({ name, transitions }) =>
      transitions.filter(({ target }) => target !== null && target !== name).map(({ target, event }) => ({ name, target, event })),
    );
    expect(arrows.length).toBeGreaterThan(0);
    for (const { name } of described.states) expect(svg).toContain(`>${name}</text>`);
    for (const { name, target, event } of arrows) {
      expect(mermaid).toMatch(new RegExp(`${name} --> ${target} : .*${event}`));
      expect(svg).toContain(`<title>${name} to ${target}: `);
    }
  });

  test("in every state the operator's events are allowed or refused with a reason, and the allowed ones work", () => {
    const host = createHost(machine, { kind: "pure" });
    const events = described.events.filter(({ sender }) => sender === "operator");
    for (const row of Object.values(rowPerState(machine))) {
      const { allowed, refused, finished } = nextSteps(machine, JSON.parse(JSON.stringify(row)));
      expect([...allowed, ...refused].map(({ event }) => event).sort()).toEqual(events.map(({ type }) => type).sort());
      expect(refused.filter(({ reason }) => reason === "")).toEqual([]);
      expect(finished ? allowed : []).toEqual([]);
      for (const { example, target } of allowed) {
        const step = host.step(row, { ...example, id: "try" } as never);
        expect(step).toMatchObject({ changed: true, row: { snapshot: { value: target } } });
      }
      for (const { event } of refused) {
        const spec = definitions[machine.id]!.events.get(event)!;
        const step = host.step(row, { type: event, id: "try", at: row.lastAt, ...spec.fitting(row, { next: () => 0 }) });
        expect(step.changed, `${row.snapshot.value} ${event}`).toBe(false);
      }
    }
  });
});

test("the next steps of an experiment that waits for approval name the guard that stands in the way", () => {
  const row = rowPerState(experimentMachine)["approval"]!;
  const holding = (contentHashes: string[]) => ({
    ...row,
    snapshot: { ...row.snapshot, context: { ...row.snapshot.context, contentHashes } },
  });
  const { allowed } = nextSteps(experimentMachine, holding(["h1", "h2"]));
  expect(allowed.map(({ event, target }) => `${event} -> ${target}`)).toContain("approved -> approvalRegulated");
  const steps = nextSteps(experimentMachine, holding([]));
  expect(steps.refused.find(({ event }) => event === "approved")?.reason).toBe(
    "does not hold: approvesRegulatedNext, approvesClaimsNext, approvesLaneNext, approvesThis",
  );
  expect(steps.refused.find(({ event }) => event === "resumed")?.reason).toBe("approval does not take it");
  expect(steps.timers).toEqual([expect.objectContaining({ event: "approvalTimeout", target: "stopped" })]);
});

test("docs/machines.md is what the machines say: else run expos machines --format markdown > docs/machines.md", () => {
  expect(readFileSync(new URL("../../docs/machines.md", import.meta.url), "utf8")).toBe(machinesPage());
});
