// First attempts in the order they were made: what E3 counts. A post that was missed or rejected before any attempt failed at its slot.
import type { Lane } from "../domain/index.ts";
import type { View } from "./view.ts";

export interface FirstAttemptOf {
  readonly postId: string;
  readonly arm: number;
  readonly lane: Lane;
  readonly failed: boolean;
  readonly atMs: number;
}

export function firstAttempts({ posts, ids, asOf }: View): FirstAttemptOf[] {
  return posts
    .flatMap((post): FirstAttemptOf[] => {
      const arm = ids.indexOf(post.variantId);
      if (arm < 0 || post.makeUpFor !== undefined) return [];
      const first = post.attempts.reduce<(typeof post.attempts)[number] | undefined>(
        (earliest, next) => (earliest === undefined || next.attemptNo < earliest.attemptNo ? next : earliest),
        undefined,
      );
      const common = { postId: post.postId, arm };
      if (first === undefined)
        return post.status === "missed" || post.status === "rejected"
          ? [{ ...common, lane: post.lane, failed: true, atMs: post.slot.startMs }]
          : [];
      if (first.outcome === "pending" || first.atMs > asOf) return [];
      return [{ ...common, lane: first.lane ?? post.lane, failed: first.outcome !== "published", atMs: first.atMs }];
    })
    .sort((a, b) => a.atMs - b.atMs || (a.postId < b.postId ? -1 : 1));
}
