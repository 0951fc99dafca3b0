// E11: do the instruments work? Counts that fall, two different readings of one instant, and readings that are missing more in one arm than in
// another. A missing metric is never 0 (law L11).
import type { OutcomeSnapshot } from "../../domain/index.ts";
import { fisherExact } from "../../stats/index.ts";
import { decisionAgeHours, deliveredAsPlanned, requiredMetrics, snapshotAtDecisionAge, variantIds } from "../comparable.ts";
import type { ValidityInput } from "../input.ts";
import type { ValidityPolicy } from "../policy.ts";
import { finding, type Finding } from "../record.ts";

/** Counters that platforms only ever add to; revisions downwards are rare and are faults to look at. */
const monotone = ["views", "reach", "comments", "shares", "saved", "likes"] as const;
/** Platforms revise by a few per cent; a fall beyond it is a fault. */
const revisionShare = 0.03;

export function instrumentation(input: ValidityInput, policy: ValidityPolicy): Finding {
  const { experiment, posts, snapshots, asOf } = input;
  const ids = variantIds(experiment.brief);
  const ageMs = decisionAgeHours(experiment.brief) * 3_600_000;
  const lateMs = policy.captureAge.toleranceHours * 3_600_000;
  const due = posts.filter(
    (post) => deliveredAsPlanned(post, experiment.brief) && post.publishedMs !== undefined && post.publishedMs + ageMs + lateMs <= asOf,
  );
  const isMissing = new Map(
    due.map((post) => [post.postId, !isWhole(snapshotAtDecisionAge(post, input, policy), requiredMetrics(experiment.brief))]),
  );
  const table = ids.map((id) => {
    const own = due.filter(({ variantId }) => variantId === id);
    const missing = own.filter(({ postId }) => isMissing.get(postId) === true).length;
    return [missing, own.length - missing];
  });
  const n = table.map(([missing, whole]) => missing! + whole!);
  const faults = hardFaults(snapshots.filter(({ recordedAt }) => recordedAt <= asOf));
  const share = due.length === 0 ? 0 : due.filter(({ postId }) => isMissing.get(postId) === true).length / due.length;
  const settings = policy.instrumentation;
  if (faults.length > 0)
    return finding({
      checkId: "E11",
      n,
      statistic: faults.length,
      effect: share,
      floor: settings.effectFloor,
      verdict: "invalid",
      postIds: [...new Set(faults.map(({ postId }) => postId))],
      explanation: `The instruments contradict themselves: ${faults[0]!.reason} (${faults.length} such readings).`,
    });
  const missingIds = due.filter(({ postId }) => isMissing.get(postId) === true).map(({ postId }) => postId);
  if (due.length === 0 || share > settings.insufficientAboveShare)
    return finding({
      checkId: "E11",
      n,
      statistic: missingIds.length,
      effect: share,
      floor: settings.insufficientAboveShare,
      verdict: "insufficient",
      postIds: missingIds,
      explanation:
        due.length === 0
          ? "No post has reached the decision age yet."
          : `${missingIds.length} of ${due.length} posts have no whole reading at the decision age: nothing can be compared.`,
    });
  const test = fisherExact(table);
  const isLarge = test.effect >= settings.effectFloor;
  const verdict = isLarge && test.p <= settings.invalidP ? "invalid" : test.p <= settings.warnP ? "warn" : "pass";
  return finding({
    checkId: "E11",
    n,
    statistic: missingIds.length,
    p: test.p,
    logP: test.logP,
    exactness: test.exactness,
    minP: test.minP,
    effect: test.effect,
    floor: settings.effectFloor,
    verdict,
    postIds: missingIds,
    explanation: `${missingIds.length} of ${due.length} posts lack a whole reading at the decision age (arms differ by ${(100 * test.effect).toFixed(0)} points, p ${test.p.toPrecision(2)}).`,
  });
}

function isWhole(snapshot: OutcomeSnapshot | undefined, metrics: readonly string[]): boolean {
  return snapshot !== undefined && metrics.every((metric) => (snapshot.metrics[metric] ?? null) !== null);
}

function hardFaults(snapshots: readonly OutcomeSnapshot[]): { postId: string; reason: string }[] {
  const faults: { postId: string; reason: string }[] = [];
  const byPost = Map.groupBy(snapshots, ({ postId }) => postId);
  for (const [postId, own] of byPost) {
    const readings = [...own].sort((a, b) => a.capturedAtMs - b.capturedAtMs);
    readings.forEach((reading, at) => {
      const before = readings[at - 1];
      if (before === undefined) return;
      // An equal reading of the same instant is a duplicate and changes nothing.
      if (before.capturedAtMs === reading.capturedAtMs && JSON.stringify(before.metrics) !== JSON.stringify(reading.metrics))
        faults.push({ postId, reason: "two different readings of one instant" });
      for (const metric of monotone) {
        const [earlier, later] = [before.metrics[metric], reading.metrics[metric]];
        if (typeof earlier === "number" && typeof later === "number" && later < earlier * (1 - revisionShare))
          faults.push({ postId, reason: `${metric} fell from ${earlier} to ${later}` });
      }
    });
  }
  return faults;
}
