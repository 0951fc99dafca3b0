// Machines made up at random out of all that a table compiles: nested states, guards in order, by params and combined, wildcards, forbidden and
// targetless transitions, reenter, eventless transitions, raised events, timers by number and by computation, done events, output. Every action says
// where it stands, so that the order of things shows in the effects.
import { and, assign, cancel, not, or, raise, setup, type AnyStateMachine } from "xstate";
import type { Rng } from "../../src/random/index.ts";

interface Context {
  count: number;
  seen: string[];
}

/** What may be sent to such a machine, and by wildcards be heard by it. */
export const sentTypes = ["a", "b", "c.x", "c.y", "c", "cx", "d", "r"] as const;
const raised = ["a", "b", "r", "c.r"] as const;
const counts = 6;

const base = setup({
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- XState takes its types from this phantom
  types: {} as { context: Context; events: { type: string; output?: unknown } },
  guards: {
    even: ({ context }) => context.count % 2 === 0,
    below: ({ context }, { limit }: { limit: number }) => context.count < limit,
    lately: ({ context, event }) => context.seen.includes(event.type),
    odd: not("even"),
  },
  delays: { fixed: 1000, grown: ({ context }) => 500 * (context.count + 1) },
  actions: {
    say: (_args, _params: { at: string; count: number; type: string }) => undefined,
    add: assign({ count: ({ context }, { by }: { by: number }) => (context.count + by) % counts }),
    addAtOnce: assign(({ context }, { by }: { by: number }) => ({ count: (context.count + by) % counts })),
  },
});

/** @param rng decides about everything: equal draws give equal machines. */
export function randomMachine(rng: Rng): AnyStateMachine {
  const chance = (share: number): boolean => rng.next() < share;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(rng.next() * items.length)]!;
  const some = <Item>(max: number, make: () => Item): Item[] => Array.from({ length: Math.floor(rng.next() * (max + 1)) }, make);

  const paths = tree(rng);
  const inner = [...paths].filter((path) => path !== "");

  let place = 0;
  const say = (where: string) => {
    const at = `${where}#${place++}`;
    return {
      type: "say",
      params: ({ context, event }: { context: Context; event: { type: string } }) => ({ at, count: context.count, type: event.type }),
    };
  };
  const action = (where: string): unknown => {
    const kind = rng.next();
    if (kind < 0.35) return say(where);
    if (kind < 0.5)
      return base.assign({
        count: ({ context }) => (context.count + 1) % counts,
        seen: ({ context, event }) => [String(context.count), event.type],
      });
    if (kind < 0.6) return base.assign(({ context, event }) => ({ seen: [...context.seen.slice(-2), event.type] }));
    if (kind < 0.7)
      return {
        type: pick(["add", "addAtOnce"]),
        params: chance(0.5) ? { by: 2 } : ({ context }: { context: Context }) => ({ by: context.seen.length }),
      };
    if (kind < 0.85) return raise({ type: pick(raised) });
    if (kind < 0.95) return raise({ type: pick(raised) }, { id: pick(["t1", "t2"]), delay: pick([0, 700, "fixed", "grown"]) as never });
    return cancel(chance(0.5) ? "t1" : ((({ context }: { context: Context }) => (context.count > 2 ? "t1" : "t2")) as never));
  };
  const actions = (where: string): unknown[] => [say(where), ...some(2, () => action(where))];
  const guard = (): unknown =>
    pick<() => unknown>([
      () => "even",
      () => "odd",
      () => "lately",
      () => ({ type: "below", params: { limit: 1 + Math.floor(rng.next() * 5) } }),
      () => ({ type: "below", params: ({ context }: { context: Context }) => ({ limit: context.seen.length + 1 }) }),
      () => and(["even", { type: "below", params: { limit: 3 } }] as never),
      () => or(["lately", not("odd")] as never),
      () =>
        ({ context }: { context: Context }) =>
          context.count === 3,
    ])();

  const transition = (where: string, from: string): unknown => ({
    ...(chance(0.5) && { guard: guard() }),
    ...(chance(0.75) && { target: `#${idOf(pick([...inner, from === "" ? pick(inner) : from]))}`, ...(chance(0.3) && { reenter: true }) }),
    ...(chance(0.8) && { actions: actions(where) }),
  });
  const transitions = (where: string, from: string): unknown[] => [transition(where, from), ...some(2, () => transition(where, from))];

  function stateOf(path: string): Record<string, unknown> {
    const children = inner.filter((other) => other.startsWith(path === "" ? "" : `${path}_`) && depth(other) === depth(path) + 1);
    const final = path !== "" && children.length === 0 && path.endsWith("f");
    const common = {
      id: idOf(path),
      ...(chance(0.7) && { entry: actions(`${path} in`) }),
      ...(chance(0.7) && { exit: actions(`${path} out`) }),
    };
    if (final) return { ...common, type: "final", ...(chance(0.5) && { output: ({ context }: { context: Context }) => context.count }) };
    const types = [...sentTypes, "c.*", "*"].filter(() => chance(0.35));
    const compound = children.length > 0;
    return {
      ...common,
      on: Object.fromEntries(types.map((type) => [type, chance(0.12) ? undefined : transitions(`${path} ${type}`, path)])),
      ...(chance(0.35) && { always: some(2, () => ({ ...(transition(`${path} always`, path) as object), guard: guard() })) }),
      ...(path !== "" && chance(0.4) && { after: { [pick([300, 900, "fixed", "grown"])]: transitions(`${path} after`, path) } }),
      ...(compound && {
        initial: chance(0.5) ? keyOf(pick(children)) : { target: keyOf(pick(children)), actions: actions(`${path} initial`) },
        states: Object.fromEntries(children.map((child) => [keyOf(child), stateOf(child)])),
      }),
      ...(compound && path !== "" && chance(0.8) && { onDone: transitions(`${path} done`, path) }),
    };
  }

  return base.createMachine({
    ...stateOf(""),
    id: "m",
    context: { count: 0, seen: [] },
    options: { maxIterations: 40 },
    output: ({ context, event }: { context: Context; event: object }) => [context.count, event],
  } as never) as unknown as AnyStateMachine;
}

/** One to three levels of states by path; those that end in `f` are final where they have no children. */
function tree(rng: Rng): string[] {
  const paths = [""];
  for (let node = 0; node < 4 + rng.next() * 5; node++) {
    const parents = paths.filter((path) => depth(path) < 3 && !path.endsWith("f"));
    const parent = parents[Math.floor(rng.next() * parents.length)]!;
    paths.push(`${parent === "" ? "" : `${parent}_`}${node}${node > 0 && rng.next() < 0.25 ? "f" : ""}`);
  }
  return paths;
}

const depth = (path: string): number => (path === "" ? 0 : path.split("_").length);
const keyOf = (path: string): string => path.split("_").at(-1)!;
const idOf = (path: string): string => (path === "" ? "m" : `s_${path}`);
