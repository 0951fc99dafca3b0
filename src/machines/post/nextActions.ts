// What to do about a post, as data: by where it stands and, once an answer is there, by the class of the error. Retry safety is a property of the
// step, the class a property of the answer; the stricter of two retry words wins (platforms note 2.3).
import { z } from "zod";
import { accountSignalSchema, type ErrorClass, errorClassSchema, type PostStatus } from "../../domain/index.ts";
import document from "./nextActions.json" with { type: "json" };

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
  states: z.record(z.enum(postStateNames), z.strictObject({ ...entry, safety: z.enum(stepSafeties), byClass: z.boolean().default(false) })),
  /** By class. `signal`: what such an answer says about the account; guardrail signals come from here alone. */
  classes: z.record(errorClassSchema, z.strictObject({ ...entry, signal: accountSignalSchema.nullable() })),
});

export const nextActions = documentSchema.parse(document);

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
