import { describe, expect, test } from "vitest";
import type { z } from "zod";
import type { accountEvents } from "../../src/machines/account/events.ts";
import type { experimentEvents } from "../../src/machines/experiment/events.ts";
import {
  createHost,
  definitions,
  experimentMachine,
  listEvents,
  type AccountEvent,
  type ExperimentEvent,
  type Host,
  type PostEvent,
  type VariantEvent,
} from "../../src/machines/index.ts";
import type { postEvents } from "../../src/machines/post/events.ts";
import type { variantEvents } from "../../src/machines/variant/events.ts";
import { createRng } from "../../src/random/index.ts";
import { walkSubject } from "../support/machineWalk.ts";
import { nestedMachine } from "../support/nestedMachine.ts";

// Checked by the compiler: a field that is in the schema and not in the type, or the other way round, does not build.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Sent<Events extends readonly { schema: z.ZodType }[]> = z.infer<Events[number]["schema"]>;
const schemasAgreeWithTypes: [
  Same<Sent<typeof experimentEvents>, ExperimentEvent>,
  Same<Sent<typeof postEvents>, PostEvent>,
  Same<Sent<typeof accountEvents>, AccountEvent>,
  Same<Sent<typeof variantEvents>, VariantEvent>,
] = [true, true, true, true];

describe.each(Object.values(definitions).map(({ machine }) => [machine.id, machine] as const))("the events of %s", (_, machine) => {
  test("are all that its states name, and no others", () => {
    expect(schemasAgreeWithTypes).toEqual([true, true, true, true]);
    const wanted = new Set(Object.values(machine.states).flatMap(({ transitions }) => [...transitions.keys()]));
    const listed = listEvents(machine).map(({ type }) => type);
    expect(listed.toSorted()).toEqual([...wanted].filter((type) => !type.startsWith("xstate.")).sort());
  });

  test("have samples that hold to their schema and that a checking host takes", () => {
    const host = createHost(machine, { kind: "pure" }) as Host;
    const { row } = host.start(walkSubject(machine).inputs[0], 1000);
    const rng = createRng("samples");
    for (const event of listEvents(machine))
      for (let draw = 0; draw < 50; draw++) {
        const sample = event.sample(rng, row);
        expect(event.schema.safeParse(sample).error).toBeUndefined();
        expect(() => host.step(row, sample)).not.toThrow();
      }
  });

  test("are refused with a path when a field is missing or of another kind, and the row stays as it was", () => {
    const host = createHost(machine, { kind: "table" }) as Host;
    const { row } = host.start(walkSubject(machine).inputs[0], 1000);
    const before = JSON.stringify(row);
    const rng = createRng("damaged");
    for (const event of listEvents(machine)) {
      const { type, id, at, ...fields } = event.sample(rng, row);
      for (const field of Object.keys(fields))
        expect(() => host.step(row, { type, id, at, ...fields, [field]: Symbol("no") }), `${type} ${field}`).toThrow(
          expect.objectContaining({ code: "event-invalid", path: `${type}: ${field}` }),
        );
    }
    expect(JSON.stringify(row)).toBe(before);
  });
});

test("the events of a stranger's machine are not known", () => {
  expect(() => listEvents(nestedMachine)).toThrow(expect.objectContaining({ code: "machine-unknown" }));
  expect(listEvents(experimentMachine).map(({ type }) => type)).toContain("approved");
});
