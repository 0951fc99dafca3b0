// One publication of one variant: submit once, check, finalise. Only `publish` writes; an unknown answer is reconciled by reading, never by
// sending again (law L2; notes on platforms, 2.1 and 2.2).
import { setup } from "xstate";
import { declareEffect } from "../effects.ts";
import { typed } from "../typed.ts";
import { blockers, gaps } from "./clearance.ts";
import {
  askOperator,
  askPerson,
  check,
  expose,
  finalise,
  publish,
  reconcile,
  settled,
  tellLane,
  tellSignal,
  verify,
  withdraw,
} from "./effects.ts";
import type { PostContext, PostError, PostEvent, PostInput } from "./types.ts";

/** How often each phase asks before it gives up; with the delays below these are the budgets of platforms note 2.1. */
export const postTries = {
  /** Instagram: once a minute for at most five minutes. */
  polls: 5,
  /** Grace times are minutes, moderation may take hours. */
  reads: 8,
  finalises: 5,
  looks: 4,
  reminders: 3,
} as const;

const minuteMs = 60_000;
const signed = (event: PostEvent): boolean => "by" in event && event.by !== "";

const machineSetup = setup({
  types: { context: typed as PostContext, events: typed as PostEvent, input: typed as Partial<PostInput> },
  delays: {
    sendTimeout: 5 * minuteMs,
    answerTimeout: 5 * minuteMs,
    pollInterval: minuteMs,
    /** A person in the browser lane has until the slot is over; an inbox upload may wait as long. */
    userTimeout: ({ context, event }) => Math.max(30 * minuteMs, context.latestMs - event.at),
    /** The platform has a quarter of an hour beyond the time it gave. */
    platformTimeout: ({ context, event }) => Math.max(0, (context.platformAtMs ?? event.at) - event.at) + 15 * minuteMs,
    reconcileInterval: 10 * minuteMs,
    finaliseInterval: 2 * minuteMs,
    lookInterval: 15 * minuteMs,
    /** A day without an answer, then the person is asked again. */
    resolutionTimeout: 24 * 60 * minuteMs,
  },
  guards: {
    isPrepared: ({ context, event }) => event.type === "prepared" && gaps(context, event.preparation).length === 0,
    cleared: ({ context, event }) => event.type === "due" && blockers(context, event.clearance, event.at).length === 0,
    slotPassed: ({ context, event }) => event.type === "due" && event.at > context.latestMs,
    mayPollAgain: ({ context }) => context.tries < postTries.polls,
    mayReadAgain: ({ context }) => context.tries < postTries.reads,
    mayFinaliseAgain: ({ context }) => context.tries < postTries.finalises,
    mayLookAgain: ({ context }) => context.tries < postTries.looks,
    mayRemind: ({ context }) => context.tries < postTries.reminders,
    hasDefects: ({ context }) => context.defects.length > 0,
    /** An answer that says no and means "nobody knows": an unknown code on a write. */
    refusalIsUnknown: ({ event }) => event.type === "refused" && event.errorClass === "ambiguous",
    /** Not a no: the platform still works on it. */
    refusalIsWait: ({ event }) => event.type === "refused" && event.errorClass === "processing",
    byPerson: ({ event }) => signed(event),
    foundByPerson: ({ event }) => event.type === "resolved" && signed(event) && event.platformPostId !== undefined,
    absentByPerson: ({ event }) => event.type === "resolved" && signed(event) && event.platformPostId === undefined,
  },
  actions: { effect: declareEffect },
});

const { assign } = machineSetup;

