// The times of an event's properties: DTSTART, EXDATE, RDATE, RECURRENCE-ID with their zones.
import { dateOf, dayNumberOf, isDomainError, minuteOf, type WallTime } from "../../domain/index.ts";
import { zoneCalendar } from "../zoneCalendar.ts";
import { invalid, type Property } from "./text.ts";

export interface EventTime {
  readonly startMs: number;
  readonly zone: string;
  readonly wallTime: WallTime;
  readonly dayNumber: number;
  /** Minute of the day, and what of a minute is left. */
  readonly minute: number;
  readonly secondsMs: number;
}

const dateTimePattern = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z?)$/;

/** True for a whole day, without a time. */
export function isWholeDay({ parameters }: Property, value: string): boolean {
  return parameters.get("VALUE") === "DATE" || /^\d{8}$/.test(value);
}

/** @returns the time, or why there is none: a zone nobody knows, a time the clock skips. @throws DomainError `calendar-invalid`. */
export function timeOf(property: Property, value: string, floatingZone: string): EventTime | { readonly reason: string } {
  const [, year, month, day, hour, minute, second, utc] = dateTimePattern.exec(value) ?? [];
  if (year === undefined) throw invalid(property.line, `${property.name} is no date and time`, value);
  const zone = utc === "Z" ? "UTC" : (property.parameters.get("TZID") ?? floatingZone);
  const wallTime = `${year}-${month!}-${day!}T${hour!}:${minute!}`;
  const isReal =
    dateOf(dayNumberOf(wallTime)) === wallTime.slice(0, 10) && Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
  if (!isReal) throw invalid(property.line, `${property.name} is no date and time`, value);
  const secondsMs = Number(second) * 1000;
  try {
    const calendar = zoneCalendar(zone);
    const startMs = calendar.resolve(wallTime).instantMs + secondsMs;
    return {
      startMs,
      zone,
      wallTime: calendar.wallTimeAt(startMs),
      dayNumber: dayNumberOf(wallTime),
      minute: minuteOf(wallTime),
      secondsMs,
    };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { reason: error.message };
  }
}

/** Where the rule of an event ends: the last instant that still counts. @throws DomainError `calendar-invalid`. */
export function untilMs(property: Property, until: string | undefined, zone: string): number {
  if (until === undefined) return Infinity;
  // A date means its whole day.
  const value = /^\d{8}$/.test(until) ? `${until}T235959` : until;
  const end = timeOf({ ...property, parameters: new Map() }, value, zone);
  return "reason" in end ? -Infinity : end.startMs;
}
