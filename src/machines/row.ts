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

/**
 * The stored row itself, as rows are never changed.
 * @throws DomainError `row-corrupt` if it is not whole.
 */
export function parseRow(data: unknown): Row {
  return isWhole(data) ? data : parseWith(Row, data, { code: "row-corrupt", fix: "Restore this row from the log; nothing was changed." });
}

/**
 * A look at what `Row` says, without its copy: rows come from storage with every event. Never true of what `Row` refuses; of what it only might,
 * `Row` decides and says what is wrong.
 */
function isWhole(data: unknown): data is Row {
  if (!isRecord(data, 7)) return false;
  const { key, machine, version, rev, lastAt, snapshot, timers } = data;
  return (
    typeof key === "string" &&
    key !== "" &&
    typeof machine === "string" &&
    machine !== "" &&
    isCount(version) &&
    version > 0 &&
    isCount(rev) &&
    Number.isSafeInteger(lastAt) &&
    isRecord(snapshot) &&
    (snapshot["status"] === "active" || snapshot["status"] === "done") &&
    typeof snapshot["value"] === "string" &&
    isRecord(snapshot["context"]) &&
    Array.isArray(timers) &&
    timers.findIndex((timer) => !isTimer(timer)) === -1
  );
}

function isTimer(data: unknown): data is Timer {
  if (!isRecord(data, 4)) return false;
  const { timerId, event, dueAt, armedRev } = data;
  return (
    typeof timerId === "string" &&
    isRecord(event, 1) &&
    typeof event["type"] === "string" &&
    Number.isSafeInteger(dueAt) &&
    isCount(armedRev)
  );
}

/** An object as JSON makes it, with so many fields where the number is given. */
function isRecord(data: unknown, fields?: number): data is Record<string, unknown> {
  return (
    typeof data === "object" &&
    data !== null &&
    Object.getPrototypeOf(data) === Object.prototype &&
    (fields === undefined || Object.keys(data).length === fields)
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
