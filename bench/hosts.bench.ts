// What one event costs on each host, beside XState's own transition(), live actors and a switch written by hand: the same lives of posts, through
// all their events, for 1, 10,000 and 100,000 posts in turn. And what a post at rest weighs.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createActor, initialTransition, transition } from "xstate";
import {
  createHost,
  emptySystem,
  listEvents,
  nextTimer,
  postMachine,
  type System,
  systemStart,
  systemStep,
  type HostStep,
  type MachineEvent,
  type PostInput,
  type Row,
} from "../src/machines/index.ts";
import { createRng } from "../src/random/index.ts";
import { reducePost, startPost } from "./postReducer.ts";
import { compare, median, type BenchRow } from "./support.ts";

const minuteMs = 60_000;
const input = (post: number): PostInput => ({
  postId: `p${post}`,
  experimentId: "e1",
  account: "a1",
  contentHash: "h1",
  attemptKey: `k${post}`,
  slotMs: 0,
  latestMs: 100 * minuteMs,
});

/** A life that goes well after two polls, with an event that nobody wants; timers among them. */
const clearance = {
  guards: "pass" as const,
  contentHash: "h1",
  approvedHashes: ["h1"],
  experimentState: "running",
  layerHolder: "e1",
  accountState: "healthy",
  laneHealth: "open" as const,
  holding: false,
  blockIsOpen: false,
  paceFreeMs: 0,
};
type Sent = Omit<MachineEvent, "id" | "at"> & { type: string };
const life: (Sent | "timer")[] = [
  { type: "hold", reason: "the account was challenged" },
  { type: "due", clearance },
  { type: "released" },
  { type: "due", clearance },
  { type: "accepted", handle: "c1" },
  { type: "processing" },
  "timer",
  "timer",
  { type: "processed", platformPostId: "17900000000000001" },
  { type: "finalised", url: "https://example.org/p/1", publishedMs: 5 * minuteMs },
  { type: "absent" },
  { type: "visible", url: "https://example.org/p/1", checkedAtMs: 6 * minuteMs },
  { type: "gone", checkedAtMs: 9 * minuteMs },
];

/** Steps one row: a host's, or the hand-written one. */
interface Stepper {
  readonly start: (input: PostInput, at: number) => { row: Row };
  readonly step: (row: Row, event: MachineEvent) => HostStep;
}

const table = createHost(postMachine, { kind: "table", events: "trusted" }) as Stepper;
const pure = createHost(postMachine, { kind: "pure", events: "trusted" }) as Stepper;
const actor = createHost(postMachine, { kind: "actor", events: "trusted" }) as Stepper;
const byHand: Stepper = { start: startPost, step: reducePost };

/** The same for every post, timers too: made once, so that steps alone are measured. */
const events: readonly MachineEvent[] = (() => {
  let { row } = startPost(input(0), 0);
  return life.map((sent, at) => {
    const event = eventAt(sent, at, row);
    row = reducePost(row, event).row;
    return event;
  });
})();

/** All posts take their first event, then all their second ..., as in a simulated year; returns a number so that no work is skipped. */
function lives({ start, step }: Stepper, posts: number): number {
  const rows = Array.from({ length: posts }, (_, post) => start(input(post), 0).row);
  for (const event of events) for (let post = 0; post < posts; post++) rows[post] = step(rows[post]!, event).row;
  return rows.reduce((sum, { rev }) => sum + rev, 0);
}

function eventAt(event: Sent | "timer", at: number, row: Row): MachineEvent {
  if (event !== "timer") return { ...event, id: "e", at: at * 1000 };
  const timer = row.timers[0]!;
  return { type: timer.event.type, id: "t", at: at * 1000, timer: { id: timer.timerId, armedRev: timer.armedRev } };
}

