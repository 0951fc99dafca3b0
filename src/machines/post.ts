// One publication of one variant: submit once, check, finalise. Only `publish` writes; an unknown answer is reconciled by reading, never by
// sending again (law L2; notes on platforms, 2.1 and 2.2).
import { setup } from "xstate";
import { declareEffect, fx } from "./effects.ts";
import { typed } from "./typed.ts";
import type { Envelope } from "./events.ts";

export interface PostContext {
  postId: string;
  experimentId: string;
  account: string;
  contentHash: string;
  attemptKey: string;
  slotMs: number;
  /** A post later than this has left its slot bin: it is missed, never sent late by itself. */
  latestMs: number;
  sentAtMs: number | null;
  platformPostId: string | null;
  publishedMs: number | null;
  /** Fields that did not arrive as sent. */
  defects: string[];
  polls: number;
  reconciles: number;
  errorClass: string | null;
  reason: string | null;
}

/** The facts a publish needs, gathered by the host at the instant of the slot (law L1). */
export interface Clearance {
  /** Worst verdict of the guards for exactly `contentHash`, re-run at the slot where time matters. */
  guards: "pass" | "warn" | "unverified" | "review" | "block";
  /** The hash of the content that would be sent now. */
  contentHash: string;
  approvedHashes: string[];
  experimentState: string;
  /** The experiment that holds the layer now, if any. */
  layerHolder: string | null;
  accountState: string;
  /** A guardrail lets open blocks be finished and no new one begin. */
  holding: boolean;
  blockIsOpen: boolean;
  /** Earliest instant that pacing allows for this account and surface. */
  paceFreeMs: number;
}

export type PostEvent = Envelope &
  (
    | { type: "due"; clearance: Clearance }
    | { type: "hold"; reason: string }
    | { type: "cancel"; reason: string }
    | { type: "released" }
    | { type: "accepted"; handle: string }
    | { type: "processing" }
    | { type: "processed"; platformPostId: string }
    | { type: "refused"; errorClass: string; signal?: string }
    | { type: "unknown"; reason: string }
    | { type: "found"; platformPostId: string }
    | { type: "absent" }
    | { type: "several"; platformPostIds: string[] }
    | { type: "resolved"; by: string; platformPostId?: string }
    | { type: "finalised"; url: string; publishedMs: number; defects?: string[] }
    | { type: "visible"; url: string; checkedAtMs: number }
    | { type: "gone"; checkedAtMs: number }
  );

export interface PostInput {
  postId: string;
  experimentId: string;
  account: string;
  contentHash: string;
  attemptKey: string;
  slotMs: number;
  latestMs: number;
}

/** Platforms publish within minutes; a container that is not ready after five polls is unknown (Instagram: once a minute, at most five). */
const pollsMax = 5;
/** Reads before a person has to look: grace times are minutes, moderation may take hours. */
const reconcilesMax = 8;

type Args = { context: PostContext; event: PostEvent };

const machineSetup = setup({
  types: { context: typed as PostContext, events: typed as PostEvent, input: typed as Partial<PostInput> },
  delays: { sendTimeout: 5 * 60_000, pollInterval: 60_000, reconcileInterval: 10 * 60_000 },
  guards: {
    cleared: ({ context, event }) => event.type === "due" && blockers(context, event.clearance, event.at).length === 0,
    slotPassed: ({ context, event }) => event.type === "due" && event.at > context.latestMs,
    mayPollAgain: ({ context }) => context.polls < pollsMax,
    mayReadAgain: ({ context }) => context.reconciles < reconcilesMax,
    hasDefects: ({ context }) => context.defects.length > 0,
    foundByPerson: ({ event }) => event.type === "resolved" && event.by !== "" && event.platformPostId !== undefined,
    absentByPerson: ({ event }) => event.type === "resolved" && event.by !== "" && event.platformPostId === undefined,
  },
  actions: { effect: declareEffect },
});

