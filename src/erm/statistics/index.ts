// The named tests behind the validity checks: pure arithmetic on slots, counts and orders, without verdicts.
export {
  sequentialMultinomial,
  sequentialMultinomialMinN,
  sequentialMultinomialResult,
  type SequentialMultinomialResult,
  sequentialMultinomialStart,
  type SequentialMultinomialState,
  sequentialMultinomialStep,
} from "./sequentialMultinomial.ts";
export {
  type AdaptiveDraw,
  adaptiveMultinomial,
  adaptiveMultinomialResult,
  type AdaptiveMultinomialResult,
  adaptiveMultinomialStart,
  type AdaptiveMultinomialState,
  adaptiveMultinomialStep,
} from "./adaptiveMultinomial.ts";
export { changingWeightsRatio, type ChangingWeightsResult, type RatioBatch, rerandomisedRatio } from "./changingWeightsRatio.ts";
export { chordHours, circularEnergy, circularEnergyTest, type ClockSample } from "./circularEnergy.ts";
export { circularWasserstein, largestCircularWasserstein } from "./circularWasserstein.ts";
export { type SlotGrain, slotMix, type SlotMix, totalVariation } from "./totalVariation.ts";
export {
  baselinePosts,
  type CusumAlarmRate,
  cusumAlarmRate,
  reachBaseline,
  type ReachBaseline,
  type ReachBaselineResult,
  robustCusum,
  robustCusumStart,
  type RobustCusumState,
  robustCusumStep,
} from "./robustCusum.ts";
export { interleaving, type InterleavingResult, windowOverlap } from "./interleaving.ts";
export {
  fitPrognosis,
  predictLogIndex,
  prognosisBias,
  type PrognosisBias,
  type PrognosticHistory,
  type PrognosticModel,
  type PrognosticPost,
} from "./prognosisBias.ts";
export { type ArmSharesResult, firstAttemptFailures, missingShares } from "./armShares.ts";
export {
  anyTimeFailures,
  anyTimeFailuresResult,
  type AnyTimeFailuresResult,
  anyTimeFailuresStart,
  type AnyTimeFailuresState,
  anyTimeFailuresStep,
  type FirstAttempt,
} from "./anyTimeFailures.ts";
export { type CounterFault, counterFaults, type Reading } from "./counterFaults.ts";
