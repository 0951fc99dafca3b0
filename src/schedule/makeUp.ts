// One make-up for a failed post: the same cell, weekday class and time of day on a later free day, inside the window (validity note 2.1). Without one
// the block is void for all arms.
import { paceOf, windowDaysMax } from "../catalogue/index.ts";
import {
  type Brief,
  type Plan,
  type PlannedPost,
  weekdayClass,
  dayNumberOf,
  minuteOf,
  wallTimeOf,
  weekdayOfDay,
  weekNumberOf,
} from "../domain/index.ts";
import { createIdSource, type Rng } from "../random/index.ts";
import { isBlockedByWeek } from "./blocks.ts";
import { createPacingLedger } from "./pacingLedger.ts";
import { zoneCalendar } from "./zoneCalendar.ts";

/** Between a failure and its make-up: time for a person to look. */
const leadMs = 3_600_000;

/**
 * The post that makes up for `failed`, or undefined if the block has none left or no slot fits. Days whose clock skips the time are passed over.
 * @param tzdbVersion of the zone rules that this runs on; left out, the slot does not say.
 * @param takenMs instants of all other posts of the account, planned and ordinary, epoch milliseconds.
 */
export function planMakeUp(
  brief: Brief,
  plan: Plan,
  failed: PlannedPost,
  takenMs: readonly number[],
  nowMs: number,
  rng: Rng,
  tzdbVersion?: string,
): PlannedPost | undefined {
  const used = plan.posts.filter(({ block, makeUpFor }) => block === failed.block && makeUpFor !== undefined).length;
  if (used >= brief.exposurePlan.makeUpsPerBlock || failed.makeUpFor !== undefined) return undefined;
  const { zone, end } = brief.runWindow;
  const calendar = zoneCalendar(zone);
  const { account, surface } = failed;
  const ledger = createPacingLedger({ zone, paceOf: (of) => paceOf(of, brief.exposurePlan.cadence) });
  for (const startMs of takenMs) ledger.add({ account, surface, startMs, isOwn: false });

  const cell = brief.exposurePlan.cells.find((candidate) => candidate.cell === failed.slot.cell);
  const minute = minuteOf(failed.slot.wallTime);
  const failedDay = dayNumberOf(failed.slot.wallTime);
  const wanted = weekdayClass(weekdayOfDay(failedDay));
  const first = Math.max(calendar.dayNumberAt(nowMs), dayNumberOf(brief.runWindow.start));
  const last = Math.min(dayNumberOf(end), first + windowDaysMax);
  for (let dayNumber = first; dayNumber <= last; dayNumber++) {
    const weekday = weekdayOfDay(dayNumber);
    const wallTime = wallTimeOf(dayNumber, minute);
    if (weekdayClass(weekday) !== wanted || cell?.weekdays.includes(weekday) !== true || wallTime >= end) continue;
    if (isBlockedByWeek(brief) && weekNumberOf(dayNumber) !== weekNumberOf(failedDay)) continue;
    const [startMs] = calendar.instantsOf(dayNumber, minute);
    if (startMs === undefined || startMs < nowMs + leadMs) continue;
    if (ledger.breachOf({ account, surface, startMs, isOwn: true }) !== undefined) continue;
    return {
      ...failed,
      postId: createIdSource({ rng: rng.fork(["makeUp", failed.postId]), now: () => startMs })(),
      slot: { startMs, zone, wallTime, cell: failed.slot.cell, ...(tzdbVersion !== undefined && { tzdbVersion }) },
      makeUpFor: failed.postId,
    };
  }
  return undefined;
}
