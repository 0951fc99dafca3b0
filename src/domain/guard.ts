// What the preflight guards say. All guards run; a block stops, `unverified` and `review` ask a human, and every finding names its rule and fix.
import { z } from "zod";
import { contentHashSchema, countSchema, idSchema, instantMsSchema, jsonSchema } from "./scalars.ts";
import { guardVerdictSchema } from "./verdict.ts";

export const guards = ["PolicyGuard", "BudgetGuard", "FormatGuard", "UniquenessGuard", "RiskScan"] as const;
export const guardNameSchema = z.enum(guards);
export type GuardName = z.infer<typeof guardNameSchema>;

export const guardIssueSchema = z.strictObject({
  ruleId: z.string().min(1),
  verdict: guardVerdictSchema,
  /** The variant and field concerned; empty for the whole experiment. */
  variantId: idSchema.exactOptional(),
  field: z.string(),
  actual: jsonSchema.exactOptional(),
  limit: jsonSchema.exactOptional(),
  unit: z.string().min(1).exactOptional(),
  source: z.string().min(1).exactOptional(),
  confidence: z.enum(["official", "official-via-digest", "peer-code", "secondary", "memory", "judgement"]).exactOptional(),
  message: z.string().min(1),
  fix: z.string().min(1),
  /** Where in the field's text, in UTF-16 code units, half-open. */
  span: z.tuple([countSchema, countSchema]).exactOptional(),
});
export type GuardIssue = z.infer<typeof guardIssueSchema>;

export const guardResultSchema = z.strictObject({
  guard: guardNameSchema,
  verdict: guardVerdictSchema,
  /** Every rule that took part, also where it found nothing. */
  ruleIds: z.array(z.string().min(1)),
  issues: z.array(guardIssueSchema),
  /** Versions of the rule packs, catalogues and hashers used; a new version makes this result stale. */
  versions: z.record(z.string(), z.string()).default({}),
});
export type GuardResult = z.infer<typeof guardResultSchema>;

export const preflightReportSchema = z.strictObject({
  experimentId: idSchema.exactOptional(),
  /** The worst of the guards. */
  verdict: guardVerdictSchema,
  guards: z.array(guardResultSchema),
  contentHashes: z.array(contentHashSchema),
  asOf: instantMsSchema,
});
export type PreflightReport = z.infer<typeof preflightReportSchema>;
