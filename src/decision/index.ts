// What the evidence allows: estimates, and the rules that turn them into one decision with its reasons.
export { type ArmFigures, armFigures, type ArmTotals, type ArmTotalsFigures, armTotalsFigures } from "./armTotals.ts";
export {
  type ArmTotalsDecision,
  type ArmTotalsDecisionPolicy,
  type ArmTotalsEvidence,
  decideArmTotals,
  defaultArmTotalsDecisionPolicy,
} from "./armTotalsDecision.ts";
export { type BlockFigures, decide, testArmFigures } from "./decide.ts";
export type { DecisionInput, Review } from "./facts.ts";
export { effectPrior, type PriorExperiment, priorExperimentSchema } from "./effectPrior.ts";
export { estimateTau } from "../stats/index.ts";
export { decisionInputSchema, readDecisionInput, readDecisionPolicy } from "./documents.ts";
export type { LookRecord } from "./takenLooks.ts";
export {
  type Breach,
  guardrailBreaches,
  type GuardrailFacts,
  type GuardrailReport,
  guardrailReport,
  type SilentGuardrail,
} from "./guardrails/breaches.ts";
export {
  type GuardrailAction,
  type GuardrailFact,
  guardrailsAct,
  guardrailsResult,
  guardrailsStart,
  type GuardrailState,
  guardrailsStep,
} from "./guardrails/reducer.ts";
export { metricHarm, type MetricHarm } from "./guardrails/metricHarm.ts";
export { attemptsInOrder, failureStop, type FailureStop, type OrderedAttempt } from "./failures.ts";
export { judgeUnits, type Unit, type UnitArm } from "./units.ts";
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
  fewestBlocks,
  lookBlocks,
  type RuleOutcome,
  type RuleSituation,
  type RuleThresholds,
  type TakenLook,
  type WalkedRun,
  walkRule,
} from "./rule.ts";
export {
  alphaSpending,
  type ArmComparison,
  type BlockDifferences,
  blockDifferences,
  compositeIndex,
  expectedLossMax,
  futility,
  type Futility,
  harmEProcess,
  harmEProcessResult,
  harmEProcessStart,
  harmEProcessStep,
  harmMargin,
  type HarmResult,
  type HarmState,
  historySd,
  holmSpending,
  labelFreeSd,
  leastBlocks,
  liftOf,
  logMetric,
  type LookResult,
  nonInferiority,
  type NonInferiority,
  type PlannedLook,
  plannedLooks,
  type ProxyValues,
  shrunkEffect,
  type ShrunkEffect,
  slotStratifiedTest,
  type SpendingLook,
  type SpendingResult,
} from "./statistics/index.ts";
export { meanDifference, type MeanDifference, type SampleMoments } from "./meanDifference.ts";
export { type MixtureSequentialLook, mixtureSequentialTest, type MomentsLook } from "./mixtureSequentialTest.ts";
export { peeking, type Peeking } from "./peeking.ts";
export { spanSpending, type SpanSpending } from "./spanSpending.ts";
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
export { calibrate, type Calibration, type CalibrationPost } from "./calibrate.ts";
