// E9: are the arms made of the same kinds of posts? Freeman-Halton on lane, surface, account, format and chief source of views of what was published,
// Holm over the fields. The variable under test is skipped: there the arms differ by design.
import type { Post, Verdict } from "../../domain/index.ts";
import { fisherExact, holm } from "../../stats/index.ts";
import { snapshotAtDecisionAge } from "../comparable.ts";
import { finding, type Finding, inFamily, judged, points, pText, testFields, worstOf } from "../record.ts";
import { testsLane, type View } from "../view.ts";

interface Field {
  readonly name: string;
  readonly of: (post: Post, view: View) => string | undefined;
  /** True if the variant itself may have caused it: it then warns at most, or winners would be called invalid for being spread. */
  readonly isOutcome?: boolean;
}

/** The lane that published it, not the planned one: a post that fell back to another lane is what this check is for. */
const fields: readonly Field[] = [
  { name: "lane", of: (post) => post.attempts.findLast(({ outcome }) => outcome === "published")?.lane ?? post.lane },
  { name: "surface", of: ({ surface }) => surface },
  { name: "account", of: ({ account }) => account },
  { name: "format", of: ({ format }) => format },
  { name: "source of views", of: chiefSource, isOutcome: true },
];

/** Metrics that say where a post's views came from, in shares or counts, such as `impression_sources.for_you`. */
const sourcePrefix = "impression_sources.";

/** The source of most views in the reading at the decision age; undefined where the platform does not tell. */
function chiefSource(post: Post, view: View): string | undefined {
  const sources = Object.entries(snapshotAtDecisionAge(post, view)?.metrics ?? {}).flatMap(([metric, value]) =>
    metric.startsWith(sourcePrefix) && value !== null && value > 0 ? [{ metric, value }] : [],
  );
  return sources.sort((a, b) => b.value - a.value || (a.metric < b.metric ? -1 : 1))[0]?.metric.slice(sourcePrefix.length);
}

export function composition(view: View): Finding {
  const { ids, published, policy } = view;
  const n = ids.map((_, arm) => published.filter((post) => post.arm === arm).length);
  if (n.some((count) => count === 0)) return finding({ checkId: "E9", n, verdict: "insufficient", explanation: "An arm has no post yet." });
  const varying = fields
    .filter(({ name }) => !(name === "lane" && testsLane(view)) && !(name === "format" && view.fields.includes("format")))
    .flatMap((field) => {
      const table = tableOf(view, field);
      return table[0]!.length < 2 ? [] : [{ ...field, table }];
    });
  if (varying.length === 0)
    return finding({
      checkId: "E9",
      n,
      statistic: 0,
      effect: 0,
      floor: policy.composition.effectFloor,
      verdict: "pass",
      explanation: "The posts of all arms are of one kind.",
    });
  const tests = varying.map(({ table, name }) => fisherExact(table, { rng: view.rng(`E9/${name}`) }));
  const adjusted = holm(tests.map(({ p }) => p));
  const [first, ...rest] = tests.map((test, at) => {
    const result = { ...inFamily(test, adjusted[at]!, tests.length), effect: test.effect };
    const { name, isOutcome = false } = varying[at]!;
    const told = judged(result, policy.composition);
    const verdict: Verdict = isOutcome && told !== "pass" ? (result.p <= policy.composition.warnP ? "warn" : "pass") : told;
    return { name, result, p: result.p, verdict };
  });
  const { name, result, verdict } = worstOf([first!, ...rest]);
  return finding({
    checkId: "E9",
    n,
    ...testFields(result),
    effect: result.effect,
    floor: policy.composition.effectFloor,
    verdict,
    explanation: `The arms differ in ${name} by up to ${points(result.effect)} of their posts (${pText(result.p)}).`,
  });
}

/** Arms by kinds that occur; posts whose kind is not told are left out. */
function tableOf(view: View, { of }: Field): number[][] {
  const told = view.published.map(({ post, arm }) => ({ arm, kind: of(post, view) }));
  const kinds = [...new Set(told.flatMap(({ kind }) => kind ?? []))].sort();
  return view.ids.map((_, arm) => kinds.map((kind) => told.filter((post) => post.arm === arm && post.kind === kind).length));
}
