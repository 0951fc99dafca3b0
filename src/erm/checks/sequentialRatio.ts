// E4': the ratio after every post. Lindon-Malek where the weights stand still, predictable bets against the logged probabilities where they change;
// both are valid however often one looks. Holds at .01, invalid at .001 (validity note 2.2).
import { dealtPosts, haveOneWeight } from "../dealt.ts";
import { finding, type Finding, judged, points, pText, testFields } from "../record.ts";
import { adaptiveMultinomial } from "../statistics/adaptiveMultinomial.ts";
import { sequentialMultinomial } from "../statistics/sequentialMultinomial.ts";
import type { View } from "../view.ts";

export function sequentialRatio(view: View): Finding {
  const { ids, policy } = view;
  const dealt = dealtPosts(view);
  const { unitsMin, effectFloor, warnP } = policy.sequentialRatio;
  const counts = ids.map((_, arm) => dealt.filter((post) => post.arm === arm).length);
  if (dealt.length < unitsMin)
    return finding({
      checkId: "E4'",
      n: counts,
      verdict: "insufficient",
      explanation: `${dealt.length} posts are too few to follow the split.`,
    });
  const isStill = haveOneWeight(dealt) && dealt[0]!.probabilities.every((share) => share > 0);
  const result = isStill
    ? sequentialMultinomial(
        dealt[0]!.probabilities,
        dealt.map(({ arm }) => arm),
      )
    : adaptiveMultinomial(ids.length, dealt);
  const told = judged(result, policy.sequentialRatio);
  return finding({
    checkId: "E4'",
    n: counts,
    ...testFields(result),
    effect: result.effect,
    floor: effectFloor,
    verdict: told,
    ...(result.p <= warnP && { action: "hold" as const }),
    explanation: `Followed post by post, an arm's share is off by ${points(result.effect)} from its planned share (${pText(result.p)} at any time).`,
  });
}