const actions = {
  markSent: machineSetup.assign({ sentAtMs: ({ event }) => event.at }),
  countPoll: machineSetup.assign({ polls: ({ context }) => context.polls + 1 }),
  countRead: machineSetup.assign({ reconciles: ({ context }) => context.reconciles + 1 }),
  keepPlatformId: machineSetup.assign({
    platformPostId: ({ context, event }) => ("platformPostId" in event ? (event.platformPostId ?? null) : context.platformPostId),
  }),
  keepPublished: machineSetup.assign({
    publishedMs: ({ event, context }) => (event.type === "finalised" ? event.publishedMs : context.publishedMs),
    defects: ({ event, context }) => (event.type === "finalised" ? (event.defects ?? []) : context.defects),
  }),
  keepError: machineSetup.assign({
    errorClass: ({ event }) =>
      event.type === "refused" ? event.errorClass : event.type === "absent" || event.type === "resolved" ? "absent" : null,
  }),
  keepReason: machineSetup.assign({
    reason: ({ context, event }) =>
      event.type === "due" ? blockers(context, event.clearance, event.at).join("; ") : "reason" in event ? event.reason : event.type,
  }),
};

const publish = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "publish",
  postId: context.postId,
  attemptKey: context.attemptKey,
  contentHash: context.contentHash,
}));
const check = fx<PostContext, PostEvent>(({ context }) => ({ kind: "check", postId: context.postId, attemptKey: context.attemptKey }));
const reconcile = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "reconcile",
  postId: context.postId,
  attemptKey: context.attemptKey,
  sentAtMs: context.sentAtMs ?? context.slotMs,
  tries: context.reconciles,
}));
const finalise = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "finalise",
  postId: context.postId,
  platformPostId: context.platformPostId ?? "",
}));
const verify = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "verify",
  postId: context.postId,
  platformPostId: context.platformPostId ?? "",
}));
const expose = fx<PostContext, PostEvent>(({ context, event }) => ({
  kind: "expose",
  postId: context.postId,
  publishedMs: context.publishedMs ?? event.at,
  url: event.type === "visible" ? event.url : "",
}));
const askPerson = fx<PostContext, PostEvent>(({ context }) => ({
  kind: "notify",
  severity: "escalation",
  subject: context.postId,
  reason: "cannot tell whether this post was published: look at the account, then resolve it by hand",
}));
/** A refusal that says something about the account goes to the account. */
const tellAccount = fx<PostContext, PostEvent>(({ context, event }) => ({
  kind: "tell",
  to: event.type === "refused" && event.signal !== undefined ? [`account/${context.account}`] : [],
  event: { type: "signal", signal: event.type === "refused" ? (event.signal ?? "") : "" },
}));
const settled = (status: string) => [
  fx<PostContext, PostEvent>(({ context }: Args) => ({ kind: "settled", postId: context.postId, status, errorClass: context.errorClass })),
  fx<PostContext, PostEvent>(({ context }: Args) => ({
    kind: "tell",
    to: [`experiment/${context.experimentId}`],
    event: { type: "postSettled", postId: context.postId, status },
  })),
];

