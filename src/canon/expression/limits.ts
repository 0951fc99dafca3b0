// Bounds and names of the expression language (assignment note 2.5): one root, a few operators, three methods, own data properties.

export const expressionLimits = {
  sourceLengthMax: 512,
  nodesMax: 128,
  depthMax: 32,
  /** Run time: `includes` does not walk longer arrays. */
  arrayLengthMax: 100_000,
} as const;

export const rootName = "context";

export const methodNames = ["includes", "startsWith", "endsWith"] as const;
export type MethodName = (typeof methodNames)[number];

/** Names that lead from a value to the machinery behind it; never read, however spelled. */
export function isForbiddenName(name: string): boolean {
  return (
    name === "__proto__" || name === "constructor" || name === "prototype" || name.startsWith("__define") || name.startsWith("__lookup")
  );
}
