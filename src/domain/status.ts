// The words for where an experiment, a variant, a post, an account and a lane stand. The machines move between them; the five statuses of the
// product's first brief (section 9.1) are a view, derived and never stored.
import { z } from "zod";

/** In the order of the journey; the last six are final: three ways to be completed, then the others. `invalid` is absorbing. */
export const experimentStates = [
  "draft",
  "generating",
  "preflight",
  "approval",
  "approvalRegulated",
  "approvalClaims",
  "approvalBrowser",
  "scheduled",
  "running",
  "paused",
  "verifying",
  "review",
  "shipped",
  "iterated",
  "abandoned",
  "stopped",
  "invalid",
  "insufficient",
] as const;
/** How an experiment ends. */
export const experimentEndings = ["shipped", "iterated", "abandoned", "stopped", "invalid", "insufficient"] as const;
export type ExperimentEnding = (typeof experimentEndings)[number];
export const experimentStateSchema = z.enum(experimentStates);
export type ExperimentState = z.infer<typeof experimentStateSchema>;

export const experimentStatuses = ["draft", "running", "paused", "completed", "invalid"] as const;
export const experimentStatusSchema = z.enum(experimentStatuses);
export type ExperimentStatus = z.infer<typeof experimentStatusSchema>;

const statusOfState = {
  draft: "draft",
  generating: "draft",
  preflight: "draft",
  approval: "draft",
  approvalRegulated: "draft",
  approvalClaims: "draft",
  approvalBrowser: "draft",
  scheduled: "running",
  running: "running",
  paused: "paused",
  verifying: "running",
  review: "running",
  shipped: "completed",
  iterated: "completed",
  abandoned: "completed",
  stopped: "completed",
  invalid: "invalid",
  insufficient: "completed",
} as const satisfies Record<ExperimentState, ExperimentStatus>;

/** The five-word status that people see. */
export function statusOf(state: ExperimentState): ExperimentStatus {
  return statusOfState[state];
}

/** True in the states that hold the layer: from launch until an end; pausing keeps the hold. */
export function holdsLayer(state: ExperimentState): boolean {
  const status = statusOf(state);
  return status === "running" || status === "paused";
}

export const variantStatuses = ["draft", "generated", "guarded", "approved", "active", "paused", "retired", "winner", "rejected"] as const;
export const variantStatusSchema = z.enum(variantStatuses);
export type VariantStatus = z.infer<typeof variantStatusSchema>;

/** Every post ends in one word of this closed list; `ambiguous` is reconciled by reading, never by sending again. */
export const postStatuses = [
  "scheduled",
  "held",
  "prepared",
  "submitted",
  "sending",
  "accepted",
  "processing",
  "platformScheduled",
  "awaitingUser",
  "live",
  "verified",
  "publishedWithDefects",
  "rejected",
  "ambiguous",
  "manualResolution",
  "missed",
  "cancelled",
  "takenDown",
] as const;
export const postStatusSchema = z.enum(postStatuses);
export type PostStatus = z.infer<typeof postStatusSchema>;

/** True if the audience could see the post at some time. */
export function wasPublished(status: PostStatus): boolean {
  return status === "live" || status === "verified" || status === "publishedWithDefects" || status === "takenDown";
}

export const accountStatuses = ["healthy", "warned", "challenged", "throttled", "restricted", "coolingDown", "suspended"] as const;
export const accountStatusSchema = z.enum(accountStatuses);
export type AccountStatus = z.infer<typeof accountStatusSchema>;

export const laneHealths = ["open", "degraded", "held"] as const;
export const laneHealthSchema = z.enum(laneHealths);
export type LaneHealth = z.infer<typeof laneHealthSchema>;
