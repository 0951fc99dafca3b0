// E11: do the instruments work? Values that are no numbers, counts that fell and stayed down, two different readings of one instant; and readings that
// are missing more in one arm than in another. A missing metric is never 0 (law L11).
import { fisherExact } from "../../stats/index.ts";
import { decisionAgeHours, requiredMetrics } from "../briefFacts.ts";
import { ageToleranceHours, deliveredAsPlanned, missingMetrics, snapshotAtDecisionAge } from "../comparable.ts";
import { isOperational } from "../operationalMetrics.ts";
import { finding, type Finding, judged, points, pText, testFields } from "../record.ts";
import { counterFaults } from "../statistics/counterFaults.ts";
import { perArm, type View } from "../view.ts";

export function instrumentation(view: View): Finding {
  const { brief, posts, policy, asOf } = view;
  const { effectFloor, insufficientAboveShare } = policy.instrumentation;
  // Operational metrics come from the attempts, which are always there.
  const required = requiredMetrics(brief).filter((metric) => !isOperational(metric));
  const dueMs = (decisionAgeHours(brief) + ageToleranceHours(brief, policy)) * 3_600_000;
  const due = posts.filter((post) => deliveredAsPlanned(post, brief) && post.publishedMs !== undefined && post.publishedMs + dueMs <= asOf);
  const missing = due.filter((post) => missingMetrics(snapshotAtDecisionAge(post, view), required).length > 0);
  const n = perArm(view, due, ({ variantId }) => variantId);
  const missingPerArm = perArm(view, missing, ({ variantId }) => variantId);
  const share = due.length === 0 ? 0 : missing.length / due.length;
  const faults = hardFaults(view);
  if (faults.length > 0)
    return finding({
      checkId: "E11",
      n,
      statistic: faults.length,
      effect: share,
      floor: effectFloor,
      verdict: "invalid",
      postIds: [...new Set(faults.map(({ postId }) => postId))],
      explanation: `The instruments contradict themselves: ${faults[0]!.reason} (${faults.length} such readings).`,
    });
  if (due.length === 0 || share > insufficientAboveShare)
    return finding({
      checkId: "E11",
      n,
      statistic: missing.length,
      effect: share,
      floor: insufficientAboveShare,
      verdict: "insufficient",
      postIds: missing.map(({ postId }) => postId),
      explanation:
        due.length === 0
          ? "No post has reached the decision age yet."
          : `${missing.length} of ${due.length} posts have no whole reading at the decision age: nothing can be compared.`,
    });
  const test = fisherExact(
    n.map((count, arm) => [missingPerArm[arm]!, count - missingPerArm[arm]!]),
    { rng: view.rng("E11") },
  );
  const verdict = judged(test, policy.instrumentation);
  return finding({
    checkId: "E11",
    n,
    ...testFields(test),
    effect: test.effect,
    floor: effectFloor,
    verdict,
    // A p-value speaks at looks, and between them it holds at most.
    ...(verdict === "invalid" && { action: "hold" as const }),
    postIds: missing.map(({ postId }) => postId),
    explanation: `${missing.length} of ${due.length} posts lack a whole reading at the decision age (arms ${points(test.effect)} apart, ${pText(test.p)}).`,
  });
}

/** Faults of the experiment's own readings that no later reading repaired. */
function hardFaults({ posts, readings, policy }: View): { postId: string; reason: string }[] {
  const { fallToleratedShare } = policy.instrumentation;
  return posts.flatMap(({ postId }) => {
    const own = readings.get(postId) ?? [];
    const metrics = [...new Set(own.flatMap((reading) => Object.keys(reading.metrics)))];
    return metrics.flatMap((metric) => {
      const tolerated = fallToleratedShare[metric];
      const values = own.map(({ capturedAtMs, metrics }) => ({ capturedAtMs, value: metrics[metric] ?? null }));
      const last = values.findLast(({ value }) => value !== null)?.value ?? 0;
      return counterFaults(values).flatMap((fault) => {
        switch (fault.kind) {
          case "notANumber":
            return [{ postId, reason: `${metric} is ${fault.value}` }];
          case "negative":
            return tolerated === undefined ? [] : [{ postId, reason: `${metric} is ${fault.value}` }];
          case "conflicting":
            return [{ postId, reason: `two different readings of ${metric} at one instant` }];
          case "falling": {
            const floor = fault.before * (1 - (tolerated ?? 1));
            return fault.value < floor && last < floor ? [{ postId, reason: `${metric} fell from ${fault.before} to ${fault.value}` }] : [];
          }
          default:
            return fault satisfies never;
        }
      });
    });
  });
}
