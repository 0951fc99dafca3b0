// The life of an experiment, from brief to remembered result. Human approval points are states and fail closed on timeout (seed 6.3); what the four
// types ask for is data (domain/experimentTypes), held against the facts by guards.
import { setup } from "xstate";
import {
  type AccountSignal,
  type ApprovalLevel,
  type DecisionKind,
  type DecisionPreset,
  type ExperimentState,
  type ExperimentType,
  experimentTypes,
  type ExperimentTypeFacts,
  type GuardVerdict,
  type PostStatus,
  type Verdict,
} from "../domain/index.ts";
import { declareEffect, fx } from "./effects.ts";
import { typed } from "./typed.ts";
import type { Envelope } from "./events.ts";

/** What no approval level switches off (seed 6.3); the fourth point there, any escalation, is the state `paused`. */
export const approvalNeeds = ["regulated", "claims", "browserLane"] as const;
export type ApprovalNeed = (typeof approvalNeeds)[number];

/** Who approves or reviews; `rule` is nobody, a rule or an agent. */
export const signerRoles = ["operator", "client", "legal", "rule"] as const;
export type SignerRole = (typeof signerRoles)[number];

export interface ExperimentContext {
  experimentId: string;
  type: ExperimentType;
  approvalLevel: ApprovalLevel;
  /** How much the decision rule may claim. */
  preset: DecisionPreset;
  /** The points at which a person has to agree whatever the level. */
  needs: ApprovalNeed[];
  layer: string;
  windowStartMs: number;
  windowEndMs: number;
  /** Whether the run's window has opened or is over, as the clock told it; it is told once, wherever the experiment stands then. */
  window: "ahead" | "open" | "over";
  account: string;
  contentHashes: string[];
  /** Rows of the variants, if there are any; they are told what happens to the experiment. */
  variantIds: string[];
  planHash: string | null;
  guards: GuardVerdict | null;
  /** What was approved: the machine goes on only while it equals what would be published. */
  approvedHashes: string[];
  /** Everybody who has approved exactly this. */
  approvers: string[];
  postIds: string[];
  settled: number;
  /** Of the settled, those that an audience has seen. */
  published: number;
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
    | { type: "variantsReady"; contentHashes: string[]; variantIds?: string[] }
    | { type: "generationFailed"; reason: string }
    /** The guards have spoken about variants and plan together; without a block there is a plan, with so many units for each arm. */
    | { type: "preflighted"; verdict: GuardVerdict; reason: string; planHash?: string; postIds?: string[]; unitsPerArm?: number[] }
    | { type: "revised" }
    | { type: "withdrawn"; by: string }
    | { type: "approved"; approver: string; role: SignerRole; contentHashes: string[]; planHash: string }
    | { type: "rejected"; approver: string; reason: string }
    | { type: "layerReserved" }
    | { type: "layerBusy"; holder: string }
    | { type: "windowOpened" }
    | { type: "postSettled"; postId: string; status: PostStatus }
    | { type: "survivalSignal"; signal: AccountSignal }
    | { type: "guardrailTripped"; guardrailId: string; action: "warn" | "hold" | "pause"; reason: string }
    | { type: "resumed"; by: string }
    | { type: "stopRequested"; by: string }
    | { type: "windowClosed" }
    | { type: "checkpoint"; verdict: Verdict; proposal: DecisionKind; final: boolean; reason: string }
    | {
        type: "reviewed";
        reviewer: string;
        role: SignerRole;
        confounders: string[];
        verdict: Verdict;
        proposal: DecisionKind;
        reason: string;
        winner?: string;
      }
  );

