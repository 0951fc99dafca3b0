// The days on which a repeating event of a calendar happens (RFC 5545, 3.3.10), as far as calendars of posts go: daily, weekly, monthly and yearly rules with
// INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH and WKST. Days are numbers, so that a rule without a COUNT begins at the window and not at its start;
// tests/schedule/recurrence.test.ts compares it with another implementation.
import { dateOf, dayNumberOf, type Weekday, weekdayOfDay, weekdays } from "../../domain/index.ts";

export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  /** How many there are in all, from the first on; undefined without such an end. */
  readonly count: number | undefined;
  /** `20270401`, `20270401T120000` or `20270401T120000Z`; the calendar knows the zone. */
  readonly until: string | undefined;
  /** With the how-manieth of the month, negative from its end; 0 is every one. */
  readonly byDay: readonly { readonly weekday: Weekday; readonly nth: number }[];
  readonly byMonthDay: readonly number[];
  readonly byMonth: readonly number[];
  readonly weekStart: Weekday;
}

const frequencies = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const;
type Frequency = (typeof frequencies)[number];
const parts = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"];
const weekdayNames: readonly string[] = weekdays.map((weekday) => weekday.slice(0, 2).toUpperCase());

/** Reads the value of an RRULE. @returns the rule, or why it is none that is read here. */
export function readRecurrence(text: string): RecurrenceRule | { readonly reason: string } {
  const given = new Map(
    text
      .toUpperCase()
      .split(";")
      .map((part): [string, string] => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]),
  );
  const unread = (what: string) => ({ reason: `it repeats by ${what}, which is not read; export its single events` });
  const foreign = [...given.keys()].find((part) => !parts.includes(part));
  const frequency = frequencies.find((name) => name === given.get("FREQ"));
  if (foreign !== undefined) return unread(foreign === "" ? "a broken rule" : foreign);
  if (frequency === undefined) return unread(`FREQ=${given.get("FREQ") ?? ""}`);

  const numbers = (part: string, least: number, most: number): number[] | undefined => {
    const list = given.get(part)?.split(",").map(Number) ?? [];
    return list.every((value) => Number.isInteger(value) && Math.abs(value) >= 1 && value >= least && value <= most) ? list : undefined;
  };
  const byDay = given
    .get("BYDAY")
    ?.split(",")
    .map((entry) => ({ nth: Number(entry.slice(0, -2)), weekday: weekdays[weekdayNames.indexOf(entry.slice(-2))] }));
  const [interval, count] = [numbers("INTERVAL", 1, 10_000), numbers("COUNT", 1, 1_000_000)];
  const [byMonthDay, byMonth] = [numbers("BYMONTHDAY", -31, 31), numbers("BYMONTH", 1, 12)];
  const weekStart = weekdays[weekdayNames.indexOf(given.get("WKST") ?? "MO")];
  const isSound = (byDay ?? []).every(({ nth, weekday }) => weekday !== undefined && Number.isInteger(nth) && Math.abs(nth) <= 5);
  if (!interval || !count || !byMonthDay || !byMonth || weekStart === undefined || !isSound || (count.length > 0 && given.has("UNTIL")))
    return unread("a broken rule");

  const isOrdinal = (byDay ?? []).some(({ nth }) => nth !== 0);
  if (isOrdinal && (frequency === "DAILY" || frequency === "WEEKLY")) return unread(`numbered weekdays with FREQ=${frequency}`);
  if (frequency === "WEEKLY" && byMonthDay.length > 0) return unread("BYMONTHDAY with FREQ=WEEKLY");
  if (frequency === "YEARLY" && byMonth.length === 0 && (byDay !== undefined || byMonthDay.length > 0))
    return unread("days of the whole year");
  return {
    frequency,
    interval: interval[0] ?? 1,
    count: count[0],
    until: given.get("UNTIL"),
    byDay: (byDay ?? []) as RecurrenceRule["byDay"],
    byMonthDay,
    byMonth,
    weekStart,
  };
}

