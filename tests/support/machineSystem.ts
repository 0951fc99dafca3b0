// A system of two experiments that want one layer, their account, posts and variants, and lives of it at random: every row's own events, timers, and
// the faults of delivery. What the desks would say is true: a layer is granted when it is free, a clearance states the rows as they are.
import fc from "fast-check";
import {
  accountMachine,
  createHost,
  definitions,
  emptySystem,
  experimentMachine,
  listEvents,
  nextTimer,
  postMachine,
  systemOf,
  systemStart,
  systemStep,
  variantMachine,
  type AccountContext,
  type Clearance,
  type ExperimentContext,
  type Hosts,
  type MachineEvent,
  type PostContext,
  type Row,
  type System,
  type SystemEntry,
  type SystemEvent,
  type SystemStep,
  type VariantContext,
} from "../../src/machines/index.ts";
import { createRng, type Rng } from "../../src/random/index.ts";

type Kind = "pure" | "table" | "actor";

export const hostsOf = (kind: Kind): Hosts => ({
  experiment: createHost(experimentMachine, { kind }) as Hosts[string],
  post: createHost(postMachine, { kind }) as Hosts[string],
  account: createHost(accountMachine, { kind }) as Hosts[string],
  variant: createHost(variantMachine, { kind }) as Hosts[string],
});
const hosts = hostsOf("table");

export const post = { postId: "p1", experimentId: "e1", account: "a1", contentHash: "h1", attemptKey: "k1", slotMs: 1000, latestMs: 1e9 };
export const clear: Clearance = {
  guards: "pass",
  contentHash: "h1",
  approvedHashes: ["h1"],
  experimentState: "running",
  layerHolder: "e1",
  accountState: "healthy",
  laneHealth: "open",
  holding: false,
  blockIsOpen: false,
  paceFreeMs: 0,
};

export const brief = {
  experimentId: "e1",
  type: "batch",
  approvalLevel: "review",
  preset: "evidence",
  needs: [],
  layer: "l",
  account: "a1",
  windowStartMs: 0,
  windowEndMs: 9,
} as const;

const postIds = { e1: ["p1", "p2", "p3", "p4", "p5", "p6", "p7"], e2: ["q1", "q2"] } as const;
const variantIds = { e1: ["v0", "v1"], e2: ["w0", "w1"] } as const;
type Experiment = keyof typeof postIds;
type Sent = { type: string; [field: string]: unknown };

export const stateOf = (system: System, key: string): string => system.entries.get(key)!.row.snapshot.value;
export const contextOf = (system: System, key: string): Row["snapshot"]["context"] => system.entries.get(key)!.row.snapshot.context;
export const accountOf = (system: System) => contextOf(system, "account/a1") as unknown as AccountContext;
export const experimentOf = (system: System, key: string) => contextOf(system, key) as unknown as ExperimentContext;
export const postOf = (system: System, key: string) => contextOf(system, key) as unknown as PostContext;
export const variantOf = (system: System, key: string) => contextOf(system, key) as unknown as VariantContext;

/** One life: the system, who holds the layer, and what the desks still have to answer. */
export class Life {
  system: System = emptySystem;
  layerHolder: string | null = null;
  readonly #reservations: string[] = [];
  #events = 0;
  nowMs = 0;
  readonly #seen: (step: SystemStep, sent: SystemEvent, before: System) => void;

  constructor(seen: (step: SystemStep, sent: SystemEvent, before: System) => void = () => undefined) {
    this.#seen = seen;
    this.#start("account", { accountId: "a1" });
    for (const experimentId of ["e1", "e2"] as const) {
      this.#start("experiment", { ...brief, experimentId });
      for (const postId of postIds[experimentId]) this.#start("post", { ...post, postId, experimentId, attemptKey: `k/${postId}` });
      variantIds[experimentId].forEach((variantId, arm) => this.#start("variant", { variantId, experimentId, isControl: arm === 0 }));
    }
  }

  #start(machine: string, input: Record<string, unknown>): void {
    this.system = systemStart(hosts, this.system, machine, input, 0).system;
  }

  /** Delivers one event with a new id at the present. */
  send(key: string, event: Sent): SystemStep {
    return this.deliver({ key, event: { ...event, id: `x${this.#events++}`, at: this.nowMs } });
  }

