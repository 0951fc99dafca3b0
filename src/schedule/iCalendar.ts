// The calendar as iCalendar (RFC 5545): planned posts out, and events of other calendars in. Wall times are written with their zone (TZID and a VTIMEZONE
// of the offsets in use), so that a calendar program shows what the plan means; UIDs are the post ids and stay the same when a plan is exported again.
import { DomainError, isDomainError, type Plan, type PlannedPost, type WallTime } from "../domain/index.ts";
import { offsetText } from "./calendar.ts";
import { type OffsetSpan, zoneCalendar } from "./zoneCalendar.ts";

export interface CalendarEvent {
  /** Stable name of the event. */
  readonly uid: string;
  readonly startMs: number;
  readonly zone: string;
  readonly wallTime: WallTime;
  readonly summary: string;
  readonly description?: string;
  /** What a plan says of its post; absent on events of other calendars. */
  readonly post?: CalendarPost;
}

export type CalendarPost = Pick<PlannedPost, "postId" | "variantId" | "block" | "account" | "surface" | "lane"> & {
  readonly experimentId: string;
  readonly cell: string;
};

/** One event for each post. @param name of a variant for people, by id. */
export function planEvents(
  plan: Pick<Plan, "posts" | "experimentId">,
  name: (variantId: string) => string = (variantId) => variantId,
): CalendarEvent[] {
  return plan.posts.map(({ postId, variantId, block, account, surface, lane, slot }) => ({
    uid: `${postId}@experimentation-os`,
    startMs: slot.startMs,
    zone: slot.zone,
    wallTime: slot.wallTime,
    summary: `${name(variantId)} on ${surface}`,
    description: `Block ${block}, lane ${lane}, account ${account}`,
    post: { postId, experimentId: plan.experimentId, variantId, block, account, surface, lane, cell: slot.cell },
  }));
}

const postProperties = {
  postId: "X-EXPOS-POST",
  experimentId: "X-EXPOS-EXPERIMENT",
  variantId: "X-EXPOS-VARIANT",
  block: "X-EXPOS-BLOCK",
  account: "X-EXPOS-ACCOUNT",
  surface: "X-EXPOS-SURFACE",
  lane: "X-EXPOS-LANE",
  cell: "X-EXPOS-CELL",
} as const satisfies Record<keyof CalendarPost, string>;

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

export interface ReadCalendar {
  readonly events: readonly CalendarEvent[];
  /** Events that are no post at one time, with the reason: all day, repeating, cancelled, in a zone nobody knows. */
  readonly skipped: readonly { readonly uid: string; readonly summary: string; readonly reason: string }[];
}

/** A calendar of a client holds thousands of events, not millions. */
const eventsMax = 100_000;
const charactersMax = 50_000_000;

/**
 * Reads a calendar, ours or another's. Times without a zone are in `zone`.
 * @throws DomainError `calendar-invalid` with the line, `calendar-too-large`.
 */
export function readCalendar(text: string, zone: string): ReadCalendar {
  if (text.length > charactersMax)
    throw new DomainError({
      code: "calendar-too-large",
      path: "",
      message: `the calendar has ${text.length} characters`,
      fix: `Export fewer events: at most ${charactersMax} characters are read.`,
    });
  const events: CalendarEvent[] = [];
  const skipped: { uid: string; summary: string; reason: string }[] = [];
  for (const properties of eventsOf(text)) {
    const value = (name: string): string | undefined => properties.find((property) => property.name === name)?.value;
    const uid = unescaped(value("UID") ?? "");
    const summary = unescaped(value("SUMMARY") ?? "");
    const read = startOf(properties, zone);
    if ("reason" in read) {
      skipped.push({ uid, summary, reason: read.reason });
      continue;
    }
    if (events.length >= eventsMax)
      throw new DomainError({
        code: "calendar-too-large",
        path: "",
        message: `the calendar has more than ${eventsMax} events`,
        fix: "Export the time around the run window.",
      });
    const description = value("DESCRIPTION");
    const fields = Object.entries(postProperties).map(([field, property]) => [field, value(property)] as const);
    const isOurs = fields.every(([, own]) => own !== undefined);
    events.push({
      uid,
      ...read,
      summary,
      ...(description !== undefined && { description: unescaped(description) }),
      ...(isOurs && { post: Object.fromEntries(fields.map(([field, own]) => [field, unescaped(own!)])) as unknown as CalendarPost }),
    });
  }
  return { events, skipped };
}

interface Property {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
  readonly line: number;
}

