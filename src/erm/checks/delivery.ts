// E2: did every arm get through? Posts lost after their make-up, per arm; a post whose field under test was not applied counts as lost.
import type { Verdict } from "../../domain/index.ts";
import { isLost } from "../comparable.ts";
import { finding, type Finding } from "../record.ts";
import { perArm, type View } from "../view.ts";

export function delivery(view: View): Finding {
  const { brief, ids, posts, originals, policy } = view;
  const { invalidAboveShare, warnAboveShare } = policy.delivery;
  const planned = perArm(view, originals, ({ variantId }) => variantId);
  if (planned.some((count) => count === 0))
    return finding({ checkId: "E2", n: planned, verdict: "insufficient", explanation: "The plan gives an arm no post." });
  const makeUps = Map.groupBy(posts, ({ makeUpFor }) => makeUpFor);
  const lost = posts.filter(
    (post) =>
      post.makeUpFor === undefined && isLost(post, brief) && (makeUps.get(post.postId) ?? []).every((makeUp) => isLost(makeUp, brief)),
  );
  const arms = perArm(view, lost, ({ variantId }) => variantId).map((count, arm) => {
    const allowed = Math.floor(invalidAboveShare * planned[arm]! + rounding);
    const verdict: Verdict = count > allowed ? "invalid" : count > warnAboveShare * planned[arm]! ? "warn" : "pass";
    return { id: ids[arm]!, lost: count, planned: planned[arm]!, allowed, verdict, share: count / planned[arm]! };
  });
  const worst = arms.reduce((most, arm) => ((severity(arm.verdict) - severity(most.verdict) || arm.share - most.share) > 0 ? arm : most));
  return finding({
    checkId: "E2",
    n: planned,
    statistic: worst.lost,
    effect: worst.share,
    floor: invalidAboveShare,
    verdict: worst.verdict,
    postIds: lost.map(({ postId }) => postId),
    explanation:
      worst.lost === 0
        ? "No post was lost."
        : `${worst.id} lost ${worst.lost} of ${worst.planned} posts after make-ups; more than ${worst.allowed} make the comparison unfair.`,
  });
}

/** A fifth of five is one, whatever the last bit says. */
const rounding = 1e-9;

function severity(verdict: Verdict): number {
  return ["pass", "warn", "invalid"].indexOf(verdict);
}
