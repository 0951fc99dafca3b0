// The thresholds of the validity checks as versioned data (validity note 2.1 and 2.2), frozen and hashed at launch.
import { z } from "zod";
import { contentHash } from "../canon/index.ts";

const share = z.number().min(0).max(1);

export const validityPolicySchema = z.strictObject({
  policyId: z.literal("validity"),
  version: z.string().min(1),
  /** E2: lost posts per arm, as a share of those planned; the count is rounded down. */
  delivery: z.strictObject({ invalidAboveShare: share, warnAboveShare: share }),
  /** Clock distance of two posts of a block, minutes; and blocks lost to one arm, as a share of those planned. */
  blocks: z.strictObject({ warnGapMinutes: z.number(), voidGapMinutes: z.number(), invalidAboveShare: share }),
  /** E4, for plans that drew each post's arm by itself. */
  ratio: z.strictObject({ invalidP: share, warnP: share, effectFloor: share, unitsMin: z.int() }),
  /** E8: ratio of the arms' median ages, and how far from the decision age a reading is comparable. */
  captureAge: z.strictObject({ invalidAbove: z.number(), warnAbove: z.number(), toleranceShare: share, toleranceHours: z.number() }),
  /** E11: missing readings by arm, and the missing share at which nothing can be said. */
  instrumentation: z.strictObject({ invalidP: share, warnP: share, effectFloor: share, insufficientAboveShare: share }),
});
export type ValidityPolicy = z.infer<typeof validityPolicySchema>;

export const defaultValidityPolicy: ValidityPolicy = {
  policyId: "validity",
  version: "1",
  delivery: { invalidAboveShare: 0.2, warnAboveShare: 0.1 },
  blocks: { warnGapMinutes: 60, voidGapMinutes: 120, invalidAboveShare: 0.2 },
  ratio: { invalidP: 0.001, warnP: 0.01, effectFloor: 0.15, unitsMin: 11 },
  captureAge: { invalidAbove: 1.25, warnAbove: 1.1, toleranceShare: 0.1, toleranceHours: 2 },
  instrumentation: { invalidP: 0.01, warnP: 0.05, effectFloor: 0.2, insufficientAboveShare: 0.5 },
};

export function validityPolicyHash(policy: ValidityPolicy): string {
  return contentHash(policy);
}
