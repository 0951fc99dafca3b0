// A check record: what one validity check found, complete enough to be judged again (validity note, section 2).
import { z } from "zod";
import { contentHashSchema, countSchema, idSchema, instantMsSchema, probabilitySchema } from "./scalars.ts";
import { verdictSchema } from "./verdict.ts";

export const exactnesses = ["deterministic", "exact", "monteCarlo", "asymptotic"] as const;

export const checkSchema = z.strictObject({
  /** Such as `E2` or `SRM`. */
  checkId: z.string().min(1),
  policyHash: contentHashSchema,
  /** Sample sizes, per arm where the check has arms. */
  n: z.array(countSchema),
  statistic: z.number().nullable(),
  p: probabilitySchema.nullable(),
  /** Natural logarithm of p; compare this where p underflows. */
  logP: z.number().max(0).nullable(),
  exactness: z.enum(exactnesses),
  /** Draws and seed of a Monte Carlo p-value. */
  draws: countSchema.exactOptional(),
  seed: z.string().min(1).exactOptional(),
  /** The smallest p these sizes could have given. */
  minP: probabilitySchema.nullable(),
  effect: z.number().nullable(),
  /** The effect below which p does not matter. */
  floor: z.number().nullable(),
  verdict: verdictSchema,
  action: z.enum(["none", "hold", "pause"]),
  postIds: z.array(idSchema),
  asOf: instantMsSchema,
  /** The finding in one sentence a person understands. */
  explanation: z.string().min(1),
});
export type Check = z.infer<typeof checkSchema>;