function livesByTransition(posts: number): number {
  const snapshots = Array.from({ length: posts }, (_, post) => initialTransition(postMachine, input(post))[0]);
  for (const event of events)
    for (let post = 0; post < posts; post++) snapshots[post] = transition(postMachine, snapshots[post]!, event as never)[0];
  return snapshots.reduce((sum, { context }) => sum + context.tries, 0);
}

function livesOfActors(posts: number): number {
  const actors = Array.from({ length: posts }, (_, post) =>
    createActor(postMachine, { input: input(post), clock: { setTimeout: () => 0, clearTimeout: () => undefined } }).start(),
  );
  for (const event of events) for (const actor of actors) actor.send(event as never);
  return actors.reduce((sum, actor) => sum + actor.getSnapshot().context.tries, 0);
}

export async function rows(): Promise<BenchRow[]> {
  requireEqual();
  const all: BenchRow[] = [];
  for (const posts of [1, 10_000, 100_000]) {
    const repeats = Math.max(1, Math.floor(10_000 / posts));
    const slow = Math.ceil(repeats / 10);
    const sides: Record<string, { repeats: number; run: () => number }> = {
      switch: { repeats, run: () => lives(byHand, posts) },
      table: { repeats, run: () => lives(table, posts) },
      pure: { repeats: slow, run: () => lives(pure, posts) },
      "actor host": { repeats: slow, run: () => lives(actor, posts) },
      "live actors": { repeats: slow, run: () => livesOfActors(posts) },
      "transition()": { repeats: slow, run: () => livesByTransition(posts) },
    };
    // Interleaved: every side once per round, the first round to warm up, medians of the others. With 100,000 all is warm, and the
    // three slowest run once: each takes most of a minute.
    const [rounds, warmUps] = posts === 1 ? [9, 1] : posts === 10_000 ? [5, 1] : [3, 0];
    const once = posts === 100_000 ? ["actor host", "live actors", "transition()"] : [];
    const nsAll: Record<string, number[]> = {};
    for (let round = 0; round < rounds; round++)
      for (const [name, side] of Object.entries(sides)) {
        if (round > 0 && once.includes(name)) continue;
        const begin = performance.now();
        for (let repeat = 0; repeat < side.repeats; repeat++) side.run();
        if (round >= warmUps) (nsAll[name] ??= []).push(((performance.now() - begin) * 1e6) / (posts * side.repeats * life.length));
      }
    const ns = (name: string) => median(nsAll[name]!);
    const row = (ours: string, rival: string, target?: number): BenchRow => ({
      what: `${ours}, life of a post, ${posts.toLocaleString("en")} at once (ms per 1e6 events)`,
      rival: rival === "switch" ? "switch by hand" : rival,
      oursMs: ns(ours),
      rivalMs: ns(rival),
      ratio: ns(ours) / ns(rival),
      ...(target !== undefined && { target }),
      note: `${Math.round(1e9 / ns(ours)).toLocaleString("en")} events/s`,
    });
    all.push(
      row("table", "switch", 1.2),
      row("pure", "switch", 12),
      row("table", "live actors", 0.1),
      row("actor host", "switch"),
      row("transition()", "switch"),
    );
  }
  return [...all, await persisted(), ...systems(), ...weights()];
}

/** A row out of storage and back: text, step, text. The host looks through the row before it steps it, the switch believes it. */
function persisted(): Promise<BenchRow> {
  const stored = events
    .slice(0, -1)
    .reduce<string[]>(
      (texts, event) => [...texts, JSON.stringify(reducePost(JSON.parse(texts.at(-1)!) as Row, event).row)],
      [JSON.stringify(startPost(input(0), 0).row)],
    );
  const through = ({ step }: Stepper) => {
    let length = 0;
    for (let repeat = 0; repeat < 2000; repeat++)
      for (const [at, text] of stored.entries()) length += JSON.stringify(step(JSON.parse(text) as Row, events[at]!).row).length;
    return length;
  };
  return compare({
    what: "table on a stored row: parse, step, stringify (life of a post, 2,000 times)",
    rival: "switch by hand",
    ours: () => through(table),
    theirs: () => through(byHand),
    rounds: 15,
    target: 1.5,
  });
}

