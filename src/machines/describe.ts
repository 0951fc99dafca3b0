// A machine in words and data: every state's meaning, who may send which event, and what may be done from where a row stands.
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from "xstate";
import { errorClassSchema } from "../domain/index.ts";
import { definitionOf } from "./definitions.ts";
import type { EventSpec, Sender } from "./eventSpec.ts";
import type { MachineEvent } from "./events.ts";
import { type NextAction, nextActionOf, type PostState } from "./post/nextActions.ts";
import { postMachine } from "./post/machine.ts";
import { endsMachine, leavesOf, valueOfPath } from "./leaves.ts";
import type { Row } from "./row.ts";
import { rowReader } from "./rowReader.ts";
import { guardName } from "./table/guards.ts";

export interface TransitionDescription {
  /** Event type, or the name of the delay for a timer. */
  readonly event: string;
  readonly sender: Sender;
  /** Name of the condition; the candidates of one event are tried in order, the first whose condition holds is taken. */
  readonly guard: string | null;
  /** Where it leads; null if the state is kept. */
  readonly target: string | null;
  /** For a timer that always takes as long: milliseconds after entering the state. */
  readonly afterMs: number | null;
}

export interface StateDescription {
  readonly name: string;
  readonly meaning: string;
  readonly final: boolean;
  readonly transitions: readonly TransitionDescription[];
}

export interface MachineDescription {
  readonly machine: string;
  readonly version: number;
  readonly initial: string;
  readonly states: readonly StateDescription[];
  readonly events: readonly {
    readonly type: string;
    readonly sender: Sender;
    readonly meaning: string;
    readonly fields: readonly string[];
  }[];
}

/** Everything there is to say about a machine, in the order written. For a machine that is none of ours `events` is empty. */
export function describeMachine(machine: AnyStateMachine): MachineDescription {
  const specs = definitionOf(machine)?.events ?? new Map<string, EventSpec>();
  return {
    machine: machine.id,
    version: Number(machine.version ?? "1"),
    initial: initialLeaf(machine.root),
    states: [...leavesOf(machine)].map(([name, leaf]) => ({
      name,
      meaning: leaf.description ?? "",
      final: endsMachine(leaf),
      transitions: transitionsOf(leaf).map((transition) => describeTransition(machine, specs, transition)),
    })),
    events: [...specs.values()].map(({ type, sender, meaning, schema }) => ({ type, sender, meaning, fields: fieldsOf(schema) })),
  };
}

export interface PossibleStep {
  readonly event: string;
  readonly sender: Sender;
  readonly meaning: string;
  /** Where it would lead; the state itself if it is kept. */
  readonly target: string;
  /** The event that was tried: complete but for its id, with the fields that go with this row. */
  readonly example: Omit<MachineEvent, "id">;
}

export interface RefusedStep {
  readonly event: string;
  readonly sender: Sender;
  readonly meaning: string;
  /** Why not: the conditions that do not hold, or that this state does not take it. */
  readonly reason: string;
}

export interface NextSteps {
  readonly key: string;
  readonly state: string;
  readonly meaning: string;
  readonly finished: boolean;
  /** For a post: the one thing to do about it, by where it stands and how its attempt failed; null for other machines. */
  readonly nextAction: NextAction | null;
  /** What an operator may do now. */
  readonly allowed: readonly PossibleStep[];
  /** What an operator may not do now, and why. */
  readonly refused: readonly RefusedStep[];
  /** What the state waits for from others. */
  readonly awaited: readonly (PossibleStep | RefusedStep)[];
  readonly timers: readonly { readonly event: string; readonly dueAt: number; readonly target: string | null }[];
}

/**
 * What may be done with a row and what not, each event tried with the fields that go with it (an approval of exactly its content): the guards of the
 * machine itself decide. Pure; nothing is stepped.
 * @throws DomainError `row-corrupt`, `row-version`.
 */