export const postMachine = machineSetup.createMachine({
  id: "post",
  /** The integer version its rows carry. */
  version: "1",
  options: { maxIterations: 1000 },
  initial: "scheduled",
  context: ({ input }) => ({
    postId: input?.postId ?? "",
    experimentId: input?.experimentId ?? "",
    account: input?.account ?? "",
    contentHash: input?.contentHash ?? "",
    attemptKey: input?.attemptKey ?? "",
    slotMs: input?.slotMs ?? 0,
    latestMs: input?.latestMs ?? 0,
    sentAtMs: null,
    platformPostId: null,
    publishedMs: null,
    defects: [],
    polls: 0,
    reconciles: 0,
    errorClass: null,
    reason: null,
  }),
  states: {
    scheduled: {
      description: "waits for its slot",
      on: {
        due: [
          { guard: "slotPassed", target: "missed", actions: actions.keepReason },
          { guard: "cleared", target: "sending" },
          { target: "held", actions: actions.keepReason },
        ],
        hold: { target: "held", actions: actions.keepReason },
        cancel: { target: "cancelled", actions: actions.keepReason },
      },
    },
    held: {
      description: "may not go out now; released by a person, or cancelled when its slot is over",
      on: {
        released: "scheduled",
        /** Held on purpose until its slot was over, whatever the arm: this lowers N and is no arm's loss. */
        due: { guard: "slotPassed", target: "cancelled" },
        cancel: { target: "cancelled", actions: actions.keepReason },
      },
    },
    /** The one write is under way. Entered once in a life: no transition leads back here. */
    sending: {
      description: "the one write is under way; entered once in a life",
      entry: [actions.markSent, publish],
      on: {
        accepted: "accepted",
        refused: { target: "rejected", actions: [actions.keepError, tellAccount] },
        unknown: { target: "ambiguous", actions: actions.keepReason },
      },
      after: { sendTimeout: "ambiguous" },
    },
    accepted: {
      description: "the platform took it and works on it",
      on: {
        processed: { target: "finalising", actions: actions.keepPlatformId },
        processing: { actions: actions.countPoll },
        refused: { target: "rejected", actions: [actions.keepError, tellAccount] },
        unknown: { target: "ambiguous", actions: actions.keepReason },
      },
      after: {
        pollInterval: [
          { guard: "mayPollAgain", target: "accepted", reenter: true, actions: [actions.countPoll, check] },
          { target: "ambiguous" },
        ],
      },
    },
    ambiguous: {
      description: "nobody knows whether it went out: the account is read, nothing is sent again",
      entry: reconcile,
      on: {
        found: { target: "finalising", actions: actions.keepPlatformId },
        /** Proven absent after the grace time. The slot's one write is spent: it is not sent again. */
        absent: { target: "rejected", actions: actions.keepError },
        several: { target: "manualResolution", actions: askPerson },
      },
      after: {
        reconcileInterval: [
          { guard: "mayReadAgain", target: "ambiguous", reenter: true, actions: actions.countRead },
          { target: "manualResolution", actions: askPerson },
        ],
      },
    },
    manualResolution: {
      description: "reading did not tell: a person looks and says",
      on: {
        resolved: [
          { guard: "foundByPerson", target: "finalising", actions: actions.keepPlatformId },
          { guard: "absentByPerson", target: "rejected", actions: actions.keepError },
        ],
      },
    },
    finalising: {
      description: "ready on the platform; is being made public",
      entry: finalise,
      on: { finalised: { target: "live", actions: actions.keepPublished } },
    },
    live: {
      description: "public; a reader from outside is to confirm it",
      entry: verify,
      on: {
        visible: [
          { guard: "hasDefects", target: "publishedWithDefects", actions: expose },
          { target: "verified", actions: expose },
        ],
        gone: "takenDown",
      },
    },
    publishedWithDefects: {
      description: "seen from outside, with fields that did not arrive as sent",
      entry: settled("publishedWithDefects"),
      on: { gone: "takenDown" },
    },
    verified: {
      description: "seen from outside, as sent",
      entry: settled("verified"),
      on: { gone: "takenDown" },
    },
    takenDown: {
      description: "was public and is no more",
      type: "final",
      entry: settled("takenDown"),
    },
    rejected: {
      description: "refused, or proven absent: the one write is spent",
      type: "final",
      entry: settled("rejected"),
    },
    missed: {
      description: "its slot was over before it could be sent",
      type: "final",
      entry: settled("missed"),
    },
    cancelled: {
      description: "called off before anything was sent",
      type: "final",
      entry: settled("cancelled"),
    },
  },
});

/** Why a post may not be sent now, in words; empty if it may. */
export function blockers(context: Pick<PostContext, "contentHash" | "experimentId">, clearance: Clearance, atMs: number): string[] {
  return [
    clearance.guards === "block" && "a guard blocks this content",
    clearance.contentHash !== context.contentHash && "the content changed after it was planned",
    !clearance.approvedHashes.includes(context.contentHash) && "nobody approved exactly this content",
    clearance.experimentState !== "running" && `the experiment is ${clearance.experimentState}`,
    clearance.layerHolder !== context.experimentId && "the layer is not held by this experiment",
    clearance.accountState !== "healthy" && `the account is ${clearance.accountState}`,
    clearance.holding && !clearance.blockIsOpen && "a guardrail holds new blocks",
    atMs < clearance.paceFreeMs && "pacing does not allow a post yet",
  ].filter((reason) => reason !== false);
}
