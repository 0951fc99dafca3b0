// Block integrity, in place of E4 to E7 on blocked plans: the posts of a block went out at about the same time of day, and blocks are not lost to
// one arm (validity note 2.1).
import { clockGapMinutes, type Comparable, deliveredAsPlanned, isLost, variantIds } from "../comparable.ts";
import type { ValidityInput } from "../input.ts";
import type { ValidityPolicy } from "../policy.ts";
import { finding, type Finding } from "../record.ts";

export function blockIntegrity(
  { experiment, plan, posts }: ValidityInput,
  compared: Comparable,
  { blocks: policy }: ValidityPolicy,
): Finding {
  const { brief } = experiment;
  const ids = variantIds(brief);
  const names = [...new Set(plan.posts.map(({ block }) => block))];
  const blocks = names.map((block) => {
    const own = posts.filter((post) => post.block === block);
    const delivered = own.filter((post) => deliveredAsPlanned(post, brief));
    const lostArms = ids.filter((id) => {
      const tries = own.filter(({ variantId }) => variantId === id);
      return tries.length > 0 && tries.every((post) => isLost(post, brief));
    });
    return { posts: own, gap: clockGapMinutes(delivered), lostArms };
  });
  const oneArm = blocks.filter(({ lostArms, gap }) => lostArms.length === 1 || gap > policy.voidGapMinutes);
  const wide = blocks.filter(({ gap }) => gap > policy.warnGapMinutes);
  const invalidFrom = Math.floor(policy.invalidAboveShare * names.length);
  const verdict =
    names.length === 0 ? "insufficient" : oneArm.length > invalidFrom ? "invalid" : oneArm.length + wide.length > 0 ? "warn" : "pass";
  return finding({
    checkId: "blocks",
    n: [compared.blocks.length, names.length],
    statistic: oneArm.length,
    effect: names.length === 0 ? null : oneArm.length / names.length,
    floor: policy.invalidAboveShare,
    verdict,
    postIds: [...oneArm, ...wide]
      .flatMap((block) => block.posts.map(({ postId }) => postId))
      .filter((id, at, all) => all.indexOf(id) === at),
    explanation:
      names.length === 0
        ? "There is no plan."
        : oneArm.length === 0 && wide.length === 0
          ? `No block was lost to one arm; ${compared.blocks.length} of ${names.length} are complete and read.`
          : `${oneArm.length} of ${names.length} blocks were lost to one arm alone (more than ${invalidFrom} are too many); ${wide.length} had posts more than ${policy.warnGapMinutes} minutes of the clock apart.`,
  });
}
