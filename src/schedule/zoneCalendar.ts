// The calendar of one IANA zone: wall times to instants and back, by the spans of constant offset that Temporal knows. Spans are looked up once and
// kept, so that a plan of thousands of slots costs additions and not thousands of zone lookups (300 ms for 1,000 without, measured).
// A wall time in a spring gap is refused with the nearest times that exist; one that exists twice means the earlier (docs/planning.md).
import { Temporal } from "temporal-polyfill";
import { DomainError, type WallTime, dayMs, dayNumberOf, minuteMs, wallTimeOf } from "../domain/index.ts";

/** A stretch of time with one UTC offset, half-open. */
export interface OffsetSpan {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly offsetMs: number;
}

export interface Resolved {
  readonly instantMs: number;
  /** What a person should know, such as a time that exists twice. */
  readonly note?: string;
}

export interface ZoneCalendar {
  readonly zone: string;
  /** @throws DomainError `wall-time-gap` with the nearest times that exist. */
  resolve(this: void, wallTime: WallTime): Resolved;
  /** The instants of a day and minute, ascending: none in a gap, two in a fold. */
  instantsOf(this: void, dayNumber: number, minute: number): number[];
  /** The wall time of an instant, to the minute. */
  wallTimeAt(this: void, instantMs: number): WallTime;
  /** The day number of an instant's date in the zone. */
  dayNumberAt(this: void, instantMs: number): number;
  /** The first instant of a date in the zone. */
  dayStartMs(this: void, dayNumber: number): number;
  spanAt(this: void, instantMs: number): OffsetSpan;
}

/** Spellings of zones are many, zones about 600; beyond this the memo starts anew. */
const calendarsMax = 1000;
const calendars = new Map<string, ZoneCalendar>();

/** The calendar of a zone; the same object each time. @throws DomainError `zone-unknown`. */
export function zoneCalendar(zone: string): ZoneCalendar {
  const known = calendars.get(zone);
  if (known !== undefined) return known;
  if (calendars.size >= calendarsMax) calendars.clear();
  const calendar = createCalendar(zone);
  calendars.set(zone, calendar);
  return calendar;
}

function createCalendar(zone: string): ZoneCalendar {
  const spans: OffsetSpan[] = [lookUpSpan(zone, 0)];
  let latest = spans[0]!;

  function spanAt(instantMs: number): OffsetSpan {
    if (latest.fromMs <= instantMs && instantMs < latest.untilMs) return latest;
    let span = spans.find(({ fromMs, untilMs }) => fromMs <= instantMs && instantMs < untilMs);
    if (span === undefined) {
      span = lookUpSpan(zone, instantMs);
      spans.push(span);
    }
    latest = span;
    return span;
  }

  /** Spans in which a local time could lie: no zone is farther than a day from UTC. */
  function spansAround(localMs: number): OffsetSpan[] {
    const found: OffsetSpan[] = [];
    for (let span = spanAt(localMs - dayMs); ; span = spanAt(span.untilMs)) {
      found.push(span);
      if (span.untilMs > localMs + dayMs) return found;
    }
  }

  function instantsOfLocal(localMs: number): number[] {
    const instants: number[] = [];
    for (const { fromMs, untilMs, offsetMs } of spansAround(localMs)) {
      const instantMs = localMs - offsetMs;
      if (fromMs <= instantMs && instantMs < untilMs) instants.push(instantMs);
    }
    return instants;
  }

  function wallTimeAt(instantMs: number): WallTime {
    const localMinutes = Math.floor((instantMs + spanAt(instantMs).offsetMs) / minuteMs);
    return wallTimeOf(Math.floor(localMinutes / 1440), ((localMinutes % 1440) + 1440) % 1440);
  }

  function gapAround(localMs: number): OffsetSpan {
    const spans = spansAround(localMs);
    return spans.find(({ fromMs, offsetMs }, at) => at > 0 && localMs < fromMs + offsetMs) ?? spans.at(-1)!;
  }

  return {
    zone,
    resolve(wallTime) {
      const localMs = localMsOf(wallTime);
      const [instantMs, second] = instantsOfLocal(localMs);
      if (instantMs === undefined) {
        const after = gapAround(localMs).fromMs;
        throw new DomainError({
          code: "wall-time-gap",
          path: "wallTime",
          message: `${wallTime} does not exist in ${zone}: clocks go forward over it.`,
          fix: `Use ${wallTimeAt(after - minuteMs)} or ${wallTimeAt(after)}, the nearest times that exist.`,
          value: wallTime,
        });
      }
      return second === undefined ? { instantMs } : { instantMs, note: `${wallTime} exists twice in ${zone}; the earlier one is meant` };
    },
    instantsOf: (dayNumber, minute) => instantsOfLocal(dayNumber * dayMs + minute * minuteMs),
    wallTimeAt,
    dayNumberAt: (instantMs) => Math.floor((instantMs + spanAt(instantMs).offsetMs) / dayMs),
    dayStartMs: (dayNumber) => instantsOfLocal(dayNumber * dayMs)[0] ?? gapAround(dayNumber * dayMs).fromMs,
    spanAt,
  };
}

/** Temporal's own range, less a day so that looking a little beyond stays inside. */
const rangeMs = 8.64e15 - dayMs;

function lookUpSpan(zone: string, instantMs: number): OffsetSpan {
  const atMs = Math.min(Math.max(instantMs, -rangeMs), rangeMs);
  try {
    const at = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone);
    // "Previous" excludes the instant itself, at which a span may begin.
    const from = at.add({ milliseconds: 1 }).getTimeZoneTransition("previous");
    const until = at.getTimeZoneTransition("next");
    return {
      fromMs: from?.epochMilliseconds ?? -Infinity,
      untilMs: until?.epochMilliseconds ?? Infinity,
      offsetMs: at.offsetNanoseconds / 1e6,
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DomainError(
      {
        code: "zone-unknown",
        path: "zone",
        message: `${zone} is no known time zone.`,
        fix: "Use an IANA name such as Europe/Lisbon.",
        value: zone,
      },
      { cause: error },
    );
  }
}

function localMsOf(wallTime: WallTime): number {
  const seconds = wallTime.length > 16 ? Number(wallTime.slice(17, 19)) : 0;
  return dayNumberOf(wallTime) * dayMs + (Number(wallTime.slice(11, 13)) * 60 + Number(wallTime.slice(14, 16))) * minuteMs + seconds * 1000;
}
