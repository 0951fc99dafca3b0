// What all hosts share around a backend's step: what may come in, time, timers, and the new row. So bad input meets one answer on every host.
import type { AnyStateMachine, EventObject } from "xstate";
import { DomainError } from "../domain/index.ts";
import { definitionOf } from "./definitions.ts";
import type { EffectRecord } from "./effects.ts";
import { checkEventPayload, checkInstant, eventEnvelope } from "./eventCheck.ts";
import type { MachineEvent } from "./events.ts";
import type { Host, HostOptions, HostStart, HostStep } from "./host.ts";
import { jsonContext } from "./jsonContext.ts";
import type { Row, Timer } from "./row.ts";
import { rowReader } from "./rowReader.ts";

/** Where a machine stands after a step, and what it asked for on the way. */
export interface Taken {
  readonly status: "active" | "done";
  /** Path of the leaf. */
  readonly value: string;
  /** The context object that came in, if no assign ran; else a fresh one. */
  readonly context: Record<string, unknown>;
  /** The fields that assigns have set, where the backend knows them; undefined is any. */
  readonly assigned: readonly string[] | undefined;
  readonly output: unknown;
  readonly effects: readonly EffectRecord[];
}

/** One way of stepping a machine. Knows nothing of versions, timers or revisions. */
export interface Backend {
  /** @throws whatever the machine's own functions throw */
  start(input: unknown): Taken;
  /**
   * `null` if nothing happened: no transition, or one that neither moves nor assigns nor asks for anything.
   * @throws whatever the machine's own functions throw
   */
  take(row: Row, event: EventObject): Taken | null;
}

const nothing: Record<string, never> = Object.freeze({});
const noEffects: readonly EffectRecord[] = Object.freeze([]);

export function hostOver(machine: AnyStateMachine, backend: Backend, { events = "checked", migrations }: Omit<HostOptions, "kind">): Host {
  const definition = definitionOf(machine);
  const reader = rowReader(machine, definition?.context, migrations ?? definition?.migrations ?? nothing);

  return {
    read: (data) => reader.read(data),

    start(input, at): HostStart {
      checkInstant("at", at);
      const taken = attempt(machine, "start", () => backend.start(input));
      const fresh = taken.context === machine.config.context ? { ...taken.context } : taken.context;
      const snapshot = snapshotOf(taken, jsonContext(fresh, nothing));
      const key = keyOf(machine, snapshot.context);
      const timers = foldTimers([], taken.effects, at, 0);
      const row = { key, machine: machine.id, version: reader.version, rev: 0, lastAt: at, snapshot, timers };
      return { row: reader.made(row), effects: taken.effects };
    },

    step(given, event): HostStep {
      eventEnvelope(event);
      const row = reader.read(given);
      const { type, timer } = event;
      // A finished row is history; XState's own events come from timers alone, and `*` is a pattern, not an event.
      if (row.snapshot.status === "done" || type === "*") return unchanged(given);
      let fired: Timer | undefined;
      if (timer !== undefined) {
        fired = timerOf(given, row, event);
        if (fired === undefined) return unchanged(given);
      } else if (type.startsWith("xstate.")) return unchanged(given);
      else if (events === "checked") checkEventPayload(definition, event);

      const at = event.at > row.lastAt ? event.at : row.lastAt;
      const taken = attemptStep(machine, backend, row, machineEvent(event, at, fired));
      if (taken === null && fired === undefined) return unchanged(given);

      const rev = row.rev + 1;
      const held = fired === undefined ? row.timers : without(row.timers, fired);
      const { key, version } = row;
      const next: Row =
        taken === null
          ? { key, machine: row.machine, version, rev, lastAt: at, snapshot: row.snapshot, timers: held }
          : {
              key,
              machine: row.machine,
              version,
              rev,
              lastAt: at,
              snapshot: snapshotOf(taken, jsonContext(taken.context, row.snapshot.context, taken.assigned)),
              timers: foldTimers(held, taken.effects, at, rev),
            };
      return { row: reader.made(next), effects: taken === null ? noEffects : taken.effects, changed: true };
    },
  };
}

function unchanged(row: Row): HostStep {
  return { row, effects: noEffects, changed: false };
}

/** The event as the machine sees it: with the time of this row, and for a timer nothing but its own. */
function machineEvent(event: MachineEvent, at: number, fired: Timer | undefined): EventObject {
  if (fired !== undefined) return { type: fired.event.type, id: event.id, at } as EventObject;
  return at === event.at ? event : ({ ...event, at, receivedAt: event.at } as EventObject);
}

/** The armed timer that this event is; undefined if it is stale. A migration keeps the order of timers, so an old id finds its new one. */
function timerOf(given: Row, row: Row, { type, timer }: MachineEvent): Timer | undefined {
  for (const [index, armed] of given.timers.entries())
    if (armed.timerId === timer?.id && armed.armedRev === timer.armedRev && armed.event.type === type) return row.timers[index];
  return undefined;
}

function without(timers: readonly Timer[], fired: Timer): Timer[] {
  return timers.filter((timer) => timer !== fired);
}

function foldTimers(timers: readonly Timer[], effects: readonly EffectRecord[], at: number, rev: number): Timer[] {
  let held = timers;
  for (const effect of effects) {
    if (effect.type !== "arm" && effect.type !== "cancel") continue;
    const { id } = effect.params;
    if (held.some((timer) => timer.timerId === id)) held = held.filter((timer) => timer.timerId !== id);
    if (effect.type === "arm")
      held = [...held, { timerId: id, event: { type: effect.params.event.type }, dueAt: at + effect.params.delayMs, armedRev: rev }];
  }
  return held as Timer[];
}

/** XState's persisted snapshot, with the leaf's path as value and without what a durable machine does not have. */
function snapshotOf({ status, value, output }: Taken, context: Record<string, unknown>): Row["snapshot"] {
  const snapshot = { status, value, context, children: nothing, historyValue: nothing };
  return output === undefined ? snapshot : { ...snapshot, output: JSON.parse(JSON.stringify(output)) };
}

/** `experiment/<experimentId>`: every machine keeps its own id in its context; a machine without one has a single row, named like itself. */
function keyOf({ id: machineId }: AnyStateMachine, context: Record<string, unknown>): string {
  const field = `${machineId}Id`;
  if (!(field in context)) return machineId;
  const id = context[field];
  if (typeof id === "string" && id !== "") return `${machineId}/${id}`;
  throw new DomainError({
    code: "input-invalid",
    path: field,
    message: `The ${machineId} needs an id.`,
    fix: `Give ${field}.`,
    value: id,
  });
}

function attemptStep(machine: AnyStateMachine, backend: Backend, row: Row, event: EventObject): Taken | null {
  try {
    return backend.take(row, event);
  } catch (error) {
    return refuseFailed(machine, event.type, error);
  }
}

function attempt<Result>(machine: AnyStateMachine, what: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    return refuseFailed(machine, what, error);
  }
}

function refuseFailed(machine: AnyStateMachine, what: string, error: unknown): never {
  if (error instanceof DomainError) throw error;
  throw new DomainError(
    {
      code: "machine-failed",
      path: machine.id,
      message: `${machine.id} failed on ${what}: ${error instanceof Error ? error.message : String(error)}`,
      fix: "Store the event as a dead letter and escalate; the row was not changed.",
    },
    { cause: error },
  );
}
