// The life of an experiment, from brief to remembered result. Human approval points are states and fail closed on timeout (seed 6.3).
import { setup } from "xstate";
import type { DecisionKind, ExperimentState, GuardVerdict, Verdict } from "../domain/index.ts";
import { declareEffect, fx } from "./effects.ts";
import { typed } from "./typed.ts";
import type { Envelope } from "./events.ts";

export interface ExperimentContext {
  experimentId: string;
  layer: string;
  windowStartMs: number;
  windowEndMs: number;
  account: string;
  contentHashes: string[];
  planHash: string | null;
  /** What was approved: the machine goes on only while it equals what would be published. */
  approvedHashes: string[];
  approver: string | null;
  postIds: string[];
  settled: number;
  layerHeld: boolean;
  verdict: Verdict | null;
  proposal: DecisionKind | null;
  reason: string | null;
  pauses: number;
  /** A guardrail lets open blocks be finished and no new one begin. */
  holding: boolean;
}

export type ExperimentEvent = Envelope &
  (
    | { type: "submitted" }
    | { type: "variantsReady"; contentHashes: string[] }
    | { type: "generationFailed"; reason: string }
    /** The guards have spoken about variants and plan together; without a block there is a plan. */
    | { type: "preflighted"; verdict: GuardVerdict; reason: string; planHash?: string; postIds?: string[] }
    | { type: "revised" }
    | { type: "withdrawn"; by: string }
    | { type: "approved"; approver: string; contentHashes: string[]; planHash: string }
    | { type: "rejected"; approver: string; reason: string }
    | { type: "layerReserved" }
    | { type: "layerBusy"; holder: string }
    | { type: "windowOpened" }
    | { type: "postSettled"; postId: string; status: string }
    | { type: "survivalSignal"; signal: string }
    | { type: "guardrailTripped"; guardrailId: string; action: "warn" | "hold" | "pause"; reason: string }
    | { type: "resumed"; by: string }
    | { type: "stopRequested"; by: string }
    | { type: "windowClosed" }
    | { type: "checkpoint"; verdict: Verdict; proposal: DecisionKind; final: boolean; reason: string }
    | { type: "reviewed"; reviewer: string; confounders: string[]; verdict: Verdict; proposal: DecisionKind; reason: string }
  );

