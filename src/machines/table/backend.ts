// Steps a compiled machine: one macrostep as XState runs it (eventless transitions first, then raised events), without its interpreter.
import type { AnyStateMachine, EventObject } from "xstate";
import { effectRecord, type EffectRecord } from "../effects.ts";
import type { Backend, Taken } from "../frame.ts";
import type { Args } from "../builtins.ts";
import { compileTable, type Candidate, type Leaf } from "./compile.ts";

/**
 * What one step gathers. It is at once what the machine's functions are called with and what the host gets: one object per step, as this is the
 * hot path of a simulation.
 */
interface Run extends Args, Writable<Taken> {
  context: Record<string, unknown>;
  readonly effects: EffectRecord[];
  leaf: Leaf;
  /** Raised and done events; made on first use, as most steps raise nothing. */
  queue: EventObject[] | undefined;
  /** True if XState would have made a new snapshot. */
  changed: boolean;
  microsteps: number;
}

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** @throws DomainError `machine-uncompilable` or `machine-undurable` for a machine that a table cannot hold. */
export function tableBackend(machine: AnyStateMachine): Backend {
  const { leaves, start, maxIterations } = compileTable(machine);
  const { context } = machine.config;

  return {
    start(input) {
      const first = typeof context === "function" ? { ...context({ input }) } : (context ?? {});
      const run = runFrom(start.target, first, { type: "xstate.init", input } as EventObject);
      take(run, start);
      return settled(run, maxIterations);
    },
    take({ snapshot }, event) {
      const leaf = leaves.get(snapshot.value)!;
      const candidates = candidatesOf(leaf, event.type);
      if (candidates.length === 0 && leaf.always.length === 0) return null;
      const run = runFrom(leaf, snapshot.context, event);
      const chosen = enabled(candidates, run);
      if (chosen !== undefined) take(run, chosen);
      else if (leaf.always.length === 0) return null;
      settled(run, maxIterations);
      return run.changed || run.effects.length > 0 ? run : null;
    },
  };
}

/** Eventless transitions and raised events until nothing is left to do. */
function settled(run: Run, maxIterations: number): Taken {
  let seekEventless = true;
  for (let iterations = 1; run.status === "active"; iterations++) {
    // The usual end: no eventless transitions, nothing raised.
    if (run.queue === undefined && run.leaf.always.length === 0) break;
    if (iterations > maxIterations) throw new Error(`more than ${maxIterations} microsteps without coming to rest`);
    const eventless = seekEventless ? enabled(run.leaf.always, run) : undefined;
    if (eventless !== undefined) {
      // One that changes nothing would be enabled for ever.
      seekEventless = take(run, eventless);
      continue;
    }
    const raised = run.queue?.shift();
    if (raised === undefined) break;
    run.event = raised;
    const chosen = enabled(candidatesOf(run.leaf, raised.type), run);
    if (chosen !== undefined) take(run, chosen);
    seekEventless = true;
  }
  run.value = run.leaf.path;
  return run;
}

/** One microstep. True if XState would have made a new snapshot of it. */
function take(run: Run, candidate: Candidate): boolean {
  const { operations, target, assigned } = candidate;
  let changed = run.leaf !== target;
  for (const operation of operations)
    switch (operation.kind) {
      case "assign":
        run.context = operation.next(run);
        changed = true;
        break;
      case "effect":
        run.effects.push(effectRecord(operation.effect(run)));
        break;
      case "record":
        run.effects.push(operation.record);
        break;
      case "ask":
        run.effects.push(operation.record(run));
        break;
      case "raise":
        (run.queue ??= []).push(operation.event(run));
        break;
      case "done":
        (run.queue ??= []).push({ type: operation.type, output: operation.output(run) } as EventObject);
        break;
      case "finish":
        run.status = "done";
        run.output = operation.output(run);
        changed = true;
        break;
    }
  run.leaf = target;
  run.changed ||= changed;
  run.assigned = run.microsteps++ === 0 ? assigned : undefined;
  return changed;
}

function enabled(candidates: readonly Candidate[], args: Args): Candidate | undefined {
  for (const candidate of candidates) if (candidate.guard === undefined || candidate.guard(args)) return candidate;
  return undefined;
}

const none: readonly Candidate[] = [];

function candidatesOf(leaf: Leaf, eventType: string): readonly Candidate[] {
  return leaf.on.get(eventType) ?? leaf.wild?.(eventType) ?? none;
}

function runFrom(leaf: Leaf, context: Record<string, unknown>, event: EventObject): Run {
  return {
    context,
    event,
    status: "active",
    value: leaf.path,
    assigned: undefined,
    output: undefined,
    effects: [],
    leaf,
    queue: undefined,
    changed: false,
    microsteps: 0,
  };
}
