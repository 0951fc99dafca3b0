import { describe, expect, test } from "vitest";
import { assign, emit, enqueueActions, log, raise, sendTo, setup, spawnChild, stateIn, type AnyStateMachine } from "xstate";
import { isDomainError } from "../../src/domain/index.ts";
import { createHost, type Effect, type Host } from "../../src/machines/index.ts";
import { nestedMachine } from "../support/nestedMachine.ts";

const { createMachine } = setup({ actions: { effect: (_args, _params: Effect) => undefined } });
const withAction = (action: object | string): AnyStateMachine =>
  createMachine({ id: "m", initial: "a", states: { a: { on: { go: { actions: action as never } } } } } as never) as never;

function refusal(machine: AnyStateMachine, kind: "table" | "pure" = "table"): string {
  try {
    createHost(machine, { kind });
    return "compiled";
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return `${error.code} at ${error.path}: ${error.message}`;
  }
}

describe("the table compiler", () => {
  test.each([
    ["enqueueActions", enqueueActions(() => undefined)],
    ["sendTo", sendTo("other", { type: "x" })],
    ["spawnChild", spawnChild("other")],
    ["emit", emit({ type: "x" })],
    ["log", log("x")],
  ])("refuses %s and names the place", (name, action) => {
    const said = refusal(withAction(action));
    expect(said).toMatch(/^machine-uncompilable at m\.a\.go: /);
    expect(said.toLowerCase()).toContain(name.replace("Child", "").replace("Actions", "").toLowerCase());
  });

  test("refuses a function in place of an action: it has no name to leave under", () => {
    expect(refusal(withAction(() => undefined))).toContain("an action written in place");
  });

  test("refuses a delayed raise without an id: XState would draw one at random", () => {
    expect(refusal(withAction(raise({ type: "x" }, { delay: 5 })))).toContain("a delayed raise without an id");
  });

  test("refuses names that nobody implements, which XState finds only when it gets there", () => {
    const guarded = createMachine({ id: "m", initial: "a", states: { a: { on: { go: { guard: "gone" } } } } } as never);
    expect(refusal(guarded as never)).toContain("the guard gone has no implementation");
    const delayed = createMachine({ id: "m", initial: "a", states: { a: { after: { gone: "a" } } } } as never);
    expect(refusal(delayed as never)).toContain("the delay gone, which has no implementation");
  });

  test("refuses a guard that looks at the state", () => {
    const machine = createMachine({ id: "m", initial: "a", states: { a: { on: { go: { guard: stateIn("a") as never } } } } });
    expect(refusal(machine as never)).toContain("stateIn");
  });

  test.each(["table", "pure"] as const)(
    "parallel and history states and invoked actors are refused by the %s host too: no row holds them",
    (kind) => {
      const parallel = createMachine({ id: "m", type: "parallel", states: { a: {}, b: {} } });
      const history = createMachine({ id: "m", initial: "a", states: { a: {}, h: { type: "history" } } });
      const invoking = createMachine({ id: "m", initial: "a", states: { a: { invoke: { src: "x" } } } } as never);
      expect(refusal(parallel as never, kind)).toBe("machine-undurable at m: m has a parallel state; a row could not hold it.");
      expect(refusal(history as never, kind)).toContain("a history state");
      expect(refusal(invoking as never, kind)).toContain("an invoked actor");
    },
  );

  test("a loop of eventless transitions ends in a typed refusal", () => {
    const loop = setup({}).createMachine({
      id: "loop",
      options: { maxIterations: 50 },
      initial: "rest",
      states: { rest: { on: { go: "a" } }, a: { always: "b" }, b: { always: "a" } },
    });
    for (const kind of ["pure", "table", "actor"] as const) {
      const host = createHost(loop, { kind }) as Host;
      const { row } = host.start(undefined, 0);
      expect(row.key).toBe("loop");
      expect(() => host.step(row, { type: "go", id: "g", at: 1 })).toThrow(expect.objectContaining({ code: "machine-failed" }));
    }
  });

  test("keeps JSON what an assign makes something else, as storing it would", () => {
    // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- XState takes its types from this phantom
    const odd = setup({ types: {} as { context: Record<string, unknown> } }).createMachine({
      id: "odd",
      initial: "a",
      context: { kept: [1], gone: 1 },
      states: {
        a: { on: { go: { actions: assign({ gone: undefined, at: () => new Date(0), none: Number.NaN, zero: -0 }) } } },
      },
    });
    for (const kind of ["pure", "table", "actor"] as const) {
      const host = createHost(odd, { kind }) as Host;
      const { row } = host.step(host.start(undefined, 0).row, { type: "go", id: "g", at: 1 });
      expect(row.snapshot.context).toStrictEqual({ kept: [1], at: "1970-01-01T00:00:00.000Z", none: null, zero: 0 });
      expect(odd.config.context).toStrictEqual({ kept: [1], gone: 1 });
    }
  });

  test("keeps JSON what an assign made something else before the last microstep", () => {
    // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- XState takes its types from this phantom
    const odd = setup({ types: {} as { context: Record<string, unknown> } }).createMachine({
      id: "odd",
      initial: "a",
      context: {},
      states: {
        a: { on: { go: { target: "b", actions: assign({ at: () => new Date(0) }) } } },
        b: { always: { target: "c", actions: assign({ passed: true }) } },
        c: {},
      },
    });
    for (const kind of ["pure", "table", "actor"] as const) {
      const host = createHost(odd, { kind }) as Host;
      const { row } = host.step(host.start(undefined, 0).row, { type: "go", id: "g", at: 1 });
      expect(row.snapshot).toMatchObject({ value: "c", context: { at: "1970-01-01T00:00:00.000Z", passed: true } });
    }
  });

  test("names a nested state by its path and carries the machine's output", () => {
    const host = createHost(nestedMachine, { kind: "table" });
    const { row } = host.start({ jobId: "j1" }, 0);
    const working = host.step(row, { type: "go", id: "g", at: 1 }).row;
    expect(working.snapshot.value).toBe("work.first");
    expect(working.timers.map(({ timerId }) => timerId)).toEqual(["xstate.after.5000.job.work", "xstate.after.growing.job.work", "nudge"]);
    const ended = host.step(row, { type: "quit", id: "q", at: 1 }).row;
    expect(ended.snapshot).toMatchObject({ status: "done", value: "finished", output: { count: 0, by: "xstate.done.state.job.finished" } });
  });
});
