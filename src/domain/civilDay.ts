// Dates as day numbers since 1970-01-01, so that a plan walks days and weeks by addition. Proleptic Gregorian; algorithms: Howard Hinnant,
// "chrono-Compatible Low-Level Date Algorithms" (days_from_civil, civil_from_days).
import type { WallTime } from "./scalars.ts";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

export const dayMs = 86_400_000;
export const minuteMs = 60_000;

/** The day number of the date that a wall time or a date begins with. */
export function dayNumberOf(dateOrWallTime: string): number {
  const month = Number(dateOrWallTime.slice(5, 7));
  const year = Number(dateOrWallTime.slice(0, 4)) - (month <= 2 ? 1 : 0);
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + Number(dateOrWallTime.slice(8, 10)) - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

/** The date of a day number as `2027-03-01`; years 0 to 9999. */
export function dateOf(dayNumber: number): string {
  const shifted = dayNumber + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

export function weekdayOfDay(dayNumber: number): Weekday {
  return weekdays[(((dayNumber + 3) % 7) + 7) % 7]!;
}

/** Weeks from Monday to Sunday, counted from the one that holds 1970-01-01. */
export function weekNumberOf(dayNumber: number): number {
  return Math.floor((dayNumber + 3) / 7);
}

/** The day number of a week's Monday. */
export function mondayOfWeek(weekNumber: number): number {
  return weekNumber * 7 - 3;
}

/** Minutes from midnight of a time of day such as `18:30`, or of a wall time. */
export function minuteOf(timeOrWallTime: string): number {
  const time = timeOrWallTime.length > 5 ? timeOrWallTime.slice(11, 16) : timeOrWallTime;
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** A wall time, to the minute. */
export function wallTimeOf(dayNumber: number, minute: number): WallTime {
  return `${dateOf(dayNumber)}T${timeOf(minute)}`;
}

/** A time of day such as `18:30`. */
export function timeOf(minute: number): string {
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

export function two(value: number): string {
  return String(value).padStart(2, "0");
}
