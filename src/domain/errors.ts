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

/**
 * Parses data with a zod schema; the first issue becomes a DomainError.
 * @param where.code the error code to use; @param where.file prefixes the path, so that a person finds the place;
 * @param where.pathOf gives the path in the author's own words, where the data were renamed before parsing.
 * @throws DomainError naming path, value and fix.
 */
export function parseWith<S extends z.ZodType>(
  schema: S,
  data: unknown,
  where: { code: string; file?: string; fix?: string; pathOf?: (path: readonly PropertyKey[]) => readonly PropertyKey[] },
): z.output<S> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const issue = deepestIssue(result.error.issues[0]!);
  const at = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]!] : issue.path;
  const path = pathText(where.pathOf?.(at) ?? at);
  const value = valueAt(data, at);
  const isMissing = value === undefined && at.length > 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
  throw new DomainError({
    code: where.code,
    path: [where.file, path].filter((part) => part !== undefined && part !== "").join(": "),
    message: isMissing ? `${path} is missing` : `${path === "" ? "the document" : path}: ${issue.message}`,
    fix: where.fix ?? (isMissing ? `Add ${pathText(at.slice(-1))}. ${fixOf(issue)}` : fixOf(issue)),
    ...(value !== undefined && { value }),
  });
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
