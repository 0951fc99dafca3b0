// The calendar as iCalendar (RFC 5545): wall times are written with their zone (TZID and a VTIMEZONE of the offsets in use), so that a calendar program shows
// what the plan means; UIDs are the post ids and stay the same when a plan is exported again.
import type { WallTime } from "../../domain/index.ts";
import { offsetText } from "../calendar.ts";
import { type OffsetSpan, zoneCalendar } from "../zoneCalendar.ts";
import { type CalendarEvent, type CalendarPost, postProperties } from "./event.ts";
import { escaped, folded } from "./text.ts";

/**
 * The text of a calendar: CRLF lines of at most 75 octets. Pure: the same events and stamp give the same bytes.
 * @param options.stampMs the DTSTAMP of every event; pass the plan's present, never the wall clock, where bytes must repeat.
 */
export function writeCalendar(events: readonly CalendarEvent[], options: { readonly name: string; readonly stampMs: number }): string {
  const zones = Map.groupBy(
    events.filter(({ zone }) => zone !== "UTC"),
    ({ zone }) => zone,
  );
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//experimentation-os//plan//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    `X-WR-CALNAME:${escaped(options.name)}`,
    ...[...zones].flatMap(([zone, own]) => zoneLines(zone, own)),
    ...events.flatMap((event) => eventLines(event, options.stampMs)),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

function eventLines({ uid, zone, wallTime, summary, description, post }: CalendarEvent, stampMs: number): string[] {
  return [
    "BEGIN:VEVENT",
    `UID:${escaped(uid)}`,
    `DTSTAMP:${compact(zoneCalendar("UTC").wallTimeAt(stampMs))}Z`,
    zone === "UTC" ? `DTSTART:${compact(wallTime)}Z` : `DTSTART;TZID=${zone}:${compact(wallTime)}`,
    "DURATION:PT15M",
    `SUMMARY:${escaped(summary)}`,
    ...(description === undefined ? [] : [`DESCRIPTION:${escaped(description)}`]),
    // A post takes nobody's time.
    "TRANSP:TRANSPARENT",
    ...(post === undefined
      ? []
      : Object.entries(postProperties).map(([field, property]) => `${property}:${escaped(post[field as keyof CalendarPost])}`)),
    "END:VEVENT",
  ];
}

/** The observances that the events fall into, one for each span of constant offset, without recurrence rules: what was true, not what may be. */
function zoneLines(zone: string, events: readonly CalendarEvent[]): string[] {
  const calendar = zoneCalendar(zone);
  const instants = events.map(({ startMs }) => startMs);
  const [first, last] = [Math.min(...instants), Math.max(...instants)];
  const spans: OffsetSpan[] = [];
  for (let span = calendar.spanAt(first); ; span = calendar.spanAt(span.untilMs)) {
    spans.push(span);
    if (span.untilMs > last) break;
  }
  return [
    "BEGIN:VTIMEZONE",
    `TZID:${zone}`,
    ...spans.flatMap(({ fromMs, offsetMs }) => {
      const before = fromMs === -Infinity ? offsetMs : calendar.spanAt(fromMs - 1).offsetMs;
      const kind = offsetMs > before ? "DAYLIGHT" : "STANDARD";
      // The onset is a local time in the offset before it.
      const onset = fromMs === -Infinity ? "1970-01-01T00:00" : zoneCalendar("UTC").wallTimeAt(fromMs + before);
      return [
        `BEGIN:${kind}`,
        `DTSTART:${compact(onset)}`,
        `TZOFFSETFROM:${offsetText(before, "")}`,
        `TZOFFSETTO:${offsetText(offsetMs, "")}`,
        `END:${kind}`,
      ];
    }),
    "END:VTIMEZONE",
  ];
}

/** `2027-03-01T18:30` as `20270301T183000`. */
function compact(wallTime: WallTime): string {
  return wallTime.replaceAll(/[-:]/g, "").padEnd(15, "0");
}
