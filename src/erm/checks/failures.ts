// E3: do failures fall on the arms alike? Fisher's exact test on *first* attempts (retries and make-ups would hide them), over all lanes and within
// each, Holm over the tables. In a lane test failures are outcomes and are not checked.
import { fisherExact, holm } from "../../stats/index.ts";
import { finding, type Finding, inFamily, judged, points, pText, testFields, worstOf } from "../record.ts";
import { firstAttempts, type FirstAttemptOf } from "../firstAttempts.ts";
import type { View } from "../view.ts";

export function failures(view: View): Finding {
  const { ids, policy } = view;
  const attempts = firstAttempts(view);
  const byLane = Map.groupBy(attempts, ({ lane }) => lane);
  const tables = [
    { where: "", of: attempts },
    ...(byLane.size < 2
      ? []
      : [...byLane].sort(([a], [b]) => (a < b ? -1 : 1)).map(([lane, of]) => ({ where: ` in the ${lane} lane`, of }))),
  ].map(({ where, of }) => ({ where, of, table: tableOf(of, ids.length) }));
  const n = tables[0]!.table.map(([failed, fine]) => failed! + fine!);
  if (n.some((count) => count === 0))
    return finding({ checkId: "E3", n, verdict: "insufficient", explanation: "An arm has not been attempted yet." });
  const tests = tables.map(({ table, where }, at) => fisherExact(table, { rng: view.rng(`E3/${at}${where}`) }));
  const adjusted = holm(tests.map(({ p }) => p));
  const [first, ...rest] = tests.map((test, at) => {
    const result = { ...inFamily(test, adjusted[at]!, tests.length), effect: test.effect };
    return { ...tables[at]!, result, p: result.p, verdict: judged(result, policy.failures) };
  });
  const { where, of, result, table, verdict } = worstOf([first!, ...rest]);
  return finding({
    checkId: "E3",
    n: table.map(([failed, fine]) => failed! + fine!),
    ...testFields(result),
    effect: result.effect,
    floor: policy.failures.effectFloor,
    verdict,
    postIds: of.filter(({ failed }) => failed).map(({ postId }) => postId),
    explanation: of.every(({ failed }) => !failed)
      ? "No first attempt failed."
      : `First attempts failed in ${table.map(([failed, fine]) => `${failed} of ${failed! + fine!}`).join(" and ")} posts of the arms${where}: ${points(result.effect)} apart (${pText(result.p)}).`,
  });
}

function tableOf(attempts: readonly FirstAttemptOf[], arms: number): number[][] {
  const table = Array.from({ length: arms }, () => [0, 0]);
  for (const { arm, failed } of attempts) table[arm]![failed ? 0 : 1]!++;
  return table;
}