  deliver(sent: SystemEvent): SystemStep {
    const before = this.system;
    const step = systemStep(hosts, before, sent);
    this.system = step.system;
    for (const effect of step.effects) {
      if (effect.type === "reserve") this.#reservations.push(effect.params.experimentId);
      if (effect.type === "release" && this.layerHolder === effect.params.experimentId) this.layerHolder = null;
    }
    this.#seen(step, sent, before);
    return step;
  }

  /** The layers' answer to the oldest reservation: a layer has one holder. */
  answerReservation(): void {
    const experimentId = this.#reservations.shift();
    if (experimentId === undefined) return;
    this.layerHolder ??= experimentId;
    const isFree = this.layerHolder === experimentId;
    this.send(`experiment/${experimentId}`, isFree ? { type: "layerReserved" } : { type: "layerBusy", holder: this.layerHolder });
  }

  /** A clearance whose facts about other rows are true; content, guards and pace are the caller's. */
  clearance(postId: string, given: Clearance): Clearance {
    const { experimentId, lane } = postOf(this.system, `post/${postId}`);
    const { approvedHashes, holding } = experimentOf(this.system, `experiment/${experimentId}`);
    return {
      ...given,
      approvedHashes,
      holding,
      experimentState: stateOf(this.system, `experiment/${experimentId}`),
      layerHolder: this.layerHolder,
      accountState: stateOf(this.system, "account/a1"),
      laneHealth: accountOf(this.system).lanes[lane].health,
    };
  }

  /** From the brief to an approved plan, with every fact as it should be; the layer is asked for. */
  approve(experimentId: Experiment): void {
    const key = `experiment/${experimentId}`;
    const contentHashes = ["h0", "h1"];
    this.send(key, { type: "submitted" });
    variantIds[experimentId].forEach((variantId, arm) => {
      const contentHash = contentHashes[arm]!;
      this.send(`variant/${variantId}`, { type: "generated", contentHash });
      this.send(`variant/${variantId}`, { type: "guarded", contentHash, verdict: "pass", reason: "" });
      this.send(`variant/${variantId}`, { type: "approved", by: "ana", contentHash });
    });
    this.send(key, { type: "variantsReady", contentHashes, variantIds: [...variantIds[experimentId]] });
    const ids = [...postIds[experimentId]];
    this.send(key, { type: "preflighted", verdict: "pass", reason: "", planHash: "p", postIds: ids, unitsPerArm: [8, 8] });
    this.send(key, { type: "approved", approver: "ana", role: "operator", contentHashes, planHash: "p" });
  }

  /** Approved, and its layer answered. */
  schedule(experimentId: Experiment): void {
    this.approve(experimentId);
    this.answerReservation();
  }

  run(experimentId: Experiment): void {
    this.schedule(experimentId);
    this.send(`experiment/${experimentId}`, { type: "windowOpened" });
  }

  /** Without a rival for its layer. */
  runAlone(experimentId: Experiment): void {
    this.run(experimentId);
    this.send("experiment/e2", { type: "withdrawn", by: "ana" });
  }

  submit(postId: string): void {
    this.send(`post/${postId}`, { type: "due", clearance: this.clearance(postId, clear) });
  }

  publish(postId: string): void {
    const key = `post/${postId}`;
    this.submit(postId);
    this.send(key, { type: "accepted", handle: "c" });
    this.send(key, { type: "processed", platformPostId: `platform/${postId}` });
    this.send(key, { type: "finalised", url: "u", publishedMs: 1000 });
    this.send(key, { type: "visible", url: "u", checkedAtMs: 1000 });
  }

  refuse(postId: string, answer: object = {}): void {
    this.submit(postId);
    this.send(`post/${postId}`, { type: "refused", errorClass: "transient", ...answer });
  }

  toReview(experimentId: Experiment): void {
    for (const postId of postIds[experimentId]) this.publish(postId);
    const key = `experiment/${experimentId}`;
    this.send(key, { type: "windowClosed" });
    this.send(key, { type: "checkpoint", verdict: "pass", proposal: "ship", final: true, reason: "" });
  }
}

/** Where lives begin: walks at random hardly ever get far by themselves. */
const beginnings: readonly ((life: Life) => void)[] = [
  (life) => life.approve("e1"),
  (life) => {
    life.run("e1");
    life.schedule("e2");
  },
  (life) => {
    life.runAlone("e1");
    life.toReview("e1");
  },
  (life) => {
    life.runAlone("e1");
    life.send("account/a1", { type: "signal", signal: "loginChallenge" });
    life.send("account/a1", { type: "cleared", by: "ana" });
  },
  /** One more failure is one too many, and four posts are out. */
  (life) => {
    life.runAlone("e1");
    life.refuse("p1");
    life.publish("p2");
    for (const postId of ["p4", "p5", "p6", "p7"]) life.submit(postId);
    life.refuse("p3");
  },
];