/**
 * The days of a rule, ascending, from `first` (always one of them) to `until` at most. Without a COUNT it begins with the period that holds `from`.
 * COUNT and UNTIL are the caller's, who knows which days have the time. O(days between).
 */
export function* recurringDays(rule: RecurrenceRule, first: number, from: number, until: number): Generator<number> {
  const { frequency, interval, count } = rule;
  const startAt = count === undefined ? Math.max(first, from) : first;
  if (startAt === first) yield first;
  const later = (days: readonly number[]): number[] => days.filter((day) => day > first && day >= startAt && day <= until);
  switch (frequency) {
    case "DAILY":
      for (let day = first + interval * Math.floor((startAt - first) / interval); day <= until; day += interval)
        yield* later([day].filter((one) => fits(rule, one)));
      return;
    case "WEEKLY": {
      const week = startOfWeek(first, rule.weekStart);
      for (let start = week + 7 * interval * Math.floor((startAt - week) / (7 * interval)); start <= until; start += 7 * interval)
        yield* later(
          weekOf(start).filter((day) => (rule.byDay.length > 0 || weekdayOfDay(day) === weekdayOfDay(first)) && fits(rule, day)),
        );
      return;
    }
    case "MONTHLY":
      for (let month = stepped(monthOf(first), monthOf(startAt), interval); monthStart(month) <= until; month += interval)
        yield* later(daysOfMonth(month, first, rule).filter((day) => fits(rule, day)));
      return;
    case "YEARLY":
      for (let year = stepped(yearOf(first), yearOf(startAt), interval); monthStart(12 * year) <= until; year += interval)
        for (const month of rule.byMonth.length > 0 ? rule.byMonth.toSorted((a, b) => a - b) : [(monthOf(first) % 12) + 1])
          yield* later(daysOfMonth(12 * year + month - 1, first, rule).filter((day) => fits(rule, day)));
      return;
    default:
      frequency satisfies never;
  }
}

/** The last of the steps from `first` that is not after `at`. */
function stepped(first: number, at: number, interval: number): number {
  return first + interval * Math.floor((at - first) / interval);
}

/** The days of a month that the rule could mean: the first event's day of the month where it names none. */
function daysOfMonth(month: number, first: number, { byDay, byMonthDay }: RecurrenceRule): number[] {
  const [start, end] = [monthStart(month), monthStart(month + 1)];
  const all = Array.from({ length: end - start }, (_, at) => start + at);
  return byDay.length > 0 || byMonthDay.length > 0 ? all : all.filter((day) => day - start === first - monthStart(monthOf(first)));
}

function fits({ byDay, byMonthDay, byMonth }: RecurrenceRule, day: number): boolean {
  const month = monthOf(day);
  if (byMonth.length > 0 && !byMonth.includes((month % 12) + 1)) return false;
  const [fromStart, fromEnd] = [day - monthStart(month) + 1, day - monthStart(month + 1)];
  if (byMonthDay.length > 0 && !byMonthDay.includes(fromStart) && !byMonthDay.includes(fromEnd)) return false;
  const weekday = weekdayOfDay(day);
  const [nth, nthLast] = [Math.ceil(fromStart / 7), -Math.ceil(-fromEnd / 7)];
  return byDay.length === 0 || byDay.some((one) => one.weekday === weekday && (one.nth === 0 || one.nth === nth || one.nth === nthLast));
}

function weekOf(start: number): number[] {
  return Array.from({ length: 7 }, (_, at) => start + at);
}

function startOfWeek(day: number, weekStart: Weekday): number {
  return day - ((weekdays.indexOf(weekdayOfDay(day)) - weekdays.indexOf(weekStart) + 7) % 7);
}

/** Months since year 0. */
function monthOf(day: number): number {
  const date = dateOf(day);
  return 12 * Number(date.slice(0, 4)) + Number(date.slice(5, 7)) - 1;
}

function yearOf(day: number): number {
  return Math.floor(monthOf(day) / 12);
}

function monthStart(month: number): number {
  return dayNumberOf(`${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}-01`);
}
