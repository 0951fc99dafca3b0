// The leaf states of a machine by path. A row names its state by the path of its leaf, levels joined by dots: `running`, `work.typing`.
import type { AnyStateMachine, AnyStateNode, StateValue } from "xstate";
import { DomainError } from "../domain/index.ts";

/**
 * All leaves, atomic and final, by path, in document order.
 * @throws DomainError `machine-undurable` if the machine has what a row cannot hold: parallel or history states, invoked actors (architecture:
 * durable machines).
 */
export function leavesOf(machine: AnyStateMachine): ReadonlyMap<string, AnyStateNode> {
  const leaves = new Map<string, AnyStateNode>();
  const visit = (node: AnyStateNode): void => {
    if (node.type === "parallel") refuseUndurable(node, "a parallel state", "Make it a machine of its own with its own row.");
    if (node.type === "history") refuseUndurable(node, "a history state", "Keep what has to be remembered in the context.");
    if (node.invoke.length > 0) refuseUndurable(node, "an invoked actor", "Ask for an effect with fx() and take the answer as an event.");
    const children = Object.values(node.states);
    if (children.length === 0) leaves.set(node.path.join("."), node);
    else for (const child of children) visit(child);
  };
  visit(machine.root);
  return leaves;
}

/** The leaf and the states around it, innermost first. */
export function chainOf(leaf: AnyStateNode): AnyStateNode[] {
  const chain: AnyStateNode[] = [];
  for (let node: AnyStateNode | undefined = leaf; node !== undefined; node = node.parent) chain.push(node);
  return chain;
}

/** True for a leaf in which the whole machine has ended. */
export function endsMachine(leaf: AnyStateNode): boolean {
  return leaf.type === "final" && leaf.parent === leaf.machine.root;
}

/** `{work: "typing"}` as `work.typing`. */
export function pathOfValue(value: StateValue): string {
  if (typeof value === "string") return value;
  const [key, inner] = Object.entries(value)[0] ?? [];
  return key === undefined || inner === undefined ? "" : `${key}.${pathOfValue(inner)}`;
}

/** `work.typing` as `{work: "typing"}`. */
export function valueOfPath(path: string): StateValue {
  const keys = path.split(".");
  const leaf = keys.pop()!;
  return keys.reduceRight<StateValue>((value, key) => ({ [key]: value }), leaf);
}

function refuseUndurable(node: AnyStateNode, what: string, fix: string): never {
  throw new DomainError({
    code: "machine-undurable",
    path: node.id,
    message: `${node.id} has ${what}; a row could not hold it.`,
    fix,
  });
}
