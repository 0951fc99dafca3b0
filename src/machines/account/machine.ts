// The health of one account and of its lanes. Its trouble pauses every experiment on it before the next publish (law L5; validity note 2.6), and
// each kind of trouble ends in its own way: by a person, by time, or by both (platforms note 2.7).
import { setup } from "xstate";
import { type AccountSignal, isSurvivalSignal, type Lane } from "../../domain/index.ts";
import { coolDownOf } from "../../catalogue/index.ts";
import { declareEffect, fx } from "../effects.ts";
import { typed } from "../typed.ts";
import { breaksWith, failsTooOften, failuresIn, freshMemory, laneAfter, withAttempt, withLane } from "./attempts.ts";
import type { AccountContext, AccountEvent } from "./types.ts";

const hourMs = 3_600_000;

/** How long the account rests after a signal, from the product's cool-downs; a rate limit whose window is known rests for that and a quarter. */
export function restMs(signal: AccountSignal, windowMs?: number): number {
  return windowMs !== undefined && signal === "rateLimit" ? windowMs * 1.25 : coolDownOf(signal).hours * hourMs;
}

function signalOf(event: AccountEvent): AccountSignal | undefined {
  return event.type === "signal" ? event.signal : undefined;
}

const machineSetup = setup({
  types: { context: typed as AccountContext, events: typed as AccountEvent, input: typed as { accountId?: string } },
  delays: {
    /** What is left of the rest: 72 h after a spam signal, a rate limit's window and a quarter. */
    rest: ({ context, event }) => Math.max(0, (context.restUntilMs ?? event.at) - event.at),
  },
  guards: {
    isChallenge: ({ event }) => signalOf(event) === "loginChallenge",
    isRestriction: ({ event }) => signalOf(event) === "accountRestricted",
    isSpam: ({ event }) => signalOf(event) === "spamSignal",
    isRateLimit: ({ event }) => signalOf(event) === "rateLimit",
    isAuthExpired: ({ event }) => signalOf(event) === "authExpired",
    isSurvival: ({ event }) => event.type === "signal" && isSurvivalSignal(event.signal),
    byHuman: ({ event }) => "by" in event && event.by !== "",
    byHumanBeforeRest: ({ context, event }) =>
      event.type === "cleared" && event.by !== "" && context.restUntilMs !== null && event.at < context.restUntilMs,
    clearedByPerson: ({ context }) => context.clearedBy !== null,
    failsTooOften: ({ context, event }) => event.type === "laneFailed" && failsTooOften(withAttempt(context.attempts, "failed")),
    breaksLane: ({ context, event }) => event.type === "laneFailed" && breaksWith(context.lanes, event.lane),
  },
  actions: { effect: declareEffect },
});

const { assign } = machineSetup;

const laneOf = (event: AccountEvent): Lane | undefined => ("lane" in event ? event.lane : undefined);

const actions = {
  attach: assign({
    experiments: ({ context, event }) =>
      event.type === "attached"
        ? [...context.experiments.filter((id) => id !== event.experimentId), event.experimentId]
        : context.experiments,
  }),
  detach: assign({
    experiments: ({ context, event }) =>
      event.type === "detached" ? context.experiments.filter((id) => id !== event.experimentId) : context.experiments,
  }),
  keepSignal: assign({ signal: ({ event }) => signalOf(event) ?? null, clearedBy: null }),
  /** The later end of two rests counts. */
  rest: assign({
    restUntilMs: ({ context, event }) =>
      event.type === "signal"
        ? Math.max(context.restUntilMs ?? -Infinity, event.at + Math.ceil(restMs(event.signal, event.windowMs)))
        : context.restUntilMs,
  }),
  keepClearer: assign({ clearedBy: ({ event }) => ("by" in event ? event.by : null), signal: null }),
  recover: assign({ signal: null, restUntilMs: null, clearedBy: null }),
  /** A person has looked: what failed before counts no more. */
  forgetAttempts: assign({ attempts: [] }),
  countFailed: assign({
    attempts: ({ context }) => withAttempt(context.attempts, "failed"),
    lanes: ({ context, event }) => withLane(context.lanes, laneOf(event), (lane) => laneAfter(lane, "failed")),
  }),
  countWorked: assign({
    attempts: ({ context }) => withAttempt(context.attempts, "worked"),
    lanes: ({ context, event }) => withLane(context.lanes, laneOf(event), (lane) => laneAfter(lane, "worked")),
  }),
  holdLane: assign({
    lanes: ({ context, event }) => withLane(context.lanes, laneOf(event) ?? "api", ({ failures }) => ({ health: "held", failures })),
  }),
  openLane: assign({ lanes: ({ context, event }) => withLane(context.lanes, laneOf(event), () => ({ health: "open", failures: 0 })) }),
};

