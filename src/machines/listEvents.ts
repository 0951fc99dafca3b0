// Every event type of a machine with its schema and a generator, so that anyone can walk a machine at random.
import type { AnyStateMachine } from "xstate";
import type { z } from "zod";
import { DomainError } from "../domain/index.ts";
import { definitionOf, definitions } from "./definitions.ts";
import type { Draws } from "./eventSpec.ts";
import type { MachineEvent } from "./events.ts";
import type { Row } from "./row.ts";

export interface ListedEvent {
  readonly type: string;
  /** Holds for every sample, and for every event that a host with `events: "checked"` lets in. */
  readonly schema: z.ZodType;
  /**
   * An event for this row: half of them go with what it holds (an approval of exactly its content), so that walks get deep. `at` lies up to a
   * day after the row's last event; the id is drawn too.
   */
  sample(rng: Draws, row: Row): MachineEvent;
}

const dayMs = 86_400_000;

/**
 * In the order written in the machine's events file; timers are not listed, the row itself carries those that are armed.
 * @throws DomainError `machine-unknown` for a machine that is none of ours.
 */
export function listEvents(machine: AnyStateMachine): ListedEvent[] {
  const definition = definitionOf(machine);
  if (definition === undefined)
    throw new DomainError({
      code: "machine-unknown",
      path: "machine",
      message: `Nothing is known about the events of ${machine.id}.`,
      fix: `Give one of ${Object.keys(definitions).join(", ")}.`,
      value: machine.id,
    });
  return [...definition.events.values()].map(({ type, schema, fitting, other }) => ({
    type,
    schema,
    sample(rng, row) {
      const fields = other !== undefined && rng.next() < 0.5 ? other(rng) : fitting(row, rng);
      const id = `${type}-${Math.floor(rng.next() * 2 ** 32).toString(36)}`;
      return { type, id, at: row.lastAt + Math.floor(rng.next() ** 4 * dayMs), ...fields };
    },
  }));
}
