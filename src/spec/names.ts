// `name` and `key` are two words for one thing (assignment note 2.1): if both are there, `name` wins.

/** The name of a ref, spec, variant or metric; undefined if neither word holds a text. */
export function nameOf(thing: { readonly name?: unknown; readonly key?: unknown }): string | undefined {
  return isText(thing.name) ? thing.name : isText(thing.key) ? thing.key : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
