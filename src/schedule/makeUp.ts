// One make-up for a failed post: the same cell and weekday class on a later free day, inside the window (validity note 2.1). Without one the
// block is void for all arms.
import { type Brief, isDomainError, type Plan, type PlannedPost, type WallTime, weekdayClass, weekdayOf } from "../domain/index.ts";
import { createIdSource, type Rng } from "../random/index.ts";
import { datesBetween, resolveWallTime, wallTimeAt } from "./calendar.ts";
import { fitsPace, paceOf } from "./pacing.ts";

/** Between a failure and its make-up: time for a person to look. */
const leadMs = 3_600_000;

/**
 * The post that makes up for `failed`, or undefined if the block has none left or no slot fits.
 * @param takenMs instants of all other posts of the account, planned and ordinary, epoch milliseconds.
 */
export function planMakeUp(
  brief: Brief,
  plan: Plan,
  failed: PlannedPost,
  takenMs: readonly number[],
  nowMs: number,
  rng: Rng,
): PlannedPost | undefined {
  const used = plan.posts.filter(({ block, makeUpFor }) => block === failed.block && makeUpFor !== undefined).length;
  if (used >= brief.exposurePlan.makeUpsPerBlock || failed.makeUpFor !== undefined) return undefined;
  const { zone, end } = brief.runWindow;
  const pace = paceOf(failed.surface, brief.exposurePlan.cadence);
  const cell = brief.exposurePlan.cells.find((candidate) => candidate.cell === failed.slot.cell);
  const timeOfDay = failed.slot.wallTime.slice(11);
  const wanted = weekdayClass(weekdayOf(failed.slot.wallTime));
  for (const date of datesBetween(wallTimeAt(nowMs, zone), end)) {
    const wallTime: WallTime = `${date}T${timeOfDay}`;
    const weekday = weekdayOf(wallTime);
    if (weekdayClass(weekday) !== wanted || cell?.weekdays.includes(weekday) !== true || wallTime >= end) continue;
    const instantMs = instantOrNone(wallTime, zone);
    if (instantMs === undefined || instantMs < nowMs + leadMs || !fitsPace(pace, takenMs, instantMs, zone)) continue;
    return {
      ...failed,
      postId: createIdSource({ rng: rng.fork(["makeUp", failed.postId]), now: () => instantMs })(),
      slot: { ...failed.slot, startMs: instantMs, wallTime },
      makeUpFor: failed.postId,
    };
  }
  return undefined;
}

/** A make-up has other days to go to: a wall time that clocks skip is passed over. */
function instantOrNone(wallTime: WallTime, zone: string): number | undefined {
  try {
    return resolveWallTime(wallTime, zone).instantMs;
  } catch (error) {
    if (isDomainError(error) && error.code === "wall-time-gap") return undefined;
    throw error;
  }
}
