// E9: are the arms made of the same kinds of posts? Freeman-Halton on lane, surface, account and format of what was published, Holm over the fields.
// The variable under test is skipped: there the arms differ by design.
import type { Post } from "../../domain/index.ts";
import { fisherExact, holm } from "../../stats/index.ts";
import { finding, type Finding, inFamily, judged, points, pText, testFields, worstOf } from "../record.ts";
import { testsLane, type View } from "../view.ts";

type KindOf = (post: Post) => string | undefined;

/** The lane that published it, not the planned one: a post that fell back to another lane is what this check is for. */
const fields: readonly { readonly name: string; readonly of: KindOf }[] = [
  { name: "lane", of: (post) => post.attempts.findLast(({ outcome }) => outcome === "published")?.lane ?? post.lane },
  { name: "surface", of: ({ surface }) => surface },
  { name: "account", of: ({ account }) => account },
  { name: "format", of: ({ format }) => format },
];

export function composition(view: View): Finding {
  const { ids, published, policy } = view;
  const n = ids.map((_, arm) => published.filter((post) => post.arm === arm).length);
  if (n.some((count) => count === 0)) return finding({ checkId: "E9", n, verdict: "insufficient", explanation: "An arm has no post yet." });
  const varying = fields
    .filter(({ name }) => !(name === "lane" && testsLane(view)) && !(name === "format" && view.fields.includes("format")))
    .flatMap(({ name, of }) => {
      const table = tableOf(view, of);
      return table[0]!.length < 2 ? [] : [{ name, table }];
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
    return { name: varying[at]!.name, result, p: result.p, verdict: judged(result, policy.composition) };
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
function tableOf({ ids, published }: View, of: KindOf): number[][] {
  const kinds = [...new Set(published.flatMap(({ post }) => of(post) ?? []))].sort();
  return ids.map((_, arm) => kinds.map((kind) => published.filter((post) => post.arm === arm && of(post.post) === kind).length));
}
