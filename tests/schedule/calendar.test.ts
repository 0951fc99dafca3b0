import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { nextDayStart, offsetAt, resolveWallTime, wallTimeAt } from "../../src/schedule/index.ts";
import { zoneCalendar } from "../../src/schedule/zoneCalendar.ts";
import { dateOf, dayNumberOf, weekdayOf, weekdayOfDay } from "../../src/domain/index.ts";
import { assertProperty } from "../support/property.ts";
import { attempt, refusalOf } from "../support/refusal.ts";
import { dstZones } from "./support/zones.ts";

const utc = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;

describe("a wall time that does not exist is refused with the nearest times that do", () => {
  test.each([
    ["Europe/London", "2026-03-29T01:30", "2026-03-29T00:59", "2026-03-29T02:00"],
    ["America/New_York", "2026-03-08T02:30", "2026-03-08T01:59", "2026-03-08T03:00"],
    ["Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T01:59", "2026-10-04T02:30"],
    ["Europe/Lisbon", "2027-03-28T01:00", "2027-03-28T00:59", "2027-03-28T02:00"],
    ["Pacific/Auckland", "2026-09-27T02:59", "2026-09-27T01:59", "2026-09-27T03:00"],
  ])("%s %s: %s or %s", (zone, wallTime, before, after) => {
    const error = refusalOf(() => resolveWallTime(wallTime, zone));
    expect(error).toMatchObject({ code: "wall-time-gap", path: "wallTime" });
    expect(error.fix).toBe(`Use ${before} or ${after}, the nearest times that exist.`);
    expect(resolveWallTime(after, zone).instantMs - resolveWallTime(before, zone).instantMs).toBe(60_000);
  });
});

describe("a wall time that exists twice is the earlier one, and that is said", () => {
  test.each([
    ["Europe/London", "2026-10-25T01:30", "2026-10-25T00:30Z", "2026-10-25T01:30Z"],
    ["America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z", "2026-11-01T06:30Z"],
    ["Australia/Lord_Howe", "2026-04-05T01:30", "2026-04-04T14:30Z", "2026-04-04T15:00Z"],
  ])("%s %s is %s, not %s", (zone, wallTime, first, second) => {
    expect(resolveWallTime(wallTime, zone)).toEqual({ instantMs: utc(first), note: expect.stringContaining("exists twice") });
    expect(wallTimeAt(utc(second), zone)).toBe(wallTime);
    expect(offsetAt(utc(first), zone)).not.toBe(offsetAt(utc(second), zone));
  });
});

test("Kolkata is five and a half hours ahead, and Pacific midnight moves with the season", () => {
  expect(resolveWallTime("2026-07-01T12:00", "Asia/Kolkata").instantMs).toBe(utc("2026-07-01T06:30Z"));
  expect(offsetAt(0, "Asia/Kolkata")).toBe("+05:30");
  expect(resolveWallTime("2026-01-15T00:00", "America/Los_Angeles").instantMs).toBe(utc("2026-01-15T08:00Z"));
  expect(resolveWallTime("2026-07-15T00:00", "America/Los_Angeles").instantMs).toBe(utc("2026-07-15T07:00Z"));
});

test("a day that begins in a gap begins where the clock goes on", () => {
  // Santiago goes forward at midnight.
  expect(wallTimeAt(nextDayStart(utc("2026-09-05T15:00Z"), "America/Santiago"), "America/Santiago")).toBe("2026-09-06T01:00");
});

test("a zone that nobody keeps is refused", () => {
  expect(refusalOf(() => resolveWallTime("2026-01-01T00:00", "Europe/Atlantis"))).toMatchObject({ code: "zone-unknown", path: "zone" });
});

test("every wall time of seventy years is what Temporal says, in every zone, gaps and folds included", async () => {
  const zones = [...dstZones, "UTC", "America/Santiago", "Africa/Casablanca", "Asia/Kathmandu", "Europe/Dublin", "Pacific/Apia"];
  const minutes = fc.integer({ min: 0, max: 70 * 366 * 1440 });
  await assertProperty(
    fc.property(fc.constantFrom(...zones), minutes, fc.boolean(), (zone, minute, nearChange) => {
      let at = Temporal.PlainDateTime.from("1975-01-01T00:00").add({ minutes: minute });
      if (nearChange) {
        const change = at.toZonedDateTime(zone).getTimeZoneTransition("next");
        if (change !== null) at = change.toPlainDateTime().add({ minutes: (minute % 240) - 120 });
      }
      const wallTime = at.toString({ smallestUnit: "minute" });
      const [early, late] = (["earlier", "later"] as const).map((disambiguation) => at.toZonedDateTime(zone, { disambiguation }));
      const { value, refused } = attempt(() => resolveWallTime(wallTime, zone));
      const ours = value === undefined ? refused?.code : [value, wallTimeAt(value.instantMs, zone), offsetAt(value.instantMs, zone)];
      const isTwice = early!.epochMilliseconds !== late!.epochMilliseconds;
      const theirs = early!.toPlainDateTime().equals(at)
        ? [
            {
              instantMs: early!.epochMilliseconds,
              ...(isTwice && { note: `${wallTime} exists twice in ${zone}; the earlier one is meant` }),
            },
            wallTime,
            early!.offset,
          ]
        : "wall-time-gap";
      expect(ours).toEqual(theirs);
      expect(nextDayStart(early!.epochMilliseconds, zone)).toBe(
        early!.toPlainDate().add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds,
      );
    }),
    { numRuns: 1500 },
  );
});

test("day numbers are dates, there and back, with their weekdays", async () => {
  await assertProperty(
    fc.property(fc.integer({ min: -719_000, max: 2_900_000 }), (dayNumber) => {
      const date = Temporal.PlainDate.from("1970-01-01").add({ days: dayNumber });
      expect(dateOf(dayNumber)).toBe(date.toString());
      expect(dayNumberOf(dateOf(dayNumber))).toBe(dayNumber);
      expect(weekdayOfDay(dayNumber)).toBe(weekdayOf(`${dateOf(dayNumber)}T00:00`));
    }),
  );
});

test("instants at the ends of time have a day", () => {
  const calendar = zoneCalendar("Europe/Lisbon");
  expect(Number.isInteger(calendar.dayNumberAt(8.64e15))).toBe(true);
  expect(Number.isInteger(calendar.dayNumberAt(-8.64e15))).toBe(true);
});
