// The slots that a window offers before anybody takes them: every cell of the exposure plan on every day, cut to working hours, in places far enough
// apart for the pacing. A place has a band of minutes around its centre in which a post may move: never out of its cell, its daypart (the slot bin
// that an approval is about) or half an hour, so that posts of a block stay within an hour of the clock (validity note 2.1).
import {
  daypartOf,
  type ExposurePlan,
  type Issue,
  type RunWindow,
  type SlotCell,
  type Weekday,
  isDomainError,
  weekdayClass,
  type WorkingHours,
  dayNumberOf,
  minuteOf,
  timeOf,
  wallTimeOf,
  weekdayOfDay,
} from "../domain/index.ts";
import { type ZoneCalendar, zoneCalendar } from "./zoneCalendar.ts";

export interface OfferedSlot {
  readonly dayNumber: number;
  readonly cell: string;
  /** Places of a cell that are near enough on the clock to be compared share one; 0, 1, ... within the day. */
  readonly place: number;
  readonly weekdayClass: "weekday" | "weekend";
  readonly centreMinute: number;
  /** The band, both ends included, minutes of the day. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface SlotOffer {
  /** By day, then by time of day. */
  readonly slots: readonly OfferedSlot[];
  /** Why slots cannot be offered at all: a cell in a gap of the clock. */
  readonly refused: readonly Issue[];
}

/** How far posts of a block may lie apart on the clock before it warns (validity note 2.1). */
const clockGapMinutesMax = 60;

/**
 * @param pace the least gap and the most posts a day, of the surface and the brief together.
 * @param options.working hours of the account; undefined means any. @param options.bound the only cells that count; empty means all.
 */
export function offerSlots(
  exposurePlan: ExposurePlan,
  window: RunWindow,
  pace: { readonly minGapMinutes: number; readonly maxPerDay: number },
  { working, bound }: { readonly working: readonly WorkingHours[] | undefined; readonly bound: readonly string[] },
): SlotOffer {
  const calendar = zoneCalendar(window.zone);
  const [first, last] = [dayNumberOf(window.start), dayNumberOf(window.end)];
  const places = placesByCellAndWeekday(exposurePlan, pace, working);
  const slots: OfferedSlot[] = [];
  const refused: Issue[] = [];
  for (let dayNumber = first; dayNumber <= last; dayNumber++) {
    const weekday = weekdayOfDay(dayNumber);
    const earliest = dayNumber === first ? minuteOf(window.start) : 0;
    const latest = dayNumber === last ? minuteOf(window.end) - 1 : 1439;
    for (const [at, cell] of exposurePlan.cells.entries()) {
      if (bound.length > 0 && !bound.includes(cell.cell)) continue;
      for (const place of places[at]![weekday] ?? []) {
        if (place.centreMinute < earliest || place.centreMinute > latest) continue;
        const gap = gapIssue(calendar, dayNumber, place.centreMinute, cell, at, weekday);
        if (gap !== undefined) refused.push(gap);
        else
          slots.push({
            dayNumber,
            cell: cell.cell,
            place: place.place,
            weekdayClass: weekdayClass(weekday),
            centreMinute: place.centreMinute,
            fromMinute: Math.max(place.fromMinute, earliest),
            toMinute: Math.min(place.toMinute, latest),
          });
      }
    }
  }
  slots.sort((a, b) => a.dayNumber - b.dayNumber || a.centreMinute - b.centreMinute || (a.cell < b.cell ? -1 : 1));
  return { slots, refused };
}

type Place = Pick<OfferedSlot, "place" | "centreMinute" | "fromMinute" | "toMinute">;

/** The same on every week, so computed once: the slot table of a plan. */
function placesByCellAndWeekday(
  { cells, jitterShare }: ExposurePlan,
  pace: { readonly minGapMinutes: number; readonly maxPerDay: number },
  working: readonly WorkingHours[] | undefined,
): readonly Partial<Record<Weekday, readonly Place[]>>[] {
  const reach = Math.min(jitterShare * pace.minGapMinutes, clockGapMinutesMax / 2);
  return cells.map((cell) =>
    Object.fromEntries(
      cell.weekdays.map((weekday) => {
        const spans = openSpans(cell, weekday, working);
        return [weekday, numbered(spans.flatMap((span) => placesOf(span, reach, pace)))];
      }),
    ),
  );
}

/** The cell on a weekday in minutes of the day, half-open, cut to the working hours; ascending, not touching. */
export function openSpans(cell: SlotCell, weekday: Weekday, working: readonly WorkingHours[] | undefined): { from: number; to: number }[] {
  const whole = { from: minuteOf(cell.from), to: minuteOf(cell.to) };
  if (working === undefined) return [whole];
  const open = working
    .filter(({ weekdays }) => weekdays.includes(weekday))
    .map(({ from, to }) => ({ from: Math.max(whole.from, minuteOf(from)), to: Math.min(whole.to, minuteOf(to)) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  const joined: { from: number; to: number }[] = [];
  for (const span of open) {
    const before = joined.at(-1);
    if (before !== undefined && span.from <= before.to) before.to = Math.max(before.to, span.to);
    else joined.push(span);
  }
  return joined;
}

/** As many places as the gap and the day cap allow, each in the middle of its share of the span. */
function placesOf(
  { from, to }: { from: number; to: number },
  reach: number,
  { minGapMinutes, maxPerDay }: { readonly minGapMinutes: number; readonly maxPerDay: number },
): Omit<Place, "place">[] {
  const stride = minGapMinutes + 2 * reach;
  const count = Math.max(1, Math.min(maxPerDay, stride > 0 ? Math.floor((to - from) / stride) : maxPerDay));
  return Array.from({ length: count }, (_, at) => {
    const [start, end] = [from + Math.floor((at * (to - from)) / count), from + Math.floor(((at + 1) * (to - from)) / count)];
    const centreMinute = Math.floor((start + end) / 2);
    const daypartStart = Math.floor(centreMinute / 360) * 360;
    return {
      centreMinute,
      fromMinute: Math.max(start, daypartStart, Math.ceil(centreMinute - reach)),
      toMinute: Math.min(end - 1, daypartStart + 359, Math.floor(centreMinute + reach)),
    };
  });
}

/** Places within an hour of the clock and of one daypart are comparable and share a number. */
function numbered(places: readonly Omit<Place, "place">[]): Place[] {
  let number = -1;
  let opened: Omit<Place, "place"> | undefined;
  return places.map((place) => {
    const isNear =
      opened !== undefined &&
      place.toMinute - opened.fromMinute <= clockGapMinutesMax &&
      daypartOf(`1970-01-01T${timeOf(place.centreMinute)}`) === daypartOf(`1970-01-01T${timeOf(opened.centreMinute)}`);
    if (!isNear) {
      number++;
      opened = place;
    }
    return { ...place, place: number };
  });
}

function gapIssue(
  calendar: ZoneCalendar,
  dayNumber: number,
  minute: number,
  cell: SlotCell,
  at: number,
  weekday: Weekday,
): Issue | undefined {
  if (calendar.instantsOf(dayNumber, minute).length > 0) return undefined;
  try {
    calendar.resolve(wallTimeOf(dayNumber, minute));
    return undefined;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return {
      code: error.code,
      path: `exposurePlan.cells[${at}]`,
      message: `${cell.cell} has a slot at a time that is not there: ${error.message}`,
      fix: `${error.fix} Move the cell, take ${weekday} out of it, or let the window leave that day out.`,
    };
  }
}
