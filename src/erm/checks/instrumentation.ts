// E11: do the instruments work? Values that are no numbers, counts that fell and stayed down, two different readings of one instant, ages that the clock
// contradicts; and readings that are missing more in one arm than in another. A missing metric is never 0 (law L11).
import type { Post } from "../../domain/index.ts";
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
function hardFaults(view: View): Fault[] {
  return view.posts.flatMap((post) => [...clockFaults(post, view), ...metricFaults(post, view)]);
}

interface Fault {
  readonly postId: string;
  readonly reason: string;
}

/** Clocks of two machines may differ by some minutes; those of two zones differ by at least a quarter of an hour. */
const clockSkewMinutes = 10;

/** A reading whose age is not that of its instant stands for another age than it says; one written down before it was made had two clocks. */
function clockFaults({ postId, publishedMs }: Post, { brief, policy, readings }: View): Fault[] {
  const toleranceHours = ageToleranceHours(brief, policy);
  return (readings.get(postId) ?? []).flatMap(({ ageHours, capturedAtMs, recordedAt }) => {
    const byClock = publishedMs === undefined ? ageHours : (capturedAtMs - publishedMs) / 3_600_000;
    const minutesAhead = (capturedAtMs - recordedAt) / 60_000;
    if (minutesAhead > clockSkewMinutes)
      return [{ postId, reason: `a reading was written down ${minutesAhead.toFixed(0)} minutes before it was made` }];
    if (Math.abs(byClock - ageHours) > toleranceHours)
      return [{ postId, reason: `a reading told as ${ageHours.toFixed(1)} h old was made ${byClock.toFixed(1)} h after publication` }];
    return [];
  });
}

function metricFaults({ postId }: Post, { readings, policy }: View): Fault[] {
  const { fallToleratedShare } = policy.instrumentation;
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
}
