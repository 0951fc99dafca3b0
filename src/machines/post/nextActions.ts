// What to do about a post, as data: by where it stands and, once an answer is there, by the class of the error. Retry safety is a property of the
// step, the class a property of the answer; the stricter of two retry words wins (platforms note 2.3).
import { z } from "zod";
import { accountSignalSchema, type ErrorClass, errorClassSchema, type PostStatus } from "../../domain/index.ts";

/** From the least strict to the strictest. */
export const retryWords = ["backoff", "poll", "once", "nextWindow", "afterReauth", "afterFix", "reconcile", "afterHuman", "never"] as const;
export type RetryWord = (typeof retryWords)[number];

/** `safe`: reading, or repeating has no visible effect; `idempotent`: the platform knows our key; `reconcileOnly`: repeating may post twice. */
export const stepSafeties = ["safe", "idempotent", "reconcileOnly", "manual"] as const;

export const actionWords = [
  "wait",
  "release",
  "replan",
  "reconnect",
  "openProvider",
  "coolDown",
  "edit",
  "retryAfterCheck",
  "publishByHand",
  "reviewDestination",
  "resolve",
  "editSettings",
  "watch",
  "makeUp",
  "nothing",
] as const;
export type ActionWord = (typeof actionWords)[number];

const entry = { retry: z.enum(retryWords), action: z.enum(actionWords), say: z.string().min(1) };

const postStateNames = [
  "scheduled",
  "prepared",
  "held",
  "sending",
  "submitted",
  "accepted",
  "processing",
  "platformScheduled",
  "awaitingUser",
  "ambiguous",
  "manualResolution",
  "finalising",
  "live",
  "verified",
  "publishedWithDefects",
  "takenDown",
  "rejected",
  "missed",
  "cancelled",
] as const satisfies readonly (PostStatus | "finalising")[];
export type PostState = (typeof postStateNames)[number];

const documentSchema = z.strictObject({
  version: z.string().min(1),
  asOf: z.iso.date(),
  source: z.string().min(1),
  /** By state. `byClass`: an error's class, where one is known, says more than the state does. */
  states: z.record(z.enum(postStateNames), z.strictObject({ ...entry, safety: z.enum(stepSafeties), byClass: z.boolean() })),
  /** By class. `signal`: what such an answer says about the account; guardrail signals come from here alone. */
  classes: z.record(errorClassSchema, z.strictObject({ ...entry, signal: accountSignalSchema.nullable() })),
});