/** One event and the next timer in a system of many rows, beside the same in one of few: what it costs must not follow the number of rows. */
function systems(): BenchRow[] {
  const hosts = { post: table as never };
  const filled = (posts: number): System => {
    let system = emptySystem;
    for (let post = 0; post < posts; post++) {
      ({ system } = systemStart(hosts, system, "post", { ...input(post) }, 0));
      ({ system } = systemStep(hosts, system, {
        key: `post/p${post}`,
        event: { type: "due", id: "d", at: post, clearance: { ...clearance, layerHolder: "e1" } },
      }));
    }
    return system;
  };
  const drained = (system: System): number => {
    const times = 2000;
    let now = system;
    const begin = performance.now();
    for (let at = 0; at < times; at++) now = systemStep(hosts, now, nextTimer(now)!).system;
    return ((performance.now() - begin) * 1e6) / times;
  };
  const [few, many] = [filled(1000), filled(100_000)];
  const rounds = Array.from({ length: 5 }, () => [drained(few), drained(many)] as const).slice(1);
  const [ofFew, ofMany] = [median(rounds.map(([few]) => few)), median(rounds.map(([, many]) => many))];
  return [
    {
      what: "timer of a system of 100,000 rows (ms per 1e6)",
      rival: "of 1,000 rows",
      oursMs: ofMany,
      rivalMs: ofFew,
      ratio: ofMany / ofFew,
      target: 6,
    },
  ];
}

/** Bytes that a post at rest holds on to, by the growth of the heap. */
function weights(): BenchRow[] {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const count = 20_000;
  const weigh = (make: (post: number) => unknown): number => {
    gc();
    const before = process.memoryUsage().heapUsed;
    const kept = Array.from({ length: count }, (_, post) => make(post));
    gc();
    const bytes = (process.memoryUsage().heapUsed - before) / count;
    return kept.length === count ? bytes : Number.NaN;
  };
  const hand = weigh((post) => startPost(input(post), 0).row);
  const sides: [string, (post: number) => unknown, target?: number][] = [
    ["table row", (post) => table.start(input(post), 0).row, 1.5],
    ["pure row", (post) => pure.start(input(post), 0).row],
    ["live actor", (post) => createActor(postMachine, { input: input(post) }).start()],
    ["XState snapshot", (post) => initialTransition(postMachine, input(post))[0]],
  ];
  return sides.map(([what, make, target]) => {
    const bytes = weigh(make);
    return {
      what: `${what} at rest (bytes)`,
      rival: "row of the switch",
      oursMs: bytes,
      rivalMs: hand,
      ratio: bytes / hand,
      ...(target !== undefined && { target }),
    };
  });
}

/** The rival does the same work: equal rows and effects along random lives, or no figure is worth anything. */
function requireEqual(): void {
  const rng = createRng("bench/hosts");
  const listed = listEvents(postMachine);
  for (let walk = 0; walk < 300; walk++) {
    let ours = table.start(input(1), 0).row;
    let theirs = byHand.start(input(1), 0).row;
    for (let at = 0; at < 40; at++) {
      const timer = ours.timers[0];
      const event =
        timer !== undefined && rng.next() < 0.4
          ? eventAt("timer", at, ours)
          : listed[Math.floor(rng.next() * listed.length)]!.sample(rng, ours);
      const a = table.step(ours, event);
      const b = byHand.step(theirs, event);
      if (JSON.stringify([a.row, a.effects, a.changed]) !== JSON.stringify([b.row, b.effects, b.changed]))
        throw new Error(
          `bench/postReducer.ts differs from postMachine on ${JSON.stringify(event)} in ${ours.snapshot.value}: bring it up to date`,
        );
      ours = a.row;
      theirs = b.row;
    }
  }
}
