// Walks a machine at random through all hosts and XState's own transition() at once, and counts what was reached. Walks get deep because each
// starts with a shortest path to a state picked at random: uniform events alone hardly ever end a lifecycle.
import { transition, type AnyMachineSnapshot, type AnyStateMachine, type AnyStateNode } from "xstate";
import { effectsOfActions, type CollectedAction } from "../../src/machines/effectOfAction.ts";
import { createHost, listEvents, type Host, type ListedEvent, type MachineEvent, type Row } from "../../src/machines/index.ts";
import { pathOfValue } from "../../src/machines/leaves.ts";
import { createRng, type Rng } from "../../src/random/index.ts";
import { interpreterOf } from "./interpreter.ts";

export interface WalkSubject {
  readonly machine: AnyStateMachine;
  /** The lives that are walked: every walk begins with one of them, picked at random. */
  readonly inputs: readonly [unknown, ...unknown[]];
  readonly events: readonly Pick<ListedEvent, "type" | "sample">[];
  /** Counters in the context tell states apart up to here. */
  readonly counterMax: number;
  /** The fields of the context that tell states apart; all of them if left out. */
  readonly fields?: readonly string[];
}

export interface WalkReport {
  /** Events that every host and XState itself took, each one compared. */
  readonly events: number;
  readonly changed: number;
  readonly walks: number;
  readonly timersFired: number;
  /** Sent to the hosts alone, beyond `events`: XState knows no armings. */
  readonly staleTimers: number;
  readonly clockBackwards: number;
  /** Rows that went through JSON and a host's `read`. */
  readonly stored: number;
  readonly statesUnreached: readonly string[];
  /** Eventless transitions and those that wait for done events among them. */
  readonly transitionsUnreached: readonly string[];
  /** How often the state and the transition were reached that were reached least; unreached ones aside. */
  readonly rarestState: readonly [state: string, times: number];
  readonly rarestTransition: readonly [transition: string, times: number];
  readonly finals: Readonly<Record<string, number>>;
  readonly largestRowBytes: number;
}

const suffixLength = 24;
/** How often a row goes through storage, and XState's public transition() is asked beside its interpreter. */
const storedShare = 0.02;

