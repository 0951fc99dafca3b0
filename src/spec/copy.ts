// Private copies of specs: what a caller does to its own object later changes nothing here.

/** Own enumerable fields of data objects and arrays; dates, functions and the like, which only metadata may hold, by reference. */
export function copyOf(value: unknown, copies = new Map<object, unknown>()): unknown {
  if (!isData(value)) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
  copies.set(value, copy);
  for (const [key, entry] of Object.entries(value))
    Object.defineProperty(copy, key, { value: copyOf(entry, copies), enumerable: true, writable: true, configurable: true });
  return copy;
}

function isData(value: unknown): value is object {
  return Array.isArray(value) || (typeof value === "object" && Object.prototype.toString.call(value) === "[object Object]");
}

/** Freezes data objects and arrays to the last field. */
export function deepFreeze<T>(value: T): T {
  if (!isData(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const entry of Object.values(value)) deepFreeze(entry);
  return value;
}
