// Specs that name experiments: a module owns them, a data view or workflow is modified by them (assignment note 2.9).
import type { Issue } from "../../domain/index.ts";
import { nameOf } from "../names.ts";
import type { ExperimentRef, RegisteredExperiment, SpecMeta, Version } from "../types.ts";
import { parseVersion } from "../version.ts";

export interface FeatureModuleSpec {
  meta: SpecMeta;
  /** Experiments this module owns. */
  experiments?: ExperimentRef[];
}

export interface DataViewSpec {
  meta: SpecMeta;
  /** Experiments that modify this data view. */
  experiments?: ExperimentRef[];
}

export interface WorkflowSpec {
  meta: SpecMeta;
  /** Experiments that modify this workflow. */
  experiments?: ExperimentRef[];
}

interface Lookup {
  get(name: string, version?: Version | null): RegisteredExperiment | undefined;
}

/** The experiments a spec names, in order; a ref without version is the latest. Unresolved refs are left out: see `checkExperimentRefs`. */
export function resolveExperimentRefs(spec: { readonly experiments?: readonly ExperimentRef[] }, registry: Lookup): RegisteredExperiment[] {
  return (spec.experiments ?? []).flatMap((ref) => registry.get(nameOf(ref) ?? "", ref.version) ?? []);
}

/** Every ref that names nothing, or names again what was named. */
export function checkExperimentRefs(spec: { readonly experiments?: readonly ExperimentRef[] }, registry: Lookup): Issue[] {
  const seen = new Map<string, number>();
  return (spec.experiments ?? []).flatMap((ref, index) => {
    const path = `experiments[${index}]`;
    const name = nameOf(ref);
    if (name === undefined)
      return [{ code: "experiment-ref-unnamed", path, message: "the ref has no name", fix: "Write { name: ... } or { key: ... }." }];
    const found = registry.get(name, ref.version);
    if (found === undefined) return [unresolved(path, name, ref.version, registry)];
    const identity = `${name} ${parseVersion(found.meta.version)!.text}`;
    const earlier = seen.get(identity);
    seen.set(identity, earlier ?? index);
    return earlier === undefined
      ? []
      : [
          {
            code: "experiment-ref-repeated",
            path,
            message: `experiments[${earlier}] is ${identity} already`,
            fix: "Remove one of the two refs.",
          },
        ];
  });
}

function unresolved(path: string, name: string, version: Version | undefined, registry: Lookup): Issue {
  const latest = registry.get(name);
  return {
    code: "experiment-ref-unknown",
    path,
    message: `no experiment is called ${name}${version === undefined ? "" : ` ${version}`}`,
    fix: latest === undefined ? "Register the experiment, or remove the ref." : `Leave the version out, or write ${latest.meta.version}.`,
  };
}