export interface ExperimentInput {
  experimentId: string;
  type: ExperimentType;
  approvalLevel: ApprovalLevel;
  preset: DecisionPreset;
  needs: ApprovalNeed[];
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

const factsOf = (type: ExperimentType): ExperimentTypeFacts => experimentTypes[type];

/** What the type asks of a brief before anybody works on it (an engagement experiment is approved reply by reply, a lane test has a person's lane). */
function typeAllows({ type, approvalLevel, needs }: ExperimentContext): boolean {
  return factsOf(type).approvalLevels.includes(approvalLevel) && (type !== "lane" || needs.includes("browserLane"));
}

/** Two arms or more, each with as many units as the type asks for. */
function planFitsType({ type }: ExperimentContext, unitsPerArm: readonly number[] | undefined): boolean {
  const { min, max } = factsOf(type).postsPerVariant;
  return (
    unitsPerArm !== undefined && unitsPerArm.length >= 2 && unitsPerArm.every((units) => units >= min && (max === null || units <= max))
  );
}

/** Approval counts for exactly this content and this plan, and a rule's only where nobody asked for a person. */
function approvesThis({ context, event }: Args): boolean {
  return (
    event.type === "approved" &&
    event.approver !== "" &&
    (event.role !== "rule" || goesWithoutPerson(context)) &&
    context.contentHashes.length > 0 &&
    sameSet(event.contentHashes, context.contentHashes) &&
    event.planHash === context.planHash
  );
}

function goesWithoutPerson({ approvalLevel, needs, guards }: ExperimentContext): boolean {
  return approvalLevel === "auto" && needs.length === 0 && (guards === "pass" || guards === "warn");
}

type Args = { context: ExperimentContext; event: ExperimentEvent };

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
    windowIsOpen: ({ context }) => context.window === "open",
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
    /**
     * A winner needs validity, posts that were seen, a rule that may claim one, and a review that found nothing: by a person unless the brief goes
     * without one and nothing warned (laws L6, L7; acknowledging a warn is a person's).
     */
    ships: ({ context, event }) =>
      event.type === "reviewed" &&
      event.proposal === "ship" &&
      (event.verdict === "pass" || event.verdict === "warn") &&
      (context.verdict === "pass" || context.verdict === "warn") &&
      event.reviewer !== "" &&
      event.confounders.length === 0 &&
      (event.role !== "rule" || (goesWithoutPerson(context) && event.verdict === "pass")) &&
      context.preset !== "learning" &&
      context.preset !== "exploratory" &&
      context.planHash !== null &&
      (factsOf(context.type).unit === "replySuggestion" || context.published >= 2),
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

const escalate = fx<ExperimentContext, ExperimentEvent>(({ context, event }) => ({
  kind: "notify",
  severity: "escalation",
  subject: context.experimentId,
  reason: reasonOf(event),
}));

const tellPosts = (type: "hold" | "cancel" | "released") =>
  fx<ExperimentContext, ExperimentEvent>(({ context, event }) => ({
    kind: "tell",
    to: context.postIds.map((postId) => `post/${postId}`),
    event: type === "released" ? { type } : { type, reason: reasonOf(event) },
  }));

const tellVariants = (type: "paused" | "resumed" | "retired") =>
  fx<ExperimentContext, ExperimentEvent>(({ context, event }) => ({
    kind: "tell",
    to: context.variantIds.map((variantId) => `variant/${variantId}`),
    event: type === "resumed" ? { type, by: String(field(event, "by")) } : { type, reason: reasonOf(event) },
  }));
/** The one that a review confirmed; the others are retired by the ending. */
const tellWinner = fx<ExperimentContext, ExperimentEvent>(({ context, event }) => ({
  kind: "tell",
  to:
    event.type === "reviewed" && event.winner !== undefined && context.variantIds.includes(event.winner) ? [`variant/${event.winner}`] : [],
  event: { type: "won", by: field(event, "reviewer") ?? "", verdict: field(event, "verdict") ?? "invalid" },
}));

const generate = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({ kind: "generate", experimentId: context.experimentId }));
const preflight = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({ kind: "preflight", experimentId: context.experimentId }));
const requestReview = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "requestReview",
  experimentId: context.experimentId,
}));
const requestApproval = (point: "launch" | ApprovalNeed) =>
  fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
    kind: "requestApproval",
    experimentId: context.experimentId,
    point,
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
const release = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: "release",
  experimentId: context.experimentId,
  layer: context.layer,
}));
/** Replies are suggested and sent by people; everything else gets its slots. */
const place = fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
  kind: factsOf(context.type).unit === "replySuggestion" ? "offerReplies" : "placeSlots",
  experimentId: context.experimentId,
  planHash: context.planHash ?? "",
}));

type Ending = Extract<ExperimentState, "shipped" | "iterated" | "abandoned" | "invalid" | "insufficient" | "stopped">;

/** What every ending owes: unpublished posts cancelled, the layer released, the report written, the learning remembered. */
const ending = (outcome: Ending, description: string) => ({
  description,
  type: "final" as const,
  entry: [
    tellPosts("cancel"),
    tellVariants("retired"),
    release,
    fx<ExperimentContext, ExperimentEvent>(({ context }) => ({ kind: "report", experimentId: context.experimentId, outcome })),
    fx<ExperimentContext, ExperimentEvent>(({ context }) => ({
      kind: "writeMemory",
      experimentId: context.experimentId,
      outcome,
      informationalOnly: outcome === "invalid" || context.verdict === "invalid",
    })),
  ],
});

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
          { guard: "windowIsOpen", target: "running", actions: [actions.holdLayer, place] },
          { actions: [actions.holdLayer, place] },
        ],
        layerBusy: { target: "approval", actions: [actions.loseLayer, actions.reopenApproval, actions.keepReason, escalate] },
        windowOpened: [{ guard: "layerIsHeld", target: "running", actions: actions.openWindow }, { actions: actions.openWindow }],
        /** Its window went by before it had its layer. */
        windowClosed: { target: "stopped", actions: [actions.closeWindow, actions.keepReason, escalate] },
        /** Another content: what was placed is called off, the layer is free, everything is asked again. */
        revised: {
          target: "generating",
          actions: [actions.keepReason, tellPosts("cancel"), release, actions.loseLayer, actions.reopenApproval],
        },
        withdrawn,
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
        layerReserved: { actions: [actions.holdLayer, place] },
        layerBusy: { actions: [actions.loseLayer, actions.keepReason] },
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
