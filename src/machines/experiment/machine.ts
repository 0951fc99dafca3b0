// The life of an experiment, from brief to remembered result. Human approval points are states and fail closed on timeout (seed 6.3); what the four
// types ask for is data (domain/experimentTypes), held against the facts by guards.
import { setup } from "xstate";
import type { DecisionKind, ExperimentState, GuardVerdict, PostStatus, Verdict } from "../../domain/index.ts";
import { declareEffect, fx } from "../effects.ts";
import { typed } from "../typed.ts";
import {
  escalate,
  field,
  generate,
  joinAccount,
  leaveAccount,
  place,
  preflight,
  reasonOf,
  release,
  requestApproval,
  requestReview,
  reserve,
  tellPosts,
  tellVariants,
  tellWinner,
} from "./effects.ts";
import { type Args, approvesThis, planFitsType, ships, typeAllows } from "./rules.ts";
import { type ApprovalNeed, approvalNeeds, type ExperimentContext, type ExperimentEvent, type ExperimentInput } from "./types.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const machineSetup = setup({
  types: { context: typed as ExperimentContext, events: typed as ExperimentEvent, input: typed as Partial<ExperimentInput> },
  delays: {
    /** A creator that says nothing has failed. */
    generationTimeout: dayMs,
    /** Morning, midday and evening check-ins of a week go by: an unanswered brief is withdrawn. */
    approvalTimeout: 7 * dayMs,
    /** A pause nobody answers within a day ends the run. */
    pauseTimeout: dayMs,
    /** Readings ripen within two weeks and come late by days; after this nobody evaluates any more. */
    verifyTimeout: 45 * dayMs,
    reviewTimeout: 7 * dayMs,
  },
  guards: {
    typeAllows: ({ context }) => typeAllows(context),
    /** Control and at least one test, all different. */
    hasVariants: ({ event }) =>
      event.type === "variantsReady" &&
      event.contentHashes.length >= 2 &&
      !event.contentHashes.includes("") &&
      new Set(event.contentHashes).size === event.contentHashes.length,
    passesGuards: ({ context, event }) =>
      event.type === "preflighted" &&
      event.verdict !== "block" &&
      event.planHash !== undefined &&
      event.planHash !== "" &&
      planFitsType(context, event.unitsPerArm),
    layerIsHeld: ({ context }) => context.layerHeld,
    /** Placed once: whoever holds it already is not placed again. */
    layerIsNew: ({ context }) => !context.layerHeld,
    layerIsNewAndWindowOpen: ({ context }) => !context.layerHeld && context.window === "open",
    approvesThis,
    approvesRegulatedNext: (args: Args) => approvesThis(args) && args.context.needs.includes("regulated"),
    approvesClaimsNext: (args: Args) => approvesThis(args) && args.context.needs.includes("claims"),
    approvesLaneNext: (args: Args) => approvesThis(args) && args.context.needs.includes("browserLane"),
    signed: ({ event }) => event.type === "rejected" && event.approver !== "",
    byHuman: ({ event }) => "by" in event && event.by !== "",
    resumesOver: ({ context, event }) => event.type === "resumed" && event.by !== "" && context.window === "over",
    resumesRun: ({ context, event }) => event.type === "resumed" && event.by !== "" && context.window === "open" && context.layerHeld,
    resumesHeld: ({ context, event }) => event.type === "resumed" && event.by !== "" && context.layerHeld,
    holds: ({ event }) => event.type === "guardrailTripped" && event.action === "hold",
    pauses: ({ event }) => event.type === "guardrailTripped" && event.action === "pause",
    proposesHold: ({ event }) => event.type === "checkpoint" && event.proposal === "hold",
    proposesPause: ({ event }) => event.type === "checkpoint" && event.proposal === "pause",
    proposesStop: ({ event }) => event.type === "checkpoint" && event.proposal === "stop",
    isInvalid: ({ event }) =>
      (event.type === "checkpoint" || event.type === "reviewed") && (event.verdict === "invalid" || event.proposal === "invalid"),
    isInsufficient: ({ event }) =>
      event.type === "checkpoint" && event.final && (event.verdict === "insufficient" || event.proposal === "insufficient"),
    reviewInsufficient: ({ event }) => event.type === "reviewed" && (event.verdict === "insufficient" || event.proposal === "insufficient"),
    readyForReview: ({ event }) => event.type === "checkpoint" && event.final,
    ships,
    abandons: ({ event }) => event.type === "reviewed" && event.proposal === "abandon",
    stops: ({ event }) => event.type === "reviewed" && event.proposal === "stop",
  },
  actions: { effect: declareEffect },
});

