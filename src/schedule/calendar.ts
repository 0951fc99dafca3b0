// Wall time and instants by the name of the zone. Wall time with its IANA zone is the truth for the future, the instant is derived
// (platforms note 2.9).
import type { WallTime } from "../domain/index.ts";
import { type Resolved, zoneCalendar } from "./zoneCalendar.ts";

/** @throws DomainError `zone-unknown`, `wall-time-gap`. */
export function resolveWallTime(wallTime: WallTime, zone: string): Resolved {
  return zoneCalendar(zone).resolve(wallTime);
}

/** The wall time of an instant, to the minute, such as `2027-03-01T18:30`. @throws DomainError `zone-unknown`. */
export function wallTimeAt(instantMs: number, zone: string): WallTime {
  return zoneCalendar(zone).wallTimeAt(instantMs);
}

/** The UTC offset of an instant, such as `+01:00`; a wall time in a fold is only told apart by it. @throws DomainError `zone-unknown`. */
export function offsetAt(instantMs: number, zone: string): string {
  return offsetText(zoneCalendar(zone).spanAt(instantMs).offsetMs, ":");
}

/** First instant of the next day in the zone. @throws DomainError `zone-unknown`. */
export function nextDayStart(instantMs: number, zone: string): number {
  const calendar = zoneCalendar(zone);
  return calendar.dayStartMs(calendar.dayNumberAt(instantMs) + 1);
}

/** `+01:00` or, without a separator, `+0100`; seconds only where there are any. */
export function offsetText(offsetMs: number, separator: ":" | ""): string {
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, ...(seconds % 60 === 0 ? [] : [seconds % 60])];
  return `${offsetMs < 0 ? "-" : "+"}${parts.map((part) => String(part).padStart(2, "0")).join(separator)}`;
}
