import fc from "fast-check";
import { RRuleTemporal } from "rrule-temporal";
import { describe, expect, test } from "vitest";
import { readCalendar, resolveWallTime } from "../../src/schedule/index.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";

const at = (text: string): number => Date.parse(text);
const year = { fromMs: at("2027-01-01T00:00Z"), untilMs: at("2028-01-01T00:00Z") };
const event = (...lines: string[]): string => ["BEGIN:VEVENT", "UID:1", "SUMMARY:Talk", ...lines, "END:VEVENT"].join("\r\n");
const calendar = (...events: string[]): string => ["BEGIN:VCALENDAR", "VERSION:2.0", ...events, "END:VCALENDAR"].join("\r\n");
const timesOf = (text: string, window = year): string[] =>
  readCalendar(text, "Europe/Lisbon", window).events.map(({ wallTime }) => wallTime);
const start = "DTSTART;TZID=Europe/Lisbon:20270315T183000";

describe("a repeating event of a calendar", () => {
  test("happens at its wall time on both sides of a clock change", () => {
    const { events } = readCalendar(calendar(event(start, "RRULE:FREQ=WEEKLY;COUNT=3")), "UTC", year);
    expect(events.map(({ startMs, wallTime }) => [wallTime, new Date(startMs).toISOString()])).toEqual([
      ["2027-03-15T18:30", "2027-03-15T18:30:00.000Z"],
      ["2027-03-22T18:30", "2027-03-22T18:30:00.000Z"],
      ["2027-03-29T18:30", "2027-03-29T17:30:00.000Z"],
    ]);
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(3);
  });

  test.each([
    ["FREQ=DAILY;INTERVAL=10;COUNT=3", ["2027-03-15", "2027-03-25", "2027-04-04"]],
    ["FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270324T183000Z", ["2027-03-15", "2027-03-17", "2027-03-22", "2027-03-24"]],
    ["FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270324", ["2027-03-15", "2027-03-17", "2027-03-22", "2027-03-24"]],
    ["FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270324T182959Z", ["2027-03-15", "2027-03-17", "2027-03-22"]],
    ["FREQ=MONTHLY;BYDAY=3MO,-1FR;COUNT=4", ["2027-03-15", "2027-03-26", "2027-04-19", "2027-04-30"]],
    ["FREQ=MONTHLY;BYMONTHDAY=15,-1;COUNT=4", ["2027-03-15", "2027-03-31", "2027-04-15", "2027-04-30"]],
    ["FREQ=YEARLY;BYMONTH=3,6;BYDAY=3MO;COUNT=2", ["2027-03-15", "2027-06-21"]],
  ])("by %s", (rule, dates) => {
    expect(timesOf(calendar(event(start, `RRULE:${rule}`)))).toEqual(dates.map((date) => `${date}T18:30`));
  });

  test("loses its EXDATEs, by instant or by date, and gains its RDATEs", () => {
    const text = calendar(
      event(
        start,
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE;TZID=Europe/Lisbon:20270322T183000",
        "EXDATE;VALUE=DATE:20270329",
        "RDATE:20270401T080000Z,20270402T080000Z",
      ),
    );
    expect(timesOf(text)).toEqual(["2027-03-15T18:30", "2027-04-01T09:00", "2027-04-02T09:00", "2027-04-05T18:30"]);
    expect(timesOf(calendar(event(start, "RDATE;TZID=Europe/Lisbon:20270401T090000")))).toEqual(["2027-03-15T18:30", "2027-04-01T09:00"]);
  });

  test("is moved or cancelled where an event of its own says so", () => {
    const text = calendar(
      event(start, "RRULE:FREQ=WEEKLY;COUNT=3"),
      event("RECURRENCE-ID;TZID=Europe/Lisbon:20270322T183000", "DTSTART;TZID=Europe/Lisbon:20270323T090000"),
      event("RECURRENCE-ID:20270329T173000Z", "DTSTART:20270329T173000Z", "STATUS:CANCELLED"),
    );
    expect(timesOf(text)).toEqual(["2027-03-15T18:30", "2027-03-23T09:00"]);
  });

  test("skips a time that the clock skips, and does not count it", () => {
    expect(timesOf(calendar(event("DTSTART;TZID=Europe/London:20270321T013000", "RRULE:FREQ=WEEKLY;COUNT=3")))).toEqual([
      "2027-03-21T01:30",
      "2027-04-04T01:30",
      "2027-04-11T01:30",
    ]);
  });

  test("is laid out in the window alone, however long ago it began", () => {
    const weekly = calendar(event("DTSTART:19980105T183000Z", "RRULE:FREQ=WEEKLY"));
    expect(timesOf(weekly, { fromMs: at("2027-03-01T00:00Z"), untilMs: at("2027-03-15T00:00Z") })).toEqual([
      "2027-03-01T18:30",
      "2027-03-08T18:30",
    ]);
  });

  test("a file of endless rules is refused, not waited for", () => {
    const endless = Array.from({ length: 4 }, () =>
      event("DTSTART:00010101T000000Z", "RRULE:FREQ=DAILY;COUNT=1000000;BYMONTH=2;BYMONTHDAY=30"),
    );
    expect(refusalOf(() => readCalendar(calendar(...endless), "UTC", year))).toMatchObject({ code: "calendar-too-large" });
  });

  test("is what another implementation makes of it", () => {
    const days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    const some = <Value>(values: readonly Value[], most: number) =>
      fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: most });
    const list = (name: string, values: fc.Arbitrary<readonly (string | number)[]>) =>
      fc.option(
        values.map((chosen) => `${name}=${chosen.join(",")}`),
        { nil: "" },
      );
    const monthDays = some([1, 2, 13, 15, 28, 29, 30, 31, -1, -2], 3);
    const numbered = fc.uniqueArray(
      fc.tuple(fc.constantFrom(1, 2, 3, 4, 5, -1, -2), fc.constantFrom(...days)).map(([nth, day]) => `${nth}${day}`),
      { minLength: 1, maxLength: 3 },
    );
    const byParts = fc.oneof(
      fc.tuple(fc.constant("FREQ=DAILY"), list("BYDAY", some(days, 4)), list("BYMONTHDAY", monthDays)),
      fc.tuple(fc.constant("FREQ=WEEKLY"), list("BYDAY", some(days, 4)), list("WKST", some(days, 1))),
      fc.tuple(fc.constant("FREQ=MONTHLY"), list("BYDAY", fc.oneof(numbered, some(days, 2))), list("BYMONTHDAY", monthDays)),
      fc.tuple(fc.constant("FREQ=YEARLY"), list("BYMONTH", some([2, 3, 10], 2)), fc.constant("")),
    );
    const end = fc.oneof(
      fc.constant(""),
      fc.integer({ min: 1, max: 40 }).map((count) => `COUNT=${count}`),
      fc.constant("UNTIL=20270910T120000Z"),
    );
    const zones = fc.constantFrom("Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC");
    return assertProperty(
      fc.property(
        byParts,
        end,
        fc.integer({ min: 1, max: 4 }),
        zones,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 23 }),
        (parts, ends, interval, zone, day, hour) => {
          const rule = ["RRULE:" + parts[0], `INTERVAL=${interval}`, ...parts.slice(1), ends].filter((part) => part !== "").join(";");
          const date = new Date(at("2026-06-01T00:00Z") + day * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
          const first = `DTSTART;TZID=${zone}:${date}T${String(hour).padStart(2, "0")}3000`;
          const oracle = new RRuleTemporal({ rruleString: `${first}\n${rule}` });
          const expected = oracle
            .between(new Date(year.fromMs), new Date(year.untilMs - 1), true)
            .map(({ epochMilliseconds }) => epochMilliseconds);
          // Whether a start that its own rule does not name counts is left open by RFC 5545; for us it does.
          const begins = resolveWallTime(
            `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${String(hour).padStart(2, "0")}:30`,
            zone,
          ).instantMs;
          fc.pre(oracle.between(new Date(begins), new Date(begins), true).length === 1);
          expect(readCalendar(calendar(event(first, rule)), "UTC", year).events.map(({ startMs }) => startMs)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});
