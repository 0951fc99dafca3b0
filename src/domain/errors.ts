// The one error family of the product: whatever is refused says where, what was found and what to do about it (law L12).
import type { z } from "zod";

export interface DomainErrorDetails {
  /** Stable kebab-case word that programs may switch on, such as `brief-invalid`. */
  readonly code: string;
  /** Where: a field path (`variants[1].id`), or a file with a row (`data.csv:12 clicks`); `""` is the whole input. */
  readonly path: string;
  /** What is wrong, in one sentence a person understands. */
  readonly message: string;
  /** What to do about it, in one imperative sentence. */
  readonly fix: string;
  /** The offending value where it can be shown; cut to a short text. */
  readonly value?: unknown;
}

/** A refusal by the product, as opposed to a bug in it. Thrown before anything is half-done. */
export class DomainError extends Error {
  readonly code: string;
  readonly path: string;
  readonly fix: string;
  readonly value: string | undefined;

  constructor(details: DomainErrorDetails, options?: ErrorOptions) {
    super(details.message, options);
    this.name = "DomainError";
    this.code = details.code;
    this.path = details.path;
    this.fix = details.fix;
    this.value = "value" in details ? shown(details.value) : undefined;
  }

  toJSON(): { code: string; path: string; message: string; fix: string; value?: string } {
    return {
      code: this.code,
      path: this.path,
      message: this.message,
      fix: this.fix,
      ...(this.value !== undefined && { value: this.value }),
    };
  }
}

export function isDomainError(error: unknown): error is DomainError {
  return error instanceof DomainError;
}

const shownLengthMax = 80;

/** A short, single-line text of a value for an error message. */
function shown(value: unknown): string {
  const text =
    typeof value === "bigint" ? `${value}n` : typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax - 1)}…` : text;
}

/** `["variants", 1, "id"]` as `variants[1].id`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );
}

/** How a document is spoken of in refusals. */
export interface Where {
  /** The error code to use. */
  readonly code: string;
  /** Prefixes the path, so that a person finds the place. */
  readonly file?: string;
  readonly fix?: string;
  /** The path in the author's own words, where the data were renamed before parsing. */
  readonly pathOf?: (path: readonly PropertyKey[]) => readonly PropertyKey[];
}

/**
 * Parses data with a zod schema; the first issue becomes a DomainError.
 * @throws DomainError naming path, value and fix.
 */
export function parseWith<S extends z.ZodType>(schema: S, data: unknown, where: Where): z.output<S> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const { code, path, message, fix, value } = faultOf(result.error.issues[0]!, data, where);
  throw new DomainError({
    code,
    path: [where.file, path].filter((part) => part !== undefined && part !== "").join(": "),
    message,
    fix,
    ...(value !== undefined && { value }),
  });
}

/** One thing wrong with a document, and the field of the document it is in. */
export interface Fault extends DomainErrorDetails {
  /** The first step of the path in the schema's own words; undefined for the document as a whole. */
  readonly field: string | undefined;
  /** `missing`, `unknown` (a key nobody declared), `invalid`, or the code that the refinement gave. */
  readonly kind: string;
}

/** Every fault that a schema finds in data, in its order; an empty list if there is none. */
export function faultsWith(schema: z.ZodType, data: unknown, where: Where): Fault[] {
  const result = schema.safeParse(data);
  return result.success ? [] : result.error.issues.map((issue) => faultOf(issue, data, where));
}

function faultOf(found: z.core.$ZodIssue, data: unknown, where: Where): Fault {
  const issue = deepestIssue(found);
  const at = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]!] : issue.path;
  const path = pathText(where.pathOf?.(at) ?? at);
  const value = valueAt(data, at);
  const isMissing = value === undefined && at.length > 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
  const own: unknown = issue.code === "custom" ? issue.params?.["code"] : undefined;
  return {
    code: where.code,
    path,
    message: isMissing ? `${path} is missing` : `${path === "" ? "the document" : path}: ${issue.message}`,
    fix: where.fix ?? (isMissing ? `Add ${pathText(at.slice(-1))}. ${fixOf(issue)}` : fixOf(issue)),
    ...(value !== undefined && { value }),
    field: at[0] === undefined ? undefined : String(at[0]),
    kind: typeof own === "string" ? own : isMissing ? "missing" : issue.code === "unrecognized_keys" ? "unknown" : "invalid",
  };
}

/** A union reports one vague issue; the issue inside the branch that got furthest is the one that helps. */
function deepestIssue(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[] = []): z.core.$ZodIssue {
  const path = [...prefix, ...issue.path];
  if (issue.code !== "invalid_union") return { ...issue, path };
  const branches = issue.errors.flatMap((branch) => (branch[0] === undefined ? [] : [deepestIssue(branch[0], path)]));
  return branches.reduce<z.core.$ZodIssue>((best, next) => (next.path.length > best.path.length ? next : best), { ...issue, path });
}

const otherwise = "Correct this value and run again.";

function fixOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `Remove or correct ${issue.keys.map((key) => `"${key}"`).join(", ")}.`;
    case "invalid_value":
      return `Use one of ${issue.values.map(String).join(", ")}.`;
    case "custom":
      return typeof issue.params?.["fix"] === "string" ? issue.params["fix"] : otherwise;
    case "invalid_type":
      return `Give a value of type ${issue.expected}.`;
    case "invalid_union":
      return "options" in issue && Array.isArray(issue.options) ? `Use one of ${issue.options.join(", ")}.` : otherwise;
    case "too_small":
      return `Give ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}${unitOf(issue.origin)}.`;
    case "too_big":
      return `Give ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}${unitOf(issue.origin)}.`;
    default:
      return otherwise;
  }
}

function unitOf(origin: string): string {
  return origin === "string" ? " characters" : origin === "array" ? " items" : "";
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value === null || typeof value !== "object" ? undefined : (value as Record<PropertyKey, unknown>)[key]),
    data,
  );
}
