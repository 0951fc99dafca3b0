// Face of schedule/: wall time, pacing, blocked plans and make-ups.
export { nextDayStart, offsetAt, resolveWallTime, wallTimeAt } from "./calendar.ts";
export { planMakeUp } from "./makeUp.ts";
export { fitsPace, paceFreeMs, paceOf } from "./pacing.ts";
export { type Pace, pacingDefaults } from "./pacingDefaults.ts";
export { compilePlan, type PlanInput } from "./plan.ts";
