// E2: did every arm get through? Posts lost after their make-up, per arm; a post whose field under test was not applied counts as lost.
import { isLost, variantIds } from "../comparable.ts";
import type { ValidityInput } from "../input.ts";
import type { ValidityPolicy } from "../policy.ts";
import { finding, type Finding } from "../record.ts";

export function delivery(input: ValidityInput, { delivery: policy }: ValidityPolicy): Finding {
  const { experiment, posts } = input;
  const ids = variantIds(experiment.brief);
  const originals = posts.filter(({ makeUpFor }) => makeUpFor === undefined);
  const lost = originals.filter((post) => {
    const makeUp = posts.find(({ makeUpFor }) => makeUpFor === post.postId);
    return isLost(post, experiment.brief) && (makeUp === undefined || isLost(makeUp, experiment.brief));
  });
  const arms = ids.map((id) => ({
    id,
    planned: originals.filter(({ variantId }) => variantId === id).length,
    lost: lost.filter(({ variantId }) => variantId === id).length,
  }));
  const worst = arms.reduce((most, arm) => (arm.lost > most.lost ? arm : most));
  const invalidFrom = Math.floor(policy.invalidAboveShare * worst.planned);
  const verdict = worst.lost > invalidFrom ? "invalid" : worst.lost > policy.warnAboveShare * worst.planned ? "warn" : "pass";
  return finding({
    checkId: "E2",
    n: arms.map(({ planned }) => planned),
    statistic: worst.lost,
    effect: worst.planned === 0 ? 0 : worst.lost / worst.planned,
    floor: policy.invalidAboveShare,
    verdict,
    postIds: lost.map(({ postId }) => postId),
    explanation:
      worst.lost === 0
        ? "No post was lost."
        : `${worst.id} lost ${worst.lost} of ${worst.planned} posts after make-ups; more than ${invalidFrom} make the comparison unfair.`,
  });
}
