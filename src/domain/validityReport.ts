// What the validity checks say together. Invalid if any is; its outcomes are then informational only (law L6).
import { z } from "zod";
import { checkSchema } from "./check.ts";
import { contentHashSchema, idSchema, instantMsSchema } from "./scalars.ts";
import { verdictSchema } from "./verdict.ts";

export const validityReportSchema = z.strictObject({
  experimentId: idSchema.exactOptional(),
  verdict: verdictSchema,
  checks: z.array(checkSchema),
  /** Posts that may be compared; the others and why. */
  comparablePostIds: z.array(idSchema).default([]),
  excluded: z.array(z.strictObject({ postId: idSchema, reason: z.string().min(1) })).default([]),
  asOf: instantMsSchema,
  policyHash: contentHashSchema,
});
export type ValidityReport = z.infer<typeof validityReportSchema>;
