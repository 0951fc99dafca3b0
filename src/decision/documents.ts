// The documents of `expos decide`: an experiment with its validity report, looks and review; and a policy, by file or by name.
import { z } from "zod";
import { decisionEvidenceSchema, parseWith, validityReportSchema } from "../domain/index.ts";
import { requireSound, validityInputSchema } from "../erm/index.ts";
import { priorExperimentSchema } from "./effectPrior.ts";
import type { DecisionInput } from "./facts.ts";
import { type DecisionPolicy, decisionPolicySchema } from "./policy.ts";

const reviewSchema = z.strictObject({
  reviewer: z.string().min(1),
  by: z.enum(["person", "agent"]).exactOptional().describe("left out, an agent; the preset regulated asks for a person"),
  confounders: z
    .array(z.string().min(1))
    .max(100)
    .describe("what was found: holiday or news, boost, crossPost, laterEdit, pinnedComment, outage; a review can only downgrade"),
  acknowledged: z.array(z.string().min(1)).max(100).default([]).describe("ids of validity checks whose warning was accepted"),
});

export const decisionInputSchema = z.strictObject({
  ...validityInputSchema.shape,
  validity: validityReportSchema.describe("what expos validity says about the same experiment"),
  review: reviewSchema.exactOptional(),
  looks: z
    .array(z.int().min(1))
    .max(100)
    .describe("numbers of complete blocks at which a winner may be named, rising; the last is the plan's end"),
  looksTaken: decisionEvidenceSchema.shape.looksTaken.describe("earlier looks, as evidence.looksTaken of the last decision gave them"),
  isFinal: z.boolean().exactOptional().describe("no further post or reading will come; left out, it follows from the posts"),
  sdAtLaunch: z
    .record(z.string(), z.number().positive())
    .exactOptional()
    .describe(
      "per proxy its deviation on the log scale in the account's history, for the harm process; left out, it is taken from history",
    ),
  tau: z
    .number()
    .positive()
    .max(10)
    .exactOptional()
    .describe(
      "deviation of true effects believed in before, log units; left out, it is estimated from priorExperiments, else the policy's",
    ),
  priorExperiments: z
    .array(priorExperimentSchema)
    .max(100_000)
    .exactOptional()
    .describe("every finished test arm of this client, winners or not; those of this surface and variable that were valid count"),
});

/** @param file names the document in errors. @throws DomainError `decision-input` naming path, value and fix; and those of a validity input. */
export function readDecisionInput(document: unknown, file?: string): DecisionInput {
  const input = parseWith(decisionInputSchema, document, { code: "decision-input", ...(file !== undefined && { file }) });
  requireSound(input);
  return input;
}

/** @throws DomainError `decision-policy` naming path, value and fix. */
export function readDecisionPolicy(document: unknown, file?: string): DecisionPolicy {
  return parseWith(decisionPolicySchema, document, { code: "decision-policy", ...(file !== undefined && { file }) });
}
