// E8: were the arms read at the same age? A later reading has more views for no reason of the content. A reading that came too early is a missing
// one (E11); one that came late counts here, though its post is not compared.
import type { Post } from "../../domain/index.ts";
import { median } from "../../stats/index.ts";
import { decisionAgeHours, requiredMetrics } from "../briefFacts.ts";
import { ageToleranceHours } from "../comparable.ts";
import { isOperational } from "../operationalMetrics.ts";
import { finding, type Finding } from "../record.ts";
import type { View } from "../view.ts";

export function captureAge(view: View): Finding {
  const { ids, posts, policy } = view;
  const { invalidAbove, warnAbove } = policy.captureAge;
  const readPosts = posts.flatMap((post) => {
    const ageHours = ageOfReading(post, view);
    return ageHours === undefined ? [] : [{ post, ageHours }];
  });
  const ages = ids.map((id) => readPosts.filter(({ post }) => post.variantId === id).map(({ ageHours }) => ageHours));
  const n = ages.map(({ length }) => length);
  if (requiredMetrics(view.brief).every(isOperational))
    return finding({ checkId: "E8", n, verdict: "pass", explanation: "What is compared comes from the attempts, which have no age." });
  if (n.some((count) => count === 0))
    return finding({ checkId: "E8", n, verdict: "insufficient", explanation: "An arm has no reading at the decision age." });
  const medians = ages.map(median);
  const ratio = Math.max(...medians) / Math.max(Math.min(...medians), leastHours);
  const verdict = ratio > invalidAbove ? "invalid" : ratio > warnAbove ? "warn" : "pass";
  return finding({
    checkId: "E8",
    n,
    statistic: ratio,
    effect: ratio,
    floor: invalidAbove,
    verdict,
    postIds: verdict === "pass" ? [] : readPosts.map(({ post }) => post.postId),
    explanation: `The arms were read at median ages of ${medians.map((age) => age.toFixed(1)).join(" and ")} hours.`,
  });
}

/** A minute: ages below it are as good as none. */
const leastHours = 1 / 60;

/** Of the reading that stands for the decision age: the last one in time, or else the first one after. */
function ageOfReading({ postId }: Post, { brief, policy, readings }: View): number | undefined {
  const age = decisionAgeHours(brief);
  const tolerance = ageToleranceHours(brief, policy);
  const known = (readings.get(postId) ?? []).filter(({ ageHours }) => ageHours >= age - tolerance);
  return (known.findLast(({ ageHours }) => ageHours <= age + tolerance) ?? known[0])?.ageHours;
}