export interface ExperimentInput {
  experimentId: string;
  layer: string;
  account: string;
  windowStartMs: number;
  windowEndMs: number;
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((item) => b.includes(item));

/** The first of these fields that the event has; actions are shared by transitions of several event types. */
function field(event: ExperimentEvent, ...names: string[]): unknown {
  return names.map((name) => (event as unknown as Record<string, unknown>)[name]).find((value) => value !== undefined);
}

/** Why this event came, in its own words. */
function reasonOf(event: ExperimentEvent): string {
  const reason = field(event, "reason", "signal", "guardrailId", "holder");
  return typeof reason === "string" && reason !== "" ? reason : event.type;
}

const machineSetup = setup({
  types: { context: typed as ExperimentContext, events: typed as ExperimentEvent, input: typed as Partial<ExperimentInput> },
  delays: {
    /** Morning, midday and evening check-ins of a week go by: an unanswered brief is withdrawn. */
    approvalTimeout: 7 * 24 * 3_600_000,
    /** A pause nobody answers within a day ends the run. */
    pauseTimeout: 24 * 3_600_000,
    reviewTimeout: 7 * 24 * 3_600_000,
  },
  guards: {
    passesGuards: ({ event }) => event.type === "preflighted" && event.verdict !== "block" && event.planHash !== undefined,
    layerIsHeld: ({ context }) => context.layerHeld,
    /** Approval counts for exactly this content and this plan. */
    approvesThis: ({ context, event }) =>
      event.type === "approved" &&
      event.approver !== "" &&
      context.contentHashes.length > 0 &&
      sameSet(event.contentHashes, context.contentHashes) &&
      event.planHash === context.planHash,
    byHuman: ({ event }) => (event.type === "resumed" || event.type === "stopRequested" || event.type === "withdrawn") && event.by !== "",
    holds: ({ event }) => event.type === "guardrailTripped" && event.action === "hold",
    pauses: ({ event }) => event.type === "guardrailTripped" && event.action === "pause",
    proposesPause: ({ event }) => event.type === "checkpoint" && event.proposal === "pause",
    proposesStop: ({ event }) => event.type === "checkpoint" && event.proposal === "stop",
    isInvalid: ({ event }) =>
      (event.type === "checkpoint" || event.type === "reviewed") && (event.verdict === "invalid" || event.proposal === "invalid"),
    isInsufficient: ({ event }) =>
      event.type === "checkpoint" && event.final && (event.verdict === "insufficient" || event.proposal === "insufficient"),
    reviewInsufficient: ({ event }) => event.type === "reviewed" && (event.verdict === "insufficient" || event.proposal === "insufficient"),
    readyForReview: ({ event }) => event.type === "checkpoint" && event.final,
    /** A winner needs validity and a review that found nothing. */
    ships: ({ event }) =>
      event.type === "reviewed" &&
      event.proposal === "ship" &&
      (event.verdict === "pass" || event.verdict === "warn") &&
      event.reviewer !== "" &&
      event.confounders.length === 0,
    abandons: ({ event }) => event.type === "reviewed" && event.proposal === "abandon",
    stops: ({ event }) => event.type === "reviewed" && event.proposal === "stop",
  },
  actions: { effect: declareEffect },
});

const actions = {
  keepHashes: machineSetup.assign({
    contentHashes: ({ event }) => field(event, "contentHashes") as string[],
    approvedHashes: [],
    approver: null,
  }),
  keepPlan: machineSetup.assign({
    planHash: ({ event }) => field(event, "planHash") as string,
    postIds: ({ event }) => field(event, "postIds") as string[],
  }),
  keepApproval: machineSetup.assign({
    approvedHashes: ({ event }) => field(event, "contentHashes") as string[],
    approver: ({ event }) => field(event, "approver") as string,
  }),
  holdLayer: machineSetup.assign({ layerHeld: true }),
  countSettled: machineSetup.assign({ settled: ({ context }) => context.settled + 1 }),
  hold: machineSetup.assign({ holding: true }),
  unhold: machineSetup.assign({ holding: false }),
  countPause: machineSetup.assign({ pauses: ({ context }) => context.pauses + 1 }),
  keepReason: machineSetup.assign({
    reason: ({ event }) => reasonOf(event),
  }),
  /** A review may only downgrade: what it does not confirm is not shipped. */
  withholdShip: machineSetup.assign({ proposal: ({ context }) => (context.proposal === "ship" ? "iterate" : context.proposal) }),
  keepVerdict: machineSetup.assign({
    verdict: ({ event, context }) => (field(event, "verdict") as Verdict | undefined) ?? context.verdict,
    proposal: ({ event, context }) => (field(event, "proposal") as DecisionKind | undefined) ?? context.proposal,
  }),
};

const escalate = fx<ExperimentContext, ExperimentEvent>(({ context, event }) => ({
  kind: "notify",
  severity: "escalation",
  subject: context.experimentId,
  reason: reasonOf(event),
}));

const tellPosts = (type: "hold" | "cancel") =>
  fx<ExperimentContext, ExperimentEvent>(({ context, event }) => ({
    kind: "tell",
    to: context.postIds.map((postId) => `post/${postId}`),
    event: { type, reason: reasonOf(event) },
  }));

const generate = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({ kind: "generate", experimentId: context.experimentId }));
const preflight = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({ kind: "preflight", experimentId: context.experimentId }));
const requestReview = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "requestReview",
  experimentId: context.experimentId,
}));
const requestApproval = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "requestApproval",
  experimentId: context.experimentId,
  contentHashes: context.contentHashes,
  planHash: context.planHash ?? "",
}));
const reserve = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "reserve",
  experimentId: context.experimentId,
  layer: context.layer,
  fromMs: context.windowStartMs,
  untilMs: context.windowEndMs,
}));
const placeSlots = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "placeSlots",
  experimentId: context.experimentId,
  planHash: context.planHash ?? "",
}));

/** `completed` has two readings: a variant was shipped, or the work goes on. */
function outcomeOf(context: ExperimentContext, state: ExperimentState): string {
  return state !== "completed" ? state : context.proposal === "ship" ? "shipped" : "iterated";
}

/** What every ending owes: unpublished posts cancelled, the layer released, the report written, the learning remembered. */
const ending = (outcome: ExperimentState, description: string) => ({
  description,
  type: "final" as const,
  entry: [
    tellPosts("cancel"),
    fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
      kind: "release",
      experimentId: context.experimentId,
      layer: context.layer,
    })),
    fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
      kind: "report",
      experimentId: context.experimentId,
      outcome: outcomeOf(context, outcome),
    })),
    fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
      kind: "writeMemory",
      experimentId: context.experimentId,
      outcome: outcomeOf(context, outcome),
      informationalOnly: context.verdict === "invalid",
    })),
  ],
});

const pausing = {
  target: "paused",
  actions: [actions.keepReason, actions.countPause, actions.keepVerdict, tellPosts("hold"), escalate],
} as const;

/** Facts that may stop a run at any time, in scheduled and running alike; survival signals come first. */
const brakes = {
  survivalSignal: pausing,
  guardrailTripped: [
    { guard: "pauses" as const, ...pausing },
    { guard: "holds" as const, actions: [actions.keepReason, actions.hold, escalate] },
    { actions: actions.keepReason },
  ],
  resumed: { guard: "byHuman" as const, actions: actions.unhold },
  stopRequested: { guard: "byHuman" as const, target: "stopped", actions: actions.keepReason },
} as const;

