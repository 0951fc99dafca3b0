// Rows that talk: `systemStep` delivers one event, routes every `tell` to its rows and keeps timers, purely. Clock and delivery belong to the
// caller (CONTRACTS 1); the simulator drives it in virtual time and the durable engine inside a transaction.
import { DomainError } from "../domain/index.ts";
import type { EffectRecord } from "./effects.ts";
import type { MachineEvent } from "./events.ts";
import type { Host } from "./host.ts";
import type { Row } from "./row.ts";

/** One row with the ids of the events it has taken: a duplicate changes nothing (law L11). */
export interface SystemEntry {
  readonly row: Row;
  readonly inbox: readonly string[];
}

export interface System {
  readonly entries: ReadonlyMap<string, SystemEntry>;
}

export const emptySystem: System = { entries: new Map() };

export interface SystemEvent {
  readonly key: string;
  readonly event: MachineEvent;
}

/** What one delivery did to one row. */
export interface Delivery {
  readonly key: string;
  readonly event: MachineEvent;
  readonly changed: boolean;
  readonly from: string | null;
  readonly to: string;
  readonly rev: number;
}

export interface SystemStep {
  readonly system: System;
  /** Effects for the outside, in order, each with the row and revision that asked for it; timers included, `tell` not. */
  readonly effects: readonly SystemEffect[];
  readonly deliveries: readonly Delivery[];
}

/** `(key, rev, ordinal)` makes an effect idempotent for whoever carries it out. */
export type SystemEffect = EffectRecord & { readonly key: string; readonly rev: number; readonly ordinal: number };

export type Hosts = Readonly<Record<string, Host<never>>>;

/** Limit on messages that one event may set off: a cycle of rows would otherwise never end. */
const deliveriesMax = 10_000;

/** Adds a row and routes the effects of its start. */
export function systemStart(hosts: Hosts, system: System, machine: string, input: Record<string, unknown>, at: number): SystemStep {
  const { row, effects } = hostOf(hosts, machine).start(input as never, at);
  if (system.entries.has(row.key))
    throw new DomainError({ code: "row-exists", path: row.key, message: `${row.key} is there already.`, fix: "Send it events instead." });
  const entries = new Map(system.entries).set(row.key, { row, inbox: [] });
  const started: Delivery = {
    key: row.key,
    event: { type: "started", id: row.key, at },
    changed: true,
    from: null,
    to: row.snapshot.value,
    rev: 0,
  };
  return route(hosts, entries, sorted(row, effects), [started]);
}

/**
 * Delivers one event and every `tell` it sets off, first in first out.
 * @throws DomainError `row-unknown` if the event itself has no row; a `tell` to a row that does not exist is dropped.
 */
export function systemStep(hosts: Hosts, system: System, { key, event }: SystemEvent): SystemStep {
  if (!system.entries.has(key))
    throw new DomainError({ code: "row-unknown", path: key, message: `There is no row ${key}.`, fix: "Start it first.", value: key });
  return route(hosts, new Map(system.entries), { outside: [], told: [{ key, event }] }, []);
}

/** The earliest timer of all rows, by (dueAt, key, timerId); undefined if none is armed. Linear in rows. */
export function nextTimer(system: System): (SystemEvent & { dueAt: number }) | undefined {
  let first: (SystemEvent & { dueAt: number }) | undefined;
  for (const { row } of system.entries.values())
    for (const { timerId, armedRev, dueAt, event } of row.timers) {
      const id = `${row.key}#${timerId}@${armedRev}`;
      const candidate = { key: row.key, dueAt, event: { type: event.type, id, at: dueAt, timer: { id: timerId, armedRev } } };
      if (first === undefined || dueAt < first.dueAt || (dueAt === first.dueAt && id < first.event.id)) first = candidate;
    }
  return first;
}

function route(
  hosts: Hosts,
  entries: Map<string, SystemEntry>,
  first: { outside: SystemEffect[]; told: SystemEvent[] },
  deliveries: Delivery[],
): SystemStep {
  const effects = [...first.outside];
  const queue = [...first.told];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const entry = entries.get(next.key);
    if (entry === undefined || entry.inbox.includes(next.event.id)) continue;
    if (deliveries.length >= deliveriesMax)
      throw new DomainError({
        code: "system-runaway",
        path: next.key,
        message: `One event set off more than ${deliveriesMax} others.`,
        fix: "Two machines answer each other without end; break the cycle.",
      });
    const { row, effects: asked, changed } = hostOf(hosts, entry.row.machine).step(entry.row, next.event);
    entries.set(next.key, { row, inbox: [...entry.inbox, next.event.id] });
    deliveries.push({ key: next.key, event: next.event, changed, from: entry.row.snapshot.value, to: row.snapshot.value, rev: row.rev });
    const { outside, told } = sorted(row, asked);
    effects.push(...outside);
    queue.push(...told);
  }
  return { system: { entries }, effects, deliveries };
}

/** Splits what a row asked for into messages for other rows and effects for the outside. */
function sorted(row: Row, asked: readonly EffectRecord[]): { outside: SystemEffect[]; told: SystemEvent[] } {
  const outside: SystemEffect[] = [];
  const told: SystemEvent[] = [];
  asked.forEach((effect, ordinal) => {
    if (effect.type !== "tell") outside.push({ ...effect, key: row.key, rev: row.rev, ordinal });
    else
      for (const to of effect.params.to)
        told.push({ key: to, event: { ...effect.params.event, id: `${row.key}#${row.rev}.${ordinal}`, at: row.lastAt } });
  });
  return { outside, told };
}

function hostOf(hosts: Hosts, machine: string): Host<never> {
  const host = hosts[machine];
  if (host !== undefined) return host;
  throw new DomainError({
    code: "host-missing",
    path: machine,
    message: `Nobody hosts the machine ${machine}.`,
    fix: `Give one of ${Object.keys(hosts).join(", ")}, or add its host.`,
    value: machine,
  });
}
