// Specs of an application with overrides laid over them: the handlers that serve dataView, workflow, theme, policy and presentation alike
// (assignment note 2.8).
import { DomainError } from "../../domain/index.ts";
import { isTighterPolicy, type PolicySpec } from "../integrations/policyEngine.ts";
import { nameOf } from "../names.ts";
import {
  type ExperimentOverride,
  type ExperimentOverrideType,
  type ExperimentRef,
  type Frozen,
  type Labelled,
  overrideTypes,
  type RegisteredExperiment,
  type Version,
} from "../types.ts";
import { compareVersions, parseVersion } from "../version.ts";
import type { OverrideHandlers, OverrideRequest } from "./handlers.ts";
import { mergePatch } from "./mergePatch.ts";

/** Any spec that may be overridden; `experiments` names those that modify it. */
export interface OverridableSpec {
  readonly meta: Labelled & { readonly version?: Version | undefined };
  readonly experiments?: readonly ExperimentRef[] | undefined;
}

export interface CatalogOptions {
  /** Whether a policy override that loosens has been approved by a person; default: none is. */
  readonly isApproved?: ((override: Frozen<ExperimentOverride>, request: OverrideRequest) => boolean) | undefined;
}

export class SpecCatalog {
  readonly #specs = new Map<ExperimentOverrideType, Map<string, OverridableSpec[]>>();
  readonly #overlays = new Map<string, OverridableSpec>();
  readonly #isApproved: NonNullable<CatalogOptions["isApproved"]>;

  constructor(
    specs: Partial<Record<ExperimentOverrideType, readonly OverridableSpec[]>>,
    { isApproved = () => false }: CatalogOptions = {},
  ) {
    this.#isApproved = isApproved;
    for (const type of overrideTypes) {
      const byName = Map.groupBy(specs[type] ?? [], ({ meta }) => nameOf(meta) ?? "");
      for (const versions of byName.values()) versions.sort((a, b) => compareVersions(versionOf(b), versionOf(a)));
      this.#specs.set(type, byName);
    }
  }

  /** What is in effect under a name: the overlay of an experiment, else the spec itself. */
  effective(type: ExperimentOverrideType, name: string): OverridableSpec | undefined {
    return this.#overlays.get(`${type} ${name}`) ?? this.original(type, name);
  }

  /** The spec as written, of a version or the latest. */
  original(type: ExperimentOverrideType, name: string, version?: Version): OverridableSpec | undefined {
    const versions = this.#specs.get(type)?.get(name);
    if (version === undefined) return versions?.[0];
    const wanted = parseVersion(version)?.text;
    return versions?.find((spec) => versionOf(spec).text === wanted);
  }

  /**
   * The name of the spec an override takes the place of: `replaces`, else the only spec of its type that refers to the experiment.
   * @throws DomainError `override-replaces-unknown` or `override-replaces-unclear`.
   */
  overridden({ type, replaces }: Frozen<ExperimentOverride>, experiment: RegisteredExperiment | undefined): string {
    if (replaces !== undefined) {
      if (this.original(type, replaces) !== undefined) return replaces;
      throw unclear("override-replaces-unknown", `there is no ${type} called ${replaces}`, "Name an existing spec.", replaces);
    }
    const referring = [...(this.#specs.get(type) ?? [])].filter(([, versions]) =>
      versions.some(({ experiments = [] }) => experiments.some((ref) => nameOf(ref) === experiment?.meta.name)),
    );
    if (referring.length === 1) return referring[0]![0];
    const who = experiment?.meta.name ?? "the experiment";
    throw unclear(
      "override-replaces-unclear",
      referring.length === 0
        ? `no ${type} refers to ${who}`
        : `${referring.length} specs of type ${type} refer to ${who}: ${referring.map(([name]) => name).join(", ")}`,
      "Set replaces on the override, or list the experiment in the experiments of exactly one spec.",
      undefined,
    );
  }

  /**
   * The spec an override puts in place: its target, with `config` merged in.
   * @throws DomainError `override-target-unknown`.
   */
  replacement({ type, target, version, config }: Frozen<ExperimentOverride>): OverridableSpec {
    const spec = this.original(type, target, version);
    if (spec === undefined)
      throw new DomainError({
        code: "override-target-unknown",
        path: "target",
        message: `there is no ${type} called ${target}${version === undefined ? "" : ` ${version}`}`,
        fix: "Register the target spec, or correct its name and version.",
        value: target,
      });
    return (config === undefined ? spec : mergePatch(spec, config)) as OverridableSpec;
  }

  /** Handlers for all five types; each inverse puts back what was in effect before. */
  handlers(): OverrideHandlers {
    return Object.fromEntries(overrideTypes.map((type) => [type, (override, request) => this.#lay(override, request)])) as OverrideHandlers;
  }

  #lay(override: Frozen<ExperimentOverride>, request: OverrideRequest): () => void {
    const { type } = override;
    const name = this.overridden(override, request.experiment);
    const next = this.replacement(override);
    if (type === "policy") this.#checkPolicy(override, request, this.effective(type, name)!, next);
    const key = `${type} ${name}`;
    const before = this.#overlays.get(key);
    this.#overlays.set(key, next);
    return () => {
      if (before === undefined) this.#overlays.delete(key);
      else this.#overlays.set(key, before);
    };
  }

  #checkPolicy(override: Frozen<ExperimentOverride>, request: OverrideRequest, before: OverridableSpec, after: OverridableSpec): void {
    if (isTighterPolicy(before as unknown as PolicySpec, after as unknown as PolicySpec) || this.#isApproved(override, request)) return;
    throw new DomainError({
      code: "policy-loosened",
      path: "target",
      message: `policy ${override.target} allows what ${nameOf(before.meta)} does not`,
      fix: "Only tighten in an experiment: keep every deny, add no allow; or have a person approve it.",
      value: override.target,
    });
  }
}

function versionOf({ meta }: OverridableSpec): NonNullable<ReturnType<typeof parseVersion>> {
  return parseVersion(meta.version ?? 0) ?? parseVersion(0)!;
}

function unclear(code: string, message: string, fix: string, value: unknown): DomainError {
  return new DomainError({ code, path: "replaces", message, fix, ...(value !== undefined && { value }) });
}
