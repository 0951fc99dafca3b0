// Slot tests: did each arm get the slots its plan gave it? Replaces E5 to E7 where the slot itself is under test: the arms' clocks differ by design,
// so each post is measured from its own plan (docs/validity.md).
import type { Verdict } from "../../domain/index.ts";
import { delayMinutes } from "../clock.ts";
import { finding, type Finding } from "../record.ts";
import type { View } from "../view.ts";

export function plannedSlots({ ids, published, policy }: View): Finding {
  const { warnGapMinutes, voidGapMinutes, invalidAboveShare } = policy.blocks;
  const delays = published.map(({ post, publishedMs, arm }) => ({
    postId: post.postId,
    arm,
    minutes: delayMinutes({ slot: post.slot, publishedMs }),
  }));
  const arms = ids.map((id, arm) => {
    const own = delays.filter((delay) => delay.arm === arm);
    const off = own.filter(({ minutes }) => minutes > voidGapMinutes).length;
    return { id, posts: own.length, off, allowed: Math.floor(invalidAboveShare * own.length + 1e-9) };
  });
  const n = arms.map(({ posts }) => posts);
  if (n.some((count) => count === 0))
    return finding({ checkId: "slots", n, verdict: "insufficient", explanation: "An arm has no post yet." });
  const worst = arms.reduce((most, arm) => (arm.off / arm.posts > most.off / most.posts ? arm : most));
  const late = delays.filter(({ minutes }) => minutes > warnGapMinutes);
  const verdict: Verdict = arms.some(({ off, allowed }) => off > allowed) ? "invalid" : late.length > 0 ? "warn" : "pass";
  return finding({
    checkId: "slots",
    n,
    statistic: worst.off,
    effect: worst.off / worst.posts,
    floor: invalidAboveShare,
    verdict,
    postIds: late.map(({ postId }) => postId),
    explanation:
      late.length === 0
        ? "Every post went out in the slot under test."
        : `${late.length} posts went out more than ${warnGapMinutes} minutes from their slots; ${worst.id} missed ${worst.off} of ${worst.posts} by more than ${voidGapMinutes}.`,
  });
}
