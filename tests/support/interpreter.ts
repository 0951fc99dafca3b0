// XState's own interpreter, which hosts are held against. Its public transition() makes an actor for every call and throws it away; here one inert
// actor serves all calls, and machineWalk.ts asks transition() now and then whether it says the same.
import {
  createActor,
  type ActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  type EventObject,
} from "xstate";
import type { CollectedAction } from "../../src/machines/effectOfAction.ts";

type Interpreted = [snapshot: AnyMachineSnapshot, actions: readonly CollectedAction[]];

export interface Interpreter {
  /** How often each transition was taken, in microsteps of their own too. */
  readonly timesTaken: ReadonlyMap<AnyTransitionDefinition, number>;
  start(input: unknown): Interpreted;
  step(snapshot: AnyMachineSnapshot, event: EventObject): Interpreted;
}

export function interpreterOf(machine: AnyStateMachine): Interpreter {
  const self = createActor(machine, { input: {}, clock: { setTimeout: () => 0, clearTimeout: () => undefined } });
  let actions: CollectedAction[] = [];
  const timesTaken = new Map<AnyTransitionDefinition, number>();
  const count = ({ _transitions: taken = [] }: { _transitions?: readonly AnyTransitionDefinition[] }): void => {
    for (const transition of taken) timesTaken.set(transition, (timesTaken.get(transition) ?? 0) + 1);
  };
  const scope = {
    self,
    id: "",
    sessionId: "",
    logger: () => undefined,
    defer: () => undefined,
    emit: () => undefined,
    stopChild: () => undefined,
    // The interpreter tells inspectors of every microstep.
    system: { ...self.system, _sendInspectionEvent: count },
    actionExecutor: (action: CollectedAction) => void actions.push(action),
  } as unknown as ActorScope<never, never>;
  return {
    timesTaken,
    start(input) {
      actions = [];
      return [machine.getInitialSnapshot(scope as never, input) as AnyMachineSnapshot, actions];
    },
    step(snapshot, event) {
      actions = [];
      return [machine.transition(snapshot as never, event, scope as never) as AnyMachineSnapshot, actions];
    },
  };
}