/** @throws Error at the first difference between two hosts, or a host and XState, with the event and both sides. */
export function walkMachine(subject: WalkSubject, eventsWanted: number, seed: string): WalkReport {
  const { machine, inputs } = subject;
  const hosts = (["pure", "table", "actor"] as const).map((kind) => createHost(machine, { kind, events: "trusted" }) as Host);
  const interpreter = interpreterOf(machine);
  const rng = createRng(seed);
  const lives = inputs.map((input, at) => ({ input, paths: shortestPaths(subject, input, hosts[1]!, rng.fork(`paths/${at}`)) }));
  const draw = rng.fork("walk");
  const timesInState = new Map<string, number>();
  const finals: Record<string, number> = {};
  const counts = { events: 0, changed: 0, walks: 0, timersFired: 0, staleTimers: 0, clockBackwards: 0, stored: 0 };
  let largestRowBytes = 0;

  while (counts.events < eventsWanted) {
    counts.walks++;
    const { input, paths } = pick(draw, lives);
    const starts = hosts.map((host) => host.start(input, 1000));
    let rows = starts.map(({ row }) => row);
    let [reference, actions] = interpreter.start(input);
    for (const start of starts) expectSame("start", start, starts[0]);
    expectSame("start", seen(starts[0]!.row, starts[0]!.effects), seenInXState(reference, actions));

    const prefix = pick(draw, pick(draw, paths));
    for (let step = 0; step < prefix.length + suffixLength; step++) {
      const row = rows[0]!;
      if (row.snapshot.status === "done") break;
      const event = prefix[step] ?? randomEvent(subject, row, draw);
      const toStorage = draw.next() < storedShare;
      const steps = hosts.map((host, index) => host.step(rows[index]!, event));
      const first = steps[0]!;
      expectSame(event, steps[1], first);
      expectSame(event, steps[2], first);
      if (!first.changed && first.row !== row) throw new Error("an unchanged row is not the very row that came in");

      if (event.timer !== undefined && !row.timers.some(({ armedRev }) => armedRev === event.timer!.armedRev)) {
        counts.staleTimers++;
        if (first.changed) throw new Error("a stale timer fired");
      } else {
        counts.events++;
        if (first.changed) counts.changed++;
        if (event.timer !== undefined) counts.timersFired++;
        if (event.at < row.lastAt) counts.clockBackwards++;
        const at = Math.max(event.at, row.lastAt);
        const asSeen = event.timer !== undefined ? { type: event.type, id: event.id, at } : { ...event, at };
        const before = reference;
        [reference, actions] = interpreter.step(before, asSeen);
        expectSame(event, seen(first.row, first.effects), seenInXState(reference, actions));
        if (toStorage) {
          const [publicly, itsActions] = transition(machine, before, asSeen) as [AnyMachineSnapshot, CollectedAction[]];
          expectSame(event, seenInXState(publicly, itsActions), seenInXState(reference, actions));
        }
      }
      rows = steps.map(({ row }) => row);
      const { value } = first.row.snapshot;
      timesInState.set(value, (timesInState.get(value) ?? 0) + 1);
      // The text is the same for all hosts, and all must go on from it as from their own rows.
      if (toStorage) {
        counts.stored++;
        const [text, ...others] = rows.map((row) => JSON.stringify(row));
        for (const other of others) expectSame(event, other, text);
        largestRowBytes = Math.max(largestRowBytes, text!.length);
        rows = hosts.map((host) => host.read(JSON.parse(text!)));
      }
    }
    if (rows[0]!.snapshot.status === "done") finals[rows[0]!.snapshot.value] = (finals[rows[0]!.snapshot.value] ?? 0) + 1;
  }

  const nodes = nodesBelow(machine.root);
  const leaves = nodes.filter((node) => Object.keys(node.states).length === 0).map((node) => node.path.join("."));
  const startLeaf = hosts[0]!.start(inputs[0], 0).row.snapshot.value;
  const names = new Map(
    nodes.flatMap((node) =>
      [...node.transitions, ["always", node.always ?? []] as const].flatMap(([type, candidates]) =>
        candidates.map((candidate, index) => [candidate, `${node.id} ${type}[${index}]`] as const),
      ),
    ),
  );
  const { timesTaken } = interpreter;
  return {
    ...counts,
    finals,
    largestRowBytes,
    statesUnreached: leaves.filter((leaf) => leaf !== startLeaf && !timesInState.has(leaf)),
    transitionsUnreached: [...names].filter(([candidate]) => !timesTaken.has(candidate)).map(([, name]) => name),
    rarestState: rarest(timesInState),
    rarestTransition: rarest(new Map([...names].map(([candidate, name]) => [name, timesTaken.get(candidate) ?? Infinity]))),
  };
}

function rarest(times: ReadonlyMap<string, number>): readonly [string, number] {
  return [...times].reduce((least, entry) => (entry[1] < least[1] ? entry : least));
}

/** The events that lead to each state that can be told apart, grouped by leaf so that no leaf is rare. */
export function shortestPaths(subject: WalkSubject, input: unknown, host: Host, rng: Rng): MachineEvent[][][] {
  const { events } = subject;
  const statesMax = 3000;
  const samples = 6;
  const { row } = host.start(input, 1000);
  const found = new Map<string, { row: Row; path: MachineEvent[] }>([[abstract(row, subject), { row, path: [] }]]);
  for (const { row, path } of found.values()) {
    if (found.size > statesMax) break;
    const next = [
      ...row.timers.map((timer) => firing(row, timer)),
      ...events.flatMap((event) => Array.from({ length: samples }, () => event.sample(rng, row))),
    ];
    for (const event of next) {
      const step = host.step(row, event);
      const key = abstract(step.row, subject);
      if (step.changed && !found.has(key)) found.set(key, { row: step.row, path: [...path, event] });
    }
  }
  const byLeaf = Map.groupBy(found.values(), ({ row }) => row.snapshot.value);
  return [...byLeaf.values()].map((group) => group.map(({ path }) => path));
}

/** What makes a state its own: leaf, armed timers, small counters, which fields are filled. */
function abstract({ snapshot: { value, context }, timers }: Row, { counterMax, fields: names }: WalkSubject): string {
  const fields = (names ?? Object.keys(context))
    .map((name) => context[name])
    .map((field) =>
      typeof field === "number"
        ? Math.min(field, counterMax)
        : typeof field === "string"
          ? field !== ""
          : Array.isArray(field)
            ? Math.min(field.length, 2)
            : field,
    );
  return JSON.stringify([value, fields, timers.length]);
}

