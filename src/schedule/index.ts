// Face of schedule/: wall time, pacing, blocked plans and make-ups, layers, approvals, the calendar file, and the store port behind them.
export {
  type ApprovalFacts,
  approvalPoints,
  type ApprovalObligation,
  type ApprovalPoint,
  approvalPointsOf,
  levelOf,
} from "./approvalPoints.ts";
export { type ApprovalState, approvalState, type ApprovalStatus, type ApprovalSubject } from "./approvals.ts";
export { nextDayStart, offsetAt, resolveWallTime, wallTimeAt } from "./calendar.ts";
export { type CalendarEvent, type CalendarPost, planEvents } from "./iCalendar/event.ts";
export { type CalendarWindow, readCalendar, type ReadCalendar } from "./iCalendar/read.ts";
export { writeCalendar } from "./iCalendar/write.ts";
export { type LayerUse, layerUse, releaseLayers, releaseWrites, reserveLayers, reserveWrites } from "./layerRegistry.ts";
export { checkZoneRules, type ZoneCheck } from "./zoneRules.ts";
export { planMakeUp } from "./makeUp.ts";
export { createMemoryStore } from "./memoryStore.ts";
export { paceFreeMs } from "./pacing.ts";
export { createPacingLedger, type LedgerPost, type PacingLedger, type PacingReason, type PacingRules } from "./pacingLedger.ts";
export { compilePlan, type PlanInput, type PlanOptions } from "./plan.ts";
export { dealReply } from "./replyBlocks.ts";
export {
  checkDocument,
  checkRevisions,
  type Store,
  type StoreDocuments,
  type Stored,
  type StoreKind,
  storeKinds,
  transact,
  type Write,
} from "./store.ts";
