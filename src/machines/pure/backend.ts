// The interpreter: XState steps, nothing runs. The default of production, where a database dominates.
import { createActor, type ActorScope, type AnyMachineSnapshot, type AnyStateMachine } from "xstate";
import { effectsOfActions, type CollectedAction } from "../effectOfAction.ts";
import type { Backend, Taken } from "../frame.ts";
import { pathOfValue, valueOfPath } from "../leaves.ts";

export function pureBackend(machine: AnyStateMachine): Backend {
  // One inert actor per machine: never started, its clock never asked. XState's own transition() makes a new one for every call.
  const inert = createActor(machine, { input: {}, clock: { setTimeout: () => 0, clearTimeout: () => undefined } });
  let collected: CollectedAction[] = [];
  const scope = {
    self: inert,
    id: "",
    sessionId: "",
    logger: () => undefined,
    defer: () => undefined,
    emit: () => undefined,
    stopChild: () => undefined,
    system: inert.system,
    actionExecutor: (action: CollectedAction) => void collected.push(action),
  } as unknown as ActorScope<never, never>;

  // XState's restoreSnapshot looks through the whole context for actors and builds the state anew; a flat row has no actors, and the snapshots of one
  // leaf differ in their context alone. So each leaf is resolved once.
  const snapshots = new Map<string, AnyMachineSnapshot>();
  function resting(value: string): AnyMachineSnapshot {
    const known = snapshots.get(value);
    if (known !== undefined) return known;
    const snapshot = machine.resolveState({ value: valueOfPath(value), context: {} });
    snapshots.set(value, snapshot);
    return snapshot;
  }

  return {
    start(input) {
      collected = [];
      const snapshot = machine.getInitialSnapshot(scope as never, input) as AnyMachineSnapshot;
      if (snapshot.status === "error") throw snapshot.error;
      return takenOf(snapshot, collected);
    },
    take({ snapshot: { value, context } }, event) {
      collected = [];
      const before = { ...resting(value), context };
      const after = machine.transition(before as never, event, scope as never) as AnyMachineSnapshot;
      const taken = takenOf(after, collected);
      return after === before && taken.effects.length === 0 ? null : taken;
    },
  };
}

/** An XState snapshot and the actions on the way to it, as a host wants them. */
export function takenOf(snapshot: AnyMachineSnapshot, actions: readonly CollectedAction[]): Taken {
  return {
    status: snapshot.status === "done" ? "done" : "active",
    value: pathOfValue(snapshot.value),
    context: snapshot.context as Record<string, unknown>,
    assigned: undefined,
    output: snapshot.output,
    effects: effectsOfActions(actions),
  };
}
