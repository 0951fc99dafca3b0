// A decision: what to do, the reasons in the order they were weighed, and the evidence with thresholds and policy hash (law L10).
import { z } from "zod";
import { decisionPresetSchema } from "./experimentTypes.ts";
import { contentHashSchema, countSchema, idSchema, instantMsSchema, probabilitySchema } from "./scalars.ts";
import { refuse } from "./issue.ts";
import { decisionKindSchema } from "./verdict.ts";

const figure = z.number().nullable();

/** What is known about one test arm against control. Log units are natural logs of the composite index; null is not known. */
export const armEvidenceSchema = z.strictObject({
  variantId: idSchema,
  /** Complete blocks with comparable posts of both arms. */
  blocks: countSchema,
  /** Mean log lift, raw and shrunken. */
  logLift: figure,
  shrunkenLogLift: figure,
  /** 90 % interval of the shrunken log lift. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  pBetter: probabilitySchema.nullable(),
  /** Of shipping this arm, log units. */
  expectedLoss: z.number().min(0).nullable(),
  p: probabilitySchema.nullable(),
  minP: probabilitySchema.nullable(),
  /** Proxies on which the arm leads. */
  leads: z.array(z.string()),
  /** E-value of the harm process. */
  harmE: z.number().min(0).nullable(),
  /** Chance of still crossing at the end under the current trend. */
  futility: probabilitySchema.nullable(),
});
export type ArmEvidence = z.infer<typeof armEvidenceSchema>;

/** A look as it was taken; given back at later decisions, so that alpha is spent once and a crossing stays one. */
const lookRecordSchema = z.strictObject({
  /** Names of the blocks, in the order they are kept in from look to look. */
  blocks: z.array(z.string().min(1)).min(1),
  /** Share of the planned blocks; 1 at the last look. */
  t: probabilitySchema.gt(0),
  /** Per test variant its standardised difference from control in each block. */
  differences: z.record(idSchema, z.array(z.number())),
  policyHash: contentHashSchema,
  asOf: instantMsSchema,
});

/** What one guardrail said: its figure, and for a metric the harm of the worst test arm on it. */
const guardrailEvidenceSchema = z.strictObject({
  guardrailId: idSchema,
  /** null: it has no data. */
  value: figure,
  /** After grace and precedence; `none` where the limit is kept. */
  action: z.enum(["none", "warn", "hold", "pause"]),
  /** E-value of the harm process, worst test arm. */
  harmE: z.number().min(0).nullable(),
  /** Shrunken log difference, worst test arm; negative is harm. */
  pointHarm: figure,
  /** p of being within the margin, worst test arm; where the preset asks for it. */
  nonInferiorityP: probabilitySchema.nullable(),
});

/** What estimates were pulled towards zero with (validity note 2.4). */
const effectPriorSchema = z.strictObject({
  /** Deviation of true effects, log units. */
  tau: z.number().positive(),
  /** The policy's default, given with the document, or estimated from finished experiments. */
  source: z.enum(["policy", "given", "estimated"]),
  /** Finished test arms it was estimated from, and those listed that do not count (another surface or variable, invalid, too small, too late). */
  experiments: countSchema,
  leftOut: countSchema,
});
export type EffectPrior = z.infer<typeof effectPriorSchema>;

/** What one block may weigh in the harm process: each proxy's deviation on its log scale, fixed at launch. */
const harmUnitsSchema = z.strictObject({
  /** Given with the document, from the account's history, or none: every proxy counts as 1. */
  source: z.enum(["given", "history", "none"]),
  /** Earlier posts they come from. */
  posts: countSchema,
  sd: z.record(z.string(), z.number().positive()),
});
export type HarmUnits = z.infer<typeof harmUnitsSchema>;

export const decisionEvidenceSchema = z.strictObject({
  preset: decisionPresetSchema,
  /** How often the preset names a winner where no arm differs. */
  falseWinnerRate: probabilitySchema.nullable().exactOptional(),
  /** The rule that spoke: post by post, suggested replies, or publish attempts. */
  rule: z.enum(["posts", "replies", "attempts"]).exactOptional(),
  /** Complete blocks so far and planned. */
  blocks: countSchema,
  plannedBlocks: countSchema,
  /** Which planned look this is, from 1; null between looks. */
  look: countSchema.min(1).nullable(),
  arms: z.array(armEvidenceSchema),
  guardrails: z.array(guardrailEvidenceSchema).exactOptional(),
  /** All looks so far, this one included. */
  looksTaken: z.array(lookRecordSchema).exactOptional(),
  /** For posts alone: attempts and replies are judged without a prior and without the harm process. */
  prior: effectPriorSchema.exactOptional(),
  harmUnits: harmUnitsSchema.exactOptional(),
  /** Lines for the report that decided nothing, such as the lead without each arm's top post. */
  notes: z.array(z.strictObject({ rule: z.string().min(1), message: z.string().min(1) })).exactOptional(),
  /** Every threshold that was compared with, by name. */
  thresholds: z.record(z.string(), z.number()),
  policyHash: contentHashSchema,
  asOf: instantMsSchema,
});
export type DecisionEvidence = z.infer<typeof decisionEvidenceSchema>;

/** One rule's word, such as `{rule: "expectedLoss", outcome: "blocks", message: "..."}`. */
export const decisionReasonSchema = z.strictObject({
  rule: z.string().min(1),
  outcome: z.enum(["for", "against", "note"]),
  message: z.string().min(1),
});

export const decisionSchema = z
  .strictObject({
    kind: decisionKindSchema,
    /** The variant that is better; on `ship` and `hypothesis` alone. */
    winner: idSchema.exactOptional(),
    reasons: z.array(decisionReasonSchema).min(1),
    evidence: decisionEvidenceSchema,
    /** What to try next, with the posts per variant it would need. */
    next: z.strictObject({ suggestion: z.string().min(1), postsPerVariant: countSchema.exactOptional() }).exactOptional(),
  })
  .superRefine((decision, context) => {
    const names = decision.kind === "ship" || decision.kind === "hypothesis";
    if (names && decision.winner === undefined)
      refuse(context, ["winner"], `${decision.kind} names a winner`, "Name the winning variant, or decide otherwise.");
    if (!names && decision.winner !== undefined) refuse(context, ["winner"], `${decision.kind} has no winner`, "Remove winner.");
  });
export type Decision = z.infer<typeof decisionSchema>;
