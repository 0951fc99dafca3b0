// Rows that talk: `systemStep` delivers one event, routes every `tell` to its rows and keeps timers, purely. Clock and delivery belong to the
// caller (CONTRACTS 1); the simulator drives it in virtual time and the durable engine inside a transaction.
import { DomainError, isDomainError } from "../domain/index.ts";
import type { EffectRecord } from "./effects.ts";
import type { MachineEvent } from "./events.ts";
import type { Host, HostStep } from "./host.ts";
import type { Row } from "./row.ts";
import { RowMap } from "./rowMap.ts";
import { type TimerHeap, withoutTop, withTimer } from "./timerHeap.ts";

/**
 * One row with the ids of the last events it has taken, oldest first: a duplicate changes nothing (law L11). A ring of `inboxMax` ids a row: the
 * oldest goes when it is full, so a duplicate that comes more than so many events of the same row late is taken as new.
 */
export interface SystemEntry {
  readonly row: Row;
  readonly inbox: readonly string[];
}

/** Deliveries are repeated within minutes; the longest-lived row, an account's, takes fewer events in a day. */
export const inboxMax = 256;

/** A value: a step gives another one and leaves this as it was. */
export interface System {
  readonly entries: RowMap<SystemEntry>;
  /** Every timer that was armed and has not come up yet; the earliest one is armed still, those below may be stale. */
  readonly timers: TimerHeap;
}

export const emptySystem: System = { entries: RowMap.empty(), timers: null };

/** A system of rows that were stored, each with its inbox; no effects, as nothing happens to them. */
export function systemOf(stored: Iterable<SystemEntry>): System {
  let { entries, timers } = emptySystem;
  for (const entry of stored) {
    entries = entries.set(entry.row.key, entry);
    timers = withArmed(timers, entry.row, []);
  }
  return { entries, timers };
}

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
  /** Messages between rows that could not be delivered; their receivers are as they were. Store them and escalate. */
  readonly deadLetters: readonly DeadLetter[];
}

export interface DeadLetter {
  readonly key: string;
  readonly event: MachineEvent;
  readonly error: { readonly code: string; readonly path: string; readonly message: string; readonly fix: string };
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
  const started: Delivery = {
    key: row.key,
    event: { type: "started", id: row.key, at },
    changed: true,
    from: null,
    to: row.snapshot.value,
    rev: 0,
  };
  const entries = system.entries.set(row.key, { row, inbox: [] });
  return route(hosts, entries, withArmed(system.timers, row, []), sorted(row, effects), [started], 0);
}

/**
 * Delivers one event and every `tell` it sets off, first in first out. Logarithmic in rows and timers.
 * @throws DomainError `row-unknown` if the event itself has no row, or whatever its row's host refuses; a `tell` that nobody takes, because there is
 * no such row or because its host refuses it, becomes a dead letter and stops nothing else.
 */
export function systemStep(hosts: Hosts, system: System, { key, event }: SystemEvent): SystemStep {
  if (!system.entries.has(key))
    throw new DomainError({ code: "row-unknown", path: key, message: `There is no row ${key}.`, fix: "Start it first.", value: key });
  return route(hosts, system.entries, system.timers, { outside: [], told: [{ key, event }] }, [], 1);
}

/** The earliest timer of all rows, by (dueAt, key, timerId); undefined if none is armed. Constant time. */
export function nextTimer({ timers }: System): (SystemEvent & { dueAt: number }) | undefined {
  if (timers === null) return undefined;
  const { dueAt, id, key, timerId, armedRev, type } = timers.top;
  return { key, dueAt, event: { type, id, at: dueAt, timer: { id: timerId, armedRev } } };
}

/** Adds the timers that this row has and did not have before. */
function withArmed(timers: TimerHeap, { key, timers: now }: Row, before: Row["timers"]): TimerHeap {
  let heap = timers;
  for (const timer of now)
    if (!before.includes(timer)) {
      const { timerId, armedRev, dueAt, event } = timer;
      heap = withTimer(heap, { dueAt, id: `${key}#${timerId}@${armedRev}`, key, timerId, armedRev, type: event.type });
    }
  return heap;
}

/** Takes stale timers off the top, so that the next one is armed. Each is taken off once in its life. */
function pruned(timers: TimerHeap, entries: RowMap<SystemEntry>): TimerHeap {
  let heap = timers;
  while (heap !== null) {
    const { key, timerId, armedRev } = heap.top;
    if (entries.get(key)?.row.timers.some((timer) => timer.timerId === timerId && timer.armedRev === armedRev) === true) break;
    heap = withoutTop(heap);
  }
  return heap;
}

function route(
  hosts: Hosts,
  rows: RowMap<SystemEntry>,
  armed: TimerHeap,
  first: { outside: SystemEffect[]; told: SystemEvent[] },
  deliveries: Delivery[],
  /** So many of the first events come from outside: they are refused to their sender's face. */
  fromOutside: number,
): SystemStep {
  let entries = rows;
  let timers = armed;
  const effects = [...first.outside];
  const deadLetters: DeadLetter[] = [];
  const queue = [...first.told];
  for (let at = 0; at < queue.length; at++) {
    const next = queue[at]!;
    const entry = entries.get(next.key);
    if (entry === undefined) {
      deadLetters.push({ ...next, error: nobodyThere(next.key) });
      continue;
    }
    if (entry.inbox.includes(next.event.id)) continue;
    if (deliveries.length >= deliveriesMax)
      throw new DomainError({
        code: "system-runaway",
        path: next.key,
        message: `One event set off more than ${deliveriesMax} others.`,
        fix: "Two machines answer each other without end; break the cycle.",
      });
    const step = attempt(hosts, entry.row, next.event, at >= fromOutside);
    if ("error" in step) {
      deadLetters.push({ ...next, error: step.error });
      continue;
    }
    const { row, effects: asked, changed } = step;
    const kept = entry.inbox.length < inboxMax ? entry.inbox : entry.inbox.slice(1 - inboxMax);
    entries = entries.set(next.key, { row, inbox: [...kept, next.event.id] });
    timers = withArmed(timers, row, entry.row.timers);
    deliveries.push({ key: next.key, event: next.event, changed, from: entry.row.snapshot.value, to: row.snapshot.value, rev: row.rev });
    const { outside, told } = sorted(row, asked);
    effects.push(...outside);
    queue.push(...told);
  }
  return { system: { entries, timers: pruned(timers, entries) }, effects, deliveries, deadLetters };
}

function attempt(hosts: Hosts, row: Row, event: MachineEvent, isTold: boolean): HostStep | Pick<DeadLetter, "error"> {
  try {
    return hostOf(hosts, row.machine).step(row, event);
  } catch (error) {
    if (!isTold || !isDomainError(error)) throw error;
    const { code, path, message, fix } = error;
    return { error: { code, path, message, fix } };
  }
}

function nobodyThere(key: string): DeadLetter["error"] {
  return { code: "row-unknown", path: key, message: `There is no row ${key}.`, fix: "Start it before others speak to it." };
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
