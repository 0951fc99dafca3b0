// The experiments a process knows, by name and version. Specs are validated once, here; what comes out cannot be altered.
import { DomainError } from "../domain/index.ts";
import type { ExperimentSpec, RegisteredExperiment, Version } from "./types.ts";
import { type ExpressionMode, validateExperiment } from "./validate.ts";
import { compareVersions, parseVersion, type ParsedVersion } from "./version.ts";

export interface RegistryOptions {
  /** `external` if an `expressionEvaluator` of your own reads the expressions; default `checked`. */
  readonly expressions?: ExpressionMode | undefined;
}

/** Every given field must fit. */
export interface ExperimentFilter {
  readonly name?: string | undefined;
  readonly tag?: string | undefined;
  readonly owner?: string | undefined;
  readonly domain?: string | undefined;
  readonly stability?: string | undefined;
}

interface Entry {
  readonly version: ParsedVersion;
  readonly spec: RegisteredExperiment;
}

interface Versions {
  readonly byText: Map<string, RegisteredExperiment>;
  latest: Entry;
}

export class ExperimentRegistry {
  /** Name, then version: a name is matched whole, and the latest version is kept at hand. */
  readonly #versions = new Map<string, Versions>();
  readonly #inOrder: RegisteredExperiment[] = [];
  readonly #expressions: ExpressionMode;

  /** @throws DomainError like `register`. */
  constructor(specs: Iterable<ExperimentSpec> = [], { expressions = "checked" }: RegistryOptions = {}) {
    this.#expressions = expressions;
    for (const spec of specs) this.register(spec);
  }

  /**
   * Validates the spec and keeps a deep-frozen copy; on a refusal nothing changes.
   * @throws DomainError naming path and fix: a repeated name and version, and every refusal of `validateExperiment`.
   */
  register(spec: ExperimentSpec): this {
    const copy = validateExperiment(spec, this.#expressions);
    const version = parseVersion(copy.meta.version)!;
    const { name } = copy.meta;
    const known = this.#versions.get(name);
    if (known?.byText.has(version.text))
      throw new DomainError({
        code: "experiment-repeated",
        path: "meta.version",
        message: `${name} ${version.text} is registered already`,
        fix: "Raise meta.version, or register it once.",
        value: copy.meta.version,
      });
    const entry = { version, spec: copy };
    if (known === undefined) this.#versions.set(name, { byText: new Map([[version.text, copy]]), latest: entry });
    else {
      known.byText.set(version.text, copy);
      if (isServedBefore(version, known.latest.version)) known.latest = entry;
    }
    this.#inOrder.push(copy);
    return this;
  }

  /** The experiment, or undefined. Without a version the highest stable one, else the highest prerelease. O(1). */
  get(name: string, version?: Version | null): RegisteredExperiment | undefined {
    const known = this.#versions.get(name);
    if (known === undefined || version === undefined || version === null) return known?.latest.spec;
    return known.byText.get(String(version)) ?? known.byText.get(parseVersion(version)?.text ?? "");
  }

  has(name: string, version?: Version | null): boolean {
    return this.get(name, version) !== undefined;
  }

  /** In the order of registration. */
  list(filter: ExperimentFilter = {}): RegisteredExperiment[] {
    return this.#inOrder.filter(
      ({ meta, tags = [] }) =>
        (filter.name === undefined || filter.name === meta.name) &&
        (filter.tag === undefined || tags.includes(filter.tag) || (meta.tags?.includes(filter.tag) ?? false)) &&
        (filter.owner === undefined || (meta.owners?.includes(filter.owner) ?? false)) &&
        (filter.domain === undefined || filter.domain === meta.domain) &&
        (filter.stability === undefined || filter.stability === meta.stability),
    );
  }
}

/** A prerelease is served only where nothing stable exists. */
function isServedBefore(candidate: ParsedVersion, latest: ParsedVersion): boolean {
  const stable = candidate.prerelease.length === 0;
  if (stable !== (latest.prerelease.length === 0)) return stable;
  return compareVersions(candidate, latest) > 0;
}
