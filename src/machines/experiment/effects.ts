// What an experiment asks of others: of people, of its posts and variants, of its account, of the desks.
import { fx } from "../effects.ts";
import { factsOf } from "./rules.ts";
import type { ApprovalNeed, ExperimentContext, ExperimentEvent } from "./types.ts";

export const escalate = fx<ExperimentContext, ExperimentEvent>(({ context, event }) => ({
  kind: "notify",
  severity: "escalation",
  subject: context.experimentId,
  reason: reasonOf(event),
}));

export const tellPosts = (type: "hold" | "cancel" | "released") =>
  fx<ExperimentContext, ExperimentEvent>(({ context, event }) => ({
    kind: "tell",
    to: context.postIds.map((postId) => `post/${postId}`),
    event: type === "released" ? { type } : { type, reason: reasonOf(event) },
  }));

export const tellVariants = (type: "activated" | "paused" | "resumed" | "retired") =>
  fx<ExperimentContext, ExperimentEvent>(({ context, event }) => ({
    kind: "tell",
    to: context.variantIds.map((variantId) => `variant/${variantId}`),
    event: { type, ...variantNews(type, context, event) },
  }));

function variantNews(type: "activated" | "paused" | "resumed" | "retired", context: ExperimentContext, event: ExperimentEvent) {
  switch (type) {
    case "activated":
      return { contentHashes: context.approvedHashes };
    case "resumed":
      return { by: String(field(event, "by")) };
    default:
      return { reason: reasonOf(event) };
  }
}

/** From here on the account's trouble is this experiment's (law L5). */
export const joinAccount = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "tell",
  to: [`account/${context.account}`],
  event: { type: "attached", experimentId: context.experimentId },
}));
/** Only who has joined leaves: an experiment that never held its layer is unknown to the account. */
export const leaveAccount = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "tell",
  to: context.layerHeld ? [`account/${context.account}`] : [],
  event: { type: "detached", experimentId: context.experimentId },
}));

/** The one that a review confirmed; the others are retired by the ending. */
export const tellWinner = fx<ExperimentContext, ExperimentEvent>(({ context, event }) => ({
  kind: "tell",
  to:
    event.type === "reviewed" && event.winner !== undefined && context.variantIds.includes(event.winner) ? [`variant/${event.winner}`] : [],
  event: { type: "won", by: field(event, "reviewer") ?? "", verdict: field(event, "verdict") ?? "invalid" },
}));

export const generate = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({ kind: "generate", experimentId: context.experimentId }));
export const preflight = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "preflight",
  experimentId: context.experimentId,
}));
export const requestReview = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "requestReview",
  experimentId: context.experimentId,
}));
export const requestApproval = (point: "launch" | ApprovalNeed) =>
  fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
    kind: "requestApproval",
    experimentId: context.experimentId,
    point,
    contentHashes: context.contentHashes,
    planHash: context.planHash ?? "",
  }));
export const reserve = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "reserve",
  experimentId: context.experimentId,
  layer: context.layer,
  fromMs: context.windowStartMs,
  untilMs: context.windowEndMs,
}));
export const release = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "release",
  experimentId: context.experimentId,
  layer: context.layer,
}));
/** Replies are suggested and sent by people; everything else gets its slots. */
export const place = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: factsOf(context.type).unit === "replySuggestion" ? "offerReplies" : "placeSlots",
  experimentId: context.experimentId,
  planHash: context.planHash ?? "",
}));

/** The first of these fields that the event has; actions are shared by transitions of several event types. */
export function field(event: ExperimentEvent, ...names: string[]): unknown {
  return names.map((name) => (event as unknown as Record<string, unknown>)[name]).find((value) => value !== undefined);
}

/** Why this event came, in its own words. */
export function reasonOf(event: ExperimentEvent): string {
  const reason = field(event, "reason", "signal", "guardrailId", "holder");
  return typeof reason === "string" && reason !== "" ? reason : event.type;
}
