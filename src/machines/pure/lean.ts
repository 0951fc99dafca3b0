// The machine as the pure host gives it to XState's interpreter, which selects, exits, enters and raises as ever. Two kinds of its actions cost less:
// an assign keeps the state's value and tags, where XState's own works them out anew from the states for every assign; and a timer whose delay is
// known leaves as an effect made once, where XState's own binds a function to run it later.
import type { AnyMachineSnapshot, AnyStateMachine } from "xstate";
import { builtinOf, type Args, type Builtin } from "../builtins.ts";
import { arm, constantEffect, readyEffect } from "../effectOfAction.ts";
import type { EffectRecord } from "../effects.ts";
import { ownCopy } from "../ownCopy.ts";

type Assignment = Extract<Builtin, { kind: "assign" }>["assignment"];

/** Equal to `machine` in every snapshot and effect: tests/machines/differential.test.ts holds the two against each other. */
export function leanMachine(machine: AnyStateMachine): AnyStateMachine {
  return ownCopy(machine, (actions) => {
    const lean: unknown[] = [];
    let assignments: Assignment[] = [];
    for (const action of actions) {
      const builtin = builtinOf(action);
      const assigns = typeof builtin === "object" && builtin.kind === "assign";
      if (assigns) assignments.push(builtin.assignment);
      if (assigns) continue;
      if (assignments.length > 0) lean.push(assignInOne(assignments));
      assignments = [];
      const effect = typeof builtin === "object" ? knownEffect(machine, builtin) : undefined;
      lean.push(effect === undefined ? action : { type: readyEffect, params: constantEffect(effect) });
    }
    if (assignments.length > 0) lean.push(assignInOne(assignments));
    return lean;
  });
}

/** The snapshot with another context, in the order of fields that XState's own have, so that its code sees objects of one shape. */
export function withContext(snapshot: AnyMachineSnapshot, context: Record<string, unknown>): AnyMachineSnapshot {
  const { status, output, error, machine, _nodes, value, tags, children, historyValue, matches, hasTag, can, getMeta, toJSON } = snapshot;
  return {
    status,
    output,
    error,
    machine,
    context,
    _nodes,
    value,
    tags,
    children,
    historyValue,
    matches,
    hasTag,
    can,
    getMeta,
    toJSON,
  } as AnyMachineSnapshot;
}

/** Neighbouring assigns, each seeing what the one before it set, as one action of the kind that XState calls built-in. */
function assignInOne(assignments: readonly Assignment[]): unknown {
  const resolve = (_scope: unknown, snapshot: AnyMachineSnapshot, args: Args): readonly [AnyMachineSnapshot, undefined, undefined] => {
    for (const assignment of assignments) {
      const next = { ...args.context };
      if (typeof assignment === "function") Object.assign(next, assignment(args, undefined));
      else
        for (const field of Object.keys(assignment)) {
          const value = assignment[field];
          next[field] = typeof value === "function" ? value(args, undefined) : value;
        }
      args.context = next;
    }
    return [withContext(snapshot, args.context), undefined, undefined];
  };
  return Object.assign(() => undefined, { type: "xstate.assign", resolve });
}

/** The effect of a timer armed or cancelled in words that are known beforehand. */
function knownEffect(machine: AnyStateMachine, builtin: Builtin): EffectRecord | undefined {
  switch (builtin.kind) {
    case "cancel":
      return typeof builtin.sendId === "string" ? { type: "cancel", params: { id: builtin.sendId } } : undefined;
    case "raise": {
      const { event, id, delay } = builtin;
      const delayMs: unknown = typeof delay === "string" ? machine.implementations.delays[delay] : delay;
      return typeof event === "object" && id !== undefined && typeof delayMs === "number" ? arm(id, delayMs, event) : undefined;
    }
    default:
      return undefined;
  }
}
