// A row's context is JSON by construction: what a step put in is made what JSON makes of it, what it left alone is kept as it is.

/**
 * Makes the fields in which `after` differs from `before` plain JSON, in place. `after` is the fresh object that an assign made.
 * Linear in the fields that may differ; objects are copied only where a step replaced them.
 * @param assigned the only fields that may differ, where that is known.
 */
export function jsonContext(
  after: Record<string, unknown>,
  before: Record<string, unknown>,
  assigned: readonly string[] = Object.keys(after),
): Record<string, unknown> {
  if (after === before) return before;
  for (const key of assigned) {
    const value = after[key];
    if (isJsonScalar(value) || (value === before[key] && value !== undefined)) continue;
    const json = jsonOf(value);
    if (json === undefined) delete after[key];
    else after[key] = json;
  }
  return after;
}

/** A copy as JSON would give it back; undefined for what JSON leaves out. Lists of scalars, the usual case, need no text. */
function jsonOf(value: unknown): unknown {
  if (Array.isArray(value) && allScalars(value)) return [...value];
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : JSON.parse(text);
}

/** Also looks into holes, which `every` passes over. */
function allScalars(list: readonly unknown[]): boolean {
  for (const item of list) if (!isJsonScalar(item)) return false;
  return true;
}

/** Scalars that JSON gives back as they are; -0 is not one. */
function isJsonScalar(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return value === 0 ? Object.is(value, 0) : Number.isFinite(value);
    default:
      return value === null;
  }
}