export function nextSteps(machine: AnyStateMachine, stored: unknown): NextSteps {
  const definition = definitionOf(machine);
  const row = rowReader(machine, definition?.context, definition?.migrations ?? {}).read(stored);
  const leaf = leavesOf(machine).get(row.snapshot.value);
  const finished = row.snapshot.status === "done";
  const tried = [...(definition?.events.values() ?? [])].map((spec) => tryEvent(machine, row, leaf, spec));
  const own = tried.filter(({ sender }) => sender === "operator");
  const taken = new Set(leaf === undefined ? [] : transitionsOf(leaf).map(({ eventType }) => eventType));
  return {
    key: row.key,
    state: row.snapshot.value,
    meaning: leaf?.description ?? "",
    finished,
    nextAction: machine === postMachine ? actionOf(row) : null,
    allowed: own.filter((step) => "target" in step),
    refused: own.filter((step) => "reason" in step),
    awaited: finished ? [] : tried.filter(({ sender, event }) => sender !== "operator" && taken.has(event)),
    timers: row.timers.map(({ event: { type }, dueAt }) => ({
      event: delayName(type),
      dueAt,
      target: targetOf(leaf === undefined ? undefined : transitionsOf(leaf).find(({ eventType }) => eventType === type)),
    })),
  };
}

function actionOf({ snapshot: { value, context } }: Row): NextAction {
  const known = errorClassSchema.safeParse(context["errorClass"]);
  return nextActionOf(value as PostState, known.success ? known.data : null);
}

function tryEvent(
  machine: AnyStateMachine,
  row: Row,
  leaf: AnyStateNode | undefined,
  { type, sender, meaning, fitting }: EventSpec,
): PossibleStep | RefusedStep {
  const about = { event: type, sender, meaning };
  const { value, status, context } = row.snapshot;
  if (status === "done" || leaf === undefined) return { ...about, reason: `${row.key} has ended as ${value}` };
  const candidates = transitionsOf(leaf).filter(({ eventType }) => eventType === type);
  if (candidates.length === 0) return { ...about, reason: `${value} does not take it` };

  const example = { type, at: row.lastAt, ...fitting(row, { next: () => 0 }) };
  const snapshot = machine.resolveState({ value: valueOfPath(value), context });
  if (!snapshot.can(example)) {
    const guards = candidates.map(({ guard }) => guardName(machine, guard)).filter((name) => name !== "");
    return { ...about, reason: guards.length === 0 ? `${value} does not take it` : `does not hold: ${guards.join(", ")}` };
  }
  const [transition] = machine.getTransitionData(snapshot, example);
  return { ...about, target: targetOf(transition) ?? value, example };
}

function describeTransition(
  machine: AnyStateMachine,
  specs: ReadonlyMap<string, EventSpec>,
  transition: AnyTransitionDefinition,
): TransitionDescription {
  const { eventType } = transition;
  const delay = transition.source.after.find((delayed) => delayed.eventType === eventType)?.delay;
  const delayMs: unknown = typeof delay === "string" ? machine.implementations.delays[delay] : delay;
  const guard = guardName(machine, transition.guard);
  return {
    event: delay === undefined ? eventType : String(delay),
    sender: delay === undefined ? (specs.get(eventType)?.sender ?? "operator") : "clock",
    guard: guard === "" ? null : guard,
    target: targetOf(transition),
    afterMs: typeof delayMs === "number" ? delayMs : null,
  };
}

/** The transitions of a leaf and of the states around it, innermost first. */
function transitionsOf(leaf: AnyStateNode): AnyTransitionDefinition[] {
  const own = [...leaf.transitions.values()].flat();
  return leaf.parent === undefined ? own : [...own, ...transitionsOf(leaf.parent)];
}

function targetOf(transition: AnyTransitionDefinition | undefined): string | null {
  const target = transition?.target?.[0];
  return target === undefined ? null : [...target.path, ...(target.type === "compound" ? [initialLeaf(target)] : [])].join(".");
}

function initialLeaf(node: AnyStateNode): string {
  const first = node.initial.target[0]!;
  return first.type === "compound" ? `${first.key}.${initialLeaf(first)}` : first.key;
}

/** `xstate.after.pauseTimeout.experiment.paused` as `pauseTimeout`. */
function delayName(eventType: string): string {
  return eventType.startsWith("xstate.after.") ? eventType.split(".")[2]! : eventType;
}

/** The fields beside the envelope; `?` marks those that may be left out. */
function fieldsOf(schema: EventSpec["schema"]): string[] {
  const shape =
    "shape" in schema ? (schema.shape as Record<string, { safeParse(value: unknown): { success: boolean }; type?: string }>) : {};
  return Object.entries(shape)
    .filter(([name]) => !["type", "id", "at"].includes(name))
    .map(([name, { type }]) => (type === "optional" ? `${name}?` : name));
}
