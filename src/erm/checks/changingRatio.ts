// E4'': the ratio at looks where the weights changed. Independent draws by the quadratic form of the logged probabilities, systematic ones by
// planning anew under other keys, since their counts stray less than chance (validity note 2.2; docs/validity.md).
import { batchesOf, dealtPosts } from "../dealt.ts";
import { finding, type Finding, judged, points, pText, testFields } from "../record.ts";
import { changingWeightsRatio, rerandomisedRatio } from "../statistics/changingWeightsRatio.ts";
import type { View } from "../view.ts";

export function changingRatio(view: View): Finding {
  const { ids, input, mode, policy } = view;
  const dealt = dealtPosts(view);
  const batches = batchesOf(dealt, ids.length);
  const counts = ids.map((_, arm) => dealt.filter((post) => post.arm === arm).length);
  const { unitsMin, draws, effectFloor } = policy.changingRatio;
  const untested = (explanation: string) => finding({ checkId: "E4''", n: counts, verdict: "insufficient", explanation });
  if (dealt.length < unitsMin) return untested(`${dealt.length} posts are too few to test the split.`);
  const { replay } = input;
  if (mode === "systematic" && replay === undefined)
    return untested("The arms were drawn systematically, and without the planner their split cannot be judged.");
  const rng = view.rng("E4''");
  const test = mode === "systematic" ? rerandomisedRatio(batches, { replay: replay!, rng }) : changingWeightsRatio(batches, { rng, draws });
  return finding({
    checkId: "E4''",
    n: counts,
    ...testFields(test),
    effect: test.effect,
    floor: effectFloor,
    verdict: judged(test, policy.changingRatio),
    explanation: `Over ${batches.length} sets of weights an arm's share of ${dealt.length} posts is off by ${points(test.effect)} (${pText(test.p)}).`,
  });
}