const reasonOf = (event: AccountEvent): string => signalOf(event) ?? ("reason" in event ? event.reason : event.type);

const tellExperiments = fx<AccountContext, AccountEvent>(({ context, event }) => ({
  kind: "tell",
  to: context.experiments.map((id) => `experiment/${id}`),
  event: { type: "survivalSignal", signal: signalOf(event) ?? "accountRestricted" },
}));
/** Not a signal of the platform but a guardrail of ours: too many attempts failed. */
const failuresTrip = (context: AccountContext) => ({
  type: "guardrailTripped",
  guardrailId: "publishFailures",
  action: "pause",
  reason: failureText(context),
});
const tellFailures = fx<AccountContext, AccountEvent>(({ context }) => ({
  kind: "tell",
  to: context.experiments.map((id) => `experiment/${id}`),
  event: failuresTrip(context),
}));
/** Who comes to a troubled account is paused like the others. */
const tellNewcomer = fx<AccountContext, AccountEvent>(({ context, event }) => ({
  kind: "tell",
  to: event.type === "attached" ? [`experiment/${event.experimentId}`] : [],
  event:
    context.signal === null && failsTooOften(context.attempts)
      ? failuresTrip(context)
      : { type: "survivalSignal", signal: context.signal ?? "accountRestricted" },
}));
const failureText = ({ attempts }: AccountContext): string =>
  `${failuresIn(attempts)} of the last ${attempts.length} publish attempts of the account failed`;
const escalate = fx<AccountContext, AccountEvent>(({ context, event }) => ({
  kind: "notify",
  severity: "escalation",
  subject: context.accountId,
  reason: reasonOf(event),
}));

const escalateFailures = fx<AccountContext, AccountEvent>(({ context }) => ({
  kind: "notify",
  severity: "escalation",
  subject: context.accountId,
  reason: failureText(context),
}));
const escalateLane = fx<AccountContext, AccountEvent>(({ context, event }) => ({
  kind: "notify",
  severity: "escalation",
  subject: context.accountId,
  reason: `${context.lanes[laneOf(event) ?? "api"].failures} publish attempts in a row failed in the lane ${laneOf(event)}: nothing goes out there until a person opens it`,
}));

const alarm = [actions.keepSignal, tellExperiments, escalate] as const;
const detached = { actions: actions.detach } as const;
const joins = { actions: actions.attach } as const;
const joinsTrouble = { actions: [actions.attach, tellNewcomer] } as const;
const suspended = { target: "suspended", actions: [tellExperiments, escalate] } as const;

/** Lanes are looked after in every state, by what posts met there. */
const laneCare = {
  laneFailed: [{ guard: "breaksLane" as const, actions: [actions.countFailed, escalateLane] }, { actions: actions.countFailed }],
  laneWorked: { actions: actions.countWorked },
  laneHeld: { actions: [actions.holdLane, escalate] },
  laneOpened: { guard: "byHuman" as const, actions: actions.openLane },
} as const;
/** Where publishing goes on, or will by itself, too many failures stop it until a person has looked. */
const laneWatch = {
  ...laneCare,
  laneFailed: [
    { guard: "failsTooOften" as const, target: "warned", actions: [actions.countFailed, tellFailures, escalateFailures] },
    ...laneCare.laneFailed,
  ],
} as const;

