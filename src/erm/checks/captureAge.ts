// E8: were the arms read at the same age? A later reading has more views for no reason of the content.
import { snapshotAtDecisionAge, variantIds } from "../comparable.ts";
import type { ValidityInput } from "../input.ts";
import type { ValidityPolicy } from "../policy.ts";
import { finding, type Finding } from "../record.ts";

export function captureAge(input: ValidityInput, policy: ValidityPolicy): Finding {
  const ids = variantIds(input.experiment.brief);
  const ages = ids.map((id) =>
    input.posts.filter(({ variantId }) => variantId === id).flatMap((post) => snapshotAtDecisionAge(post, input, policy)?.ageHours ?? []),
  );
  const n = ages.map(({ length }) => length);
  if (n.some((count) => count === 0))
    return finding({ checkId: "E8", n, verdict: "insufficient", explanation: "An arm has no reading at the decision age." });
  const medians = ages.map(median);
  const ratio = Math.max(...medians) / Math.min(...medians);
  const { invalidAbove, warnAbove } = policy.captureAge;
  return finding({
    checkId: "E8",
    n,
    statistic: ratio,
    effect: ratio,
    floor: invalidAbove,
    verdict: ratio > invalidAbove ? "invalid" : ratio > warnAbove ? "warn" : "pass",
    explanation: `The arms were read at median ages of ${medians.map((age) => age.toFixed(1)).join(" and ")} hours.`,
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
