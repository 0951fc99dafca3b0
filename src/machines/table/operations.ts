// What a transition does, as a flat list of operations: assign, ask for an effect, raise, arm, cancel, end.
import type { AnyStateMachine } from "xstate";
import { arm, constantEffect, namedEffect } from "../effectOfAction.ts";
import type { Effect, EffectRecord } from "../effects.ts";
import { builtinOf, type Args, type Builtin } from "../builtins.ts";
import { nameOf } from "./guards.ts";
import { refuseToCompile } from "./refusal.ts";

export type Operation =
  /** `fields` are those it sets; undefined if only the machine's own function knows. */
  | { readonly kind: "assign"; readonly next: (args: Args) => Record<string, unknown>; readonly fields: readonly string[] | undefined }
  | { readonly kind: "effect"; readonly effect: (args: Args) => Effect }
  | { readonly kind: "raise"; readonly event: (args: Args) => { type: string } }
  /** A timer whose id, delay and event are known beforehand, or its cancellation. */
  | { readonly kind: "record"; readonly record: EffectRecord }
  | { readonly kind: "ask"; readonly record: (args: Args) => EffectRecord }
  /** A final leaf inside a compound state was entered: its parent is done. */
  | { readonly kind: "done"; readonly type: string; readonly output: (args: Args) => unknown }
  /** A final leaf of the root was entered: the machine is done. */
  | { readonly kind: "finish"; readonly output: (args: Args) => unknown };

/** @throws DomainError `machine-uncompilable` for an action that is neither named, assign, raise nor cancel. */
export function compileAction(machine: AnyStateMachine, action: unknown, at: string): Operation {
  const inline = typeof action === "function";
  const name = nameOf(action);
  const implementation: unknown = inline ? action : machine.implementations.actions[name];
  const given = !inline && typeof action === "object" && action !== null && "params" in action ? action.params : undefined;
  const params = typeof given === "function" ? (given as (args: Args) => unknown) : () => given;

  const builtin = builtinOf(implementation);
  if (typeof builtin === "string") return refuseToCompile(at, `the action ${builtin}`);
  if (builtin !== undefined) return compileBuiltin(machine, builtin, params, at);
  if (inline) return refuseToCompile(at, "an action written in place");
  if (name !== "effect") return { kind: "ask", record: (args) => namedEffect(name, params(args)) };
  return { kind: "effect", effect: params as (args: Args) => Effect };
}

/** `after`: what XState does on entering a state with a delay. */
export function compileArm(machine: AnyStateMachine, type: string, delay: unknown, at: string): Operation {
  return compileBuiltin(machine, { kind: "raise", event: { type }, id: type, delay: delay as string | number }, () => undefined, at);
}

export function compileCancel(
  sendId: Extract<Builtin, { kind: "cancel" }>["sendId"],
  params: (args: Args) => unknown = () => undefined,
): Operation {
  if (typeof sendId !== "function") return { kind: "record", record: constantEffect({ type: "cancel", params: { id: sendId } }) };
  return { kind: "ask", record: (args) => ({ type: "cancel", params: { id: sendId(args, params(args)) } }) };
}

function compileBuiltin(machine: AnyStateMachine, builtin: Builtin, params: (args: Args) => unknown, at: string): Operation {
  switch (builtin.kind) {
    case "assign":
      return {
        kind: "assign",
        next: compileAssign(builtin.assignment, params),
        fields: typeof builtin.assignment === "function" ? undefined : Object.keys(builtin.assignment),
      };
    case "cancel":
      return compileCancel(builtin.sendId, params);
    case "raise":
      return compileRaise(machine, builtin, params, at);
    default:
      return builtin satisfies never;
  }
}

function compileAssign(
  assignment: Extract<Builtin, { kind: "assign" }>["assignment"],
  params: (args: Args) => unknown,
): (args: Args) => Record<string, unknown> {
  if (typeof assignment === "function") return (args) => ({ ...args.context, ...assignment(args, params(args)) });
  const keys = Object.keys(assignment);
  const [onlyKey] = keys;
  // The usual assign sets one field; it is worth its own closure in the hot path.
  if (keys.length === 1 && onlyKey !== undefined) {
    const value = assignment[onlyKey];
    return typeof value === "function"
      ? (args) => {
          const next = { ...args.context };
          next[onlyKey] = value(args, params(args));
          return next;
        }
      : (args) => {
          const next = { ...args.context };
          next[onlyKey] = value;
          return next;
        };
  }
  return (args) => {
    const next = { ...args.context };
    const given = params(args);
    for (const key of keys) {
      const value = assignment[key];
      next[key] = typeof value === "function" ? value(args, given) : value;
    }
    return next;
  };
}

function compileRaise(
  machine: AnyStateMachine,
  { event, id, delay }: Extract<Builtin, { kind: "raise" }>,
  params: (args: Args) => unknown,
  at: string,
): Operation {
  const eventOf = typeof event === "function" ? (args: Args) => event(args, params(args)) : () => event;
  const named: unknown = typeof delay === "string" ? machine.implementations.delays[delay] : delay;
  if (typeof delay === "string" && named === undefined) return refuseToCompile(at, `the delay ${delay}, which has no implementation`);
  if (named === undefined) return { kind: "raise", event: eventOf };
  if (id === undefined) return refuseToCompile(at, "a delayed raise without an id");
  if (typeof named === "number" && typeof event !== "function") return { kind: "record", record: constantEffect(arm(id, named, event)) };
  const delayOf = typeof named === "function" ? (args: Args) => Number(named(args, params(args))) : () => Number(named);
  return { kind: "ask", record: (args) => arm(id, delayOf(args), eventOf(args)) };
}
