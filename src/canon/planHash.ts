// What an approval of a plan is about (preflight note 2.7): account, lane, slot bins, exposure plan, guardrails, stop conditions, approval level.
// A post may move inside its bin (weekday x daypart) under the same approval; another bin re-opens it.
import { type Brief, type PlannedPost, slotBin } from "../domain/index.ts";
import { contentHash } from "./hash.ts";

/** The hash of a brief as accepted, defaults filled in. */
export function briefHash(brief: Brief): string {
  return contentHash(brief);
}

/** The hash of a plan. Make-up posts are left out: the exposure plan already says how many there may be. The order of posts does not matter. */
export function planHash(brief: Brief, posts: readonly PlannedPost[]): string {
  const { accounts, exposurePlan, guardrails, stopConditions, approvalLevel } = brief;
  return contentHash({
    schemaVersion: 1,
    accounts,
    exposurePlan,
    guardrails,
    stopConditions,
    approvalLevel,
    posts: posts
      .filter((post) => post.makeUpFor === undefined)
      .map(({ variantId, account, surface, lane, block, slot }) => [
        block,
        variantId,
        account,
        surface,
        lane,
        slot.zone,
        slotBin(slot.wallTime),
      ])
      .sort((a, b) => (a.join("\0") < b.join("\0") ? -1 : 1)),
  });
}
