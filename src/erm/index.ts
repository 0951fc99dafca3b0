// Validity checks: was the comparison fair? They look at design-side quantities only, never at outcomes.
export {
  defaultSampleRatioPolicy,
  sampleRatio,
  type SampleRatioFinding,
  type SampleRatioInput,
  type SampleRatioPolicy,
} from "./checks/sampleRatio.ts";
export { checkExposureRatios, type ExposedUnit, type ExposureRatiosInput } from "./exposureRatios.ts";
export { type Comparable, comparable, type ComparableBlock, type ComparablePost } from "./comparable.ts";
export { decisionAgeHours, requiredMetrics, variantIds } from "./briefFacts.ts";
export { isOperational, type OperationalMetric, operationalMetrics, withOperationalMetrics } from "./operationalMetrics.ts";
export { logMetric, proxyValue } from "./logIndex.ts";
export { type AccountEvent, type HistoryPost, readValidityInput, requireSound, type ValidityInput, validityInputSchema } from "./input.ts";
export { defaultValidityPolicy, type ValidityPolicy, validityPolicyHash, validityPolicySchema } from "./policy.ts";
export { actsAnyTime, checkAnyTime, checkValidity, isFundamental } from "./validity.ts";
export {
  validityFold,
  validityInputAt,
  type ValidityRecord,
  validityResult,
  validityStart,
  type ValidityState,
  validityStep,
} from "./incremental.ts";
export { postAfter, type PostEvent, scheduledPost } from "./postHistory.ts";
export { defaultFleetAlarmPolicy, fleetAlarm, type FleetAlarmPolicy, type FleetWeek } from "./fleetAlarm.ts";
export {
  sequentialMultinomial,
  sequentialMultinomialMinN,
  sequentialMultinomialResult,
  type SequentialMultinomialResult,
  sequentialMultinomialStart,
  type SequentialMultinomialState,
  sequentialMultinomialStep,
} from "./statistics/sequentialMultinomial.ts";
export { exactMultinomialTest, fisherExact, mannWhitneyExact } from "../stats/index.ts";
export {
  type AdaptiveDraw,
  adaptiveMultinomial,
  adaptiveMultinomialResult,
  type AdaptiveMultinomialResult,
  adaptiveMultinomialStart,
  type AdaptiveMultinomialState,
  adaptiveMultinomialStep,
} from "./statistics/adaptiveMultinomial.ts";
export { changingWeightsRatio, type ChangingWeightsResult, type RatioBatch, rerandomisedRatio } from "./statistics/changingWeightsRatio.ts";
export {
  chordHours,
  circularEnergy,
  circularEnergyTest,
  circularEnergyTests,
  type ClockSample,
  type ClocksSample,
} from "./statistics/circularEnergy.ts";
export { circularWasserstein, largestCircularWasserstein } from "./statistics/circularWasserstein.ts";
export { type SlotGrain, slotMix, type SlotMix, totalVariation } from "./statistics/totalVariation.ts";
export {
  baselinePosts,
  type CusumAlarmRate,
  cusumAlarmRate,
  cusumThresholds,
  reachBaseline,
  type ReachBaseline,
  type ReachBaselineResult,
  robustCusum,
  robustCusumStart,
  type RobustCusumState,
  robustCusumStep,
} from "./statistics/robustCusum.ts";
export { interleaving, type InterleavingResult, windowOverlap } from "./statistics/interleaving.ts";
export {
  type DealtPosts,
  fitPrognosis,
  predictLogIndex,
  prognosisBias,
  type PrognosisBias,
  prognosisTest,
  type PrognosisTest,
  type PrognosticHistory,
  type PrognosticModel,
  type PrognosticPost,
} from "./statistics/prognosisBias.ts";
export { type ArmSharesResult, firstAttemptFailures, missingShares } from "./statistics/armShares.ts";
export {
  anyTimeFailures,
  anyTimeFailuresResult,
  type AnyTimeFailuresResult,
  anyTimeFailuresStart,
  type AnyTimeFailuresState,
  anyTimeFailuresStep,
  type FirstAttempt,
} from "./statistics/anyTimeFailures.ts";
export { type CounterFault, counterFaults, type Reading } from "./statistics/counterFaults.ts";
