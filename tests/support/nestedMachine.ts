// A machine with everything that the table compiles and our own machines hardly use: nested states, wildcards, forbidden transitions, reenter,
// always, raise, cancel, named and computed delays, done events, output, parameters, combined guards.
import { and, assign, cancel, not, or, raise, setup } from "xstate";
import { fx, type Effect } from "../../src/machines/effects.ts";
import type { MachineEvent, Row } from "../../src/machines/index.ts";
import type { Rng } from "../../src/random/index.ts";

interface Context {
  jobId: string;
  count: number;
  log: string[];
  note?: string | undefined;
  share: number;
}

type Event = { id: string; at: number } & (
  | { type: "go" | "stop" | "inner" | "self" | "reset" | "up" | "loop" | "deep" | "disarm" | "escape" | "quit" }
  | { type: "add"; by: number }
  | { type: "job.sub.one" | "job.sub.two" | "job.other" }
);

const note = (word: string) =>
  fx<Context, unknown>(({ context }) => ({ kind: "notify", severity: "info", subject: context.jobId, reason: word }));

const job = setup({
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- XState takes its types from this phantom
  types: {} as { context: Context; events: Event; input: { jobId: string } },
  guards: {
    even: ({ context }) => context.count % 2 === 0,
    above: ({ context }, params: { floor: number }) => context.count > params.floor,
    big: ({ event }) => event.type === "add" && event.by > 5,
    odd: not("even"),
  },
  delays: { short: 1000, growing: ({ context }) => 1000 * (context.count + 1) },
  actions: {
    effect: (_args, _params: Effect) => undefined,
  },
});

const bump = job.assign({ count: ({ context }) => (context.count + 1) % 7 });
const record = job.assign({
  log: ({ context, event }) => [...context.log.slice(-3), event.type],
  note: ({ event }) => (event.type === "add" ? `added ${event.by}` : undefined),
  /** 0 by 0 is not a number, and JSON knows only null. */
  share: ({ context }) => context.count / context.count,
});

export const nestedMachine = job.createMachine({
  id: "job",
  version: "1",
  options: { maxIterations: 50 },
  context: ({ input }) => ({ jobId: input?.jobId ?? "", count: 0, log: [], share: 0 }),
  initial: "idle",
  entry: note("born"),
  exit: note("buried"),
  output: ({ context, event }) => ({ count: context.count, by: event.type }),
  on: {
    reset: { target: ".idle", actions: note("reset") },
    up: { target: "#job", reenter: true, actions: bump },
    "job.*": { actions: [record, note("partial")] },
    "job.sub.*": { guard: "even", actions: note("sub") },
    "*": { actions: note("anything") },
  },
  states: {
    idle: {
      entry: [record, note("idle in")],
      exit: note("idle out"),
      on: {
        go: { target: "work", actions: bump },
        add: [
          { guard: and(["big", or(["even", { type: "above", params: { floor: 4 } }])]), target: "work.deep.bottom" },
          { guard: ({ context }) => context.count === 3, actions: raise({ type: "go", id: "r", at: 0 }) },
          { actions: [bump, record] },
        ],
        // Forbidden: the root's wildcard is not asked.
        stop: undefined,
        quit: "finished",
      },
    },
    work: {
      initial: "first",
      entry: note("work in"),
      exit: [note("work out"), cancel("nudge")],
      on: {
        inner: { target: ".second" },
        self: { target: "work", reenter: true },
        escape: { guard: "odd", target: "idle" },
        "job.sub.one": { target: ".first", reenter: true },
        deep: ".deep",
      },
      onDone: { target: "idle", actions: note("work done") },
      after: { growing: { guard: "even", target: "idle", actions: note("grown") }, 5000: { actions: note("late") } },
      states: {
        first: {
          entry: raise({ type: "loop", id: "n", at: 0 }, { id: "nudge", delay: "short" }),
          on: {
            loop: { actions: bump },
            go: "second",
            disarm: { actions: cancel(({ context }) => (context.count > 2 ? "nudge" : "none")) },
          },
        },
        second: {
          always: [
            {
              guard: { type: "above", params: ({ context }: { context: Context }) => ({ floor: context.log.length + 2 }) },
              target: "deep",
            },
            { guard: "odd", actions: bump },
          ],
          on: { go: "finishing", loop: { target: "second", reenter: true }, inner: { actions: note("inner") } },
          after: { short: { target: "first", reenter: true } },
        },
        deep: {
          initial: "top",
          exit: note("deep out"),
          states: {
            top: { on: { go: "bottom", self: { target: "top" } } },
            bottom: { entry: bump, on: { go: "floor", deep: { target: "#job.work", actions: note("down") } } },
            floor: { type: "final", output: ({ context }) => context.count },
          },
          onDone: { target: "finishing", actions: assign({ log: ({ event }) => [event.type, String(event.output)] }) },
        },
        finishing: { type: "final", entry: note("finishing") },
      },
    },
    finished: { type: "final", entry: [raise({ type: "go", id: "never", at: 0 }), note("finished")], exit: note("left") },
  },
});

const types =
  "go go go stop inner self reset up loop deep disarm escape quit add add job.sub.one job.sub.two job.other job job.sub else".split(" ");

export const nestedSubject = {
  machine: nestedMachine,
  inputs: [{ jobId: "j1" }] as const,
  counterMax: 7,
  events: types.map((type) => ({
    type,
    sample: (rng: Pick<Rng, "next">, row: Row): MachineEvent => ({
      type,
      id: `${type}${rng.next()}`,
      at: row.lastAt + Math.floor(rng.next() * 3000),
      ...(type === "add" && { by: Math.floor(rng.next() * 10) }),
    }),
  })),
};
