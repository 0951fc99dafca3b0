// E3': the same question after every attempt. Lindon-Malek on the failures, with the arms' planned shares of posts; valid however often one looks,
// and therefore slow: with two arms it takes eight failures in one arm to speak.
import { finding, type Finding, judged, points, pText, testFields } from "../record.ts";
import { firstAttempts } from "../firstAttempts.ts";
import { anyTimeFailures as anyTimeFailuresTest } from "../statistics/anyTimeFailures.ts";
import { perArm, type View } from "../view.ts";

export function anyTimeFailures(view: View): Finding {
  const planned = perArm(view, view.originals, ({ variantId }) => variantId);
  const attempts = firstAttempts(view);
  const { failures: levels } = view.policy;
  if (planned.some((count) => count === 0) || attempts.length === 0)
    return finding({ checkId: "E3'", n: planned.map(() => 0), verdict: "insufficient", explanation: "Nothing has been attempted yet." });
  const result = anyTimeFailuresTest(planned, attempts);
  const told = judged(result, levels);
  // Few failures cannot speak here at all; E3 says that at looks.
  const verdict = told === "insufficient" ? "pass" : told;
  return finding({
    checkId: "E3'",
    n: [...result.attempts],
    ...testFields(result),
    effect: result.effect,
    floor: levels.effectFloor,
    verdict,
    postIds: verdict === "pass" ? [] : attempts.filter(({ failed }) => failed).map(({ postId }) => postId),
    explanation: `Followed attempt by attempt, failures of the arms are ${points(result.effect)} apart (${pText(result.p)} at any time).`,
  });
}
