// Events of a calendar file as instants (RFC 5545), ours or another's. A repeating event is one event for each time it happens near the plan: its rule and
// RDATEs, without EXDATEs, with what RECURRENCE-ID moved or cancelled. A whole day is no time to post at and is named as skipped.
import { DomainError } from "../../domain/index.ts";
import { zoneCalendar } from "../zoneCalendar.ts";
import { type CalendarEvent, type CalendarPost, postProperties } from "./event.ts";
import { readRecurrence, recurringDays } from "./recurrence.ts";
import { eventsOf, type Property, unescaped } from "./text.ts";
import { type EventTime, isWholeDay, timeOf, untilMs } from "./times.ts";

/** Half-open, epoch milliseconds. */
export interface CalendarWindow {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface ReadCalendar {
  readonly events: readonly CalendarEvent[];
  /** Events that are no post at one time, with the reason: all day, cancelled, in a zone nobody knows, repeating by a rule that is not read. */
  readonly skipped: readonly { readonly uid: string; readonly summary: string; readonly reason: string }[];
}

/** A calendar of a client holds thousands of events, not millions. */
const eventsMax = 100_000;
const charactersMax = 50_000_000;
/** Days that the rules of a whole file may look at: ten thousand events over half a year, or five hundred with a COUNT over ten years. */
const daysMax = 2_000_000;

/**
 * Reads a calendar. Times without a zone are in `zone`.
 * @param window in which repeating events are laid out; single events are read whenever they are. O(characters + days that rules look at).
 * @throws DomainError `calendar-invalid` with the line, `calendar-too-large`.
 */
export function readCalendar(text: string, zone: string, window: CalendarWindow): ReadCalendar {
  if (text.length > charactersMax) throw tooLarge(`${text.length} characters`, `at most ${charactersMax} characters are read`);
  const events: CalendarEvent[] = [];
  const skipped: { uid: string; summary: string; reason: string }[] = [];
  const components = eventsOf(text).map(componentOf);
  const moved = movedInstances(components, zone);
  const budget = { days: daysMax };
  for (const component of components) {
    const { uid, summary, find } = component;
    const times = timesOf(component, moved.get(uid), { zone, window, budget });
    if ("reason" in times) {
      skipped.push({ uid, summary, reason: times.reason });
      continue;
    }
    if (events.length + times.found.length > eventsMax)
      throw tooLarge(`more than ${eventsMax} events`, "export the time around the run window");
    const description = find("DESCRIPTION")?.value;
    const fields = Object.entries(postProperties).map(([field, property]) => [field, find(property)?.value] as const);
    const isOurs = fields.every(([, own]) => own !== undefined);
    for (const { startMs, zone: own, wallTime } of times.found)
      events.push({
        uid: times.repeats ? `${uid}#${wallTime}` : uid,
        startMs,
        zone: own,
        wallTime,
        summary,
        ...(description !== undefined && { description: unescaped(description) }),
        ...(isOurs && { post: Object.fromEntries(fields.map(([field, value]) => [field, unescaped(value!)])) as unknown as CalendarPost }),
      });
  }
  return { events, skipped };
}

interface Component {
  readonly uid: string;
  readonly summary: string;
  readonly find: (name: string) => Property | undefined;
  /** Every value of a property, lists taken apart. */
  readonly all: (name: string) => readonly { readonly property: Property; readonly value: string }[];
}

function componentOf(properties: readonly Property[]): Component {
  const find = (name: string): Property | undefined => properties.find((property) => property.name === name);
  return {
    uid: unescaped(find("UID")?.value ?? ""),
    summary: unescaped(find("SUMMARY")?.value ?? ""),
    find,
    all: (name) =>
      properties.flatMap((property) =>
        property.name === name ? property.value.split(",").map((value) => ({ property, value: value.split("/")[0]! })) : [],
      ),
  };
}

/** The instants, by UID, for which an event of its own says what became of them. */
function movedInstances(components: readonly Component[], zone: string): ReadonlyMap<string, ReadonlySet<number>> {
  const moved = new Map<string, Set<number>>();
  for (const { uid, find } of components) {
    const original = find("RECURRENCE-ID");
    if (original === undefined || isWholeDay(original, original.value)) continue;
    const time = timeOf(original, original.value, zone);
    if ("reason" in time) continue;
    const known = moved.get(uid);
    if (known === undefined) moved.set(uid, new Set([time.startMs]));
    else known.add(time.startMs);
  }
  return moved;
}

interface Around {
  readonly zone: string;
  readonly window: CalendarWindow;
  readonly budget: { days: number };
}

type Times =
  | { readonly found: readonly Pick<EventTime, "startMs" | "zone" | "wallTime">[]; readonly repeats: boolean }
  | { readonly reason: string };

function timesOf({ find, all }: Component, moved: ReadonlySet<number> | undefined, around: Around): Times {
  if (find("STATUS")?.value.toUpperCase() === "CANCELLED") return { reason: "it is cancelled" };
  if (find("RECURRENCE-ID")?.parameters.get("RANGE") !== undefined)
    return { reason: "it moves all that follow, which is not read; export single events" };
  const start = find("DTSTART");
  if (start === undefined) return { reason: "it has no start" };
  if (isWholeDay(start, start.value)) return { reason: "it lasts all day" };
  const first = timeOf(start, start.value, around.zone);
  if ("reason" in first) return first;
  const [rule, dates] = [find("RRULE"), all("RDATE")];
  if (find("RECURRENCE-ID") !== undefined || (rule === undefined && dates.length === 0)) return { found: [first], repeats: false };

  const recurrence = rule === undefined ? undefined : readRecurrence(rule.value);
  if (recurrence !== undefined && "reason" in recurrence) return recurrence;
  const isGone = goneOf(all("EXDATE"), moved, around.zone);
  const byRule =
    recurrence === undefined ? [first.startMs] : instantsOf(recurrence, first, untilMs(start, recurrence.until, first.zone), around);
  const byDate = dates.flatMap(({ property, value }) => {
    const time = isWholeDay(property, value) ? first : timeOf(property, value, around.zone);
    return "reason" in time ? [] : [time.startMs];
  });
  const calendar = zoneCalendar(first.zone);
  const { fromMs, untilMs: endMs } = around.window;
  const found = [...new Set([...byRule, ...byDate])]
    .filter((startMs) => startMs >= fromMs && startMs < endMs)
    .sort((a, b) => a - b)
    .map((startMs) => ({ startMs, zone: first.zone, wallTime: calendar.wallTimeAt(startMs) }))
    .filter((time) => !isGone(time));
  return { found, repeats: true };
}

/** Whether an instance was taken out, by its instant or its date, or has an event of its own. */
function goneOf(
  excluded: ReturnType<Component["all"]>,
  moved: ReadonlySet<number> | undefined,
  zone: string,
): (time: { readonly startMs: number; readonly wallTime: string }) => boolean {
  const days = new Set(excluded.flatMap(({ property, value }) => (isWholeDay(property, value) ? [value] : [])));
  const instants = new Set(
    excluded.flatMap(({ property, value }) => {
      const time = isWholeDay(property, value) ? undefined : timeOf(property, value, zone);
      return time === undefined || "reason" in time ? [] : [time.startMs];
    }),
  );
  return ({ startMs, wallTime }) =>
    instants.has(startMs) || moved?.has(startMs) === true || days.has(wallTime.slice(0, 10).replaceAll("-", ""));
}

/** The instants of a rule in the window. A wall time that the clock skips is no instance and is not counted. */
function instantsOf(
  rule: Exclude<ReturnType<typeof readRecurrence>, { readonly reason: string }>,
  first: EventTime,
  lastMs: number,
  { window, budget }: Around,
): number[] {
  const calendar = zoneCalendar(first.zone);
  const [from, until] = [calendar.dayNumberAt(window.fromMs) - 1, calendar.dayNumberAt(window.untilMs)];
  budget.days -= Math.max(0, until - (rule.count === undefined ? Math.max(from, first.dayNumber) : first.dayNumber));
  if (budget.days < 0) throw tooLarge("rules that go on for too long", "export the single events around the run window");
  const found: number[] = [];
  let counted = 0;
  for (const day of recurringDays(rule, first.dayNumber, from, until)) {
    const [minuteMs] = calendar.instantsOf(day, first.minute);
    if (minuteMs === undefined) continue;
    const startMs = minuteMs + first.secondsMs;
    if (startMs > lastMs || (rule.count !== undefined && ++counted > rule.count)) break;
    found.push(startMs);
  }
  return found;
}

function tooLarge(has: string, fix: string): DomainError {
  return new DomainError({
    code: "calendar-too-large",
    path: "",
    message: `the calendar has ${has}`,
    fix: `${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`,
  });
}
