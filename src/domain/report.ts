// The report of an experiment: summary, validity, winner with its confidence, and what to try next (first brief, section 9.5).
import { z } from "zod";
import { decisionSchema } from "./decision.ts";
import { refuse } from "./issue.ts";
import { contentHashSchema, countSchema, idSchema, instantMsSchema, labelSchema } from "./scalars.ts";
import { experimentStateSchema } from "./status.ts";
import { validityReportSchema } from "./validityReport.ts";

/** Posts by how they ended. */
export const publishReliabilitySchema = z.strictObject({
  planned: countSchema,
  published: countSchema,
  failed: countSchema,
  missed: countSchema,
  cancelled: countSchema,
  ambiguous: countSchema,
});

/** One arm at the decision age. */
export const reportArmSchema = z.strictObject({
  variantId: idSchema,
  isControl: z.boolean(),
  name: labelSchema.exactOptional(),
  posts: countSchema,
  comparablePosts: countSchema,
  /** Typical value of each proxy over comparable posts (exp of the mean log); null where nothing could be read. */
  proxies: z.record(z.string(), z.number().nullable()),
});

export const experimentReportSchema = z
  .strictObject({
    experimentId: idSchema,
    name: labelSchema,
    state: experimentStateSchema,
    summary: z.string().min(1),
    validity: validityReportSchema,
    publishReliability: publishReliabilitySchema,
    arms: z.array(reportArmSchema),
    decision: decisionSchema.nullable(),
    winner: idSchema.nullable(),
    confidenceNotes: z.array(z.string().min(1)),
    nextIteration: z.string().min(1),
    /** True if the experiment is invalid: no figure here is a finding. */
    informationalOnly: z.boolean(),
    asOf: instantMsSchema,
    hashes: z.strictObject({
      brief: contentHashSchema,
      plan: contentHashSchema.nullable(),
      policy: contentHashSchema.nullable(),
    }),
  })
  .superRefine((report, context) => {
    if ((report.validity.verdict === "invalid" || report.informationalOnly) && report.winner !== null)
      refuse(context, ["winner"], "an invalid experiment has no winner", "Set winner to null.");
    if (report.validity.verdict === "invalid" && !report.informationalOnly)
      refuse(context, ["informationalOnly"], "an invalid experiment is informational only", "Set informationalOnly to true.");
  });
export type ExperimentReport = z.infer<typeof experimentReportSchema>;
