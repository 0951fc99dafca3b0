// The single-variable rule on a finished experiment: how many of the declared content fields took more than one value.
// With one, a difference in outcome can be credited to that field; with several it cannot (law L4).

export type VariationClass = "single" | "multiple" | "none";

export interface Variation {
  /** Fields with more than one value, in the order they were declared. */
  readonly varied: readonly string[];
  readonly class: VariationClass;
}

/** @param differs whether each declared field takes more than one value inside the experiment. */
export function variedFields(differs: Readonly<Record<string, boolean>>): Variation {
  const varied = Object.keys(differs).filter((field) => differs[field]);
  return { varied, class: varied.length === 0 ? "none" : varied.length === 1 ? "single" : "multiple" };
}