const seen: ReadonlySet<PostStatus> = new Set(["verified", "publishedWithDefects"]);

const actions = {
  keepHashes: machineSetup.assign({
    contentHashes: ({ event }) => field(event, "contentHashes") as string[],
    variantIds: ({ event }) => (field(event, "variantIds") as string[] | undefined) ?? [],
  }),
  keepPlan: machineSetup.assign({
    planHash: ({ event }) => field(event, "planHash") as string,
    postIds: ({ event }) => (field(event, "postIds") as string[] | undefined) ?? [],
    guards: ({ event }) => field(event, "verdict") as GuardVerdict,
  }),
  keepApproval: machineSetup.assign({
    approvedHashes: ({ event }) => field(event, "contentHashes") as string[],
    approvers: ({ context, event }) => [...context.approvers, field(event, "approver") as string],
  }),
  /** Whatever was approved was something else. */
  reopenApproval: machineSetup.assign({ approvedHashes: [], approvers: [] }),
  holdLayer: machineSetup.assign({ layerHeld: true }),
  loseLayer: machineSetup.assign({ layerHeld: false }),
  openWindow: machineSetup.assign({ window: "open" }),
  closeWindow: machineSetup.assign({ window: "over" }),
  countSettled: machineSetup.assign({
    settled: ({ context }) => context.settled + 1,
    published: ({ context, event }) => context.published + (event.type === "postSettled" && seen.has(event.status) ? 1 : 0),
  }),
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

type Ending = Extract<ExperimentState, "shipped" | "iterated" | "abandoned" | "invalid" | "insufficient" | "stopped">;

/** What every ending owes: unpublished posts cancelled, the layer released, the report written, the learning remembered. */
const ending = (outcome: Ending, description: string) => ({
  description,
  type: "final" as const,
  entry: [
    tellPosts("cancel"),
    tellVariants("retired"),
    release,
    leaveAccount,
    fx<ExperimentContext, ExperimentEvent>(({ context }) => ({ kind: "report", experimentId: context.experimentId, outcome })),
    fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
      kind: "writeMemory",
      experimentId: context.experimentId,
      outcome,
      informationalOnly: outcome === "invalid" || context.verdict === "invalid",
    })),
  ],
});

/** The layer is this experiment's: its account knows of it from here on, its posts get their slots. */
const launch = [actions.holdLayer, place, joinAccount] as const;
const leaveLayer = [leaveAccount, actions.loseLayer] as const;

const pausing = {
  target: "paused",
  actions: [actions.keepReason, actions.countPause, actions.keepVerdict, tellPosts("hold"), tellVariants("paused"), escalate],
} as const;

const stopRequested = { guard: "byHuman" as const, target: "stopped", actions: actions.keepReason } as const;
const withdrawn = { guard: "byHuman" as const, target: "stopped", actions: actions.keepReason } as const;

/** Facts that may stop a run at any time, in scheduled and running alike; survival signals come first. */
const brakes = {
  survivalSignal: pausing,
  guardrailTripped: [
    { guard: "pauses" as const, ...pausing },
    { guard: "holds" as const, actions: [actions.keepReason, actions.hold, escalate] },
    { actions: actions.keepReason },
  ],
  resumed: { guard: "byHuman" as const, actions: actions.unhold },
  stopRequested,
} as const;

