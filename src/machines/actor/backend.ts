// Live XState actors, for inspectors and teaching. A row that is the last one its actor gave is stepped in place; any other row starts an actor
// anew from its snapshot. Timers belong to the row here too: the actor's own clock stands still (XState would lose them on restart).
import { createActor, type AnyActor, type AnyMachineSnapshot, type AnyStateMachine, type InspectionEvent } from "xstate";
import { effectsOfActions, type CollectedAction } from "../effectOfAction.ts";
import type { Backend } from "../frame.ts";
import { pathOfValue, valueOfPath } from "../leaves.ts";
import { ownCopy } from "../ownCopy.ts";
import { takenOf } from "../pure/backend.ts";

/** Actors kept alive per host; the oldest is stopped beyond it, and comes back from its row when needed. */
const actorsMax = 10_000;

const standingClock = { setTimeout: () => 0, clearTimeout: () => undefined };

export function actorBackend(given: AnyStateMachine, inspect: ((event: InspectionEvent) => void) | undefined): Backend {
  const machine = ownCopy(given, (actions) => actions);
  const actors = new Map<string, AnyActor>();
  let collected: CollectedAction[] = [];
  const watch = (event: InspectionEvent): void => {
    if (event.type === "@xstate.action") collected.push(event.action);
    inspect?.(event);
  };

  function started(options: object): AnyActor {
    const actor = createActor(machine, { input: undefined, clock: standingClock, inspect: watch, ...options });
    // A machine that throws puts its actor into status `error`; without a listener XState would throw out of a timer.
    actor.subscribe({ error: () => undefined });
    return actor.start();
  }

  function keep(key: string, actor: AnyActor): AnyActor {
    actors.delete(key);
    actors.set(key, actor);
    const [oldest] = actors.keys();
    if (actors.size > actorsMax && oldest !== undefined) drop(oldest);
    return actor;
  }

  function drop(key: string): void {
    actors.get(key)?.stop();
    actors.delete(key);
  }

  return {
    start(input) {
      collected = [];
      const actor = started({ input });
      const snapshot = actor.getSnapshot() as AnyMachineSnapshot;
      if (snapshot.status === "error") throw snapshot.error;
      return takenOf(snapshot, effectsOfActions(collected));
    },
    take({ key, snapshot: { status, value, context } }, event) {
      const known = actors.get(key);
      const standing = known?.getSnapshot() as AnyMachineSnapshot | undefined;
      const inPlace = known !== undefined && standing?.context === context && pathOfValue(standing.value) === value;
      if (!inPlace) drop(key);
      const actor = inPlace
        ? known
        : keep(key, started({ snapshot: { status, value: valueOfPath(value), context, children: {}, historyValue: {} } }));
      const before = actor.getSnapshot() as AnyMachineSnapshot;
      collected = [];
      actor.send(event);
      const after = actor.getSnapshot() as AnyMachineSnapshot;
      if (after.status !== "active") drop(key);
      if (after.status === "error") throw after.error;
      const taken = takenOf(after, effectsOfActions(collected));
      return after === before && taken.effects.length === 0 ? null : taken;
    },
  };
}
