// Conditions of rules on metadata, such as `post.materialConnection === true`; what nobody said is unknown and never false.

export type MetaValue = string | number | boolean;
/** Metadata by dotted path, such as `post.materialConnection`; what is left out is not known. */
export type Meta = Readonly<Record<string, MetaValue>>;

export function conditionHolds(condition: string, meta: Meta): "yes" | "no" | "unknown" {
  const value = meta[metaPath(condition)];
  if (value === undefined) return "unknown";
  const literal = condition.slice(condition.indexOf("===") + 4);
  const wanted: MetaValue =
    literal === "true" || literal === "false" ? literal === "true" : /^\d/.test(literal) ? Number(literal) : literal.slice(1, -1);
  return value === wanted ? "yes" : "no";
}

export function metaPath(condition: string): string {
  return condition.slice(0, condition.indexOf(" "));
}
