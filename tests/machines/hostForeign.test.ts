// Machines of somebody else: the hosts know nothing of them but what XState's own tree says.
import { describe, expect, test } from "vitest";
import { and, assign, createMachine, enqueueActions, not, setup, type AnyStateMachine } from "xstate";
import { createHost, fx, type Host, type HostStep } from "../../src/machines/index.ts";

const hostOf = (machine: AnyStateMachine, kind: "pure" | "table" | "actor"): Host => createHost(machine, { kind }) as Host;
const go = (host: Host, type = "go"): HostStep => host.step(host.start(undefined, 0).row, { type, id: "g", at: 1 });

describe.each(["pure", "table", "actor"] as const)("on the %s host", (kind) => {
  test("a named action leaves as an effect of its name with its params, and is never run", () => {
    let runs = 0;
    const machine = setup({
      // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- XState takes its types from this phantom
      types: {} as { context: { lampId: string; level: number } },
      actions: { dim: (_args, _params: { to: number }) => void runs++, ring: () => void runs++ },
    }).createMachine({
      id: "lamp",
      context: { lampId: "l1", level: 3 },
      initial: "on",
      states: {
        on: {
          exit: "ring",
          on: {
            go: {
              target: "off",
              actions: [
                { type: "dim", params: { to: 0 } },
                { type: "dim", params: ({ context }) => ({ to: context.level }) },
              ],
            },
          },
        },
        off: {},
      },
    });
    const { row, effects } = go(hostOf(machine, kind));
    expect(effects).toEqual([
      { type: "ring", params: {} },
      { type: "dim", params: { to: 0 } },
      { type: "dim", params: { to: 3 } },
    ]);
    expect(row).toMatchObject({ key: "lamp/l1", version: 1, rev: 1, snapshot: { value: "off" } });
    expect(runs).toBe(0);
  });

  test("a machine without setup takes actions by name alone, fx() among them", () => {
    const machine = createMachine({
      id: "bell",
      initial: "quiet",
      states: {
        quiet: { on: { go: { actions: ["ring", fx(() => ({ kind: "notify", severity: "info", subject: "s", reason: "r" }))] } } },
      },
    } as never) as AnyStateMachine;
    expect(go(hostOf(machine, kind)).effects).toEqual([
      { type: "ring", params: {} },
      { type: "notify", params: { severity: "info", subject: "s", reason: "r" } },
    ]);
  });

  test("steps a row from where it stands, whatever was stepped from it before", () => {
    const machine = createMachine({
      id: "m",
      initial: "a",
      states: { a: { on: { go: "b" } }, b: { on: { go: "c" } }, c: {} },
    }) as AnyStateMachine;
    const host = hostOf(machine, kind);
    const { row } = host.start(undefined, 0);
    const event = { type: "go", id: "g", at: 1 };
    const once = host.step(row, event).row;
    const twice = host.step(once, event).row;
    expect([row, once, twice, host.step(row, event).row, host.step(once, event).row].map(({ snapshot }) => snapshot.value)).toEqual([
      "a",
      "b",
      "c",
      "b",
      "c",
    ]);
  });

  test("asks eventless transitions after an event that no state names", () => {
    const poked = ({ event }: { event: { type: string } }): boolean => event.type === "poke";
    const machine = createMachine({
      id: "m",
      initial: "a",
      states: { a: { always: { guard: poked, target: "b" } }, b: {} },
    }) as AnyStateMachine;
    expect(go(hostOf(machine, kind), "poke").row.snapshot.value).toBe("b");
  });

  test("leaves the machine that was given as it was", () => {
    const bump = assign({ count: ({ context }: { context: { count: number } }) => context.count + 1 });
    const machine = createMachine({
      id: "given",
      context: { count: 0 },
      initial: "a",
      states: { a: { entry: [bump, bump], on: { go: { target: "a", reenter: true, actions: bump } }, after: { 5: "a" } } },
    }) as AnyStateMachine;
    const before = [...machine.root.states["a"]!.entry];
    expect(go(hostOf(machine, kind)).row.snapshot.context).toEqual({ count: 5 });
    expect(machine.root.states["a"]!.entry).toEqual(before);
    expect(machine.config.context).toEqual({ count: 0 });
  });

  test("guards by name, by params and combined", () => {
    const machine = setup({
      // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- XState takes its types from this phantom
      types: {} as { context: { level: number } },
      guards: { above: ({ context }, { floor }: { floor: number }) => context.level > floor, never: () => false },
    }).createMachine({
      id: "gate",
      context: { level: 3 },
      initial: "a",
      states: {
        a: {
          on: {
            go: [
              { guard: { type: "above", params: { floor: 3 } }, target: "wrong" },
              { guard: and([not("never"), { type: "above", params: { floor: 2 } }]), target: "right" },
              { target: "wrong" },
            ],
          },
        },
        right: {},
        wrong: {},
      },
    });
    expect(go(hostOf(machine, kind)).row.snapshot.value).toBe("right");
  });
});

const queueing = setup({ actions: { ring: () => undefined } }).createMachine({
  id: "queue",
  initial: "a",
  states: { a: { on: { go: { actions: enqueueActions(({ enqueue }) => enqueue("ring")) } } } },
});

test("what a table cannot hold is stepped by the pure host, and with `fallback` by the table host too, which says why", () => {
  expect(go(hostOf(queueing, "pure")).effects).toEqual([{ type: "ring", params: {} }]);
  const refusals: string[] = [];
  const host = createHost(queueing, { kind: "table", fallback: (refusal) => refusals.push(`${refusal.code} ${refusal.path}`) }) as Host;
  expect(go(host).effects).toEqual([{ type: "ring", params: {} }]);
  expect(refusals).toEqual(["machine-uncompilable queue.a.go"]);
});

test.each(["pure", "actor"] as const)(
  "the %s host refuses a function in place of an action when it gets there, and does not run it",
  (kind) => {
    let runs = 0;
    const machine = createMachine({
      id: "m",
      initial: "a",
      states: { a: { on: { go: { actions: () => void runs++ } } } },
    }) as AnyStateMachine;
    const host = hostOf(machine, kind);
    expect(() => go(host)).toThrow(expect.objectContaining({ code: "machine-failed", path: "in place" }));
    expect(runs).toBe(0);
  },
);
