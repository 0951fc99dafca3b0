// Live XState actors, for inspectors and teaching. A row that is the last one its actor gave is stepped in place; any other row starts an actor
// anew from its snapshot. Timers belong to the row here too: the actor's own clock stands still (XState would lose them on restart).
import { createActor, type AnyActor, type AnyMachineSnapshot, type AnyStateMachine, type InspectionEvent } from "xstate";
import { effectsOfActions, type CollectedAction } from "../effectOfAction.ts";
import type { Backend } from "../frame.ts";
import { pathOfValue, valueOfPath } from "../leaves.ts";
import { ownCopy } from "../ownCopy.ts";
import { takenOf } from "../pure/backend.ts";
import type { Row } from "../row.ts";

const standingClock = { setTimeout: () => 0, clearTimeout: () => undefined };

export function actorBackend(given: AnyStateMachine, inspect: ((event: InspectionEvent) => void) | undefined): Backend {
  const machine = ownCopy(given, (actions) => actions);
  // An actor lives as long as the row that it gave last, which holds the very context object in which it stands.
  const actors = new WeakMap<object, AnyActor>();
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

  function standing(actor: AnyActor): AnyMachineSnapshot {
    const snapshot = actor.getSnapshot() as AnyMachineSnapshot;
    if (snapshot.status === "error") throw snapshot.error;
    actors.set(snapshot.context, actor);
    return snapshot;
  }

  function actorOf({ snapshot: { status, value, context } }: Row): AnyActor {
    const known = actors.get(context);
    const now = known?.getSnapshot() as AnyMachineSnapshot | undefined;
    if (known !== undefined && now?.context === context && pathOfValue(now.value) === value) return known;
    return started({ snapshot: { status, value: valueOfPath(value), context, children: {}, historyValue: {} } });
  }

  return {
    start(input) {
      collected = [];
      const snapshot = standing(started({ input }));
      return takenOf(snapshot, effectsOfActions(collected));
    },
    take(row, event) {
      const actor = actorOf(row);
      const before = actor.getSnapshot() as AnyMachineSnapshot;
      collected = [];
      actor.send(event);
      const after = standing(actor);
      const taken = takenOf(after, effectsOfActions(collected));
      return after === before && taken.effects.length === 0 ? null : taken;
    },
  };
}
