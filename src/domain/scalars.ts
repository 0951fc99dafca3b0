// The small types every noun is built of: ids, hashes, instants, wall times, probabilities. Times follow docs/architecture.md: epoch milliseconds
// UTC, with an IANA zone beside them wherever wall time matters.
import { z } from "zod";

/** Names a thing of the product or of a client: letters, digits and `. _ : @ -`; never `/`, which separates actor keys and layers. */
export const idSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9@][A-Za-z0-9._:@-]*$/, { error: "an id holds letters, digits and . _ : @ - only" });

/** A short text for people: one line that starts with something to read. */
export const labelSchema = z
  .string()
  .max(200, { abort: true })
  .regex(/^\S[^\n\r]*$/, { error: "a label is one line that starts with a letter, digit or sign" });

/** SHA-256 of a document's canonical JSON, as `canon` prints it. */
export const contentHashSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: "a hash looks like sha256:<64 hex digits>" });

/** SHA-256 of a file's bytes. */
export const sha256HexSchema = z.string().regex(/^[0-9a-f]{64}$/, { error: "a SHA-256 is 64 lower-case hex digits" });

/** An instant: whole milliseconds since 1970-01-01T00:00Z. */
export const instantMsSchema = z.int().min(-8.64e15).max(8.64e15);

export const probabilitySchema = z.number().min(0).max(1);
export const hoursSchema = z
  .number()
  .min(0)
  .max(24 * 366 * 10);
export const countSchema = z.int().min(0);

/** An IANA zone by its shape; whether the zone exists is known where the calendar is (schedule/). */
export const zoneSchema = z
  .string()
  .max(64)
  .regex(/^(UTC|[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/, { error: "a zone is an IANA name such as Europe/Lisbon or UTC" });

const wallTimePattern = /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;

/** A local date and time without offset, `2027-03-01T18:30`. Together with a zone it is the truth for the future; the instant is derived. */
export const wallTimeSchema = z
  .string()
  .regex(wallTimePattern, { error: "a wall time looks like 2027-03-01T18:30" })
  .refine(isCalendarDate, { error: "this date is not in the calendar", params: { fix: "Give a date that exists, such as 2027-02-28." } });

/** A time of day, `18:30`; `24:00` ends a day. */
export const timeOfDaySchema = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: "a time of day looks like 18:30" });

function isCalendarDate(wallTime: string): boolean {
  const [, year, month, day] = wallTimePattern.exec(wallTime) ?? [];
  if (year === undefined) return false;
  const monthNumber = Number(month);
  return monthNumber >= 1 && monthNumber <= 12 && Number(day) >= 1 && Number(day) <= daysInMonth(Number(year), monthNumber);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Any JSON value; for evidence whose shape belongs to the rule that speaks. */
export const jsonSchema = z.json();

export type Json = z.infer<typeof jsonSchema>;
export type Zone = z.infer<typeof zoneSchema>;
export type WallTime = z.infer<typeof wallTimeSchema>;

/** Positions of values that occurred before, for "named once" rules. */
export function repeated(list: readonly string[]): number[] {
  return list.flatMap((value, at) => (list.indexOf(value) < at ? [at] : []));
}
