// Wall time and instants. Wall time with its IANA zone is the truth for the future, the instant is derived (platforms note 2.9): a time in a
// spring gap is refused with its neighbours, a time that exists twice means the earlier one and is noted (CONTRACTS 5).
import { Temporal } from "temporal-polyfill";
import { DomainError } from "../domain/index.ts";

export interface Resolved {
  readonly instantMs: number;
  /** What a person should know, such as a time that exists twice. */
  readonly note?: string;
}

/** @throws DomainError `zone-unknown`, `wall-time-gap`. */
export function resolveWallTime(wallTime: string, zone: string): Resolved {
  const plain = Temporal.PlainDateTime.from(wallTime);
  const earlier = inZone(plain, zone, "earlier");
  const later = inZone(plain, zone, "later");
  if (!earlier.toPlainDateTime().equals(plain))
    throw new DomainError({
      code: "wall-time-gap",
      path: "wallTime",
      message: `${wallTime} does not exist in ${zone}: clocks go forward over it.`,
      fix: `Use ${minuteText(earlier.toPlainDateTime())} or ${minuteText(later.toPlainDateTime())}.`,
      value: wallTime,
    });
  const instantMs = earlier.epochMilliseconds;
  return instantMs === later.epochMilliseconds
    ? { instantMs }
    : { instantMs, note: `${wallTime} exists twice in ${zone}; the earlier one is meant` };
}

/** The wall time of an instant, to the minute, such as `2027-03-01T18:30`. */
export function wallTimeAt(instantMs: number, zone: string): string {
  return minuteText(zoned(instantMs, zone).toPlainDateTime());
}

/** The UTC offset of an instant, such as `+01:00`; a wall time in a fold is only told apart by it. */
export function offsetAt(instantMs: number, zone: string): string {
  return zoned(instantMs, zone).offset;
}

/** First instant of the next day in the zone. */
export function nextDayStart(instantMs: number, zone: string): number {
  return zoned(instantMs, zone).toPlainDate().add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
}

/** Dates from the first to the last wall time, both included, as `2027-03-01`. */
export function datesBetween(firstWallTime: string, lastWallTime: string): string[] {
  const last = Temporal.PlainDateTime.from(lastWallTime).toPlainDate();
  const dates: string[] = [];
  for (
    let date = Temporal.PlainDateTime.from(firstWallTime).toPlainDate();
    Temporal.PlainDate.compare(date, last) <= 0;
    date = date.add({ days: 1 })
  )
    dates.push(date.toString());
  return dates;
}

function zoned(instantMs: number, zone: string): Temporal.ZonedDateTime {
  return withZone(zone, () => Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(zone));
}

function inZone(plain: Temporal.PlainDateTime, zone: string, disambiguation: "earlier" | "later"): Temporal.ZonedDateTime {
  return withZone(zone, () => plain.toZonedDateTime(zone, { disambiguation }));
}

function withZone<Result>(zone: string, run: () => Result): Result {
  try {
    return run();
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

function minuteText(plain: Temporal.PlainDateTime): string {
  return plain.toString({ smallestUnit: "minute" });
}
