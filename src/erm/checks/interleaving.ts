// E7: were the arms published in turn, or one after the other? Overlap of their publishing windows and the exact Mann-Whitney test on the order of
// publication, each test arm against control, Holm over the arms. For plans without blocks.
import type { Verdict } from "../../domain/index.ts";
import { holm } from "../../stats/index.ts";
import { finding, type Finding, inFamily, pText, testFields, worstOf } from "../record.ts";
import { interleaving as interleavingTest } from "../statistics/interleaving.ts";
import type { View } from "../view.ts";

export function interleaving(view: View): Finding {
  const { ids, published, policy } = view;
  const { invalidP, warnP, overlapMin, postsMin } = policy.interleaving;
  const arms = ids.map((_, arm) => published.filter((post) => post.arm === arm).map(({ publishedMs }) => publishedMs));
  const n = arms.map(({ length }) => length);
  if (n.some((count) => count < postsMin))
    return finding({
      checkId: "E7",
      n,
      verdict: "insufficient",
      explanation: `Fewer than ${postsMin} posts per arm cannot show that the arms took turns.`,
    });
  const tests = arms.slice(1).map((own, at) => interleavingTest(arms[0]!, own, { rng: view.rng(`E7/${at}`) }));
  const adjusted = holm(tests.map(({ p }) => p));
  const [first, ...rest] = tests.map((test, at) => {
    const result = { ...inFamily(test, adjusted[at]!, tests.length), overlap: test.overlap };
    const isApart = result.overlap < overlapMin;
    const verdict: Verdict =
      isApart && result.p <= invalidP
        ? "invalid"
        : result.p <= warnP
          ? "warn"
          : isApart && result.minP > invalidP
            ? "insufficient"
            : "pass";
    return { id: ids[at + 1]!, result, p: result.p, verdict };
  });
  const { id, result, verdict } = worstOf([first!, ...rest]);
  return finding({
    checkId: "E7",
    n,
    ...testFields(result),
    effect: 1 - result.overlap,
    floor: 1 - overlapMin,
    verdict,
    explanation: `The publishing windows of ${id} and ${ids[0]} overlap by ${(100 * result.overlap).toFixed(0)} % of the shorter (order of publication: ${pText(result.p)}).`,
  });
}
