// What a post asks of others: of the platform, of people, of its account and its experiment.
import { fx } from "../effects.ts";
import { nextActions } from "./nextActions.ts";
import type { PostContext, PostEvent } from "./types.ts";

export const publish = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "publish",
  postId: context.postId,
  attemptKey: context.attemptKey,
  contentHash: context.contentHash,
}));
export const check = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "check",
  postId: context.postId,
  attemptKey: context.attemptKey,
  handle: context.handle ?? "",
}));
export const withdraw = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "withdraw",
  postId: context.postId,
  handle: context.handle ?? "",
}));
export const askOperator = (task: "publish" | "doNotPublish") =>
  fx<PostContext, PostEvent>(({ context }) => ({ kind: "askOperator", postId: context.postId, attemptKey: context.attemptKey, task }));
export const reconcile = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "reconcile",
  postId: context.postId,
  attemptKey: context.attemptKey,
  sentAtMs: context.sentAtMs ?? context.slotMs,
  tries: context.tries,
}));
export const finalise = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "finalise",
  postId: context.postId,
  platformPostId: context.platformPostId ?? "",
}));
export const verify = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "verify",
  postId: context.postId,
  platformPostId: context.platformPostId ?? "",
}));
export const expose = fx<PostContext, PostEvent>(({ context, event }) => ({
  kind: "expose",
  postId: context.postId,
  publishedMs: context.publishedMs ?? event.at,
  url: event.type === "visible" ? event.url : "",
}));
export const askPerson = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "notify",
  severity: "escalation",
  subject: context.postId,
  reason: "cannot tell whether this post was published: look at the account, then resolve it by hand",
}));
/** A refusal that says something about the account goes to the account: what the platform said, else what the table of error classes says. */
export const tellSignal = fx<PostContext, PostEvent>(({ context, event }) => {
  const refusal = event.type === "refused" ? event : undefined;
  const signal = refusal === undefined ? null : (refusal.signal ?? nextActions.classes[refusal.errorClass].signal);
  return {
    kind: "tell",
    to: signal === null ? [] : [`account/${context.account}`],
    event: {
      type: "signal",
      signal: signal ?? "",
      lane: context.lane,
      ...(refusal?.windowMs !== undefined && { windowMs: refusal.windowMs }),
    },
  };
});
/**
 * How the one attempt ended, told to the account once in a life: asked before the platform's id is kept, so that a post which a person finds again
 * counts no second time.
 */
export const tellLane = (type: "laneWorked" | "laneFailed") =>
  fx<PostContext, PostEvent>(({ context, event }) => ({
    kind: "tell",
    to: context.platformPostId === null ? [`account/${context.account}`] : [],
    event: {
      type,
      lane: context.lane,
      ...(type === "laneFailed" && { errorClass: event.type === "refused" ? event.errorClass : "absent" }),
    },
  }));
export const settled = (status: string) => [
  fx<PostContext, PostEvent>(({ context }) => ({ kind: "settled", postId: context.postId, status, errorClass: context.errorClass })),
  fx<PostContext, PostEvent>(({ context }) => ({
    kind: "tell",
    to: [`experiment/${context.experimentId}`],
    event: { type: "postSettled", postId: context.postId, status },
  })),
];