/** Signals about the lane or the content alone. */
const lesser = [{ guard: "isAuthExpired" as const, actions: [actions.holdLane, escalate] }, { actions: escalate }] as const;
/** Trouble in falling order: what is worse takes the account further down, what is less bad is reported and waits its turn. */
const toRestricted = { guard: "isRestriction" as const, target: "restricted", actions: alarm } as const;
const toChallenged = { guard: "isChallenge" as const, target: "challenged", actions: alarm } as const;
const toCooling = { guard: "isSpam" as const, target: "coolingDown", reenter: true, actions: [actions.rest, ...alarm] } as const;
const toThrottled = { guard: "isRateLimit" as const, target: "throttled", reenter: true, actions: [actions.rest, escalate] } as const;
const toWarned = { guard: "isSurvival" as const, target: "warned", actions: alarm } as const;
/** In worse trouble than this signal's own: its rest is remembered, everybody is told. */
const spamMeanwhile = { guard: "isSpam" as const, actions: [actions.rest, tellExperiments, escalate] } as const;
const limitMeanwhile = { guard: "isRateLimit" as const, actions: [actions.rest, escalate] } as const;
const repeated = { guard: "isSurvival" as const, actions: [tellExperiments, escalate] } as const;

const cleared = [
  { guard: "byHumanBeforeRest" as const, target: "coolingDown", actions: actions.keepClearer },
  { guard: "byHuman" as const, target: "healthy", actions: [actions.recover, actions.forgetAttempts] },
] as const;

export const accountMachine = machineSetup.createMachine({
  id: "account",
  /** The integer version its rows carry. */
  version: "2",
  options: { maxIterations: 1000 },
  initial: "healthy",
  context: ({ input }) => ({
    accountId: input?.accountId ?? "",
    experiments: [],
    signal: null,
    restUntilMs: null,
    clearedBy: null,
    ...freshMemory(),
  }),
  states: {
    healthy: {
      description: "nothing stands in the way of publishing",
      on: {
        signal: [toRestricted, toChallenged, toCooling, toThrottled, toWarned, ...lesser],
        suspended,
        attached: joins,
        detached,
        ...laneWatch,
      },
    },
    warned: {
      description: "the platform warned, too many publishes failed, or a cool-down ended without a person; somebody has to look",
      on: {
        signal: [toRestricted, toChallenged, toCooling, limitMeanwhile, repeated, ...lesser],
        cleared: [...cleared],
        suspended,
        attached: joinsTrouble,
        detached,
        ...laneCare,
      },
    },
    challenged: {
      description: "the platform asks who is there; a person has to log in",
      on: {
        signal: [toRestricted, spamMeanwhile, limitMeanwhile, repeated, ...lesser],
        cleared: [...cleared],
        suspended,
        attached: joinsTrouble,
        detached,
        ...laneCare,
      },
    },
    throttled: {
      description: "the platform limits the rate; publishing waits for the window and a quarter, then goes on by itself",
      on: {
        signal: [toRestricted, toChallenged, toCooling, toThrottled, toWarned, ...lesser],
        suspended,
        attached: joins,
        detached,
        ...laneWatch,
      },
      after: { rest: { target: "healthy", actions: actions.recover } },
    },
    restricted: {
      description: "the platform took rights away; a person has to look",
      on: {
        signal: [spamMeanwhile, limitMeanwhile, repeated, ...lesser],
        cleared: [...cleared],
        suspended,
        attached: joinsTrouble,
        detached,
        ...laneCare,
      },
    },
    coolingDown: {
      description: "after a spam signal the account rests; it takes the time and a person",
      on: {
        signal: [toRestricted, toChallenged, toCooling, limitMeanwhile, repeated, ...lesser],
        cleared: { guard: "byHuman", actions: actions.keepClearer },
        suspended,
        attached: joinsTrouble,
        detached,
        ...laneCare,
      },
      after: {
        rest: [
          { guard: "clearedByPerson", target: "healthy", actions: [actions.recover, actions.forgetAttempts] },
          { target: "warned", actions: escalate },
        ],
      },
    },
    suspended: {
      description: "the platform closed the account; only a person who got it back reopens it",
      on: {
        reinstated: { guard: "byHuman", target: "healthy", actions: [actions.recover, actions.forgetAttempts] },
        attached: joinsTrouble,
        detached,
        ...laneCare,
      },
    },
  },
});