const actions = {
  markSent: assign({ sentAtMs: ({ event }) => event.at }),
  firstTry: assign({ tries: 0 }),
  nextTry: assign({ tries: ({ context }) => context.tries + 1 }),
  keepHandle: assign({ handle: ({ context, event }) => ("handle" in event ? event.handle : context.handle) }),
  keepPlatformTime: assign({
    platformAtMs: ({ context, event }) => (event.type === "platformScheduled" ? event.publishAtMs : context.platformAtMs),
  }),
  keepPlatformId: assign({
    platformPostId: ({ context, event }) => ("platformPostId" in event ? (event.platformPostId ?? null) : context.platformPostId),
  }),
  keepPublished: assign({
    publishedMs: ({ event, context }) => (event.type === "finalised" ? event.publishedMs : context.publishedMs),
    defects: ({ event, context }) => (event.type === "finalised" ? (event.defects ?? []) : context.defects),
  }),
  /** It exists, as its id is known, but nothing more could be read about it. */
  keepUnreadable: assign({ publishedMs: ({ context }) => context.sentAtMs, defects: ["permalink"] }),
  keepError: assign({ errorClass: ({ event }) => errorOf(event) }),
  keepReason: assign({
    reason: ({ context, event }) => {
      if (event.type === "due") return blockers(context, event.clearance, event.at).join("; ");
      if (event.type === "prepared") return gaps(context, event.preparation).join("; ");
      return "reason" in event ? event.reason : event.type;
    },
  }),
};

function errorOf(event: PostEvent): PostError | null {
  switch (event.type) {
    case "refused":
      return event.errorClass;
    case "absent":
    case "resolved":
      return "absent";
    case "declined":
      return "declined";
    default:
      return "ambiguous";
  }
}

/** What the answer to a write or to a poll may be, wherever it comes. */
const refused = [
  { guard: "refusalIsUnknown" as const, target: "ambiguous", actions: [actions.firstTry, actions.keepError] },
  { guard: "refusalIsWait" as const, target: "processing", actions: actions.firstTry },
  { target: "rejected", actions: [actions.keepError, tellSignal, tellLane("laneFailed")] },
] as const;
const refusedWhileProcessing = [refused[0], { guard: "refusalIsWait" as const }, refused[2]] as const;
const unknown = { target: "ambiguous", actions: [actions.firstTry, actions.keepReason] } as const;
const timedOut = { target: "ambiguous", actions: actions.firstTry } as const;
const accepted = { target: "accepted", actions: [actions.firstTry, actions.keepHandle] } as const;
const platformScheduled = { target: "platformScheduled", actions: [actions.keepHandle, actions.keepPlatformTime] } as const;
const processed = { target: "finalising", actions: [actions.firstTry, tellLane("laneWorked"), actions.keepPlatformId] } as const;
const absent = { target: "rejected", actions: [actions.keepError, tellLane("laneFailed")] } as const;
const toPerson = { target: "manualResolution", actions: [actions.firstTry, askPerson] } as const;
const userNeeded = "awaitingUser" as const;
const answers = { accepted, platformScheduled, processed, userNeeded, refused: [...refused], unknown } as const;

