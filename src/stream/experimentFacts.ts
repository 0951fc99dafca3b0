// What the journal has told about one experiment, kept so that the answer as of any instant is the same in whatever order the events came: facts are
// sorted by their own time, never by arrival, and an event id counts once (law L11).
import type { Brief, Experiment, JournalEvent, JournalEventOf, OutcomeSnapshot, Plan, PlannedPost, Post } from "../domain/index.ts";
import type { AccountEvent, ValidityInput } from "../erm/index.ts";

type PostEventType = Extract<JournalEvent, { postId: string }>["type"];
type PostEvent = Exclude<JournalEventOf<PostEventType>, { type: "accountSignal" }>;

export interface ExperimentFacts {
  readonly experimentId: string;
  brief: Brief | undefined;
  briefHash: string;
  plan: Plan | undefined;
  /** Ids of the events taken. */
  readonly seen: Set<string>;
  readonly scheduled: Map<string, JournalEventOf<"postScheduled">>;
  readonly ofPost: Map<string, PostEvent[]>;
  readonly snapshots: OutcomeSnapshot[];
  readonly reviews: JournalEventOf<"reviewGiven">[];
}

export function noFacts(experimentId: string): ExperimentFacts {
  return {
    experimentId,
    brief: undefined,
    briefHash: "",
    plan: undefined,
    seen: new Set(),
    scheduled: new Map(),
    ofPost: new Map(),
    snapshots: [],
    reviews: [],
  };
}

/**
 * Takes one event. Not pure: the facts belong to one stream.
 * @returns from when on the answer may have changed, epoch ms; null for a duplicate and for events that tell nothing here.
 */
export function takeFact(facts: ExperimentFacts, event: JournalEvent): number | null {
  if (facts.seen.has(event.id)) return null;
  facts.seen.add(event.id);
  switch (event.type) {
    case "briefAccepted":
      facts.brief = event.brief;
      facts.briefHash = event.briefHash;
      return -Infinity;
    case "planCompiled":
      facts.plan = event.plan;
      return -Infinity;
    case "postScheduled":
      facts.scheduled.set(event.post.postId, event);
      return event.at;
    case "postHeld":
    case "postCancelled":
    case "postMissed":
    case "postSubmitted":
    case "postPublished":
    case "postFailed":
    case "postAmbiguous":
    case "postReconciled":
    case "postVerified":
    case "postTakenDown": {
      const known = facts.ofPost.get(event.postId);
      if (known === undefined) facts.ofPost.set(event.postId, [event]);
      else known.push(event);
      return event.at;
    }
    case "outcomeCaptured":
      facts.snapshots.push(event.snapshot);
      return event.snapshot.recordedAt;
    case "reviewGiven":
      facts.reviews.push(event);
      return event.at;
    default:
      return null;
  }
}

/** The plan as of an instant: with the make-ups that were scheduled until then, which the journal tells post by post. */
function planAsOf({ plan, scheduled }: ExperimentFacts, asOf: number): Plan {
  const planned = new Set(plan!.posts.map(({ postId }) => postId));
  const added = [...scheduled.values()]
    .filter(({ at, post }) => at <= asOf && !planned.has(post.postId))
    .sort(inOrder)
    .map(({ post }) => post);
  return added.length === 0 ? plan! : { ...plan!, posts: [...plan!.posts, ...added] };
}

/** The batch input as of an instant; undefined while brief or plan are not known. O(facts log facts). */
export function inputAsOf(facts: ExperimentFacts, accountEvents: readonly AccountEvent[], asOf: number): ValidityInput | undefined {
  const { brief, plan, experimentId } = facts;
  if (brief === undefined || plan === undefined) return undefined;
  const current = planAsOf(facts, asOf);
  const scheduled = current.posts.filter(({ postId }) => {
    const event = facts.scheduled.get(postId);
    return event !== undefined && event.at <= asOf;
  });
  const experiment: Experiment = {
    experimentId,
    brief,
    state: "running",
    layers: plan.layers,
    briefHash: facts.briefHash,
    planHash: plan.planHash,
    policyHash: null,
    startMs: null,
    endMs: null,
  };
  return {
    experiment,
    plan: current,
    posts: scheduled.map((post) => postAsOf(post, facts.ofPost.get(post.postId) ?? [], asOf)),
    snapshots: facts.snapshots.filter(({ recordedAt }) => recordedAt <= asOf).sort(bySnapshotTime),
    accountEvents,
    asOf,
  };
}

