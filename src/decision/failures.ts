// Publish failures end or hold a run before any guardrail of the brief does: two in a row in one lane hold it, three of the last ten attempts pause
// (.0009 a window at a failure rate of 2 %). Source: validity note 2.5.
import type { Attempt, Post } from "../domain/index.ts";
import type { DecisionPolicy } from "./policy.ts";

export interface OrderedAttempt extends Attempt {
  readonly postId: string;
  readonly variantId: string;
}

/** Attempts that ended by now, of all posts, in the order they were made; ambiguous and pending ones say nothing yet. */
export function attemptsInOrder(posts: readonly Post[], asOf: number): OrderedAttempt[] {
  return posts
    .flatMap(({ postId, variantId, lane, attempts }) => attempts.map((attempt) => ({ lane, ...attempt, postId, variantId })))
    .filter(({ outcome, atMs }) => atMs <= asOf && (outcome === "failed" || outcome === "published"))
    .sort((a, b) => a.atMs - b.atMs || (a.postId < b.postId ? -1 : a.postId > b.postId ? 1 : a.attemptNo - b.attemptNo));
}

export interface FailureStop {
  readonly action: "hold" | "pause";
  readonly message: string;
  readonly postIds: readonly string[];
}

/** The severest stop that the attempts so far call for; null where there is none. */
export function failureStop(attempts: readonly OrderedAttempt[], failures: DecisionPolicy["failures"]): FailureStop | null {
  const recent = attempts.slice(-failures.ofAttempts);
  const failed = recent.filter(({ outcome }) => outcome === "failed");
  if (failed.length >= failures.pauseAtFailures)
    return {
      action: "pause",
      message: `${failed.length} of the last ${recent.length} publish attempts failed; the run pauses at ${failures.pauseAtFailures} of ${failures.ofAttempts}`,
      postIds: failed.map(({ postId }) => postId),
    };
  for (const lane of new Set(attempts.map((attempt) => attempt.lane))) {
    const own = attempts.filter((attempt) => attempt.lane === lane);
    const streak = own.slice(own.findLastIndex(({ outcome }) => outcome !== "failed") + 1);
    if (streak.length >= failures.holdAtConsecutive)
      return {
        action: "hold",
        message: `the last ${streak.length} attempts in the ${lane ?? "unknown"} lane failed; nothing new starts at ${failures.holdAtConsecutive} in a row`,
        postIds: streak.map(({ postId }) => postId),
      };
  }
  return null;
}