/** The properties of each VEVENT, without those of components inside it such as alarms. */
function eventsOf(text: string): Property[][] {
  const found: Property[][] = [];
  const open: string[] = [];
  let own: Property[] | undefined;
  let isCalendar = false;
  for (const { content, line } of unfolded(text)) {
    if (content === "") continue;
    const property = propertyOf(content, line);
    if (property.name === "BEGIN") {
      const component = property.value.toUpperCase();
      if (open.length === 0 && component !== "VCALENDAR") throw invalid(line, "the file does not begin with BEGIN:VCALENDAR");
      isCalendar = true;
      open.push(component);
      if (component === "VEVENT" && open.length === 2) own = [];
    } else if (property.name === "END") {
      const component = property.value.toUpperCase();
      if (open.pop() !== component) throw invalid(line, `END:${component} closes what is not open`);
      if (component === "VEVENT" && own !== undefined && open.length === 1) {
        found.push(own);
        own = undefined;
      }
    } else if (open.length === 0) throw invalid(line, "the file does not begin with BEGIN:VCALENDAR");
    else if (open.length === 2) own?.push(property);
  }
  if (!isCalendar) throw invalid(1, "the file does not begin with BEGIN:VCALENDAR");
  if (open.length > 0) throw invalid(1, `${open.at(-1)!} is never closed: the file was cut`);
  return found;
}

/** Lines with their continuations (RFC 5545 section 3.1); bare line feeds are taken too. */
function* unfolded(text: string): Generator<{ content: string; line: number }> {
  let content: string | undefined;
  let start = 1;
  let line = 0;
  for (const raw of text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/)) {
    line++;
    if ((content?.length ?? 0) + raw.length > lineLengthMax) throw invalid(line, `the line is longer than ${lineLengthMax} characters`);
    if (content !== undefined && (raw.startsWith(" ") || raw.startsWith("\t"))) {
      content += raw.slice(1);
      continue;
    }
    if (content !== undefined) yield { content, line: start };
    content = raw;
    start = line;
  }
  if (content !== undefined) yield { content, line: start };
}

const propertyPattern = /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:[^";:]|"[^"]*")*)*):(.*)$/s;
const parameterPattern = /;([A-Za-z0-9-]+)=((?:[^";:]|"[^"]*")*)/g;
const lineLengthMax = 1_000_000;

function propertyOf(content: string, line: number): Property {
  const [, name, parameters, value] = propertyPattern.exec(content) ?? [];
  if (name === undefined) throw invalid(line, "this is no property", content);
  const read = [...parameters!.matchAll(parameterPattern)].map(
    ([, key, own]) => [key!.toUpperCase(), own!.replace(/^"(.*)"$/, "$1")] as const,
  );
  return { name: name.toUpperCase(), parameters: new Map(read), value: value!, line };
}

const dateTimePattern = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z?)$/;

function startOf(
  properties: readonly Property[],
  floatingZone: string,
): { startMs: number; zone: string; wallTime: WallTime } | { reason: string } {
  const has = (name: string): boolean => properties.some((property) => property.name === name);
  if (properties.some(({ name, value }) => name === "STATUS" && value.toUpperCase() === "CANCELLED")) return { reason: "it is cancelled" };
  if (has("RRULE") || has("RDATE")) return { reason: "it repeats; export its single events" };
  const start = properties.find(({ name }) => name === "DTSTART");
  if (start === undefined) return { reason: "it has no start" };
  if (start.parameters.get("VALUE") === "DATE" || /^\d{8}$/.test(start.value)) return { reason: "it lasts all day" };
  const [, year, month, day, hour, minute, second, utc] = dateTimePattern.exec(start.value) ?? [];
  if (year === undefined) throw invalid(start.line, "DTSTART is no date and time", start.value);
  const zone = utc === "Z" ? "UTC" : (start.parameters.get("TZID") ?? floatingZone);
  try {
    const { instantMs } = zoneCalendar(zone).resolve(`${year}-${month!}-${day!}T${hour!}:${minute!}:${second!}`);
    return { startMs: instantMs, zone, wallTime: zoneCalendar(zone).wallTimeAt(instantMs) };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { reason: error.message };
  }
}

function invalid(line: number, message: string, value?: string): DomainError {
  return new DomainError({
    code: "calendar-invalid",
    path: `line ${line}`,
    message,
    fix: "Give an iCalendar file (.ics) as a calendar program exports it.",
    ...(value !== undefined && { value }),
  });
}

/** `2027-03-01T18:30` as `20270301T183000`. */
function compact(wallTime: WallTime): string {
  return wallTime.replaceAll(/[-:]/g, "").padEnd(15, "0");
}

/** TEXT of section 3.3.11. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\;,]/g, (sign) => `\\${sign}`)
    .replaceAll(/\r\n|\n|\r/g, "\\n")
    .replaceAll(/\p{Cc}/gu, (sign) => (sign === "\t" ? sign : ""));
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([\\;,nN])/g, (_, sign: string) => (sign === "n" || sign === "N" ? "\n" : sign));
}

const octetsMax = 75;

/** Lines of at most 75 octets, never cut inside a character (section 3.1). */
function folded(line: string): string {
  const parts: string[] = [];
  let part = "";
  let octets = 0;
  for (const character of line) {
    const width = utf8Width(character.codePointAt(0)!);
    if (octets + width > octetsMax) {
      parts.push(part);
      part = " ";
      octets = 1;
    }
    part += character;
    octets += width;
  }
  return [...parts, part].join("\r\n");
}

function utf8Width(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}
