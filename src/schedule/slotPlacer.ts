// From an offered slot to a time that fits: jitter drawn from the seed inside the slot's band; where another post is in the way, the nearest minute
// of the band that fits. Times are found before arms are dealt, so that no arm can have the better ones.
import { type Surface, type WallTime, wallTimeOf } from "../domain/index.ts";
import type { Draws } from "./draws.ts";
import type { PacingLedger } from "./pacingLedger.ts";
import type { OfferedSlot } from "./slotOffer.ts";
import type { ZoneCalendar } from "./zoneCalendar.ts";

export interface PlacedSlot {
  readonly startMs: number;
  readonly wallTime: WallTime;
  readonly cell: string;
  readonly dayNumber: number;
  readonly weekdayClass: "weekday" | "weekend";
  readonly account: string;
  readonly surface: Surface;
  /** The wall time exists twice and this is the earlier. */
  readonly isFold: boolean;
}

/** Minutes between two times that are tried. */
const stepMinutes = 5;

export interface SlotPlacer {
  /** A time of the slot that the ledger takes; undefined if there is none. Adds nothing to the ledger. @param where the same object for the same place. */
  place(this: void, slot: OfferedSlot, where: { account: string; surface: Surface }): PlacedSlot | undefined;
  /** No slot of the day is before. */
  dayStartMs(this: void, dayNumber: number): number;
}

/** @param notBeforeMs the present; -Infinity where a plan is not bound to one. */
export function createSlotPlacer(calendar: ZoneCalendar, ledger: PacingLedger, draws: Draws, notBeforeMs: number): SlotPlacer {
  /** Slots are tried again and again; each place draws for each slot once. */
  const drawn = new Map<object, Map<OfferedSlot, number>>();

  function drawnMinute(slot: OfferedSlot, where: { account: string; surface: Surface }): number {
    let ofPlace = drawn.get(where);
    if (ofPlace === undefined) drawn.set(where, (ofPlace = new Map<OfferedSlot, number>()));
    let minute = ofPlace.get(slot);
    if (minute === undefined) {
      const { fromMinute, toMinute, centreMinute, dayNumber } = slot;
      // Nothing is drawn for a band of one minute. Rounding could reach the minute after the band.
      const share = toMinute > fromMinute ? draws.jitterShare(slot, where) : 0;
      minute = Math.min(toMinute, Math.floor(fromMinute + (toMinute + 1 - fromMinute) * share));
      // A band may reach into a gap of the clock; its centre never lies there.
      while (calendar.instantsOf(dayNumber, minute).length === 0) minute += Math.sign(centreMinute - minute);
      ofPlace.set(slot, minute);
    }
    return minute;
  }

  return {
    dayStartMs: calendar.dayStartMs,
    place(slot, where) {
      const { account, surface } = where;
      const drawnAt = drawnMinute(slot, where);
      for (const minute of minutesAround(drawnAt, slot)) {
        const [startMs, second] = calendar.instantsOf(slot.dayNumber, minute);
        if (startMs === undefined || startMs <= notBeforeMs) continue;
        const breach = ledger.breachOf({ account, surface, startMs, isOwn: true });
        if (breach === undefined)
          return {
            startMs,
            wallTime: wallTimeOf(slot.dayNumber, minute),
            cell: slot.cell,
            dayNumber: slot.dayNumber,
            weekdayClass: slot.weekdayClass,
            account,
            surface,
            isFold: second !== undefined,
          };
        // Another minute of the same day cannot help against a full day.
        if (breach === "dayCap" || breach === "experimentDayCap") return undefined;
      }
      return undefined;
    },
  };
}

/** The drawn minute, then ever farther ones of the band, earlier and later in turn. */
function* minutesAround(drawnAt: number, { fromMinute, toMinute }: OfferedSlot): Generator<number> {
  yield drawnAt;
  for (let apart = stepMinutes; apart <= toMinute - fromMinute; apart += stepMinutes) {
    if (drawnAt - apart >= fromMinute) yield drawnAt - apart;
    if (drawnAt + apart <= toMinute) yield drawnAt + apart;
  }
}
