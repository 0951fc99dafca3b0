import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeVariants } from "../../src/intake/index.ts";
import { createRng } from "../../src/random/index.ts";
import {
  type CalendarEvent,
  compilePlan,
  planEvents,
  readCalendar,
  resolveWallTime,
  wallTimeAt,
  writeCalendar,
} from "../../src/schedule/index.ts";
import { exampleBrief } from "../domain/briefs.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";
import { dstZones } from "./support/zones.ts";

const brief = exampleBrief("batch-hook");
const plan = compilePlan({ experimentId: "e1", brief, variants: makeVariants(brief, "e1"), otherPosts: [] }, createRng("7"));
const written = writeCalendar(planEvents(plan), { name: brief.name, stampMs: Date.parse("2027-02-27T09:00Z") });
const calendarOf = (...lines: string[]): string => ["BEGIN:VCALENDAR", "VERSION:2.0", ...lines, "END:VCALENDAR", ""].join("\r\n");
const eventOf = (...lines: string[]): string => calendarOf("BEGIN:VEVENT", "UID:1", "SUMMARY:Coffee talk", ...lines, "END:VEVENT");

const year2027 = { fromMs: Date.UTC(2027, 0, 1), untilMs: Date.UTC(2028, 0, 1) };

describe("a plan as a calendar file", () => {
  test("has one event for each post with a stable UID, its zone and what the plan says", () => {
    expect(written.match(/^BEGIN:VEVENT\r$/gm)).toHaveLength(16);
    const { events, skipped } = readCalendar(written, "UTC", year2027);
    expect(skipped).toEqual([]);
    expect(events).toEqual(planEvents(plan));
    expect(written).toContain(
      `UID:${plan.posts[0]!.postId}@experimentation-os\r\nDTSTAMP:20270227T090000Z\r\nDTSTART;TZID=Europe/Lisbon:20270301T1241`,
    );
    expect(writeCalendar(planEvents(plan), { name: brief.name, stampMs: Date.parse("2027-02-27T09:00Z") })).toBe(written);
  });

  test("describes the zone with its changes: onset in the old offset, both offsets", () => {
    const events = ["2026-03-28T12:00", "2026-03-29T12:00"].map((wallTime): CalendarEvent => {
      const { instantMs } = resolveWallTime(wallTime, "Europe/London");
      return { uid: wallTime, startMs: instantMs, zone: "Europe/London", wallTime, summary: "x" };
    });
    const zone = /BEGIN:VTIMEZONE[\s\S]*END:VTIMEZONE/.exec(writeCalendar(events, { name: "n", stampMs: 0 }))![0].split("\r\n");
    expect(zone.join(" ")).toBe(
      [
        "BEGIN:VTIMEZONE TZID:Europe/London",
        "BEGIN:STANDARD DTSTART:20251026T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0000 END:STANDARD",
        "BEGIN:DAYLIGHT DTSTART:20260329T010000 TZOFFSETFROM:+0000 TZOFFSETTO:+0100 END:DAYLIGHT",
        "END:VTIMEZONE",
      ].join(" "),
    );
  });

  test("comes back whole, whatever its texts, in every zone; lines have at most 75 octets", () =>
    assertProperty(
      fc.property(
        fc.array(
          fc.record({
            uid: fc.string({ minLength: 1, unit: "grapheme" }),
            atMinute: fc.integer({ min: 0, max: 40_000_000 }),
            zone: fc.constantFrom(...dstZones, "UTC"),
            summary: fc.string({ unit: "grapheme", maxLength: 200 }),
            description: fc.option(fc.string({ unit: "grapheme" }), { nil: undefined }),
          }),
          { maxLength: 6 },
        ),
        fc.string(),
        (drawn, name) => {
          const clean = (text: string): string => text.replaceAll(/\r\n|\r/g, "\n").replaceAll(/[^\P{Cc}\n\t]/gu, "");
          const events = drawn.map(({ uid, atMinute, zone, summary, description }): CalendarEvent => {
            const wallTime = wallTimeAt(atMinute * 60_000, zone);
            return {
              uid: clean(uid),
              startMs: resolveWallTime(wallTime, zone).instantMs,
              zone,
              wallTime,
              summary: clean(summary),
              ...(description !== undefined && { description: clean(description) }),
            };
          });
          const text = writeCalendar(events, { name, stampMs: 0 });
          expect(readCalendar(text, "UTC", year2027)).toEqual({ events, skipped: [] });
          for (const line of text.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
          expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
        },
      ),
      { numRuns: 200 },
    ));
});

describe("a calendar of somebody else", () => {
  test.each<[string, string[], string, string]>([
    ["a time in UTC", ["DTSTART:20270301T183000Z"], "2027-03-01T18:30:00Z", "UTC"],
    ["a time in a zone", ["DTSTART;TZID=America/New_York:20270301T183000"], "2027-03-01T23:30:00Z", "America/New_York"],
    ["a quoted zone", ['DTSTART;VALUE=DATE-TIME;TZID="Asia/Kolkata":20270301T183000'], "2027-03-01T13:00:00Z", "Asia/Kolkata"],
    ["a floating time, in the client's zone", ["DTSTART:20270701T183000"], "2027-07-01T17:30:00Z", "Europe/Lisbon"],
    [
      "an alarm inside, which is not the event",
      ["BEGIN:VALARM", "DTSTART:19990101T000000Z", "END:VALARM", "DTSTART:20270301T183000Z"],
      "2027-03-01T18:30:00Z",
      "UTC",
    ],
  ])("with %s", (_, lines, instant, zone) => {
    expect(readCalendar(eventOf(...lines), "Europe/Lisbon", year2027).events).toEqual([
      { uid: "1", startMs: Date.parse(instant), zone, wallTime: wallTimeAt(Date.parse(instant), zone), summary: "Coffee talk" },
    ]);
  });

  test("is read with folded lines, bare line feeds and a byte order mark", () => {
    const text =
      "\uFEFFBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Long \n and longer\\, with\n\t commas\nDTSTART:2027\n 0301T183000Z\nEND:VEVENT\nEND:VCALENDAR";
    expect(readCalendar(text, "UTC", year2027).events[0]).toMatchObject({
      summary: "Long and longer, with commas",
      wallTime: "2027-03-01T18:30",
    });
  });

  test.each([
    [["DTSTART;VALUE=DATE:20270301"], "all day"],
    [["DTSTART:20270301T183000Z", "RRULE:FREQ=WEEKLY;BYSETPOS=1"], "BYSETPOS"],
    [["DTSTART:20270301T183000Z", "RRULE:FREQ=HOURLY"], "FREQ=HOURLY"],
    [["DTSTART:20270301T183000Z", "RRULE:FREQ=WEEKLY;INTERVAL=0"], "a broken rule"],
    [["DTSTART;VALUE=DATE:20270301", "RRULE:FREQ=WEEKLY"], "all day"],
    [["DTSTART:20270301T183000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20270301T183000Z"], "all that follow"],
    [["DTSTART:20270301T183000Z", "STATUS:CANCELLED"], "cancelled"],
    [["DTSTART;TZID=Pacific Standard Time:20270301T183000"], "no known time zone"],
    [["DTSTART;TZID=Europe/London:20260329T013000"], "does not exist"],
    [[], "no start"],
  ])("says which events are no post at one time: %j", (lines, reason) => {
    expect(readCalendar(eventOf(...lines), "UTC", year2027)).toEqual({
      events: [],
      skipped: [{ uid: "1", summary: "Coffee talk", reason: expect.stringContaining(reason) }],
    });
  });

  test.each([
    ["", "line 1"],
    ["name,date\nx,y", "line 1"],
    ["BEGIN:VEVENT\r\nEND:VEVENT", "line 1"],
    [calendarOf("BEGIN:VEVENT"), "line 4"],
    [eventOf("DTSTART:tomorrow"), "line 6"],
    [calendarOf("no colon here"), "line 3"],
    ["BEGIN:VCALENDAR\r\nBEGIN:VEVENT", "line 1"],
    [calendarOf(`X;${"a=,;".repeat(40_000)}`), "line 3"],
  ])("that is none is refused with its line: %#", (text, path) => {
    expect(refusalOf(() => readCalendar(text, "UTC", year2027))).toMatchObject({ code: "calendar-invalid", path });
  });
});
