// What the evidence allows: estimates, and the rules that turn them into one decision with its reasons.
export { type ArmFigures, armFigures, type ArmTotals, type ArmTotalsFigures, armTotalsFigures } from "./armTotals.ts";
export {
  type ArmTotalsDecision,
  type ArmTotalsDecisionPolicy,
  type ArmTotalsEvidence,
  decideArmTotals,
  defaultArmTotalsDecisionPolicy,
} from "./armTotalsDecision.ts";
export { type BlockFigures, armEvidence } from "./armEvidence.ts";
export { compositeIndex, type IndexedPost } from "./composite.ts";
export { decide, type DecisionInput, type Review, testArmFigures } from "./decide.ts";
export { type Breach, guardrailBreaches, type GuardrailFacts } from "./guardrails.ts";
export {
  type DecisionPolicy,
  decisionPolicyHash,
  decisionPolicySchema,
  defaultDecisionPolicy,
  namedDecisionPolicy,
  type PresetRule,
  presetRuleSchema,
} from "./policy.ts";
export { type BlockTable } from "./blockTable.ts";
export {
  type ArmRuling,
  evidenceRule,
  lookBlocks,
  type RuleOutcome,
  type RuleSituation,
  type RuleThresholds,
  type TakenLook,
  type WalkedRun,
  walkRule,
} from "./rule.ts";
export { meanDifference, type MeanDifference, type SampleMoments } from "./meanDifference.ts";
export { type MixtureSequentialLook, mixtureSequentialTest, type MomentsLook } from "./mixtureSequentialTest.ts";
export { peeking, type Peeking } from "./peeking.ts";
export {
  addTallies,
  type Characteristics,
  type CharacteristicsRow,
  type NamedPolicy,
  operatingCharacteristics,
  type RateName,
  rateNames,
  type Tally,
  tallyLength,
  tallyRows,
  tallyRuns,
} from "./operatingCharacteristics.ts";
