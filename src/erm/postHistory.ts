// A post as its events left it: the journal tells a post's life event by event, the checks look at its state as of an instant. Events are taken in the
// order of their own time, never of arrival (law L11).
import type { JournalEvent, JournalEventOf, PlannedPost, Post } from "../domain/index.ts";

/** Journal events that change a post after it was scheduled. */
export type PostEvent = Exclude<Extract<JournalEvent, { readonly postId: string }>, JournalEventOf<"accountSignal">>;

/** The post after these events; they may come in any order. Pure, O(events log events). */
export function postAfter(post: Post, events: readonly PostEvent[]): Post {
  return events.toSorted(inOrderOfLife).reduce(afterEvent, post);
}

/** A post of which nothing is known but its plan. */
export function scheduledPost(planned: PlannedPost): Post {
  return { ...planned, attempts: [], status: "scheduled" };
}

function afterEvent(post: Post, event: PostEvent): Post {
  switch (event.type) {
    case "postHeld":
      return { ...post, status: "held" };
    case "postCancelled":
      return { ...post, status: "cancelled" };
    case "postMissed":
      return { ...post, status: "missed" };
    case "postSubmitted": {
      const { attemptNo, at, lane } = event;
      return { ...withAttempt(post, { attemptNo, atMs: at, lane, outcome: "pending" }), status: "submitted" };
    }
    case "postPublished": {
      const hasDefects = event.defects.length > 0;
      return {
        ...withAttempt(post, event.attempt),
        publishedMs: event.publishedMs,
        ...(hasDefects && { defects: event.defects }),
        status: hasDefects ? "publishedWithDefects" : "live",
      };
    }
    case "postFailed":
      return { ...withAttempt(post, event.attempt), status: "rejected" };
    case "postAmbiguous":
      return { ...withAttempt(post, event.attempt), status: "ambiguous" };
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

function withAttempt(post: Post, attempt: Post["attempts"][number]): Post {
  return { ...post, attempts: [...post.attempts.filter(({ attemptNo }) => attemptNo !== attempt.attemptNo), attempt] };
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
const rank: Readonly<Record<PostEvent["type"], number>> = {
  postHeld: 1,
  postSubmitted: 2,
  postAmbiguous: 3,
  postFailed: 4,
  postReconciled: 5,
  postPublished: 6,
  postVerified: 7,
  postCancelled: 8,
  postMissed: 8,
  postTakenDown: 8,
};

function inOrderOfLife(one: PostEvent, other: PostEvent): number {
  return one.at - other.at || rank[one.type] - rank[other.type] || (one.id < other.id ? -1 : 1);
}
