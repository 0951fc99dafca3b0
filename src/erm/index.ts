// Validity checks: was the comparison fair? They look at design-side quantities only, never at outcomes.
export {
  defaultSampleRatioPolicy,
  sampleRatio,
  type SampleRatioFinding,
  type SampleRatioInput,
  type SampleRatioPolicy,
} from "./checks/sampleRatio.ts";
export { blockIntegrity } from "./checks/blockIntegrity.ts";
export { captureAge } from "./checks/captureAge.ts";
export { delivery } from "./checks/delivery.ts";
export { instrumentation } from "./checks/instrumentation.ts";
export { leak } from "./checks/leak.ts";
export { postRatio } from "./checks/postRatio.ts";
export {
  type Comparable,
  comparable,
  type ComparableBlock,
  type ComparablePost,
  decisionAgeHours,
  requiredMetrics,
  variantIds,
} from "./comparable.ts";
export type { AccountEvent, ValidityInput } from "./input.ts";
export { defaultValidityPolicy, type ValidityPolicy, validityPolicyHash, validityPolicySchema } from "./policy.ts";
export { actsAnyTime, checkValidity } from "./validity.ts";
export { defaultFleetAlarmPolicy, fleetAlarm, type FleetAlarmPolicy, type FleetWeek } from "./fleetAlarm.ts";
