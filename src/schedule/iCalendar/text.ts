// The lines of iCalendar (RFC 5545, 3.1 and 3.3.11): folded and unfolded, properties with their parameters, texts with their escapes.
import { DomainError } from "../../domain/index.ts";

export interface Property {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
  readonly line: number;
}

/** The properties of each VEVENT, without those of components inside it such as alarms. */
export function eventsOf(text: string): Property[][] {
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

export function invalid(line: number, message: string, value?: string): DomainError {
  return new DomainError({
    code: "calendar-invalid",
    path: `line ${line}`,
    message,
    fix: "Give an iCalendar file (.ics) as a calendar program exports it.",
    ...(value !== undefined && { value }),
  });
}

/** TEXT of section 3.3.11. */
export function escaped(text: string): string {
  return text
    .replaceAll(/[\\;,]/g, (sign) => `\\${sign}`)
    .replaceAll(/\r\n|\n|\r/g, "\\n")
    .replaceAll(/\p{Cc}/gu, (sign) => (sign === "\t" ? sign : ""));
}

export function unescaped(text: string): string {
  return text.replaceAll(/\\([\\;,nN])/g, (_, sign: string) => (sign === "n" || sign === "N" ? "\n" : sign));
}

const octetsMax = 75;

/** Lines of at most 75 octets, never cut inside a character (section 3.1). */
export function folded(line: string): string {
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
