// E4: did chance deal the arms as planned? Exact multinomial (chi-square beyond 60 posts), at looks; only where each post's arm was drawn by itself
// with weights that never changed: a blocked plan deals exactly (validity note 2.2).
import { ratioTest } from "../../stats/index.ts";
import { dealtPosts } from "../dealt.ts";
import { finding, type Finding, judged, points, pText, testFields } from "../record.ts";
import type { View } from "../view.ts";

export function postRatio(view: View): Finding {
  const { ids, policy } = view;
  const dealt = dealtPosts(view);
  const counts = ids.map((_, arm) => dealt.filter((post) => post.arm === arm).length);
  const { unitsMin, effectFloor } = policy.ratio;
  if (dealt.length < unitsMin)
    return finding({
      checkId: "E4",
      n: counts,
      verdict: "insufficient",
      explanation: `${dealt.length} posts are too few to test the split.`,
    });
  const eligible = dealt[0]!.probabilities.flatMap((share, arm) => (share > 0 ? [arm] : []));
  const test = ratioTest(
    eligible.map((arm) => counts[arm]!),
    eligible.map((arm) => dealt[0]!.probabilities[arm]!),
    { rng: view.rng("E4") },
  );
  return finding({
    checkId: "E4",
    n: counts,
    ...testFields(test),
    effect: test.effect,
    floor: effectFloor,
    verdict: judged(test, policy.ratio),
    explanation: `An arm's share of ${dealt.length} posts is off by ${points(test.effect)} from its planned share (${pText(test.p)}).`,
  });
}