const hold = { target: "held", actions: actions.keepReason } as const;
const cancel = { target: "cancelled", actions: actions.keepReason } as const;
const due = [
  { guard: "slotPassed" as const, target: "missed", actions: actions.keepReason },
  { guard: "cleared" as const, target: "sending" },
  { target: "held", actions: actions.keepReason },
] as const;
/** The lane's person may have done it already: it is read before anything is believed. */
const callOff = { target: "ambiguous", actions: [actions.firstTry, actions.keepReason, askOperator("doNotPublish")] } as const;

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
    lane: input?.lane ?? "api",
    contentHash: input?.contentHash ?? "",
    attemptKey: input?.attemptKey ?? "",
    slotMs: input?.slotMs ?? 0,
    latestMs: input?.latestMs ?? 0,
    sentAtMs: null,
    handle: null,
    platformAtMs: null,
    platformPostId: null,
    publishedMs: null,
    defects: [],
    tries: 0,
    errorClass: null,
    reason: null,
  }),
  states: {
    scheduled: {
      description: "waits for its slot",
      on: {
        prepared: [
          { guard: "isPrepared", target: "prepared" },
          { target: "held", actions: actions.keepReason },
        ],
        due: [...due],
        hold,
        cancel,
      },
    },
    prepared: {
      description: "guards passed, approval fits, quota reserved; waits for its slot, where everything is asked again",
      on: { due: [...due], hold, cancel },
    },
    held: {
      description: "may not go out now; released by a person, or cancelled when its slot is over",
      on: {
        released: "scheduled",
        /** Held on purpose until its slot was over, whatever the arm: this lowers N and is no arm's loss. */
        due: { guard: "slotPassed", target: "cancelled" },
        cancel,
      },
    },
    /** The one write is under way. Entered once in a life: no transition leads back here. */
    sending: {
      description: "the one write is under way; entered once in a life",
      entry: [actions.markSent, publish],
      on: { submitted: "submitted", ...answers },
      after: { sendTimeout: timedOut },
    },
    submitted: {
      description: "the write went out whole; the platform has not answered yet",
      on: answers,
      after: { answerTimeout: timedOut },
    },
    accepted: {
      description: "the platform took it and gave a handle to ask with",
      on: {
        processing: { target: "processing", actions: actions.firstTry },
        platformScheduled,
        processed,
        userNeeded,
        refused: [...refused],
        unknown,
      },
      after: { pollInterval: { target: "processing", actions: [actions.nextTry, check] } },
    },
    processing: {
      description: "the platform works on it; it is asked now and then, nothing is sent",
      on: { platformScheduled, processed, userNeeded, refused: [...refusedWhileProcessing], unknown },
      after: {
        pollInterval: [{ guard: "mayPollAgain", target: "processing", reenter: true, actions: [actions.nextTry, check] }, timedOut],
      },
    },
    platformScheduled: {
      description: "the platform keeps it and will publish it at a time of its own",
      on: {
        processed,
        withdrawn: cancel,
        /** Nothing may go out while the experiment is paused: it is taken back, and is only gone when the platform says so. */
        hold: { actions: [actions.keepReason, withdraw] },
        cancel: { actions: [actions.keepReason, withdraw] },
        refused: [...refused],
        unknown,
      },
      after: { platformTimeout: timedOut },
    },
    awaitingUser: {
      description: "a person has to publish or confirm it: browser lane, inbox upload, a question of the platform",
      entry: askOperator("publish"),
      on: {
        confirmed: { guard: "byPerson", ...processed },
        declined: { guard: "byPerson", target: "rejected", actions: [actions.keepError, actions.keepReason] },
        processed,
        refused: [...refused],
        hold: callOff,
        cancel: callOff,
      },
      after: { userTimeout: timedOut },
    },
    ambiguous: {
      description: "nobody knows whether it went out: the account is read, nothing is sent again",
      entry: reconcile,
      on: {
        found: processed,
        /** Proven absent after the grace time. The slot's one write is spent: it is not sent again. */
        absent,
        several: toPerson,
      },
      after: {
        reconcileInterval: [{ guard: "mayReadAgain", target: "ambiguous", reenter: true, actions: actions.nextTry }, toPerson],
      },
    },
    manualResolution: {
      description: "reading did not tell: a person looks and says; asked again daily, then it counts as not published",
      on: {
        resolved: [
          { guard: "foundByPerson", ...processed },
          { guard: "absentByPerson", ...absent },
        ],
      },
      after: {
        resolutionTimeout: [
          { guard: "mayRemind", target: "manualResolution", reenter: true, actions: [actions.nextTry, askPerson] },
          { target: "rejected", actions: actions.keepError },
        ],
      },
    },
    finalising: {
      description: "it exists on the platform; its address is read and what belongs to it is set",
      entry: finalise,
      on: { finalised: { target: "live", actions: [actions.firstTry, actions.keepPublished] }, gone: "takenDown" },
      after: {
        finaliseInterval: [
          { guard: "mayFinaliseAgain", target: "finalising", reenter: true, actions: actions.nextTry },
          { target: "live", actions: [actions.firstTry, actions.keepUnreadable] },
        ],
      },
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
      after: { lookInterval: [{ guard: "mayLookAgain", target: "live", reenter: true, actions: actions.nextTry }, toPerson] },
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
      description: "refused, declined or proven absent: the one write is spent",
      type: "final",
      entry: settled("rejected"),
    },
    missed: {
      description: "its slot was over before it could be sent",
      type: "final",
      entry: settled("missed"),
    },
    cancelled: {
      description: "called off before anything was public",
      type: "final",
      entry: settled("cancelled"),
    },
  },
});
