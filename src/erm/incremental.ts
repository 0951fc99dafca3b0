// Validity over a stream: records come one by one, in any order, some twice, and the report as of an instant equals the batch over the records known by
// then (laws L8 and L11). The state is plain JSON and as large as the experiment: a few versions of each post, its events and its readings.
import type { Experiment, OutcomeSnapshot, Plan, PlannedPost, Post, ValidityReport } from "../domain/index.ts";
import type { AccountEvent, HistoryPost, ValidityInput } from "./input.ts";
import { defaultValidityPolicy, type ValidityPolicy } from "./policy.ts";
import { postAfter, type PostEvent, scheduledPost } from "./postHistory.ts";
import { checkValidity } from "./validity.ts";

/**
 * Something that was written down at `recordedAt`, epoch ms; a later record of the same post replaces the earlier. A post is told as a whole (`post`),
 * by the events of its life (`event`, written down when it happened), or both: events then go on from the last whole record.
 */
export type ValidityRecord =
  | { readonly kind: "planned"; readonly recordedAt: number; readonly post: PlannedPost }
  | { readonly kind: "post"; readonly recordedAt: number; readonly post: Post }
  | { readonly kind: "event"; readonly event: PostEvent }
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
  readonly events?: Versions<PostEvent>;
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
  return validityFold(state, [record]);
}

/** Many records at once: the same as one step after the other. Pure; O(posts + records). */
export function validityFold(state: ValidityState, records: readonly ValidityRecord[]): ValidityState {
  const posts: Record<string, PostEntry> = { ...state.posts };
  const accountEvents: Record<string, Versions<AccountEvent>> = { ...state.accountEvents };
  const change = (postId: string, of: (entry: PostEntry) => PostEntry) => void (posts[postId] = of(posts[postId] ?? {}));
  for (const record of records)
    switch (record.kind) {
      case "planned":
        change(record.post.postId, (entry) => ({ ...entry, planned: added(entry.planned, record.recordedAt, record.post) }));
        break;
      case "post":
        change(record.post.postId, (entry) => ({ ...entry, states: added(entry.states, record.recordedAt, record.post) }));
        break;
      case "event":
        change(record.event.postId, (entry) => ({ ...entry, events: added(entry.events, record.event.at, record.event) }));
        break;
      case "history":
        change(record.post.postId, (entry) => ({ ...entry, history: added(entry.history, record.recordedAt, record.post) }));
        break;
      case "reading": {
        const { snapshot } = record;
        change(snapshot.postId, (entry) => ({ ...entry, readings: added(entry.readings, snapshot.recordedAt, snapshot) }));
        break;
      }
      case "account": {
        const { account, signal, atMs } = record.event;
        const key = `${account}/${signal}/${atMs}`;
        accountEvents[key] = added(accountEvents[key], record.recordedAt, record.event);
        break;
      }
      default:
        record satisfies never;
    }
  return { ...state, posts, accountEvents };
}

/** The batch input over the records with `recordedAt <= asOf`: the same for every order and number of deliveries. */
export function validityInputAt({ experiment, plan, posts, accountEvents }: ValidityState, asOf: number): ValidityInput {
  const entries = Object.entries(posts).sort(([a], [b]) => (a < b ? -1 : 1));
  const planned = new Map(plan.posts.map((post) => [post.postId, post]));
  const added = entries.flatMap(([postId, entry]) => (planned.has(postId) ? [] : latest(entry.planned, asOf)));
  const history = entries.flatMap(([, entry]) => latest(entry.history, asOf));
  return {
    experiment,
    plan: added.length === 0 ? plan : { ...plan, posts: [...plan.posts, ...added] },
    posts: entries.flatMap(([postId, entry]) => postAt(entry, planned.get(postId), asOf)),
    snapshots: entries.flatMap(([, { readings }]) => known(readings, asOf).map(({ value }) => value)),
    ...(history.length > 0 && { history }),
    accountEvents: Object.keys(accountEvents)
      .sort()
      .flatMap((key) => latest(accountEvents[key], asOf)),
    asOf,
  };
}

/** Its last whole state with the events since; of a post told by events alone, its plan with all of them. None while nothing tells of it. */
function postAt({ planned, states, events }: PostEntry, inPlan: PlannedPost | undefined, asOf: number): Post[] {
  const whole = known(states, asOf).at(-1);
  const lived = known(events, asOf).filter(({ recordedAt }) => whole === undefined || recordedAt >= whole.recordedAt);
  const told = latest(planned, asOf)[0] ?? (lived.length > 0 ? inPlan : undefined);
  const before = whole?.value ?? (told === undefined ? undefined : scheduledPost(told));
  return before === undefined
    ? []
    : [
        postAfter(
          before,
          lived.map(({ value }) => value),
        ),
      ];
}

/** What the records say so far: `checkValidity` over `validityInputAt`. */
export function validityResult(state: ValidityState, asOf: number, policy: ValidityPolicy = defaultValidityPolicy): ValidityReport {
  return checkValidity(validityInputAt(state, asOf), policy);
}

/** In order of recording, the same text once; two different records of one instant in order of their text, so that arrival never matters. */
function added<T>(versions: Versions<T> = [], recordedAt: number, value: T): Versions<T> {
  let at = versions.length;
  while (at > 0) {
    const before = versions[at - 1]!;
    if (before.recordedAt < recordedAt) break;
    if (before.recordedAt === recordedAt) {
      const [text, other] = [JSON.stringify(value), JSON.stringify(before.value)];
      if (other === text) return versions;
      if (other < text) break;
    }
    at--;
  }
  return [...versions.slice(0, at), { recordedAt, value }, ...versions.slice(at)];
}

function known<T>(versions: Versions<T> = [], asOf: number): Versions<T> {
  return versions.filter(({ recordedAt }) => recordedAt <= asOf);
}

function latest<T>(versions: Versions<T> | undefined, asOf: number): T[] {
  return known(versions, asOf)
    .slice(-1)
    .map(({ value }) => value);
}