export const experimentMachine = machineSetup.createMachine({
  id: "experiment",
  /** The integer version its rows carry. */
  version: "1",
  options: { maxIterations: 1000 },
  initial: "draft",
  context: ({ input }) => ({
    experimentId: input?.experimentId ?? "",
    layer: input?.layer ?? "",
    account: input?.account ?? "",
    windowStartMs: input?.windowStartMs ?? 0,
    windowEndMs: input?.windowEndMs ?? 0,
    contentHashes: [],
    planHash: null,
    approvedHashes: [],
    approver: null,
    postIds: [],
    settled: 0,
    layerHeld: false,
    verdict: null,
    proposal: null,
    reason: null,
    pauses: 0,
    holding: false,
  }),
  states: {
    draft: {
      description: "a brief that nobody works on yet",
      on: { submitted: "generating" },
    },
    generating: {
      description: "variants are being made",
      entry: generate,
      on: {
        variantsReady: { target: "preflight", actions: actions.keepHashes },
        generationFailed: { target: "draft", actions: [actions.keepReason, escalate] },
      },
    },
    preflight: {
      description: "the guards look at variants and plan together",
      entry: preflight,
      on: {
        preflighted: [
          { guard: "passesGuards", target: "approval", actions: actions.keepPlan },
          /** Nothing may be published; somebody changes the content or gives it up. */
          { actions: [actions.keepReason, escalate] },
        ],
        revised: "generating",
        withdrawn: { guard: "byHuman", target: "stopped", actions: actions.keepReason },
      },
      after: { approvalTimeout: { target: "stopped", actions: escalate } },
    },
    approval: {
      description: "a person is asked to approve exactly this content and plan; silence withdraws it",
      entry: requestApproval,
      on: {
        approved: { guard: "approvesThis", target: "scheduled", actions: actions.keepApproval },
        rejected: { target: "stopped", actions: actions.keepReason },
        revised: "generating",
      },
      after: { approvalTimeout: { target: "stopped", actions: escalate } },
    },
    scheduled: {
      description: "approved; waits for its layer and for its window to open",
      entry: reserve,
      on: {
        layerReserved: { actions: [actions.holdLayer, placeSlots] },
        layerBusy: { target: "approval", actions: [actions.keepReason, escalate] },
        windowOpened: { guard: "layerIsHeld", target: "running" },
        ...brakes,
      },
    },
    running: {
      description: "posts go out and are watched",
      on: {
        postSettled: { actions: actions.countSettled },
        ...brakes,
        checkpoint: [
          { guard: "isInvalid", target: "invalid", actions: [actions.keepVerdict, actions.keepReason, escalate] },
          { guard: "proposesPause", ...pausing },
          { guard: "proposesStop", target: "stopped", actions: [actions.keepVerdict, actions.keepReason, escalate] },
          { actions: actions.keepVerdict },
        ],
        windowClosed: "verifying",
      },
    },
    /** Resuming needs a human; silence ends the run. */
    paused: {
      description: "nothing is published until a person resumes; silence ends the run",
      on: {
        resumed: { guard: "byHuman", target: "running", actions: actions.unhold },
        stopRequested: { guard: "byHuman", target: "stopped", actions: actions.keepReason },
        postSettled: { actions: actions.countSettled },
        checkpoint: [
          { guard: "isInvalid", target: "invalid", actions: [actions.keepVerdict, actions.keepReason, escalate] },
          { actions: actions.keepVerdict },
        ],
      },
      after: { pauseTimeout: { target: "stopped", actions: escalate } },
    },
    /** All slots are past; the last metrics ripen. */
    verifying: {
      description: "all slots are past; the last metrics ripen",
      on: {
        postSettled: { actions: actions.countSettled },
        survivalSignal: { actions: escalate },
        checkpoint: [
          { guard: "isInvalid", target: "invalid", actions: [actions.keepVerdict, actions.keepReason] },
          { guard: "isInsufficient", target: "insufficient", actions: [actions.keepVerdict, actions.keepReason] },
          { guard: "readyForReview", target: "review", actions: [actions.keepVerdict, actions.keepReason] },
          { actions: actions.keepVerdict },
        ],
      },
    },
    review: {
      description: "a person confirms the result or downgrades it; silence ships nothing",
      entry: requestReview,
      on: {
        reviewed: [
          { guard: "isInvalid", target: "invalid", actions: [actions.keepVerdict, actions.keepReason] },
          { guard: "reviewInsufficient", target: "insufficient", actions: [actions.keepVerdict, actions.keepReason] },
          { guard: "ships", target: "completed", actions: [actions.keepVerdict, actions.keepReason] },
          { guard: "abandons", target: "abandoned", actions: [actions.keepVerdict, actions.keepReason] },
          { guard: "stops", target: "stopped", actions: [actions.keepVerdict, actions.keepReason] },
          { target: "completed", actions: [actions.keepVerdict, actions.withholdShip, actions.keepReason] },
        ],
      },
      after: { reviewTimeout: { target: "completed", actions: [actions.withholdShip, escalate] } },
    },
    /** Shipped or to be iterated: `proposal` in the context says which. */
    completed: ending("completed", "shipped, or to be iterated: proposal in the context says which"),
    abandoned: ending("abandoned", "the idea is given up"),
    invalid: ending("invalid", "the comparison was broken: its outcomes are informational only"),
    insufficient: ending("insufficient", "too little to tell anything"),
    stopped: ending("stopped", "ended early: by a person, by a rule, or by silence"),
  },
});
