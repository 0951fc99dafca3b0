// What machines ask for: effects are data, a host or its embedder carries them out (notes: effects as data, one closed union).
import { z } from "zod";

const epochMs = z.int();

/** What a machine may ask of the world. `tell` is an event for other rows; the rest leaves the system. */
export const Effect = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("generate"), experimentId: z.string() }),
  z.strictObject({ kind: z.literal("preflight"), experimentId: z.string() }),
  z.strictObject({ kind: z.literal("guardVariant"), variantId: z.string(), contentHash: z.string() }),
  z.strictObject({ kind: z.literal("requestVariantApproval"), variantId: z.string(), contentHash: z.string() }),
  z.strictObject({
    kind: z.literal("requestApproval"),
    experimentId: z.string(),
    /** Which human is asked: for a review of plan and content, or for one of the points that no approval level switches off. */
    point: z.enum(["launch", "regulated", "claims", "browserLane"]),
    contentHashes: z.array(z.string()),
    planHash: z.string(),
  }),
  z.strictObject({ kind: z.literal("reserve"), experimentId: z.string(), layer: z.string(), fromMs: epochMs, untilMs: epochMs }),
  z.strictObject({ kind: z.literal("release"), experimentId: z.string(), layer: z.string() }),
  z.strictObject({ kind: z.literal("placeSlots"), experimentId: z.string(), planHash: z.string() }),
  /** An engagement experiment: suggestions are dealt, a person sends or drops every one of them. */
  z.strictObject({ kind: z.literal("offerReplies"), experimentId: z.string(), planHash: z.string() }),
  z.strictObject({ kind: z.literal("requestReview"), experimentId: z.string() }),
  z.strictObject({ kind: z.literal("report"), experimentId: z.string(), outcome: z.string() }),
  z.strictObject({ kind: z.literal("writeMemory"), experimentId: z.string(), outcome: z.string(), informationalOnly: z.boolean() }),
  z.strictObject({ kind: z.literal("notify"), severity: z.enum(["info", "escalation"]), subject: z.string(), reason: z.string() }),
  z.strictObject({ kind: z.literal("publish"), postId: z.string(), attemptKey: z.string(), contentHash: z.string() }),
  z.strictObject({ kind: z.literal("check"), postId: z.string(), attemptKey: z.string(), handle: z.string() }),
  /** The platform holds it for later: it is taken back before it goes out. */
  z.strictObject({ kind: z.literal("withdraw"), postId: z.string(), handle: z.string() }),
  /** The lane waits for a person: what to do, and until when. */
  z.strictObject({ kind: z.literal("askOperator"), postId: z.string(), attemptKey: z.string(), task: z.enum(["publish", "doNotPublish"]) }),
  z.strictObject({ kind: z.literal("reconcile"), postId: z.string(), attemptKey: z.string(), sentAtMs: epochMs, tries: z.int() }),
  z.strictObject({ kind: z.literal("finalise"), postId: z.string(), platformPostId: z.string() }),
  z.strictObject({ kind: z.literal("verify"), postId: z.string(), platformPostId: z.string() }),
  z.strictObject({ kind: z.literal("expose"), postId: z.string(), publishedMs: epochMs, url: z.string() }),
  z.strictObject({ kind: z.literal("settled"), postId: z.string(), status: z.string(), errorClass: z.string().nullable() }),
  z.strictObject({ kind: z.literal("tell"), to: z.array(z.string()), event: z.looseObject({ type: z.string() }) }),
]);
export type Effect = z.infer<typeof Effect>;

/** An effect as it leaves a host: its kind became its type. */
export type EffectRecord =
  | { [K in Effect["kind"]]: { type: K; params: Omit<Extract<Effect, { kind: K }>, "kind"> } }[Effect["kind"]]
  | TimerEffect;

/** Timers are effects too: the clock's owner arms and cancels, and sends `event` back when `delayMs` have passed. */
export type TimerEffect =
  | { type: "arm"; params: { id: string; delayMs: number; event: { type: string } } }
  | { type: "cancel"; params: { id: string } };

/** Declares the action to XState with its payload; never run, the pure step hands it out as data. */
export const declareEffect: (args: unknown, params: Effect) => void = () => undefined;

/**
 * The one action of every durable machine: asks for an effect. Goes where XState wants an action; nothing runs, the pure step hands it out as data.
 */
export function fx<Context, Event>(
  effect: (args: { context: Context; event: Event }) => Effect,
): { type: "effect"; params: (args: { context: Context; event: Event }) => Effect } {
  return { type: "effect", params: effect };
}

/** `{kind, ...rest}` as `{type: kind, params: rest}`. */
export function effectRecord(effect: Effect): EffectRecord {
  // A loop, as rest destructuring is the slower way and every step of a simulation comes through here.
  const params: Record<string, unknown> = {};
  for (const field in effect) if (field !== "kind") params[field] = effect[field as keyof Effect];
  return { type: effect.kind, params } as EffectRecord;
}
