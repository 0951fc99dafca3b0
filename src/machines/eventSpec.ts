// How a machine's event is written down: the fields it carries, who sends it and what for, and how one is made up for a walk at random.
import { z } from "zod";
import type { Rng } from "../random/index.ts";
import type { Row } from "./row.ts";

/** Who may send an event; `row` is another row of the system, by `tell`. */
export type Sender = "operator" | "creator" | "guards" | "layers" | "clock" | "platform" | "evaluator" | "row";

/** All that a sample draws from: `createRng(seed)`, or any other source of uniform numbers on [0, 1). */
export type Draws = Pick<Rng, "next">;

type Fields = Record<string, unknown>;

export interface EventSpec<Schema extends z.ZodType = z.ZodType> {
  readonly type: string;
  readonly schema: Schema;
  readonly sender: Sender;
  /** What it says, for people. */
  readonly meaning: string;
  /** The fields that go with what the row holds: the approval of exactly its content, the answer to exactly its question. */
  readonly fitting: (row: Row, rng: Draws) => Fields;
  /** Fields that a stranger to the row might send; where left out, the fitting ones. */
  readonly other?: (rng: Draws) => Fields;
}

/** One event type. `fields` are those beside the envelope. */
export function eventSpec<const Type extends string, Shape extends z.ZodRawShape>(
  type: Type,
  fields: Shape,
  about: Omit<EventSpec, "type" | "schema">,
) {
  return { type, schema: z.object({ type: z.literal(type), id: z.string(), at: z.int(), ...fields }), ...about };
}

export function pick<Item>(rng: Draws, items: readonly Item[]): Item {
  return items[Math.floor(rng.next() * items.length)]!;
}

export const nothing = (): Fields => ({});

export function byType(specs: readonly EventSpec[]): ReadonlyMap<string, EventSpec> {
  return new Map(specs.map((spec) => [spec.type, spec]));
}
