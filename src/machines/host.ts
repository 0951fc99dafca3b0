// `createHost`: one contract over a machine, whatever steps it. This is the pure backend: XState interprets, nothing runs.
import { createActor, type ActorScope, type AnyStateMachine, type EventObject, type InputFrom, type Snapshot } from "xstate";
import { DomainError } from "../domain/index.ts";
import { effectRecord, type Effect, type EffectRecord } from "./effects.ts";
import type { MachineEvent } from "./events.ts";
import { parseRow, type Row, type Timer } from "./row.ts";

export interface HostStart {
  readonly row: Row;
  readonly effects: readonly EffectRecord[];
}

export interface HostStep extends HostStart {
  /** False if the state did not want this event (or this timer); then `row` is the very row that came in. */
  readonly changed: boolean;
}

export interface Host<Input = unknown> {
  /** A new row `<machine>/<id>` at `at` (epoch milliseconds) with the effects of entering its first state. */
  start(input: Input, at: number): HostStart;
  /**
   * One event, one step; pure. The caller writes the row under its `rev`, then carries out the effects in order.
   * `at` never goes back within a row: an earlier one is clamped to the row's last.
   * @throws DomainError `row-corrupt`, `row-version` or `machine-failed`; the row is then unchanged.
   */
  step(row: Row, event: MachineEvent): HostStep;
}

/**
 * @param kind `pure` interprets with XState and executes nothing. The compiled `table` and the live `actor` host do not exist yet and are refused.
 */
export function createHost<Machine extends AnyStateMachine>(
  machine: Machine,
  options: { kind: "pure" | "table" | "actor" },
): Host<InputFrom<Machine>> {
  if (options.kind !== "pure")
    throw new DomainError({
      code: "host-unavailable",
      path: "kind",
      message: `There is no ${options.kind} host yet.`,
      fix: 'Use {kind: "pure"}.',
      value: options.kind,
    });
  return pureHost(machine);
}

type Collected = { type: string; params: unknown };

