// P(arm | attributes) over the unit's draws (assignment note 2.4): rules i eligible for the context admit with p_i in turn, the rest falls back:
// P(a) = sum_i [v_i = a] p_i prod_{j<i} (1 - p_j) + prod_i (1 - p_i) f(a).
import type { CompiledExperiment, CompiledRule } from "./compiled.ts";

type Propensity = Record<string, number>;

/**
 * @param eligible rules whose expression and policy pass for the context, in order.
 * @param hasUnit false if nothing can be drawn: a gate then admits nobody, and a random fallback is control.
 */
export function targetedPropensity(
  { spec, control, shares }: CompiledExperiment,
  eligible: readonly CompiledRule[],
  fallback: "control" | "random",
  hasUnit: boolean,
): Propensity {
  const propensity = noChance(spec.variants);
  let rest = 1;
  for (const { gate, variant } of eligible) {
    const admitted = gate === undefined ? 1 : hasUnit ? gate : 0;
    propensity[variant.id]! += rest * admitted;
    rest *= 1 - admitted;
  }
  if (fallback === "random" && hasUnit) spec.variants.forEach(({ id }, arm) => (propensity[id]! += rest * shares[arm]!));
  else propensity[control.id]! += rest;
  return propensity;
}

/** The shares of a weighted draw. */
export function drawPropensity({ spec, shares }: CompiledExperiment): Propensity {
  return Object.fromEntries(spec.variants.map(({ id }, arm) => [id, shares[arm]!]));
}

/** Not an object literal: a variant may be called `__proto__`. */
function noChance(variants: readonly { readonly id: string }[]): Propensity {
  return Object.fromEntries(variants.map(({ id }) => [id, 0]));
}
