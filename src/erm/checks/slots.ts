// E5: do the arms stand at the same hours? Chord energy on the clocks of the day and the week, labels permuted, Holm over the two clocks; the effect
// is how many hours posts would have to move (W1). For plans without blocks; arms that share no cell of daypart and day class cannot be compared.
import { holm } from "../../stats/index.ts";
import { dayCell, hourOfDay, hourOfWeek } from "../clock.ts";
import { finding, type Finding, inFamily, judged, pText, testFields, worstOf } from "../record.ts";
import { circularEnergyTests } from "../statistics/circularEnergy.ts";
import { largestCircularWasserstein } from "../statistics/circularWasserstein.ts";
import type { View } from "../view.ts";

export function slots(view: View): Finding {
  const { ids, published, policy } = view;
  const { floorHoursOfDay, floorHoursOfWeek, postsMin, draws, drawsBelowFloor, invalidP, warnP } = policy.slots;
  const posts = published.map(({ post, publishedMs, arm }) => ({ slot: post.slot, publishedMs, arm }));
  const n = ids.map((_, arm) => posts.filter((post) => post.arm === arm).length);
  if (n.some((count) => count === 0)) return finding({ checkId: "E5", n, verdict: "insufficient", explanation: "An arm has no post yet." });
  const apart = strangers(posts, ids.length);
  if (apart !== undefined)
    return finding({
      checkId: "E5",
      n,
      statistic: 0,
      verdict: "invalid",
      postIds: published.filter(({ arm }) => apart.includes(arm)).map(({ post }) => post.postId),
      explanation: `${ids[apart[0]]} and ${ids[apart[1]]} never share a part of the day on the same kind of day: nothing can be compared.`,
    });
  if (n.some((count) => count < postsMin))
    return finding({
      checkId: "E5",
      n,
      verdict: "insufficient",
      explanation: `Without blocks, fewer than ${postsMin} posts per arm cannot show that the arms stand at the same hours.`,
    });
  const clocks = [
    { name: "day", periodHours: 24, effectFloor: floorHoursOfDay, hours: posts.map(hourOfDay) },
    { name: "week", periodHours: 168, effectFloor: floorHoursOfWeek, hours: posts.map(hourOfWeek) },
  ].map((clock) => ({
    ...clock,
    effect: largestCircularWasserstein(
      ids.map((_, own) => clock.hours.filter((_, post) => posts[post]!.arm === own)),
      clock.periodHours,
    ),
  }));
  const isLarge = clocks.some(({ effect, effectFloor }) => effect >= effectFloor);
  const tests = circularEnergyTests(
    { clocks, arm: posts.map(({ arm }) => arm) },
    // With so many hits p ends above the level of a warning whatever the draws that are left: the verdict stands.
    { rng: view.rng("E5"), draws: isLarge ? draws : drawsBelowFloor, hitsEnough: Math.ceil(warnP * (draws + 1)) },
  );
  const adjusted = holm(tests.map(({ p }) => p));
  const [day, week] = clocks.map((clock, at) => {
    const result = { ...inFamily(tests[at]!, adjusted[at]!, clocks.length), effect: clock.effect };
    const verdict = judged(result, { invalidP, warnP, effectFloor: clock.effectFloor }, { warnsFromFloor: true });
    return { ...clock, result, p: result.p, verdict };
  });
  const { name, result, effectFloor, verdict } = worstOf([day!, week!]);
  return finding({
    checkId: "E5",
    n,
    ...testFields(result),
    effect: result.effect,
    floor: effectFloor,
    verdict,
    postIds: verdict === "pass" ? [] : published.map(({ post }) => post.postId),
    explanation: `On the clock of the ${name}, posts of an arm would have to move ${result.effect.toFixed(1)} hours to stand like the others (${pText(result.p)}).`,
  });
}

/** Two arms without a common cell of daypart and day class. */
function strangers(posts: readonly (Parameters<typeof dayCell>[0] & { arm: number })[], arms: number): [number, number] | undefined {
  const cells = Array.from({ length: arms }, (_, arm) => new Set(posts.filter((post) => post.arm === arm).map(dayCell)));
  for (let one = 0; one < arms; one++)
    for (let other = one + 1; other < arms; other++) if (cells[one]!.isDisjointFrom(cells[other]!)) return [one, other];
  return undefined;
}