function pureHost(machine: AnyStateMachine): Host {
  const version = versionOf(machine);
  // One inert actor per machine: never started, its clock never asked. XState's own transition() makes a new one for every call.
  const inert = createActor(machine, { input: {}, clock: { setTimeout: () => 0, clearTimeout: () => undefined } });
  let collected: Collected[] = [];
  const scope = {
    self: inert,
    id: "",
    sessionId: "",
    logger: () => undefined,
    defer: () => undefined,
    emit: () => undefined,
    stopChild: () => undefined,
    system: inert.system,
    actionExecutor: (action: Collected) => void collected.push(action),
  } as unknown as ActorScope<never, never>;

  function collect<Result>(what: string, run: () => Result): { result: Result; actions: Collected[] } {
    collected = [];
    try {
      return { result: run(), actions: collected };
    } catch (error) {
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
  }

  function restored(row: Row): Snapshot<unknown> {
    if (row.machine !== machine.id || row.version !== version)
      throw new DomainError({
        code: "row-version",
        path: "version",
        message: `The row belongs to ${row.machine} version ${row.version}, this host runs ${machine.id} version ${version}.`,
        fix: "Migrate the row, or step it with the host of its own version.",
        value: row.version,
      });
    if (!(row.snapshot.value in machine.states))
      throw new DomainError({
        code: "row-corrupt",
        path: "snapshot.value",
        message: `${machine.id} has no such state.`,
        fix: "Restore this row from the log; nothing was changed.",
        value: row.snapshot.value,
      });
    return machine.restoreSnapshot(row.snapshot as never, scope as never);
  }

  function next(
    row: Omit<Row, "snapshot" | "timers">,
    snapshot: Snapshot<unknown>,
    timers: readonly Timer[],
    actions: Collected[],
  ): HostStart {
    const effects = actions.flatMap(effectOf);
    return {
      row: {
        ...row,
        snapshot: persisted(machine.getPersistedSnapshot(snapshot as never)),
        timers: effects.reduce((held, effect) => foldTimer(held, effect, row.lastAt, row.rev), [...timers]),
      },
      effects,
    };
  }

  return {
    start(input, at) {
      const { result, actions } = collect("start", () => {
        const snapshot = machine.getInitialSnapshot(scope as never, input);
        if (snapshot.status === "error") throw snapshot.error;
        return snapshot;
      });
      return next(
        { key: keyOf(machine.id, result.context as Record<string, unknown>), machine: machine.id, version, rev: 0, lastAt: at },
        result,
        [],
        actions,
      );
    },
    step(rowGiven, event) {
      const row = parseRow(rowGiven);
      if (row.snapshot.status === "done") return { row: rowGiven, effects: [], changed: false };
      if (event.timer !== undefined && !row.timers.some((timer) => holds(timer, event.timer)))
        return { row: rowGiven, effects: [], changed: false };
      const at = Math.max(event.at, row.lastAt);
      const { timer, ...plain } = event;
      const before = restored(row);
      const { result, actions } = collect(event.type, () =>
        machine.transition(
          before as never,
          (at === event.at ? plain : { ...plain, at, receivedAt: event.at }) as EventObject,
          scope as never,
        ),
      );
      if (result === before) return { row: rowGiven, effects: [], changed: false };
      const timers = timer === undefined ? row.timers : row.timers.filter((held) => !holds(held, timer));
      return { ...next({ ...row, rev: row.rev + 1, lastAt: at }, result, timers, actions), changed: true };
    },
  };
}

/** `experiment/<experimentId>`: every machine keeps its own id in its context. */
function keyOf(machineId: string, context: Record<string, unknown>): string {
  const id = context[`${machineId}Id`];
  if (typeof id === "string" && id !== "") return `${machineId}/${id}`;
  throw new DomainError({
    code: "input-invalid",
    path: `${machineId}Id`,
    message: `A ${machineId} needs an id.`,
    fix: `Give ${machineId}Id.`,
    value: id,
  });
}

function versionOf(machine: AnyStateMachine): number {
  return Number(machine.version ?? "1");
}

function holds(timer: Timer, fired: { id: string; armedRev: number } | undefined): boolean {
  return timer.timerId === fired?.id && timer.armedRev === fired.armedRev;
}

/** XState's snapshot without what a flat machine does not have. */
function persisted(snapshot: unknown): Row["snapshot"] {
  const { status, value, context } = structuredCloneJson(snapshot) as Row["snapshot"];
  return { status, value, context, children: {}, historyValue: {} };
}

function structuredCloneJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** `after` comes out of XState as a delayed raise and a cancel; every other action of ours is `effect`. */
function effectOf(action: Collected): EffectRecord[] {
  switch (action.type) {
    case "effect":
      return [effectRecord(action.params as Effect)];
    case "xstate.raise": {
      const { id, delay, event } = action.params as { id?: string; delay?: number; event: { type: string } };
      return id === undefined || delay === undefined ? [] : [{ type: "arm", params: { id, delayMs: delay, event: { type: event.type } } }];
    }
    case "xstate.cancel":
      return [{ type: "cancel", params: { id: (action.params as { sendId: string }).sendId } }];
    default:
      throw new DomainError({
        code: "machine-failed",
        path: action.type,
        message: `The action ${action.type} is no effect.`,
        fix: "Write it with fx(), or as an assign.",
      });
  }
}

function foldTimer(timers: readonly Timer[], effect: EffectRecord, at: number, rev: number): Timer[] {
  if (effect.type === "cancel") return timers.filter((timer) => timer.timerId !== effect.params.id);
  if (effect.type !== "arm") return timers as Timer[];
  const { id, delayMs, event } = effect.params;
  return [...timers.filter((timer) => timer.timerId !== id), { timerId: id, event, dueAt: at + delayMs, armedRev: rev }];
}