export const happening = fc.record({
  /** Everything that is drawn at this moment comes from it. */
  draw: fc.noBias(fc.nat()),
  fault: fc.noBias(
    fc.constantFrom("none", "none", "none", "none", "none", "none", "duplicate", "clockBack", "timer", "storage", "unknownEvent", "answer"),
  ),
});
export type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

export const lifetime = fc.record({
  /** Those that lead to what is rare are drawn twice as often. */
  beginning: fc.noBias(fc.constantFrom(0, 1, 2, 2, 3, 3, 4)),
  happenings: fc.array(happening, { minLength: 30, maxLength: 90 }),
});

/** Lives one life; `seen` is called after every delivery from outside. */
export function live(
  { beginning, happenings }: { beginning: number; happenings: readonly Happening[] },
  seen: (step: SystemStep, sent: SystemEvent, before: System, life: Life) => void,
): Life {
  const delivered: SystemEvent[] = [];
  const life: Life = new Life((step, sent, before) => {
    delivered.push(sent);
    seen(step, sent, before, life);
  });
  life.nowMs = 1000;
  beginnings[beginning]!(life);
  happenings.forEach((drawn, index) => {
    life.nowMs += 60_000;
    const { fault } = drawn;
    const rng = createRng(`happening/${drawn.draw}`);
    const event = eventOf(life, rng, index);
    if (fault === "storage") life.system = systemOf(JSON.parse(JSON.stringify([...life.system.entries.values()])) as SystemEntry[]);
    if (fault === "duplicate") return void life.deliver(pick(rng, delivered));
    const timer = nextTimer(life.system);
    if (fault === "timer" && timer !== undefined) return void life.deliver(timer);
    if (fault === "answer" || event.event.type === "layerReserved") return life.answerReservation();
    if (fault === "unknownEvent") return void life.deliver({ ...event, event: { ...event.event, type: "nobodyKnowsThis" } });
    return void life.deliver(fault === "clockBack" ? { ...event, event: { ...event.event, at: 5 } } : event);
  });
  return life;
}

/** Three of four times an event that the row's state names, else any of its machine's; what rows say to each other they say themselves. */
function eventOf(life: Life, rng: Rng, index: number): SystemEvent {
  const row = pick(rng, rowsToChoose(life.system, rng.next()));
  const listed = fromOutside[row.machine]!;
  const { transitions } = definitions[row.machine]!.machine.states[row.snapshot.value]!;
  const wanted = listed.filter(({ type }) => transitions.has(type));
  const sample: MachineEvent = pick(rng, wanted.length === 0 || rng.next() < 0.2 ? listed : wanted).sample(rng, row);
  const sent = { ...sample, id: `h${index}`, at: life.nowMs };
  if (sample.type !== "due") return { key: row.key, event: sent };
  // Half of the posts meet their slot with nothing of their own in the way: random clearances let hardly any post out.
  const given = rng.next() < 0.5 ? clear : (sample["clearance"] as Clearance);
  return { key: row.key, event: { ...sent, clearance: life.clearance(row.key.slice("post/".length), given) } };
}

const fromOutside = Object.fromEntries(
  Object.entries(definitions).map(([name, { machine, events }]) => [
    name,
    listEvents(machine).filter(({ type }) => events.get(type)!.sender !== "row"),
  ]),
);

/** Rows that have not ended: experiments and posts under way more often than there are. */
function rowsToChoose(system: System, chance: number): Row[] {
  const active = [...system.entries.values()].map(({ row }) => row).filter(({ snapshot }) => snapshot.status === "active");
  const of = (machine: string) => active.filter((row) => row.machine === machine);
  const underWay = of("post").filter(({ snapshot: { value, context } }) => context["sentAtMs"] !== null && !resting.includes(value));
  const chosen = chance < 0.35 ? underWay : chance < 0.5 ? of("post") : chance < 0.85 ? of("experiment") : active;
  return chosen.length === 0 ? active : chosen;
}

const resting: readonly string[] = ["verified", "publishedWithDefects"];

function pick<Item>(rng: Rng, items: readonly Item[]): Item {
  return items[Math.floor(rng.next() * items.length)]!;
}
