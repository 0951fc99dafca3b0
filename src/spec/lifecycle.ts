// Whether an experiment runs, from the active and paused lists that applications publish.
import { nameOf } from "./names.ts";
import type { ExperimentRef, RegisteredExperiment } from "./types.ts";
import { parseVersion } from "./version.ts";

export type Lifecycle = "active" | "paused" | "ended";

export interface LifecycleLists {
  /** If given, what is not in it does not run. */
  readonly active?: readonly ExperimentRef[] | undefined;
  /** A ref in both lists is paused, the safer of the two. */
  readonly paused?: readonly ExperimentRef[] | undefined;
}

/** A `lifecycle` for the evaluator. A ref without a version means every version of the name. */
export function lifecycleOf({ active, paused = [] }: LifecycleLists): (experiment: RegisteredExperiment) => Lifecycle {
  return (experiment) => {
    if (paused.some((ref) => refersTo(ref, experiment))) return "paused";
    return active === undefined || active.some((ref) => refersTo(ref, experiment)) ? "active" : "paused";
  };
}

/** Whether a ref means this experiment. */
export function refersTo(ref: ExperimentRef, { meta }: RegisteredExperiment): boolean {
  if (nameOf(ref) !== meta.name) return false;
  return ref.version === undefined || parseVersion(ref.version)?.text === parseVersion(meta.version)!.text;
}
