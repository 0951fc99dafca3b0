// The thresholds of the decision rule as versioned data (validity note 2.5), frozen and hashed at launch.
import { z } from "zod";
import { contentHash } from "../canon/index.ts";

const share = z.number().min(0).max(1);

export const decisionPolicySchema = z.strictObject({
  policyId: z.literal("decision"),
  version: z.string().min(1),
  /** `evidence` may ship; `exploratory` returns a hypothesis at most. */
  evidence: z.strictObject({ alpha: share, leadsMin: z.int(), expectedLossMax: z.number() }),
  exploratory: z.strictObject({ alpha: share, leadsMin: z.int(), blocksMin: z.int() }),
  /** Below this chance of being better an arm is given up. */
  abandonBelowPBetter: share,
  /** Sd of the prior of effects, log units; without history the default of the field. */
  tau: z.number().positive(),
});
export type DecisionPolicy = z.infer<typeof decisionPolicySchema>;

export const defaultDecisionPolicy: DecisionPolicy = {
  policyId: "decision",
  version: "1",
  evidence: { alpha: 0.05, leadsMin: 2, expectedLossMax: 0.05 },
  exploratory: { alpha: 0.1, leadsMin: 2, blocksMin: 4 },
  abandonBelowPBetter: 0.2,
  tau: 0.3,
};

export function decisionPolicyHash(policy: DecisionPolicy): string {
  return contentHash(policy);
}
