// E6: would an arm have done better in its slots whatever was posted? What the account's history predicts for each arm's slots and media, against
// the noise of the comparison; for plans without blocks only. The arms' own results are not looked at.
import type { Verdict } from "../../domain/index.ts";
import { decisionAgeHours, requiredMetrics } from "../briefFacts.ts";
import { ageToleranceHours, missingMetrics } from "../comparable.ts";
import { hourOfWeek } from "../clock.ts";
import type { HistoryPost } from "../input.ts";
import { logIndex } from "../logIndex.ts";
import { finding, type Finding } from "../record.ts";
import { fitPrognosis, prognosisBias, type PrognosticHistory, type PrognosticPost } from "../statistics/prognosisBias.ts";
import type { View } from "../view.ts";

export function prognosis(view: View): Finding {
  const { ids, published, policy } = view;
  const { invalidAbove, warnAbove, warnAboveRatio, historyMin } = policy.prognosis;
  const n = ids.map((_, arm) => published.filter((post) => post.arm === arm).length);
  const history = knownHistory(view);
  const untested = (explanation: string) => finding({ checkId: "E6", n, verdict: "insufficient", explanation });
  if (n.some((count) => count === 0)) return untested("An arm has no post yet.");
  if (history.length < historyMin)
    return untested(`${history.length} earlier posts are too few to predict from (${historyMin} are needed).`);
  if (history.every((post) => post.logIndex === history[0]!.logIndex)) return untested("The history does not vary.");
  const model = fitPrognosis(history);
  const arms = ids.map((_, arm) =>
    published.filter((post) => post.arm === arm).map(({ post, publishedMs }) => features({ ...post, publishedMs })),
  );
  const biases = arms.slice(1).map((test, at) => {
    const bias = prognosisBias(model, test, arms[0]!);
    const size = Math.abs(bias.biasOverStandardError);
    const verdict: Verdict = size > invalidAbove ? "invalid" : size > warnAbove || bias.ratio > warnAboveRatio ? "warn" : "pass";
    return { id: ids[at + 1]!, size, ratio: bias.ratio, verdict };
  });
  const worst = biases.reduce((most, next) => (next.size > most.size ? next : most));
  return finding({
    checkId: "E6",
    n,
    statistic: worst.size,
    effect: worst.size,
    floor: invalidAbove,
    verdict: biases.some(({ verdict }) => verdict === "invalid")
      ? "invalid"
      : biases.some(({ verdict }) => verdict === "warn")
        ? "warn"
        : "pass",
    explanation: `By the account's history the slots and media of ${worst.id} alone are worth a factor of ${worst.ratio.toFixed(2)} against control, ${worst.size.toFixed(2)} standard errors.`,
  });
}

/** Earlier posts read whole at the decision age, with their log index. */
function knownHistory(view: View): PrognosticHistory[] {
  const { input, brief, readings, policy } = view;
  const age = decisionAgeHours(brief);
  const tolerance = ageToleranceHours(brief, policy);
  const required = requiredMetrics(brief);
  return (input.history ?? []).flatMap((post) => {
    const reading = readings.get(post.postId)?.findLast(({ ageHours }) => Math.abs(ageHours - age) <= tolerance);
    return reading === undefined || missingMetrics(reading, required).length > 0
      ? []
      : [{ ...features(post), logIndex: logIndex(brief.successProxies, reading.metrics) }];
  });
}

function features({
  slot,
  publishedMs,
  format,
  durationMs,
}: Pick<HistoryPost, "slot" | "publishedMs" | "format" | "durationMs">): PrognosticPost {
  return {
    cell: slot.cell,
    hourOfWeek: hourOfWeek({ slot, publishedMs }),
    mediaKind: format ?? "unknown",
    durationSeconds: durationMs === undefined ? null : durationMs / 1000,
  };
}
