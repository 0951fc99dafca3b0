// What to do when an experiment has won (best practice 5): the variant's overrides become part of the canonical specs, and the experiment retires.
import { DomainError } from "../domain/index.ts";
import { copyOf } from "./copy.ts";
import type { OverridableSpec, SpecCatalog } from "./overrides/catalog.ts";
import { mergePatchBetween } from "./overrides/mergePatch.ts";
import { StabilityEnum } from "./stability.ts";
import type { ExperimentOverrideType, ExperimentSpec, RegisteredExperiment } from "./types.ts";
import { nameOf } from "./names.ts";
import { parseVersion } from "./version.ts";

export interface CanonicalChange {
  readonly type: ExperimentOverrideType;
  /** The spec that changes. */
  readonly name: string;
  readonly before: OverridableSpec;
  /** The spec with the winner's content, its own name and a raised minor version. */
  readonly after: OverridableSpec;
  /** JSON Merge Patch (RFC 7396) from `before` to `after`. */
  readonly patch: unknown;
}

export interface Promotion {
  readonly changes: readonly CanonicalChange[];
  /** The experiment, deprecated, closed and one major version up, to be registered in place of the running one. */
  readonly retired: ExperimentSpec;
}

/**
 * Pure: nothing is written.
 * @param atMs when the experiment ends, epoch ms.
 * @throws DomainError `winner-unknown`, `winner-is-control`, or what the catalogue refuses about an override.
 */
export function promoteVariant(
  experiment: RegisteredExperiment,
  winnerId: string,
  { catalog, atMs }: { catalog: SpecCatalog; atMs: number },
): Promotion {
  const winner = experiment.variants.find(({ id }) => id === winnerId);
  if (winner === undefined || winner.id === experiment.controlVariant)
    throw new DomainError({
      code: winner === undefined ? "winner-unknown" : "winner-is-control",
      path: "winner",
      message: winner === undefined ? `no variant has the id "${winnerId}"` : "control is the canonical spec already",
      fix: `Promote one of ${experiment.variants
        .map(({ id }) => id)
        .filter((id) => id !== experiment.controlVariant)
        .join(", ")}.`,
      value: winnerId,
    });
  const changes = (winner.overrides ?? []).map((override): CanonicalChange => {
    const name = catalog.overridden(override, experiment);
    const before = catalog.original(override.type, name)!;
    const after = canonical(before, catalog.replacement(override), experiment.meta.name);
    return { type: override.type, name, before, after, patch: mergePatchBetween(before, after) };
  });
  return { changes, retired: retire(experiment, winnerId, atMs) };
}

function canonical(before: OverridableSpec, replacement: OverridableSpec, experimentName: string): OverridableSpec {
  const { experiments: _replaced, ...content } = replacement;
  const experiments = before.experiments?.filter((ref) => nameOf(ref) !== experimentName) ?? [];
  const meta = { ...replacement.meta, ...before.meta, version: raised(before.meta.version ?? 1, "minor") };
  return { ...content, meta, ...(experiments.length > 0 && { experiments }) };
}

function retire(experiment: RegisteredExperiment, winnerId: string, atMs: number): ExperimentSpec {
  const spec = copyOf(experiment) as ExperimentSpec;
  const tags = [...(spec.tags ?? []).filter((tag) => !tag.startsWith("promoted:")), `promoted:${winnerId}`];
  const startMs = spec.window?.startMs;
  return {
    ...spec,
    meta: { ...spec.meta, version: raised(spec.meta.version, "major"), stability: StabilityEnum.Deprecated },
    tags,
    // A window that ends before it starts is refused, so an experiment retired before its start loses it.
    window: { ...(startMs !== undefined && startMs < atMs && { startMs }), endMs: atMs },
  };
}

function raised(version: string | number, part: "major" | "minor"): string {
  const [major, minor] = (parseVersion(version) ?? parseVersion(1)!).release;
  return part === "major" ? `${BigInt(major) + 1n}.0.0` : `${major}.${BigInt(minor) + 1n}.0`;
}
