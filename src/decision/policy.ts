// The decision rules as versioned data: presets and the thresholds they share, frozen and hashed at launch. Source: validity note 2.5 and 2.6,
// contracts 4.
import { z } from "zod";
import { contentHash } from "../canon/index.ts";
import { type DecisionPreset, decisionPresets, decisionPresetSchema, DomainError } from "../domain/index.ts";

const share = z.number().min(0).max(1);
const level = z.number().gt(0).lt(1);

/** What one preset asks of a winner. */
export const presetRuleSchema = z.strictObject({
  alpha: level.describe("chance of naming any winner where no arm differs, over all looks and arms"),
  test: z
    .enum(["spending", "singleLook", "none"])
    .describe("spending: conditional alpha spending at the planned looks; singleLook: one exact test at the end; none: no test at all"),
  blocksMin: z.int().min(1).describe("complete blocks without which it is insufficient"),
  blocksAdvised: z.int().min(1),
  leadsMin: z.int().min(0).describe("proxies on which a winner is ahead"),
  expectedLossMax: z.number().min(0).nullable().describe("log units; null: not asked"),
  guardrails: z
    .enum(["noBreach", "clean", "nonInferior"])
    .describe("noBreach: none trips; clean: also no harm on a guardrail metric; nonInferior: shown to be within the margin on each"),
  review: z.enum(["none", "any", "person"]).describe("who has to look for confounders before a winner is named"),
  names: z.enum(["ship", "hypothesis", "none"]).describe("the most it says"),
  falseWinnerRate: share
    .nullable()
    .describe("how often it names a winner where no arm differs: two arms, at the advised size; docs/decisions.md"),
});
export type PresetRule = z.infer<typeof presetRuleSchema>;

export const decisionPolicySchema = z.strictObject({
  policyId: z.literal("decision"),
  version: z.string().min(1),
  preset: decisionPresetSchema.exactOptional().describe("decides in place of the brief's own preset"),
  evidence: presetRuleSchema,
  exploratory: presetRuleSchema,
  regulated: presetRuleSchema,
  seed: presetRuleSchema,
  learning: presetRuleSchema,
  looks: z.strictObject({
    shares: z.array(share.gt(0)).min(1),
    firstLookBlocks: z.int().min(1),
    singleLookBelow: z.int().min(1),
  }),
  harm: z.strictObject({
    eValuePerArm: z.number().gt(1).nullable().describe("stop at an e-value of this times the number of test arms; null: never"),
    historyPostsMin: z
      .int()
      .min(2)
      .default(10)
      .describe("earlier posts from which the units of its bets are taken; with fewer every proxy counts as 1"),
    marginLog: z.number().positive().describe("harm on a guardrail metric that is still accepted, log units"),
  }),
  futility: z.strictObject({ chanceMin: level.nullable().describe("below this chance of still winning an arm is given up; null: never") }),
  failures: z.strictObject({
    holdAtConsecutive: z.int().min(1).describe("failures in a row in one lane"),
    pauseAtFailures: z.int().min(1),
    ofAttempts: z.int().min(1),
  }),
  abandonBelowPBetter: share.describe("at the end, below this chance of being better an arm is given up"),
  tau: z.number().positive().describe("sd of the prior of effects, log units; without history the default of the field"),
});
export type DecisionPolicy = z.infer<typeof decisionPolicySchema>;

const evidence: PresetRule = {
  alpha: 0.05,
  test: "spending",
  blocksMin: 8,
  blocksAdvised: 12,
  leadsMin: 2,
  expectedLossMax: 0.05,
  guardrails: "clean",
  review: "any",
  names: "ship",
  falseWinnerRate: 0.05,
};

export const defaultDecisionPolicy: DecisionPolicy = deepFreeze({
  policyId: "decision",
  version: "3",
  evidence,
  exploratory: {
    ...evidence,
    alpha: 0.1,
    test: "singleLook",
    blocksMin: 4,
    blocksAdvised: 8,
    expectedLossMax: null,
    guardrails: "noBreach",
    review: "none",
    names: "hypothesis",
    falseWinnerRate: 0.1,
  },
  regulated: { ...evidence, alpha: 0.025, guardrails: "nonInferior", review: "person", falseWinnerRate: 0.025 },
  seed: {
    ...evidence,
    test: "none",
    blocksMin: 3,
    blocksAdvised: 5,
    expectedLossMax: null,
    guardrails: "noBreach",
    falseWinnerRate: 0.5,
  },
  learning: {
    ...evidence,
    test: "none",
    blocksMin: 1,
    blocksAdvised: 4,
    expectedLossMax: null,
    review: "none",
    names: "none",
    falseWinnerRate: 0,
  },
  looks: { shares: [0.5, 0.75, 1], firstLookBlocks: 6, singleLookBelow: 10 },
  harm: { eValuePerArm: 20, historyPostsMin: 10, marginLog: Math.log(1.25) },
  futility: { chanceMin: 0.01 },
  failures: { holdAtConsecutive: 2, pauseAtFailures: 3, ofAttempts: 10 },
  abandonBelowPBetter: 0.2,
  tau: 0.3,
} as const satisfies DecisionPolicy as DecisionPolicy);

/** SHA-256 of the policy's canonical JSON. */
export function decisionPolicyHash(policy: DecisionPolicy): string {
  return contentHash(policy);
}

/**
 * The default policy with one preset for every brief, such as `seed` to compare with.
 * @throws DomainError `policy-unknown` for a name that is no preset.
 */
export function namedDecisionPolicy(name: string): DecisionPolicy {
  if (!(decisionPresets as readonly string[]).includes(name))
    throw new DomainError({
      code: "policy-unknown",
      path: "policy",
      message: `no decision policy is called "${name}"`,
      fix: `Use one of ${decisionPresets.join(", ")}, or a file.`,
      value: name,
    });
  return deepFreeze({ ...defaultDecisionPolicy, preset: name as DecisionPreset });
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
