// Canonical JSON after RFC 8785: keys sorted by UTF-16 code units, no spaces, numbers and strings as ECMAScript prints them. One value has one
// text, so a hash of the text is a hash of the value.
import { DomainError, pathText } from "../domain/index.ts";

/** Nesting beyond this is refused before the stack is. */
const depthMax = 500;

/**
 * The canonical text of a JSON value. `JSON.parse` gives the value back, with -0 as 0. Pure; O(size log keys).
 *
 * Stricter than `JSON.stringify`, so that nothing is lost silently: undefined, functions, symbols, bigint, NaN and infinities, holes in lists,
 * objects that are not plain (Date, Map, class instances), cycles and nesting beyond 500 are refused. So is text with a lone surrogate, which has
 * no UTF-8 form (RFC 8785 section 3.2.2.2).
 * @throws DomainError `json-not-canonical` with the path of the value.
 */
export function canonicalJson(value: unknown): string {
  return written(value, [], new Set());
}

function written(value: unknown, path: PropertyKey[], ancestors: Set<object>): string {
  switch (typeof value) {
    case "string":
      return text(value, path);
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isFinite(value)) throw refusal(path, `${value} is not a JSON number`, "Use null for a missing number.", String(value));
      return String(value === 0 ? 0 : value);
    case "object":
      return value === null ? "null" : container(value, path, ancestors);
    default:
      throw refusal(
        path,
        `${typeof value} has no JSON form`,
        "Leave the key out, or give a string, number, boolean, null, list or object.",
      );
  }
}

function container(value: object, path: PropertyKey[], ancestors: Set<object>): string {
  if (ancestors.has(value)) throw refusal(path, "the value contains itself", "Remove the cycle.");
  if (path.length >= depthMax) throw refusal(path.slice(0, 5), `the value is nested deeper than ${depthMax}`, "Flatten it.");
  ancestors.add(value);
  const result = Array.isArray(value) ? list(value, path, ancestors) : object(value, path, ancestors);
  ancestors.delete(value);
  return result;
}

function list(value: readonly unknown[], path: PropertyKey[], ancestors: Set<object>): string {
  // Array.from visits holes too, so that they are refused and not skipped.
  return `[${Array.from(value, (item, at) => written(item, [...path, at], ancestors)).join(",")}]`;
}

function object(value: object, path: PropertyKey[], ancestors: Set<object>): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw refusal(path, `${value.constructor.name} is not a plain object`, "Convert it to plain JSON first.");
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${text(key, path)}:${written((value as Record<string, unknown>)[key], [...path, key], ancestors)}`).join(",")}}`;
}

function text(value: string, path: PropertyKey[]): string {
  if (!value.isWellFormed())
    throw refusal(path, "the text holds half of a surrogate pair", "Repair the text; it was probably cut inside an emoji.");
  return JSON.stringify(value);
}

function refusal(path: readonly PropertyKey[], message: string, fix: string, value?: unknown): DomainError {
  return new DomainError({ code: "json-not-canonical", path: pathText(path), message, fix, ...(value !== undefined && { value }) });
}
