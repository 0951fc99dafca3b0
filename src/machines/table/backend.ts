// Steps a compiled machine: one macrostep as XState runs it (eventless transitions first, then raised events), without its interpreter.
import type { AnyStateMachine, EventObject } from "xstate";
import { effectRecord, type EffectRecord } from "../effects.ts";
import type { Backend, Taken } from "../frame.ts";
import type { Args } from "./builtins.ts";
import { compileTable, type Candidate, type Leaf } from "./compile.ts";

/** What one step gathers. */
interface Run {
  readonly args: Args;
  readonly effects: EffectRecord[];
  leaf: Leaf;
  done: boolean;
  output: unknown;
  /** Raised and done events; made on first use, as most steps raise nothing. */
  queue: EventObject[] | undefined;
  /** True if XState would have made a new snapshot. */
  changed: boolean;
}

/** @throws DomainError `machine-uncompilable` or `machine-undurable` for a machine that a table cannot hold. */
export function tableBackend(machine: AnyStateMachine): Backend {
  const { leaves, start, maxIterations } = compileTable(machine);
  const { context } = machine.config;

  return {
    start(input) {
      const first = typeof context === "function" ? { ...context({ input }) } : (context ?? {});
      const run = runFrom(start.target, { context: first as Args["context"], event: { type: "xstate.init", input } as EventObject });
      take(run, start);
      settle(run, maxIterations);
      return takenOf(run);
    },
    take({ snapshot }, event) {
      const leaf = leaves.get(snapshot.value)!;
      const args: Args = { context: snapshot.context, event };
      const chosen = enabled(candidatesOf(leaf, event.type), args);
      if (chosen === undefined && leaf.always.length === 0) return null;
      const run = runFrom(leaf, args);
      if (chosen !== undefined) take(run, chosen);
      settle(run, maxIterations);
      return run.changed || run.effects.length > 0 ? takenOf(run) : null;
    },
  };
}

/** Eventless transitions and raised events until nothing is left to do. */
function settle(run: Run, maxIterations: number): void {
  let seekEventless = true;
  for (let iterations = 1; !run.done; iterations++) {
    // The usual end: no eventless transitions, nothing raised.
    if (run.queue === undefined && run.leaf.always.length === 0) return;
    if (iterations > maxIterations) throw new Error(`more than ${maxIterations} microsteps without coming to rest`);
    const eventless = seekEventless ? enabled(run.leaf.always, run.args) : undefined;
    if (eventless !== undefined) {
      // One that changes nothing would be enabled for ever.
      seekEventless = take(run, eventless);
      continue;
    }
    const raised = run.queue?.shift();
    if (raised === undefined) return;
    run.args.event = raised;
    const chosen = enabled(candidatesOf(run.leaf, raised.type), run.args);
    if (chosen !== undefined) take(run, chosen);
    seekEventless = true;
  }
}

/** One microstep. True if XState would have made a new snapshot of it. */
function take(run: Run, { operations, target }: Candidate): boolean {
  const { args } = run;
  let changed = run.leaf !== target;
  for (const operation of operations)
    switch (operation.kind) {
      case "assign":
        args.context = operation.next(args);
        changed = true;
        break;
      case "effect":
        run.effects.push(effectRecord(operation.effect(args)));
        break;
      case "record":
        run.effects.push(operation.record);
        break;
      case "ask":
        run.effects.push(operation.record(args));
        break;
      case "raise":
        (run.queue ??= []).push(operation.event(args));
        break;
      case "done":
        (run.queue ??= []).push({ type: operation.type, output: operation.output(args) } as EventObject);
        break;
      case "finish":
        run.done = true;
        run.output = operation.output(args);
        changed = true;
        break;
    }
  run.leaf = target;
  run.changed ||= changed;
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

function runFrom(leaf: Leaf, args: Args): Run {
  return { args, effects: [], leaf, done: false, output: undefined, queue: undefined, changed: false };
}

function takenOf({ args, effects, leaf, done, output }: Run): Taken {
  return { status: done ? "done" : "active", value: leaf.path, context: args.context, output, effects };
}