/** A post as its events until an instant left it. */
function postAsOf(planned: PlannedPost, events: readonly PostEvent[], asOf: number): Post {
  let post: Post = { ...planned, attempts: [], status: "scheduled" };
  for (const event of events.filter(({ at }) => at <= asOf).sort(inOrder)) post = afterEvent(post, event);
  return post;
}

function afterEvent(post: Post, event: PostEvent): Post {
  const withAttempt = (attempt: Post["attempts"][number]) => [
    ...post.attempts.filter(({ attemptNo }) => attemptNo !== attempt.attemptNo),
    attempt,
  ];
  switch (event.type) {
    case "postHeld":
      return { ...post, status: "held" };
    case "postCancelled":
      return { ...post, status: "cancelled" };
    case "postMissed":
      return { ...post, status: "missed" };
    case "postSubmitted":
      return {
        ...post,
        attempts: withAttempt({ attemptNo: event.attemptNo, atMs: event.at, lane: event.lane, outcome: "pending" }),
        status: "submitted",
      };
    case "postPublished":
      return {
        ...post,
        attempts: withAttempt(event.attempt),
        publishedMs: event.publishedMs,
        ...(event.defects.length > 0 && { defects: event.defects }),
        status: event.defects.length > 0 ? "publishedWithDefects" : "live",
      };
    case "postFailed":
      return { ...post, attempts: withAttempt(event.attempt), status: "rejected" };
    case "postAmbiguous":
      return { ...post, attempts: withAttempt(event.attempt), status: "ambiguous" };
    case "postReconciled":
      return reconciled(post, event.found);
    case "postVerified":
      return { ...post, proof: event.proof, status: post.status === "publishedWithDefects" ? post.status : "verified" };
    case "postTakenDown":
      return { ...post, status: "takenDown" };
    default:
      return event satisfies never;
  }
}

/** What reading the platform said about a write with an unknown end: a post that is absent was not published, and the attempt failed. */
function reconciled(post: Post, found: JournalEventOf<"postReconciled">["found"]): Post {
  switch (found) {
    case "published":
      return post;
    case "absent":
      return {
        ...post,
        attempts: post.attempts.map((attempt) => ({ ...attempt, outcome: "failed" as const, errorClass: "ambiguous" as const })),
        status: "rejected",
      };
    case "several":
      return { ...post, status: "manualResolution" };
    default:
      return found satisfies never;
  }
}

/** One instant may hold several events of a post; they follow the order of a post's life. */
const rank: Readonly<Record<string, number>> = {
  postScheduled: 0,
  postHeld: 1,
  postSubmitted: 2,
  postAmbiguous: 3,
  postFailed: 4,
  postReconciled: 5,
  postPublished: 6,
  postVerified: 7,
};

function inOrder(one: JournalEvent, other: JournalEvent): number {
  return one.at - other.at || (rank[one.type] ?? 8) - (rank[other.type] ?? 8) || (one.id < other.id ? -1 : 1);
}

function bySnapshotTime(one: OutcomeSnapshot, other: OutcomeSnapshot): number {
  if (one.recordedAt !== other.recordedAt) return one.recordedAt - other.recordedAt;
  if (one.postId !== other.postId) return one.postId < other.postId ? -1 : 1;
  if (one.capturedAtMs !== other.capturedAtMs) return one.capturedAtMs - other.capturedAtMs;
  const [a, b] = [JSON.stringify(one.metrics), JSON.stringify(other.metrics)];
  return a < b ? -1 : a > b ? 1 : 0;
}
