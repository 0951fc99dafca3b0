// A copy of a machine that belongs to one host, so that its actions can be prepared for that host and nobody else's machine is touched.
import type { AnyStateMachine, AnyStateNode } from "xstate";
import { builtinOf } from "./builtins.ts";
import { writtenInPlace } from "./effectOfAction.ts";

type Action = AnyStateNode["entry"][number];

/**
 * The same states and transitions, with every list of actions (entry, exit, transition, initial) as `prepare` gives it back. No implementation of a
 * named action is in it, and a function in place of an action became one that no host takes: effects are data, nothing runs.
 */
export function ownCopy(machine: AnyStateMachine, prepare: (actions: readonly unknown[]) => readonly unknown[]): AnyStateMachine {
  const copy = machine.provide({});
  const { actions } = copy.implementations;
  for (const [name, action] of Object.entries(actions)) if (builtinOf(action) === undefined) actions[name] = noAction;

  const prepared = (list: readonly unknown[]): Action[] => prepare(list.map(withoutFunction)) as Action[];
  const visit = (node: AnyStateNode): void => {
    node.entry = prepared(node.entry);
    node.exit = prepared(node.exit);
    const transitions = [...node.transitions.values(), node.always ?? [], node.type === "compound" ? node.initial : []];
    for (const transition of transitions.flat()) (transition as { actions: readonly unknown[] }).actions = prepared(transition.actions);
    // XState looks these two up in a WeakMap whenever a state is entered or left.
    Object.defineProperties(node, { invoke: { value: node.invoke }, initial: { value: node.initial } });
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(copy.root);
  return copy;
}

const noAction = (): undefined => undefined;

function withoutFunction(action: unknown): unknown {
  return typeof action === "function" && builtinOf(action) === undefined ? { type: writtenInPlace } : action;
}
