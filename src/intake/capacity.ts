// How many posts a run window can hold at most under pacing: an upper bound on wall time, before zones, ordinary posts and blocks take their part.
// If even this is too small the brief is refused here; the exact plan is the scheduler's. Source: platforms note 2.7, feasibility in the brief.
import { type Brief, platformOf, type SlotCell, weekdayOf } from "../domain/index.ts";
import type { BriefFacts, Pace } from "./facts.ts";

type Planned = Pick<Brief, "exposurePlan" | "runWindow" | "accounts" | "surfaces">;

/** Nobody plans further ahead than about a year. */
const daysMax = 400;

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
export function capacityOf(
  { exposurePlan, runWindow, accounts, surfaces }: Planned,
  paceOf: BriefFacts["paceOf"],
  wanted: number,
  cells = exposurePlan.cells,
): Capacity {
  const places = accounts.flatMap(({ platform }) =>
    surfaces.filter((surface) => platformOf(surface) === platform).map((surface) => paceOf(surface, exposurePlan.cadence)),
  );
  const counters = places.map((pace) => placeCounter(cells, pace));
  const perDayMax = exposurePlan.cadence.maxPerDay ?? Infinity;
  let inWindow = 0;
  let sinceStart = 0;
  let date = runWindow.start.slice(0, 10);
  for (let day = 0; day < daysMax; day++, date = dayAfter(date)) {
    const bounds = { from: day === 0 ? minuteOf(runWindow.start.slice(11)) : 0, to: 24 * 60 };
    const endsToday = date === runWindow.end.slice(0, 10);
    if (date <= runWindow.end.slice(0, 10)) {
      const open = endsToday ? { ...bounds, to: minuteOf(runWindow.end.slice(11)) } : bounds;
      inWindow += Math.min(perDayMax, sum(counters.map((counter) => counter.count(date, day, open))));
    }
    // A window that ends at noon could have gone on: for "when would it fit" the whole day counts.
    sinceStart += Math.min(perDayMax, sum(counters.map((counter) => counter.take(date, day, bounds))));
    if (sinceStart >= wanted) return { posts: Math.min(inWindow, wanted), fullOn: date };
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
  const place = (date: string, day: number, bounds: Bounds): { posts: number; last: number } => {
    const weekday = weekdayOf(`${date}T00:00`);
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
    count: (date: string, day: number, bounds: Bounds) => place(date, day, bounds).posts,
    take(date: string, day: number, bounds: Bounds) {
      const placed = place(date, day, bounds);
      last = placed.last;
      return placed.posts;
    },
  };
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** The next day of the calendar, `2027-03-01` after `2027-02-28`. */
export function dayAfter(date: string): string {
  const [year, month, day] = date.split("-").map(Number) as [number, number, number];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  const next = day < days ? [year, month, day + 1] : month < 12 ? [year, month + 1, 1] : [year + 1, 1, 1];
  return next.map((part, at) => String(part).padStart(at === 0 ? 4 : 2, "0")).join("-");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
