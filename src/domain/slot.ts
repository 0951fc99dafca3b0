// When and where a post may go: slot cells of the exposure plan, and one concrete slot. Bins (weekday x daypart, 28 of them) are those of the
// platforms note 2.8; an approval survives a move inside its bin.
import { z } from "zod";
import { dayNumberOf, type Weekday, weekdayOfDay, weekdays } from "./civilDay.ts";
import { instantMsSchema, labelSchema, timeOfDaySchema, type WallTime, wallTimeSchema, zoneSchema } from "./scalars.ts";
import { refuse } from "./issue.ts";

export const weekdaySchema = z.enum(weekdays);

/** A span of wall time on some weekdays, in the run window's zone, half-open: posts of a block share a cell. */
export const slotCellSchema = z
  .strictObject({
    cell: labelSchema,
    weekdays: z
      .array(weekdaySchema)
      .min(1)
      .max(7)
      .refine((days) => new Set(days).size === days.length, { error: "a weekday is listed twice" }),
    from: timeOfDaySchema,
    to: timeOfDaySchema,
  })
  .superRefine((cell, context) => {
    if (cell.from >= cell.to)
      refuse(
        context,
        ["to"],
        `the cell ends at ${cell.to}, not after its start at ${cell.from}`,
        "Let to be later than from on the same day.",
      );
  });
export type SlotCell = z.infer<typeof slotCellSchema>;

/** One concrete slot. Wall time and zone are the truth for the future, `startMs` is derived from them by the zone rules of `tzdbVersion`. */
export const slotSchema = z.strictObject({
  startMs: instantMsSchema,
  zone: zoneSchema,
  wallTime: wallTimeSchema,
  cell: labelSchema,
  /** Such as `2026b`; left out, nobody noted it. */
  tzdbVersion: labelSchema.exactOptional(),
});
export type Slot = z.infer<typeof slotSchema>;

export const dayparts = ["00-06", "06-12", "12-18", "18-24"] as const;
export type Daypart = (typeof dayparts)[number];

/** Day of the week of a wall time (proleptic Gregorian). */
export function weekdayOf(wallTime: WallTime): Weekday {
  return weekdayOfDay(dayNumberOf(wallTime));
}

export function daypartOf(wallTime: WallTime): Daypart {
  return dayparts[Math.floor(Number(wallTime.slice(11, 13)) / 6)]!;
}

/** One of 28 bins, such as `tue/18-24`. */
export function slotBin(wallTime: WallTime): `${Weekday}/${Daypart}` {
  return `${weekdayOf(wallTime)}/${daypartOf(wallTime)}`;
}

export function weekdayClass(weekday: Weekday): "weekday" | "weekend" {
  return weekday === "sat" || weekday === "sun" ? "weekend" : "weekday";
}
