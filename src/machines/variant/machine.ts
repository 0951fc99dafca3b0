// The life of a variant: made, guarded, approved for exactly its content, tried, and remembered as a winner or not. Whatever edits it re-opens its
// approval (law L1), and while it runs nothing edits it (law L4).
import { setup } from "xstate";
import type { GuardVerdict, Verdict } from "../../domain/index.ts";
import { declareEffect, fx } from "../effects.ts";
import { typed } from "../typed.ts";
import type { Envelope } from "../events.ts";

export interface VariantContext {
  variantId: string;
  experimentId: string;
  isControl: boolean;
  /** Of the content as it stands; null before there is any. */
  contentHash: string | null;
  /** The only content that may go out; null unless a person approved it. */
  approvedHash: string | null;
  approver: string | null;
  verdict: GuardVerdict | null;
  /** How often the content was changed after it was first made. */
  revisions: number;
  reason: string | null;
}

export type VariantEvent = Envelope &
  (
    | { type: "generated"; contentHash: string }
    | { type: "guarded"; contentHash: string; verdict: GuardVerdict; reason: string }
    | { type: "approved"; by: string; contentHash: string }
    | { type: "rejected"; by: string; reason: string }
    | { type: "edited"; by: string; contentHash: string }
    | { type: "activated"; contentHashes: string[] }
    | { type: "paused"; reason: string }
    | { type: "resumed"; by: string }
    | { type: "retired"; reason: string }
    | { type: "won"; by: string; verdict: Verdict }
  );

export interface VariantInput {
  variantId: string;
  experimentId: string;
  isControl: boolean;
}

const machineSetup = setup({
  types: { context: typed as VariantContext, events: typed as VariantEvent, input: typed as Partial<VariantInput> },
  delays: {
    /** An unanswered variant is not approved. */
    approvalTimeout: 7 * 24 * 3_600_000,
    /** A pause nobody answers takes the variant out. */
    pauseTimeout: 7 * 24 * 3_600_000,
  },
  guards: {
    hasContent: ({ event }) => event.type === "generated" && event.contentHash !== "",
    /** The guards spoke about this content, and let it through. */
    passesGuards: ({ context, event }) =>
      event.type === "guarded" && event.contentHash === context.contentHash && event.verdict !== "block",
    blocksThis: ({ context, event }) => event.type === "guarded" && event.contentHash === context.contentHash,
    /** Approval counts for exactly this content. */
    approvesThis: ({ context, event }) => event.type === "approved" && event.by !== "" && event.contentHash === context.contentHash,
    changesContent: ({ context, event }) =>
      event.type === "edited" && event.by !== "" && event.contentHash !== "" && event.contentHash !== context.contentHash,
    /** Only what was approved goes out, and only as it was approved. */
    isApprovedContent: ({ context, event }) =>
      event.type === "activated" &&
      context.approvedHash !== null &&
      context.approvedHash === context.contentHash &&
      event.contentHashes.includes(context.approvedHash),
    byHuman: ({ event }) => "by" in event && event.by !== "",
    /** An invalid experiment has no winner (law L6), and control wins nothing. */
    mayWin: ({ context, event }) =>
      event.type === "won" && event.by !== "" && (event.verdict === "pass" || event.verdict === "warn") && !context.isControl,
  },
  actions: { effect: declareEffect },
});

const { assign } = machineSetup;

const actions = {
  keepContent: assign({ contentHash: ({ context, event }) => ("contentHash" in event ? event.contentHash : context.contentHash) }),
  countRevision: assign({ revisions: ({ context }) => context.revisions + 1 }),
  keepVerdict: assign({ verdict: ({ event }) => (event.type === "guarded" ? event.verdict : null) }),
  keepApproval: assign({
    approvedHash: ({ event }) => ("contentHash" in event ? event.contentHash : null),
    approver: ({ event }) => ("by" in event ? event.by : null),
  }),
  reopen: assign({ approvedHash: null, approver: null, verdict: null }),
  keepReason: assign({ reason: ({ event }) => ("reason" in event && event.reason !== "" ? event.reason : event.type) }),
};

const guardIt = fx<VariantContext, VariantEvent>(({ context }) => ({
  kind: "guardVariant",
  variantId: context.variantId,
  contentHash: context.contentHash ?? "",
}));
const requestApproval = fx<VariantContext, VariantEvent>(({ context }) => ({
  kind: "requestVariantApproval",
  variantId: context.variantId,
  contentHash: context.contentHash ?? "",
}));
const escalate = fx<VariantContext, VariantEvent>(({ context, event }) => ({
  kind: "notify",
  severity: "escalation",
  subject: context.variantId,
  reason: "reason" in event && event.reason !== "" ? event.reason : event.type,
}));
/** The experiment's own approval named the old content: it is asked for again. */
const tellExperiment = fx<VariantContext, VariantEvent>(({ context }) => ({
  kind: "tell",
  to: [`experiment/${context.experimentId}`],
  event: { type: "revised" },
}));

const edited = {
  guard: "changesContent" as const,
  target: "generated",
  actions: [actions.keepContent, actions.countRevision, actions.reopen, tellExperiment],
} as const;
const rejected = { guard: "byHuman" as const, target: "rejected", actions: actions.keepReason } as const;
const retired = { target: "retired", actions: actions.keepReason } as const;
const won = { guard: "mayWin" as const, target: "winner" } as const;

export const variantMachine = machineSetup.createMachine({
  id: "variant",
  /** The integer version its rows carry. */
  version: "1",
  options: { maxIterations: 1000 },
  initial: "draft",
  context: ({ input }) => ({
    variantId: input?.variantId ?? "",
    experimentId: input?.experimentId ?? "",
    isControl: input?.isControl ?? false,
    contentHash: null,
    approvedHash: null,
    approver: null,
    verdict: null,
    revisions: 0,
    reason: null,
  }),
  states: {
    draft: {
      description: "wanted by the brief, not made yet",
      on: { generated: { guard: "hasContent", target: "generated", actions: actions.keepContent }, rejected, retired },
    },
    generated: {
      description: "made; the guards look at exactly this content",
      entry: guardIt,
      on: {
        guarded: [
          { guard: "passesGuards", target: "guarded", actions: actions.keepVerdict },
          /** Somebody changes it or gives it up. */
          { guard: "blocksThis", actions: [actions.keepVerdict, actions.keepReason, escalate] },
        ],
        edited: { ...edited, reenter: true },
        rejected,
        retired,
      },
    },
    guarded: {
      description: "passed its guards; a person is asked to approve exactly this content, silence rejects it",
      entry: requestApproval,
      on: {
        approved: { guard: "approvesThis", target: "approved", actions: actions.keepApproval },
        edited,
        rejected,
        retired,
      },
      after: { approvalTimeout: { target: "rejected", actions: [actions.keepReason, escalate] } },
    },
    approved: {
      description: "may go out as it is; any edit re-opens it",
      on: { activated: { guard: "isApprovedContent", target: "active" }, edited, rejected, retired },
    },
    active: {
      description: "being tried; its content cannot change any more",
      on: { paused: { target: "paused", actions: actions.keepReason }, retired, won },
    },
    paused: {
      description: "not published until a person resumes it; silence retires it",
      on: { resumed: { guard: "byHuman", target: "active" }, retired, won },
      after: { pauseTimeout: { target: "retired", actions: [actions.keepReason, escalate] } },
    },
    retired: { description: "its trial is over, or never began", type: "final" },
    winner: { description: "shipped: better than control by the rule, and a review confirmed it", type: "final" },
    rejected: { description: "a person, or nobody in time, wanted it published", type: "final" },
  },
});
