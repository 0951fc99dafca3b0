// E6: would an arm have done better in its slots whatever was posted? What the account's history predicts for each arm's slots and media, against
// the noise of the comparison, and how often the deal would have made as large a difference. For plans without blocks only; the arms' own results are
// not looked at.
import type { Post, Verdict } from "../../domain/index.ts";
import { holm } from "../../stats/index.ts";
import { decisionAgeHours } from "../briefFacts.ts";
import { ageToleranceHours } from "../comparable.ts";
import { hourOfWeek } from "../clock.ts";
import type { HistoryPost } from "../input.ts";
import { logIndex } from "../logIndex.ts";
import { finding, type Finding, inFamily, pText, testFields, worstOf } from "../record.ts";
import {
  fitPrognosis,
  type PrognosisBias,
  prognosisBias,
  prognosisTest,
  type PrognosticHistory,
  type PrognosticPost,
} from "../statistics/prognosisBias.ts";
import type { View } from "../view.ts";

export function prognosis(view: View): Finding {
  const { ids, published, policy } = view;
  const { invalidAbove, invalidP, warnAbove, warnAboveRatio, warnP, historyMin, draws, drawsBelowFloor } = policy.prognosis;
  const arms = ids.map((_, arm) => published.filter((post) => post.arm === arm));
  const n = arms.map(({ length }) => length);
  const history = knownHistory(view);
  const untested = (explanation: string) => finding({ checkId: "E6", n, verdict: "insufficient", explanation });
  if (n.some((count) => count === 0)) return untested("An arm has no post yet.");
  if (history.length < historyMin)
    return untested(`${history.length} earlier posts are too few to predict from (${historyMin} are needed).`);
  if (history.every((post) => post.logIndex === history[0]!.logIndex)) return untested("The history does not vary.");
  const model = fitPrognosis(history);
  const posts = arms.map((own) => own.map(({ post, publishedMs }) => features({ ...post, publishedMs })));
  const strata = arms.map((own) => own.map(({ post }) => chancesOf(post, view)));
  const isOff = ({ biasOverStandardError, ratio }: PrognosisBias) => Math.abs(biasOverStandardError) > warnAbove || ratio > warnAboveRatio;
  const tests = posts.slice(1).map((test, at) => {
    const sides = { test, control: posts[0]! };
    return prognosisTest(
      model,
      { ...sides, strata: [...strata[at + 1]!, ...strata[0]!] },
      // Of a small bias p decides nothing.
      { rng: view.rng(`E6/${at}`), draws: isOff(prognosisBias(model, sides.test, sides.control)) ? draws : drawsBelowFloor },
    );
  });
  const adjusted = holm(tests.map(({ p }) => p));
  const [first, ...rest] = tests.map((test, at) => {
    const result = inFamily(test, adjusted[at]!, tests.length);
    const size = Math.abs(test.biasOverStandardError);
    const verdict: Verdict =
      size > invalidAbove && result.p <= invalidP
        ? "invalid"
        : isOff(test) && result.p <= warnP
          ? "warn"
          : size > invalidAbove && result.minP > invalidP
            ? "insufficient"
            : "pass";
    return { id: ids[at + 1]!, result, size, p: result.p, verdict };
  });
  const { id, result, size, verdict } = worstOf([first!, ...rest]);
  return finding({
    checkId: "E6",
    n,
    ...testFields(result),
    effect: size,
    floor: invalidAbove,
    verdict,
    explanation: `By the account's history the slots and media of ${id} alone are worth a factor of ${result.ratio.toFixed(2)} against control, ${size.toFixed(2)} standard errors (${pText(result.p)}).`,
  });
}

/** Posts with the same chances may have carried each other's arms. Plans that nobody drew are judged as if all had had the same. */
function chancesOf({ assignment }: Post, { ids, mode }: View): string {
  return mode === "random" || mode === "adaptive" ? ids.map((id) => assignment.probabilities[id] ?? 0).join("/") : "";
}

/** Earlier posts read whole at the decision age, with their log index. */
function knownHistory(view: View): PrognosticHistory[] {
  const { brief, readings, policy } = view;
  const age = decisionAgeHours(brief);
  const tolerance = ageToleranceHours(brief, policy);
  return view.history.flatMap((post) => {
    const reading = readings.get(post.postId)?.findLast(({ ageHours }) => Math.abs(ageHours - age) <= tolerance);
    const known = reading === undefined ? null : logIndex(brief.successProxies, reading.metrics);
    return known === null ? [] : [{ ...features(post), logIndex: known }];
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
