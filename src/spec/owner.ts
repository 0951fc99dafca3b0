// Which experiment a registered variant belongs to: an override needs it to find the spec it replaces and to notice another experiment there.
import type { RegisteredExperiment } from "./types.ts";

const owners = new WeakMap<object, RegisteredExperiment>();

export function rememberOwner(experiment: RegisteredExperiment): void {
  for (const variant of experiment.variants) owners.set(variant, experiment);
}

/** Undefined for a variant that never went through a registry. */
export function ownerOf(variant: object): RegisteredExperiment | undefined {
  return owners.get(variant);
}