function randomEvent({ machine, events }: WalkSubject, row: Row, rng: Rng): MachineEvent {
  const timer = row.timers.length === 0 ? undefined : pick(rng, row.timers);
  const chance = rng.next();
  if (timer !== undefined && chance < 0.3) return chance < 0.03 ? stale(row, timer) : firing(row, timer);
  if (chance > 0.98) return { type: "nobodyKnowsThis", id: "u", at: row.lastAt };
  const node = machine.states[row.snapshot.value] as AnyStateNode | undefined;
  const wanted = events.filter(({ type }) => node?.transitions.has(type));
  const event = pick(rng, wanted.length > 0 && rng.next() < 0.75 ? wanted : events).sample(rng, row);
  return rng.next() < 0.05 ? { ...event, at: event.at - 5 * 86_400_000 } : event;
}

export function firing(row: Row, { timerId, armedRev, dueAt, event }: Row["timers"][number]): MachineEvent {
  return { ...event, id: `${row.key}#${timerId}@${armedRev}`, at: dueAt, timer: { id: timerId, armedRev } };
}

function stale(row: Row, timer: Row["timers"][number]): MachineEvent {
  return firing(row, { ...timer, armedRev: timer.armedRev + 1000 });
}

/** The part of a row that XState knows of. */
export function seen({ snapshot: { status, value, context } }: Row, effects: unknown): unknown[] {
  return [status, value, context, effects];
}

export function seenInXState(snapshot: AnyMachineSnapshot, actions: readonly CollectedAction[]): unknown[] {
  return [snapshot.status, pathOfValue(snapshot.value), snapshot.context, effectsOfActions(actions)];
}

export function expectSame(what: unknown, one: unknown, other: unknown): void {
  if (!same(one, other)) throw new Error(`hosts differ on ${JSON.stringify(what)}\n  ${JSON.stringify(one)}\n  ${JSON.stringify(other)}`);
}

/** Equal as JSON is, without the text: what JSON leaves out counts as absent, and -0 and NaN are what it makes of them. */
function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return asJson(one) === asJson(other);
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((item, at) => same(item, other[at]));
  if (Array.isArray(other)) return false;
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const keys = Object.keys(a);
  let allDefined = true;
  for (const key of keys) {
    const value = a[key];
    if (value !== b[key] && !same(value, b[key])) return false;
    if (value === undefined) allDefined = false;
  }
  const others = Object.keys(b);
  // As many fields, and every one of `a` found in `b`: there can be no other.
  return (allDefined && others.length === keys.length) || others.every((key) => b[key] === undefined || key in a);
}

function asJson(value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}

function nodesBelow(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesBelow)];
}

function pick<Item>(rng: Rng, items: readonly Item[]): Item {
  return items[Math.floor(rng.next() * items.length)]!;
}

/** The lives of each machine of ours. */
export function walkSubject(machine: AnyStateMachine): WalkSubject {
  const subject = subjects[machine.id];
  if (subject === undefined) throw new Error(`tests/support/machineWalk.ts has no input for ${machine.id}`);
  return { machine, events: listEvents(machine), ...subject };
}

const dayMs = 86_400_000;
const brief = {
  experimentId: "e1",
  type: "batch",
  approvalLevel: "review",
  preset: "evidence",
  needs: [],
  layer: "c:instagram.reels:hook",
  account: "a1",
  windowStartMs: 0,
  windowEndMs: 10 * dayMs,
};

const subjects: Readonly<Record<string, Pick<WalkSubject, "inputs" | "counterMax" | "fields">>> = {
  experiment: {
    inputs: [
      { ...brief, needs: ["regulated", "claims", "browserLane"] },
      brief,
      { ...brief, type: "engagement", approvalLevel: "manual" },
      { ...brief, type: "lane", approvalLevel: "auto", needs: ["browserLane"] },
      { ...brief, type: "micro", approvalLevel: "auto", preset: "exploratory", needs: ["claims"] },
      { ...brief, type: "lane", approvalLevel: "auto", needs: [] },
      { ...brief, needs: ["regulated", "browserLane"] },
      { ...brief, needs: ["regulated"] },
    ],
    counterMax: 2,
    fields: ["window", "layerHeld", "published", "verdict"],
  },
  variant: { inputs: [{ variantId: "v1", experimentId: "e1", isControl: false }], counterMax: 1 },
  post: {
    inputs: [
      { postId: "p1", experimentId: "e1", account: "a1", contentHash: "h1", attemptKey: "k1", slotMs: dayMs / 4, latestMs: dayMs / 2 },
    ],
    counterMax: 9,
    fields: ["tries", "defects"],
  },
  account: { inputs: [{ accountId: "a1" }], counterMax: 1, fields: ["signal", "restUntilMs", "clearedBy", "experiments", "attempts"] },
};
