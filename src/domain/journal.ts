// The events of an experiment's journey, in one envelope. The journal is the truth: replaying it rebuilds every state (law L9), so an event carries
// what happened with its whole payload, never a reference to something that may change.
import { z } from "zod";
import { approvalSchema } from "./approval.ts";
import { briefSchema } from "./brief.ts";
import { decisionSchema } from "./decision.ts";
import { escalationSchema } from "./escalation.ts";
import { exposureRecordSchema } from "./exposure.ts";
import { preflightReportSchema } from "./guard.ts";
import { accountSignalSchema, guardrailSchema } from "./guardrail.ts";
import { laneSchema } from "./lane.ts";
import { layerIdSchema, rangeSchema } from "./layer.ts";
import { learningSchema } from "./learning.ts";
import { outcomeSnapshotSchema } from "./outcome.ts";
import { planSchema } from "./plan.ts";
import { attemptSchema, errorClassSchema, plannedPostSchema, proofSchema } from "./post.ts";
import { contentHashSchema, countSchema, idSchema, instantMsSchema, jsonSchema, labelSchema, probabilitySchema } from "./scalars.ts";
import { experimentEndings, experimentStateSchema } from "./status.ts";
import { validityReportSchema } from "./validityReport.ts";
import { variantSchema } from "./variant.ts";

/** Every event says who it is, when it happened and, where it belongs to one, which experiment it is about. */
const envelope = {
  /** Unique; a second event with this id is a duplicate and changes nothing (law L11). */
  id: idSchema,
  /** When it happened, epoch ms. */
  at: instantMsSchema,
};
const ofExperiment = { ...envelope, experimentId: idSchema };
const ofPost = { ...ofExperiment, postId: idSchema };

const event = <Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, shape: Shape) =>
  z.strictObject({ type: z.literal(type), ...shape });

export const journalEventSchema = z.discriminatedUnion("type", [
  event("briefAccepted", { ...ofExperiment, brief: briefSchema, briefHash: contentHashSchema }),
  event("variantsMade", { ...ofExperiment, variants: z.array(variantSchema).min(2) }),
  event("preflightDone", { ...ofExperiment, preflight: preflightReportSchema }),
  event("approvalGiven", { ...ofExperiment, approval: approvalSchema }),
  event("layerReserved", { ...ofExperiment, layerId: layerIdSchema, ranges: z.array(rangeSchema).min(1) }),
  event("layerReleased", { ...ofExperiment, layerId: layerIdSchema }),
  event("planCompiled", { ...ofExperiment, plan: planSchema }),
  event("experimentStarted", { ...ofExperiment, policyHash: contentHashSchema }),

  event("postScheduled", { ...ofExperiment, post: plannedPostSchema }),
  event("postHeld", { ...ofPost, reason: z.string().min(1) }),
  event("postCancelled", { ...ofPost, reason: z.string().min(1) }),
  event("postMissed", { ...ofPost }),
  event("postSubmitted", {
    ...ofPost,
    attemptNo: countSchema.min(1),
    attemptKey: z.string().min(1),
    contentHash: contentHashSchema,
    lane: laneSchema,
  }),
  event("postPublished", { ...ofPost, attempt: attemptSchema, publishedMs: instantMsSchema, defects: z.array(labelSchema).default([]) }),
  event("postFailed", { ...ofPost, attempt: attemptSchema, errorClass: errorClassSchema, message: z.string() }),
  event("postAmbiguous", { ...ofPost, attempt: attemptSchema, message: z.string() }),
  /** What reading the platform said about an ambiguous post. */
  event("postReconciled", { ...ofPost, found: z.enum(["published", "absent", "several"]) }),
  event("postVerified", { ...ofPost, proof: proofSchema }),
  event("postTakenDown", { ...ofPost, message: z.string() }),

  event("exposureRecorded", { ...ofExperiment, exposure: exposureRecordSchema }),
  event("outcomeCaptured", { ...ofExperiment, snapshot: outcomeSnapshotSchema }),

  event("guardrailBreached", {
    ...ofExperiment,
    guardrail: guardrailSchema,
    value: z.number(),
    /** After grace and precedence: what is really done. */
    action: z.enum(["warn", "hold", "pause"]),
    postIds: z.array(idSchema),
  }),
  event("accountSignal", {
    ...envelope,
    experimentId: idSchema.exactOptional(),
    account: idSchema,
    signal: accountSignalSchema,
    lane: laneSchema.exactOptional(),
    postId: idSchema.exactOptional(),
    message: z.string(),
  }),
  event("accountCleared", { ...envelope, account: idSchema, signal: accountSignalSchema, by: labelSchema }),
  /** Sufficient statistics for the machine: what the evaluator read at this instant. */
  event("checkpoint", {
    ...ofExperiment,
    asOf: instantMsSchema,
    blocksComplete: countSchema,
    postsPublished: countSchema,
    postsFailed: countSchema,
    snapshots: countSchema,
    look: countSchema.min(1).nullable(),
  }),
  event("validityChecked", { ...ofExperiment, validity: validityReportSchema }),
  event("decided", { ...ofExperiment, decision: decisionSchema }),
  event("reviewGiven", {
    ...ofExperiment,
    reviewer: labelSchema,
    outcome: z.enum(["confirm", "downgrade"]),
    /** Confounders found, from the fixed list of the review. */
    confounders: z.array(z.string().min(1)),
    comment: z.string().exactOptional(),
  }),
  event("experimentPaused", { ...ofExperiment, reason: z.string().min(1) }),
  event("experimentResumed", { ...ofExperiment, by: labelSchema }),
  event("experimentEnded", {
    ...ofExperiment,
    state: experimentStateSchema.extract(experimentEndings),
  }),
  event("escalationRaised", { ...envelope, experimentId: idSchema.exactOptional(), escalation: escalationSchema }),
  event("escalationResolved", {
    ...envelope,
    experimentId: idSchema.exactOptional(),
    escalationId: idSchema,
    by: labelSchema,
    action: z.string().min(1),
  }),
  event("learningWritten", { ...ofExperiment, learning: learningSchema }),

  /** A random choice of any kind with its probability and its key (law L10); a post's own assignment is in `postScheduled`. */
  event("choiceMade", {
    ...envelope,
    experimentId: idSchema.exactOptional(),
    purpose: labelSchema,
    key: z.string().min(1),
    chosen: jsonSchema,
    probability: probabilitySchema,
  }),
  /** A unit that was shown an arm of an ExperimentSpec: once for each experiment and unit. */
  event("unitExposed", {
    ...envelope,
    experimentName: labelSchema,
    experimentVersion: labelSchema,
    variantId: idSchema,
    unit: z.strictObject({ type: labelSchema, id: z.string().min(1) }),
    reason: labelSchema,
    detail: labelSchema.exactOptional(),
    inExperiment: z.boolean(),
    hashVersion: labelSchema,
    bucket: probabilitySchema.nullable(),
    propensity: probabilitySchema.exactOptional(),
    ruleId: labelSchema.exactOptional(),
    assignmentId: labelSchema,
  }),
]);
export type JournalEvent = z.infer<typeof journalEventSchema>;
export type JournalEventType = JournalEvent["type"];
export type JournalEventOf<Type extends JournalEventType> = Extract<JournalEvent, { type: Type }>;

export const journalEventTypes: readonly JournalEventType[] = journalEventSchema.options.map((option) => option.shape.type.value);
