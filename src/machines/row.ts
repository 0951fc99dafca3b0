// A row is an actor at rest: plain JSON, one per key, written under its `rev` (notes on machines, 2.3).
import { z } from "zod";
import { parseWith } from "../domain/index.ts";

export const Timer = z.strictObject({
  timerId: z.string(),
  event: z.strictObject({ type: z.string() }),
  dueAt: z.int(),
  /** The `rev` at which it was armed: a stale timer of a re-entered state is told by it. */
  armedRev: z.int().nonnegative(),
});
export type Timer = z.infer<typeof Timer>;

const Snapshot = z.looseObject({
  status: z.enum(["active", "done"]),
  value: z.string(),
  context: z.record(z.string(), z.unknown()),
});

export const Row = z.strictObject({
  /** `experiment/<id>`, `post/<id>` ... */
  key: z.string().min(1),
  machine: z.string().min(1),
  version: z.int().positive(),
  rev: z.int().nonnegative(),
  /** Time of the last accepted event, epoch milliseconds; time never goes back within a row. */
  lastAt: z.int(),
  snapshot: Snapshot,
  timers: z.array(Timer),
});
export type Row = z.infer<typeof Row>;

/** @throws DomainError `row-corrupt` if the stored row is not whole. */
export function parseRow(data: unknown): Row {
  return parseWith(Row, data, { code: "row-corrupt", fix: "Restore this row from the log; nothing was changed." });
}
