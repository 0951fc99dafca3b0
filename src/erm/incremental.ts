// Validity over a stream: records come one by one, in any order, some twice, and the report as of an instant equals the batch over the records known by
// then (laws L8 and L11). The state is plain JSON and as large as the experiment: a few versions of each post and its readings.
import type { Experiment, OutcomeSnapshot, Plan, PlannedPost, Post, ValidityReport } from "../domain/index.ts";
import type { AccountEvent, HistoryPost, ValidityInput } from "./input.ts";
import { defaultValidityPolicy, type ValidityPolicy } from "./policy.ts";
import { checkValidity } from "./validity.ts";

/** Something that was written down at `recordedAt`, epoch ms; a later record of the same post replaces the earlier. */
export type ValidityRecord =
  | { readonly kind: "planned"; readonly recordedAt: number; readonly post: PlannedPost }
  | { readonly kind: "post"; readonly recordedAt: number; readonly post: Post }
  | { readonly kind: "reading"; readonly snapshot: OutcomeSnapshot }
  | { readonly kind: "history"; readonly recordedAt: number; readonly post: HistoryPost }
  | { readonly kind: "account"; readonly recordedAt: number; readonly event: AccountEvent };

interface Version<T> {
  readonly recordedAt: number;
  readonly value: T;
}

type Versions<T> = readonly Version<T>[];

interface PostEntry {
  readonly planned?: Versions<PlannedPost>;
  readonly states?: Versions<Post>;
  readonly history?: Versions<HistoryPost>;
  readonly readings?: Versions<OutcomeSnapshot>;
}

export interface ValidityState {
  readonly experiment: Experiment;
  readonly plan: Plan;
  /** By post id. */
  readonly posts: Readonly<Record<string, PostEntry>>;
  /** By account, signal and instant. */
  readonly accountEvents: Readonly<Record<string, Versions<AccountEvent>>>;
}

/** The state before the first record. @param plan as approved; make-ups come as records. */
export function validityStart(experiment: Experiment, plan: Plan): ValidityState {
  return { experiment, plan, posts: {}, accountEvents: {} };
}

/** One more record. Pure; O(posts) and no arithmetic: what it means is found out when somebody asks. */
export function validityStep(state: ValidityState, record: ValidityRecord): ValidityState {
  switch (record.kind) {
    case "planned":
      return withEntry(state, record.post.postId, (entry) => ({ ...entry, planned: added(entry.planned, record.recordedAt, record.post) }));
    case "post":
      return withEntry(state, record.post.postId, (entry) => ({ ...entry, states: added(entry.states, record.recordedAt, record.post) }));
    case "history":
      return withEntry(state, record.post.postId, (entry) => ({ ...entry, history: added(entry.history, record.recordedAt, record.post) }));
    case "reading":
      return withEntry(state, record.snapshot.postId, (entry) => ({
        ...entry,
        readings: added(entry.readings, record.snapshot.recordedAt, record.snapshot),
      }));
    case "account": {
      const { account, signal, atMs } = record.event;
      const key = `${account}/${signal}/${atMs}`;
      return {
        ...state,
        accountEvents: { ...state.accountEvents, [key]: added(state.accountEvents[key], record.recordedAt, record.event) },
      };
    }
    default:
      return record satisfies never;
  }
}

/** The batch input over the records with `recordedAt <= asOf`: the same for every order and number of deliveries. */
export function validityInputAt({ experiment, plan, posts, accountEvents }: ValidityState, asOf: number): ValidityInput {
  const entries = Object.entries(posts).sort(([a], [b]) => (a < b ? -1 : 1));
  const known = new Set(plan.posts.map(({ postId }) => postId));
  const planned = entries.flatMap(([postId, entry]) => (known.has(postId) ? [] : latest(entry.planned, asOf)));
  return {
    experiment,
    plan: planned.length === 0 ? plan : { ...plan, posts: [...plan.posts, ...planned] },
    posts: entries.flatMap(([, { states }]) => latest(states, asOf)),
    snapshots: entries.flatMap(([, { readings }]) =>
      (readings ?? []).filter(({ recordedAt }) => recordedAt <= asOf).map(({ value }) => value),
    ),
    history: entries.flatMap(([, { history }]) => latest(history, asOf)),
    accountEvents: Object.keys(accountEvents)
      .sort()
      .flatMap((key) => latest(accountEvents[key], asOf)),
    asOf,
  };
}

/** What the records say so far: `checkValidity` over `validityInputAt`. */
export function validityResult(state: ValidityState, asOf: number, policy: ValidityPolicy = defaultValidityPolicy): ValidityReport {
  return checkValidity(validityInputAt(state, asOf), policy);
}

function withEntry(state: ValidityState, postId: string, change: (entry: PostEntry) => PostEntry): ValidityState {
  return { ...state, posts: { ...state.posts, [postId]: change(state.posts[postId] ?? {}) } };
}

/** In order of recording, the same text once; two different records of one instant in order of their text, so that arrival never matters. */
function added<T>(versions: Versions<T> = [], recordedAt: number, value: T): Versions<T> {
  const text = JSON.stringify(value);
  let at = versions.length;
  while (at > 0) {
    const before = versions[at - 1]!;
    if (before.recordedAt < recordedAt) break;
    if (before.recordedAt === recordedAt) {
      const other = JSON.stringify(before.value);
      if (other === text) return versions;
      if (other < text) break;
    }
    at--;
  }
  return [...versions.slice(0, at), { recordedAt, value }, ...versions.slice(at)];
}

function latest<T>(versions: Versions<T> = [], asOf: number): T[] {
  const last = versions.findLast(({ recordedAt }) => recordedAt <= asOf);
  return last === undefined ? [] : [last.value];
}
