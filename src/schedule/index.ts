// Face of schedule/: wall time, pacing, blocked plans and make-ups.
export { nextDayStart, offsetAt, resolveWallTime, wallTimeAt } from "./calendar.ts";
export { planMakeUp } from "./makeUp.ts";
export { paceFreeMs, paceOf } from "./pacing.ts";
export { type Pace, pacingDefaults } from "./pacingDefaults.ts";
export { createPacingLedger, type LedgerPost, type PacingLedger, type PacingReason, type PacingRules } from "./pacingLedger.ts";
export { compilePlan, type PlanInput, type PlanOptions } from "./plan.ts";
export { coolDownOf, platformQuotas, type Quota } from "./platformQuotas.ts";
export { dealReply } from "./replyBlocks.ts";