/** A state in which a person has to agree. Silence withdraws the brief; an edit or a guard's new word asks again. */
const approvalState = (
  point: "launch" | ApprovalNeed,
  description: string,
  next: readonly { guard: "approvesRegulatedNext" | "approvesClaimsNext" | "approvesLaneNext"; target: ExperimentState }[],
) => ({
  description,
  entry: requestApproval(point),
  on: {
    approved: [
      ...next.map((step) => ({ ...step, actions: actions.keepApproval })),
      { guard: "approvesThis" as const, target: "scheduled" as const, actions: [actions.keepApproval, reserve] },
    ],
    rejected: { guard: "signed" as const, target: "stopped" as const, actions: actions.keepReason },
    revised: { target: "generating" as const, actions: actions.reopenApproval },
    withdrawn,
  },
  after: { approvalTimeout: { target: "stopped" as const, actions: [actions.keepReason, escalate] } },
});

const toRegulated = { guard: "approvesRegulatedNext" as const, target: "approvalRegulated" as const };
const toClaims = { guard: "approvesClaimsNext" as const, target: "approvalClaims" as const };
const toLane = { guard: "approvesLaneNext" as const, target: "approvalBrowser" as const };

export const experimentMachine = machineSetup.createMachine({
  id: "experiment",
  /** The integer version its rows carry. */
  version: "1",
  options: { maxIterations: 1000 },
  initial: "draft",
  context: ({ input }) => ({
    experimentId: input?.experimentId ?? "",
    type: input?.type ?? "micro",
    approvalLevel: input?.approvalLevel ?? "manual",
    preset: input?.preset ?? "learning",
    needs: input?.needs ?? [...approvalNeeds],
    layer: input?.layer ?? "",
    account: input?.account ?? "",
    windowStartMs: input?.windowStartMs ?? 0,
    windowEndMs: input?.windowEndMs ?? 0,
    window: "ahead",
    contentHashes: [],
    variantIds: [],
    planHash: null,
    guards: null,
    approvedHashes: [],
    approvers: [],
    postIds: [],
    settled: 0,
    published: 0,
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
      on: {
        submitted: [
          { guard: "typeAllows", target: "generating" },
          /** The type asks for more than the brief has. */
          { actions: [actions.keepReason, escalate] },
        ],
        withdrawn,
      },
    },
    generating: {
      description: "variants are being made",
      entry: generate,
      on: {
        variantsReady: [
          { guard: "hasVariants", target: "preflight", actions: [actions.keepHashes, actions.reopenApproval] },
          { target: "draft", actions: [actions.keepReason, escalate] },
        ],
        generationFailed: { target: "draft", actions: [actions.keepReason, escalate] },
        withdrawn,
      },
      after: { generationTimeout: { target: "draft", actions: [actions.keepReason, escalate] } },
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
        withdrawn,
      },
      after: { approvalTimeout: { target: "stopped", actions: [actions.keepReason, escalate] } },
    },
    approval: approvalState("launch", "asks for approval of exactly this content and plan; silence withdraws it", [
      toRegulated,
      toClaims,
      toLane,
    ]),
    approvalRegulated: approvalState("regulated", "the client's industry is regulated: a person agrees once more, for that", [
      toClaims,
      toLane,
    ]),
    approvalClaims: approvalState("claims", "an offer or a claim is changed: a person agrees once more, for that", [toLane]),
    approvalBrowser: approvalState("browserLane", "a person's lane is used: a person agrees to run it", []),
    scheduled: {
      description: "approved; waits for its layer and for its window to open",
      on: {
        layerReserved: [
          { guard: "layerIsNewAndWindowOpen", target: "running", actions: launch },
          { guard: "layerIsNew", actions: launch },
        ],
        layerBusy: { target: "approval", actions: [...leaveLayer, actions.reopenApproval, actions.keepReason, escalate] },
        windowOpened: [{ guard: "layerIsHeld", target: "running", actions: actions.openWindow }, { actions: actions.openWindow }],
        /** Its window went by before it had its layer. */
        windowClosed: { target: "stopped", actions: [actions.closeWindow, actions.keepReason, escalate] },
        /** Another content: what was placed is called off, the layer is free, everything is asked again. */
        revised: {
          target: "generating",
          actions: [actions.keepReason, tellPosts("cancel"), release, ...leaveLayer, actions.reopenApproval],
        },
        withdrawn,
        ...brakes,
      },
    },
    running: {
      description: "posts go out and are watched",
      entry: tellVariants("activated"),
      on: {
        postSettled: { actions: actions.countSettled },
        ...brakes,
        checkpoint: [
          { guard: "isInvalid", target: "invalid", actions: [actions.keepVerdict, actions.keepReason, escalate] },
          { guard: "proposesPause", ...pausing },
          { guard: "proposesStop", target: "stopped", actions: [actions.keepVerdict, actions.keepReason, escalate] },
          { guard: "proposesHold", actions: [actions.keepVerdict, actions.hold] },
          { actions: actions.keepVerdict },
        ],
        windowClosed: { target: "verifying", actions: actions.closeWindow },
      },
    },
    /** Resuming needs a human; silence ends the run. A resumed run goes to where layer and window allow it to be (law L3). */
    paused: {
      description: "an escalation: nothing is published until a person resumes; silence ends the run",
      on: {
        resumed: [
          { guard: "resumesOver", target: "verifying", actions: [actions.unhold, tellVariants("resumed")] },
          { guard: "resumesRun", target: "running", actions: [actions.unhold, tellVariants("resumed"), tellPosts("released")] },
          { guard: "resumesHeld", target: "scheduled", actions: [actions.unhold, tellVariants("resumed"), tellPosts("released")] },
          { guard: "byHuman", target: "scheduled", actions: [actions.unhold, tellVariants("resumed"), reserve] },
        ],
        stopRequested,
        /** The layer may answer while nobody has answered the escalation. */
        layerReserved: { guard: "layerIsNew", actions: launch },
        layerBusy: { actions: [...leaveLayer, actions.keepReason] },
        windowOpened: { actions: actions.openWindow },
        windowClosed: { actions: actions.closeWindow },
        postSettled: { actions: actions.countSettled },
        survivalSignal: { actions: [actions.keepReason, escalate] },
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
        stopRequested,
        checkpoint: [
          { guard: "isInvalid", target: "invalid", actions: [actions.keepVerdict, actions.keepReason] },
          { guard: "isInsufficient", target: "insufficient", actions: [actions.keepVerdict, actions.keepReason] },
          { guard: "readyForReview", target: "review", actions: [actions.keepVerdict, actions.keepReason] },
          { actions: actions.keepVerdict },
        ],
      },
      after: { verifyTimeout: { target: "insufficient", actions: [actions.keepReason, escalate] } },
    },
    review: {
      description: "a person confirms the result or downgrades it; silence ships nothing",
      entry: requestReview,
      on: {
        survivalSignal: { actions: escalate },
        reviewed: [
          { guard: "isInvalid", target: "invalid", actions: [actions.keepVerdict, actions.keepReason] },
          { guard: "reviewInsufficient", target: "insufficient", actions: [actions.keepVerdict, actions.keepReason] },
          { guard: "ships", target: "shipped", actions: [actions.keepVerdict, actions.keepReason, tellWinner] },
          { guard: "abandons", target: "abandoned", actions: [actions.keepVerdict, actions.keepReason] },
          { guard: "stops", target: "stopped", actions: [actions.keepVerdict, actions.keepReason] },
          { target: "iterated", actions: [actions.keepVerdict, actions.withholdShip, actions.keepReason] },
        ],
      },
      after: { reviewTimeout: { target: "iterated", actions: [actions.withholdShip, actions.keepReason, escalate] } },
    },
    shipped: ending("shipped", "a variant won, and a review confirmed it"),
    iterated: ending("iterated", "nothing was shipped; the work goes on with what was learned"),
    abandoned: ending("abandoned", "the idea is given up"),
    invalid: ending("invalid", "the comparison was broken: its outcomes are informational only"),
    insufficient: ending("insufficient", "too little to tell anything"),
    stopped: ending("stopped", "ended early: by a person, by a rule, or by silence"),
  },
});
