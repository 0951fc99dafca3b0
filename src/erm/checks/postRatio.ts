// E4: did chance deal the arms as planned? Exact multinomial (chi-square beyond 60) over published posts; only where each post's arm was drawn by itself, since a blocked
// plan deals exactly (validity note 2.2).
import { ratioTest } from "../../stats/index.ts";
import { variantIds } from "../comparable.ts";
import type { ValidityInput } from "../input.ts";
import type { ValidityPolicy } from "../policy.ts";
import { finding, type Finding } from "../record.ts";

export function postRatio({ experiment, plan }: ValidityInput, { ratio: policy }: ValidityPolicy): Finding {
  const ids = variantIds(experiment.brief);
  const counts = ids.map((id) => plan.posts.filter(({ variantId }) => variantId === id).length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const weights = ids.map((id) => plan.posts.reduce((sum, { assignment }) => sum + (assignment.probabilities[id] ?? 0), 0));
  if (total < policy.unitsMin)
    return finding({ checkId: "E4", n: counts, verdict: "insufficient", explanation: `${total} posts are too few to test the split.` });
  const test = ratioTest(counts, weights);
  const { effect } = test;
  const isLarge = effect >= policy.effectFloor;
  const verdict = isLarge && test.p <= policy.invalidP ? "invalid" : test.p <= policy.warnP ? "warn" : "pass";
  const isBlind = verdict === "pass" && isLarge && test.minP !== null && test.minP > policy.invalidP;
  return finding({
    checkId: "E4",
    n: counts,
    statistic: test.statistic,
    p: test.p,
    logP: test.logP,
    exactness: test.exactness,
    minP: test.minP,
    effect,
    floor: policy.effectFloor,
    verdict: isBlind ? "insufficient" : verdict,
    explanation: `An arm's share of ${total} posts is off by ${(100 * effect).toFixed(0)} points from its planned share (p ${test.p.toPrecision(2)}).`,
  });
}
