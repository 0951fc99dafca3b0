// JSON Merge Patch, RFC 7396: null removes, objects merge, everything else replaces. It cannot write null, so it is never used as an inverse.

/** A new value; neither argument is changed. Own `__proto__` fields stay plain data. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** The patch that turns one document into another: `mergePatch(from, patch)` equals `to`, wherever `to` holds no null inside objects. */
export function mergePatchBetween(from: unknown, to: unknown): unknown {
  if (!isObject(from) || !isObject(to)) return to;
  const patch = new Map<string, unknown>();
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) patch.set(key, null);
  for (const [key, value] of Object.entries(to)) {
    const before = Object.hasOwn(from, key) ? from[key] : undefined;
    if (JSON.stringify(before) === JSON.stringify(value)) continue;
    patch.set(key, isObject(before) && isObject(value) ? mergePatchBetween(before, value) : value);
  }
  return Object.fromEntries(patch);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
