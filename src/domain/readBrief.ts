// Reads a brief from parsed YAML or JSON. The first brief of the product wrote snake_case and a few other words; both spellings are one document,
// and a refusal speaks in the author's own.
import { type Brief, briefSchema } from "./brief.ts";
import { DomainError, type Fault, faultsWith, parseWith, pathText } from "./errors.ts";

/** The seed's names that are not simply ours in snake_case. */
const seedNames: Readonly<Record<string, string>> = {
  controlVariant: "control",
  surface: "surfaces",
  platform: "platforms",
};
const listFields = new Set(["surfaces", "platforms"]);

/**
 * Reads a brief from parsed YAML or JSON, in our names or in the seed's snake_case.
 * @param file named in the error's path, where the data came from a file.
 * @throws DomainError `brief-invalid` with the path as the author wrote it, and the fix.
 */
export function readBrief(data: unknown, file?: string): Brief {
  const where = { code: "brief-invalid", ...(file !== undefined && { file }) };
  return parseWith(briefSchema, renamed(data, [], where), { ...where, pathOf: (path) => writtenPath(data, path) });
}

export interface BriefReading {
  /** Everything wrong with the document as such, in one go. */
  readonly faults: readonly Fault[];
  /** The fields that are well-formed, with their defaults; the whole brief if nothing is wrong. */
  readonly sound: Partial<Brief>;
  /** The fields that are not; all of them if the document is no object. */
  readonly malformed: ReadonlySet<keyof Brief>;
  /** A path of ours, `exposurePlan.cells[0].from`, as the author wrote it. */
  readonly pathAsWritten: (path: string) => string;
}

/**
 * Reads as much of a brief as can be read, for a check that lists everything at once.
 * @throws DomainError `brief-invalid` if two keys of an object mean the same field.
 */
export function readBriefFully(data: unknown): BriefReading {
  const where = { code: "brief-invalid" };
  const ours = renamed(data, [], where);
  const faults = faultsWith(briefSchema, ours, { ...where, pathOf: (path) => writtenPath(data, path) });
  const isObject = typeof ours === "object" && ours !== null && !Array.isArray(ours);
  const sound: [string, unknown][] = [];
  const malformed = new Set<keyof Brief>();
  for (const [field, schema] of Object.entries(briefSchema.shape)) {
    // An exactly optional field refuses undefined, and yet may be left out.
    const isLeftOut = isObject && !Object.hasOwn(ours, field) && schema._zod.optin === "optional";
    const result = isObject ? schema.safeParse((ours as Record<string, unknown>)[field]) : undefined;
    if (result?.success === true) sound.push([field, result.data]);
    else if (!isLeftOut) malformed.add(field as keyof Brief);
  }
  const pathAsWritten = (path: string) =>
    pathText(
      writtenPath(
        data,
        path.split(/[.[]/).map((step) => (step.endsWith("]") ? Number.parseInt(step, 10) : step)),
      ),
    );
  return { faults, sound: Object.fromEntries(sound) as Partial<Brief>, malformed, pathAsWritten };
}

function ourName(key: string, isTop: boolean): string {
  const camel = /^[a-z]+(_[a-z0-9]+)+$/.test(key) ? key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : key;
  // A key such as "constructor" is not one of ours for being on every object.
  return isTop && Object.hasOwn(seedNames, camel) ? seedNames[camel]! : camel;
}

/** A brief is six levels deep; far beyond, the document is an attack on the stack. */
const depthMax = 64;

function renamed(data: unknown, path: readonly PropertyKey[], where: { code: string; file?: string }): unknown {
  if (path.length > depthMax)
    throw new DomainError({
      code: where.code,
      path: where.file ?? "",
      message: `the document is nested more than ${depthMax} levels deep`,
      fix: "Write the brief as its schema says: expos schema brief.",
    });
  if (Array.isArray(data)) return data.map((item, at) => renamed(item, [...path, at], where));
  if (typeof data !== "object" || data === null) return data;
  const isTop = path.length === 0;
  const result = new Map<string, unknown>();
  for (const [key, value] of Object.entries(data)) {
    const name = ourName(key, isTop);
    if (result.has(name))
      throw new DomainError({
        code: where.code,
        path: [where.file, [...path, key].join(".")].filter((part) => part !== undefined).join(": "),
        message: `${key} and another key of this object both mean ${name}`,
        fix: `Keep one of them, best under the name ${name}.`,
        value,
      });
    const inner = renamed(value, [...path, key], where);
    result.set(name, isTop && listFields.has(name) && typeof inner === "string" ? [inner] : inner);
  }
  return Object.fromEntries(result);
}

/** The path in the author's own words: `test_variants[0].id` where that is how the file says it. */
function writtenPath(data: unknown, path: readonly PropertyKey[]): PropertyKey[] {
  const written: PropertyKey[] = [];
  let value = data;
  for (const [depth, key] of path.entries()) {
    if (typeof key === "number" && !Array.isArray(value)) continue;
    const own: PropertyKey =
      typeof key === "string" && typeof value === "object" && value !== null
        ? (Object.keys(value).find((candidate) => ourName(candidate, depth === 0) === key) ?? key)
        : key;
    written.push(own);
    value = typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[own] : undefined;
  }
  return written;
}
