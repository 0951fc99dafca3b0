// Whether a post may be sent now, or is ready for its slot, and if not why (law L1).
import type { GuardVerdict, LaneHealth } from "../../domain/index.ts";
import type { PostContext } from "./types.ts";

/** The facts a publish needs, gathered by the host at the instant of the slot (law L1). */
export interface Clearance {
  /** Worst verdict of the guards for exactly `contentHash`, re-run at the slot where time matters. */
  guards: GuardVerdict;
  /** The hash of the content that would be sent now. */
  contentHash: string;
  approvedHashes: string[];
  experimentState: string;
  /** The experiment that holds the layer now, if any. */
  layerHolder: string | null;
  accountState: string;
  /** Of the lane that would be used. */
  laneHealth: LaneHealth;
  /** A guardrail lets open blocks be finished and no new one begin. */
  holding: boolean;
  blockIsOpen: boolean;
  /** Earliest instant that pacing allows for this account and surface. */
  paceFreeMs: number;
}

/** The part of a clearance that is known before the slot: content, approval, quota. */
export interface Preparation {
  guards: GuardVerdict;
  contentHash: string;
  approvedHashes: string[];
  quotaReserved: boolean;
}

/** Why a post may not be sent now, in words; empty if it may. */
export function blockers(context: Pick<PostContext, "contentHash" | "experimentId">, clearance: Clearance, atMs: number): string[] {
  return [
    ...contentGaps(context, clearance),
    clearance.experimentState !== "running" && `the experiment is ${clearance.experimentState}`,
    clearance.layerHolder !== context.experimentId && "the layer is not held by this experiment",
    clearance.accountState !== "healthy" && `the account is ${clearance.accountState}`,
    clearance.laneHealth === "held" && "the lane is held",
    clearance.holding && !clearance.blockIsOpen && "a guardrail holds new blocks",
    atMs < clearance.paceFreeMs && "pacing does not allow a post yet",
  ].filter((reason) => reason !== false);
}

/** Why a post is not ready for its slot, in words. */
export function gaps(context: Pick<PostContext, "contentHash">, preparation: Preparation): string[] {
  return [...contentGaps(context, preparation), !preparation.quotaReserved && "no quota is reserved"].filter((reason) => reason !== false);
}

function contentGaps({ contentHash }: Pick<PostContext, "contentHash">, facts: Omit<Preparation, "quotaReserved">): (string | false)[] {
  return [
    facts.guards === "block" && "a guard blocks this content",
    facts.contentHash !== contentHash && "the content changed after it was planned",
    !facts.approvedHashes.includes(contentHash) && "nobody approved exactly this content",
  ];
}
