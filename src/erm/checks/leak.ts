// E1: did anything leak? A post of an unknown arm, one post with two variants, the wrong account or surface, content other than planned. One is
// enough: the experiment no longer compares what it set out to compare.
import type { Finding } from "../record.ts";
import { finding } from "../record.ts";
import { variantIds } from "../comparable.ts";
import type { ValidityInput } from "../input.ts";

export function leak({ experiment, plan, posts }: ValidityInput): Finding {
  const ids = variantIds(experiment.brief);
  const planned = new Map(plan.posts.map((post) => [post.postId, post]));
  const seen = new Map<string, string>();
  const leaks = posts.flatMap((post) => {
    const plannedPost = planned.get(post.postId);
    const other = seen.get(post.postId);
    seen.set(post.postId, post.variantId);
    const reason = !ids.includes(post.variantId)
      ? `${post.variantId} is no arm of this experiment`
      : other !== undefined
        ? `it is there as ${other} and as ${post.variantId}`
        : plannedPost === undefined
          ? "it is not in the plan"
          : (["variantId", "account", "surface", "lane", "contentHash", "block"] as const)
              .filter((field) => post[field] !== plannedPost[field])
              .map((field) => `its ${field} is not the planned one`)[0];
    return reason === undefined ? [] : [{ postId: post.postId, reason }];
  });
  return finding({
    checkId: "E1",
    n: ids.map((id) => posts.filter(({ variantId }) => variantId === id).length),
    statistic: leaks.length,
    effect: leaks.length,
    floor: 1,
    verdict: leaks.length > 0 ? "invalid" : "pass",
    postIds: leaks.map(({ postId }) => postId),
    explanation:
      leaks.length > 0
        ? `${leaks.length} of ${posts.length} posts did not carry what the plan gave them: ${leaks[0]!.reason}.`
        : "Every post carried the arm, content, account and surface that the plan gave it.",
  });
}
