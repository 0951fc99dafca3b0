// How many posts a run window can hold at most under pacing: an upper bound on wall time, before zones, ordinary posts and blocks take their part.
// If even this is too small the brief is refused here; the exact plan is the scheduler's. Source: platforms note 2.7, feasibility in the brief.
import { type Brief, dateOf, dayNumberOf, type Issue, minuteOf, platformOf, type SlotCell, weekdayOfDay } from "../domain/index.ts";
import { type Pace, paceOf } from "./pacing.ts";

type Planned = Pick<Brief, "exposurePlan" | "runWindow" | "accounts" | "surfaces">;

/** Nobody plans further ahead; zone rules and platforms change. */
export const windowDaysMax = 400;

/** Why a window is longer than anybody plans; undefined if it is not. */
export function windowTooLong({ start, end }: Brief["runWindow"]): Issue | undefined {
  const first = dayNumberOf(start);
  const days = dayNumberOf(end) - first;
  return days <= windowDaysMax
    ? undefined
    : {
        code: "window-too-long",
        path: "runWindow.end",
        message: `the window is ${days} days long, and a plan covers at most ${windowDaysMax}`,
        fix: `Let it end by ${dateOf(first + windowDaysMax)}.`,
      };
}

export interface Capacity {
  /** Posts that fit into the window, at most; counting stops at `wanted`. */
  readonly posts: number;
  /** The day on which the wanted posts would be in, if the window were open at its end; undefined if a year does not hold them. */
  readonly fullOn: string | undefined;
}

/**
 * Posts of the whole experiment that the cells can take from the start of the window on.
 * @param cells those that count; default: all of the plan. O(days x posts a day).
 */
export function capacityOf({ exposurePlan, runWindow, accounts, surfaces }: Planned, wanted: number, cells = exposurePlan.cells): Capacity {
  const places = accounts.flatMap(({ platform }) =>
    surfaces.filter((surface) => platformOf(surface) === platform).map((surface) => paceOf(surface, exposurePlan.cadence)),
  );
  const counters = places.map((pace) => placeCounter(cells, pace));
  const perDayMax = exposurePlan.cadence.maxPerDay ?? Infinity;
  const [first, last] = [dayNumberOf(runWindow.start), dayNumberOf(runWindow.end)];
  let inWindow = 0;
  let sinceStart = 0;
  for (let day = first; day < first + windowDaysMax; day++) {
    const bounds = { from: day === first ? minuteOf(runWindow.start) : 0, to: 24 * 60 };
    if (day <= last) {
      const open = day === last ? { ...bounds, to: minuteOf(runWindow.end) } : bounds;
      inWindow += Math.min(perDayMax, sum(counters.map((counter) => counter.count(day, open))));
    }
    // A window that ends at noon could have gone on: for "when would it fit" the whole day counts.
    sinceStart += Math.min(perDayMax, sum(counters.map((counter) => counter.take(day, bounds))));
    if (sinceStart >= wanted) return { posts: Math.min(inWindow, wanted), fullOn: dateOf(day) };
  }
  return { posts: Math.min(inWindow, wanted), fullOn: undefined };
}

interface Bounds {
  readonly from: number;
  readonly to: number;
}

/** Earliest-first placement with the least gap holds as many posts as any, as an earlier post never stands in a later one's way. */
function placeCounter(cells: readonly SlotCell[], { maxPerDay, minGapMinutes }: Pace) {
  let last = -Infinity;
  const place = (day: number, bounds: Bounds): { posts: number; last: number } => {
    const weekday = weekdayOfDay(day);
    const open = cells
      .filter((cell) => cell.weekdays.includes(weekday))
      .map((cell) => ({ from: Math.max(minuteOf(cell.from), bounds.from), to: Math.min(minuteOf(cell.to), bounds.to) }))
      .sort((a, b) => a.from - b.from);
    let posts = 0;
    let latest = last;
    for (const { from, to } of open)
      for (;;) {
        const at = Math.max(day * 1440 + from, latest + minGapMinutes);
        if (posts >= maxPerDay || at >= day * 1440 + to) break;
        posts++;
        latest = at;
      }
    return { posts, last: latest };
  };
  return {
    count: (day: number, bounds: Bounds) => place(day, bounds).posts,
    take(day: number, bounds: Bounds) {
      const placed = place(day, bounds);
      last = placed.last;
      return placed.posts;
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
