// The interpreter: XState steps, nothing runs. The default of production, where a database dominates.
import { createActor, type ActorScope, type AnyMachineSnapshot, type AnyStateMachine, type AnyStateNode } from "xstate";
import { effectOfAction, type CollectedAction } from "../effectOfAction.ts";
import type { EffectRecord } from "../effects.ts";
import type { Backend, Taken } from "../frame.ts";
import { chainOf, leavesOf, pathOfValue, valueOfPath } from "../leaves.ts";
import { leanMachine, withContext } from "./lean.ts";

export function pureBackend(given: AnyStateMachine): Backend {
  const machine = leanMachine(given);
  // One inert actor per machine: never started, its clock never asked. XState's own transition() makes a new one for every call.
  const inert = createActor(machine, { input: {}, clock: { setTimeout: () => 0, clearTimeout: () => undefined } });
  let effects: EffectRecord[] = [];
  const scope = {
    self: inert,
    id: "",
    sessionId: "",
    logger: () => undefined,
    defer: () => undefined,
    emit: () => undefined,
    stopChild: () => undefined,
    system: inert.system,
    actionExecutor: (action: CollectedAction) => {
      const effect = effectOfAction(action);
      if (effect !== undefined) effects.push(effect);
    },
  } as unknown as ActorScope<never, never>;

  // XState's restoreSnapshot looks through the whole context for actors and builds the state anew; a flat row has no actors, and the snapshots of one
  // leaf differ in their context alone. So each leaf is resolved once.
  const leaves = new Map([...leavesOf(machine)].map(([path, leaf]) => [path, restingOf(machine, path, leaf)]));

  return {
    start(input) {
      effects = [];
      const snapshot = machine.getInitialSnapshot(scope as never, input) as AnyMachineSnapshot;
      if (snapshot.status === "error") throw snapshot.error;
      return takenOf(snapshot, effects);
    },
    take({ snapshot: { value, context } }, event) {
      const { snapshot, named } = leaves.get(value)!;
      if (named?.has(event.type) === false) return null;
      effects = [];
      const before = withContext(snapshot, context);
      const after = machine.transition(before as never, event, scope as never) as AnyMachineSnapshot;
      return after === before && effects.length === 0 ? null : takenOf(after, effects);
    },
  };
}

interface Resting {
  readonly snapshot: AnyMachineSnapshot;
  /** The event types that the leaf or a state above it names; undefined if an event of any type may do something there. */
  readonly named: ReadonlySet<string> | undefined;
}

function restingOf(machine: AnyStateMachine, path: string, leaf: AnyStateNode): Resting {
  const chain = chainOf(leaf);
  const descriptors = chain.flatMap(({ transitions }) => [...transitions.keys()]);
  const takesAny = chain.some(({ always }) => always !== undefined) || descriptors.some((descriptor) => descriptor.endsWith("*"));
  return {
    snapshot: machine.resolveState({ value: valueOfPath(path), context: {} }),
    named: takesAny ? undefined : new Set(descriptors),
  };
}

/** An XState snapshot and the effects on the way to it, as a host wants them. */
export function takenOf(snapshot: AnyMachineSnapshot, effects: readonly EffectRecord[]): Taken {
  return {
    status: snapshot.status === "done" ? "done" : "active",
    value: pathOfValue(snapshot.value),
    context: snapshot.context as Record<string, unknown>,
    assigned: undefined,
    output: snapshot.output,
    effects,
  };
}
