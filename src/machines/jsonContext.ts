// A row's context is JSON by construction: what a step put in is made what JSON makes of it, what it left alone is kept as it is.

/**
 * Makes the fields in which `after` differs from `before` plain JSON, in place. `after` is the fresh object that an assign made.
 * Linear in fields; objects are copied only where a step replaced them.
 */
export function jsonContext(after: Record<string, unknown>, before: Record<string, unknown>): Record<string, unknown> {
  if (after === before) return before;
  for (const key in after) {
    const value = after[key];
    if (value === before[key] && (value !== undefined || key in before)) continue;
    if (typeof value === "string" || typeof value === "boolean" || value === null) continue;
    if (typeof value === "number" && Number.isFinite(value) && value !== 0) continue;
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) delete after[key];
    else after[key] = JSON.parse(text);
  }
  return after;
}
