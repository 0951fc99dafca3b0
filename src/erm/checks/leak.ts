// E1: did anything leak? A post of an unknown arm, one post with two variants, an arm that had no chance there, the wrong account or surface,
// content other than planned. One is enough: the experiment no longer compares what it set out to compare.
import type { Post } from "../../domain/index.ts";
import { finding, type Finding } from "../record.ts";
import { perArm, type View } from "../view.ts";

/** Held constant within a post's plan, whatever is under test. */
const heldConstant = ["variantId", "account", "surface", "lane", "contentHash", "block"] as const;

export function leak(view: View): Finding {
  const { ids, plan, posts } = view;
  const planned = new Map(plan.posts.map((post) => [post.postId, post]));
  const seen = new Map<string, string>();
  const reasonFor = (post: Post): string | undefined => {
    const plannedPost = planned.get(post.postId);
    const other = seen.get(post.postId);
    seen.set(post.postId, post.variantId);
    if (!ids.includes(post.variantId)) return `${post.variantId} is no arm of this experiment`;
    if (other !== undefined) return `it is there as ${other} and as ${post.variantId}`;
    if (plannedPost === undefined) return "it is not in the plan";
    const changed = heldConstant.find((field) => post[field] !== plannedPost[field]);
    if (changed !== undefined) return `its ${changed} is not the planned one`;
    const probability = plannedPost.assignment.probabilities[post.variantId];
    return probability === undefined || probability === 0 ? `${post.variantId} had no chance of being there` : undefined;
  };
  const leaks = posts.flatMap((post) => {
    const reason = reasonFor(post);
    return reason === undefined ? [] : [{ postId: post.postId, reason }];
  });
  return finding({
    checkId: "E1",
    n: perArm(view, posts, ({ variantId }) => variantId),
    statistic: leaks.length,
    effect: leaks.length,
    floor: 1,
    verdict: leaks.length > 0 ? "invalid" : "pass",
    postIds: [...new Set(leaks.map(({ postId }) => postId))],
    explanation:
      leaks.length > 0
        ? `${leaks.length} of ${posts.length} posts did not carry what the plan gave them: ${leaks[0]!.reason}.`
        : "Every post carried the arm, content, account and surface that the plan gave it.",
  });
}
