// Block integrity, in place of E4 to E7 on blocked plans: the posts of a block went out at about the same time of day, and blocks are not lost to
// some arms alone (validity note 2.1). In a lane test a lost post is an outcome, in a slot test the clock is measured from the plan.
import { clockFault, type Comparable, deliveredAsPlanned, isLost } from "../comparable.ts";
import { finding, type Finding } from "../record.ts";
import { testsLane, testsSlot, type View } from "../view.ts";

export function blockIntegrity(view: View, compared: Comparable): Finding {
  const { brief, ids, plan, posts, policy } = view;
  const { warnGapMinutes, voidGapMinutes, invalidAboveShare } = policy.blocks;
  const names = [...new Set(plan.posts.map(({ block }) => block))];
  const byBlock = Map.groupBy(posts, ({ block }) => block);
  const blocks = names.map((block) => {
    const own = byBlock.get(block) ?? [];
    const lostArms = testsLane(view)
      ? []
      : ids.filter((id) => {
          const tries = own.filter(({ variantId }) => variantId === id);
          return tries.length > 0 && tries.every((post) => isLost(post, brief));
        });
    const minutes =
      clockFault(
        own.filter((post) => deliveredAsPlanned(post, brief)),
        view,
      )?.minutes ?? 0;
    return { posts: own, minutes, isPartlyLost: lostArms.length > 0 && lostArms.length < ids.length };
  });
  const broken = blocks.filter(({ isPartlyLost, minutes }) => isPartlyLost || minutes > voidGapMinutes);
  const wide = blocks.filter(({ minutes }) => minutes > warnGapMinutes);
  const allowed = Math.floor(invalidAboveShare * names.length + 1e-9);
  const verdict =
    names.length === 0 ? "insufficient" : broken.length > allowed ? "invalid" : broken.length + wide.length > 0 ? "warn" : "pass";
  return finding({
    checkId: "blocks",
    n: [compared.blocks.length, names.length],
    statistic: broken.length,
    effect: names.length === 0 ? null : broken.length / names.length,
    floor: invalidAboveShare,
    verdict,
    postIds: [...new Set([...broken, ...wide].flatMap((block) => block.posts.map(({ postId }) => postId)))],
    explanation:
      names.length === 0
        ? "There is no plan."
        : broken.length === 0 && wide.length === 0
          ? `No block was lost to one arm; ${compared.blocks.length} of ${names.length} are complete and read.`
          : `${broken.length} of ${names.length} blocks were lost to one arm or to the clock (more than ${allowed} are too many); ${wide.length} had posts more than ${warnGapMinutes} minutes ${testsSlot(view) ? "from their planned slots" : "of the clock apart"}.`,
  });
}