export const nextActions = documentSchema.parse({
  version: "2026-11-22.1",
  asOf: "2026-11-22",
  source: "platforms note 2.1 to 2.3; safety of a step and signal of a class are judgements",
  states: {
    scheduled: { safety: "safe", retry: "backoff", action: "wait", say: "wait for the slot", byClass: false },
    prepared: { safety: "safe", retry: "backoff", action: "wait", say: "wait for the slot", byClass: false },
    held: { safety: "safe", retry: "afterHuman", action: "release", say: "look at the reason, then release or cancel it", byClass: false },
    sending: {
      safety: "reconcileOnly",
      retry: "reconcile",
      action: "wait",
      say: "wait for the answer; it is never sent twice",
      byClass: false,
    },
    submitted: {
      safety: "reconcileOnly",
      retry: "reconcile",
      action: "wait",
      say: "wait for the answer; it is never sent twice",
      byClass: false,
    },
    accepted: { safety: "safe", retry: "poll", action: "wait", say: "wait while the platform works on it", byClass: false },
    processing: { safety: "safe", retry: "poll", action: "wait", say: "wait while the platform works on it", byClass: false },
    platformScheduled: { safety: "safe", retry: "poll", action: "wait", say: "wait for the platform's own time", byClass: false },
    awaitingUser: {
      safety: "manual",
      retry: "afterHuman",
      action: "publishByHand",
      say: "publish it by hand and confirm, or decline",
      byClass: false,
    },
    ambiguous: {
      safety: "safe",
      retry: "reconcile",
      action: "reviewDestination",
      say: "look at the account whether it is there; do not send again",
      byClass: false,
    },
    manualResolution: {
      safety: "manual",
      retry: "afterHuman",
      action: "resolve",
      say: "look at the account and say whether it is there",
      byClass: false,
    },
    finalising: { safety: "safe", retry: "backoff", action: "wait", say: "wait for its address", byClass: false },
    live: { safety: "safe", retry: "backoff", action: "wait", say: "wait until a reader from outside sees it", byClass: false },
    verified: { safety: "safe", retry: "never", action: "watch", say: "nothing; readings come by themselves", byClass: false },
    publishedWithDefects: {
      safety: "manual",
      retry: "never",
      action: "reviewDestination",
      say: "look at what did not arrive; a changed field under test invalidates the comparison",
      byClass: false,
    },
    takenDown: { safety: "manual", retry: "never", action: "openProvider", say: "ask the platform why it is gone", byClass: false },
    rejected: {
      safety: "reconcileOnly",
      retry: "never",
      action: "makeUp",
      say: "the slot's one write is spent; a make-up post takes another slot",
      byClass: true,
    },
    missed: {
      safety: "safe",
      retry: "never",
      action: "makeUp",
      say: "the slot is over; a make-up post takes another slot",
      byClass: false,
    },
    cancelled: { safety: "safe", retry: "never", action: "nothing", say: "nothing", byClass: false },
  },
  classes: {
    transient: { retry: "backoff", action: "wait", say: "wait; the platform had trouble of its own", signal: null },
    rate_limited: { retry: "nextWindow", action: "replan", say: "wait for the next window, or plan anew", signal: "rateLimit" },
    quota_exhausted: { retry: "nextWindow", action: "replan", say: "wait for the next window, or plan anew", signal: "rateLimit" },
    auth_expired: { retry: "afterReauth", action: "reconnect", say: "connect the account again", signal: "authExpired" },
    permission: {
      retry: "afterReauth",
      action: "reconnect",
      say: "connect the account again with the missing permission",
      signal: "authExpired",
    },
    login_challenge: {
      retry: "afterHuman",
      action: "openProvider",
      say: "open the platform and answer its question",
      signal: "loginChallenge",
    },
    account_restricted: {
      retry: "never",
      action: "openProvider",
      say: "open the platform and read the restriction",
      signal: "accountRestricted",
    },
    spam_block: { retry: "never", action: "coolDown", say: "let the account rest and look at the content", signal: "spamSignal" },
    duplicate_content: { retry: "afterFix", action: "edit", say: "change the content: the platform has it already", signal: "duplicate" },
    content_rejected: { retry: "never", action: "edit", say: "change the content; a guard should have caught this", signal: null },
    media_invalid: { retry: "afterFix", action: "edit", say: "change the media; a guard should have caught this", signal: null },
    media_fetch: { retry: "once", action: "retryAfterCheck", say: "check that the platform can fetch the media", signal: null },
    processing: { retry: "poll", action: "wait", say: "wait; it is never sent again", signal: null },
    ambiguous: { retry: "reconcile", action: "reviewDestination", say: "look at the account whether it is there", signal: null },
    unsupported: { retry: "afterFix", action: "editSettings", say: "change the settings: the platform cannot do this", signal: null },
  },
});

export interface NextAction {
  readonly action: ActionWord;
  /** For the attempt that failed; never a licence to send this post again. */
  readonly retry: RetryWord;
  readonly safety: (typeof stepSafeties)[number];
  readonly say: string;
}

/** What is to be done about a post in this state, after an answer of this class if there was one. */
export function nextActionOf(state: PostState, errorClass: ErrorClass | null): NextAction {
  const { byClass, ...own } = nextActions.states[state];
  if (!byClass || errorClass === null) return own;
  const { retry, action, say } = nextActions.classes[errorClass];
  return { safety: own.safety, action, say, retry: stricter(own.retry, retry) };
}

/** The stricter of two retry words. */
export function stricter(one: RetryWord, other: RetryWord): RetryWord {
  return retryWords.indexOf(one) >= retryWords.indexOf(other) ? one : other;
}
