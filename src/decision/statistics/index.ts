// The statistics behind the decision rules: pure arithmetic on blocks, without verdicts.
export { compositeIndex, historySd, labelFreeSd, type ProxyValues } from "./compositeIndex.ts";
export { logMetric } from "../../erm/index.ts";
export { type ArmComparison, blockDifferences, type BlockDifferences, slotStratifiedTest } from "./slotStratified.ts";
export {
  alphaSpending,
  holmSpending,
  leastBlocks,
  type LookResult,
  type PlannedLook,
  plannedLooks,
  type SpendingLook,
  type SpendingResult,
} from "./alphaSpending.ts";
export { harmEProcess, harmEProcessResult, harmEProcessStart, harmEProcessStep, type HarmResult, type HarmState } from "./harmEProcess.ts";
export { futility, type Futility } from "./futility.ts";
export { expectedLossMax, liftOf, shrunkEffect, type ShrunkEffect } from "./shrunkEffect.ts";
export { harmMargin, nonInferiority, type NonInferiority } from "./nonInferiority.ts";
