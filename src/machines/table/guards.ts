// A guard of a machine, named, inline or combined, as one predicate.
import type { AnyStateMachine } from "xstate";
import { combinationOf, type Args } from "../builtins.ts";
import { refuseToCompile } from "./refusal.ts";

export type Predicate = (args: Args) => unknown;

/** @throws DomainError `machine-uncompilable` for a guard that is missing or asks for more than context and event. */
export function compileGuard(machine: AnyStateMachine, guard: unknown, at: string): Predicate | undefined {
  if (guard === undefined) return undefined;
  const inline = typeof guard === "function";
  const name = nameOf(guard);
  const resolved: unknown = inline ? guard : machine.implementations.guards[name];
  if (resolved === undefined) return refuseToCompile(at, `the guard ${name} has no implementation`);
  if (typeof resolved !== "function") return compileGuard(machine, resolved, at);

  const combination = combinationOf(resolved);
  if (combination === "other") return refuseToCompile(at, "a guard that looks at the state (stateIn)");
  if (combination !== undefined) {
    const parts = combination.guards.map((part) => compileGuard(machine, part, at)!);
    switch (combination.kind) {
      case "and":
        return (args) => parts.every((part) => part(args));
      case "or":
        return (args) => parts.some((part) => part(args));
      case "not":
        return (args) => !parts[0]!(args);
    }
  }
  const test = resolved as (args: Args, params: unknown) => unknown;
  const params = !inline && typeof guard === "object" && guard !== null && "params" in guard ? guard.params : undefined;
  if (params === undefined) return test as Predicate;
  return typeof params === "function" ? (args) => test(args, params(args)) : (args) => test(args, params);
}

/** How a person reads a guard: its name, `not(layerIsHeld)`, or `a condition` where nobody named it. */
export function guardName(machine: AnyStateMachine, guard: unknown): string {
  if (guard === undefined) return "";
  if (typeof guard !== "function") return aliasOf(machine, nameOf(guard));
  const combination = combinationOf(guard);
  if (combination === undefined || combination === "other") return "a condition";
  return `${combination.kind}(${combination.guards.map((part) => guardName(machine, part)).join(", ")})`;
}

/** The name under which a guard or an action is implemented: `"name"` or `{type: "name"}`. */
export function nameOf(reference: unknown): string {
  if (typeof reference === "string") return reference;
  return typeof reference === "object" && reference !== null && "type" in reference ? String(reference.type) : "";
}

function aliasOf(machine: AnyStateMachine, name: string): string {
  const resolved: unknown = machine.implementations.guards[name];
  return typeof resolved === "string" ? guardName(machine, resolved) : name;
}
