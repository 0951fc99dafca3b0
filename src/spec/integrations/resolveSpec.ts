// The consumer of `experiments` refs (assignment note 2.9): choose for each experiment a spec names, lay the overrides over it, report exposure.
// Nothing outside the call is changed, so a server may resolve for many contexts at once.
import type { ExperimentContext } from "../context.ts";
import type { Evaluation, EvaluationIssue } from "../evaluation.ts";
import type { ExposureReporter } from "../exposure.ts";
import { nameOf } from "../names.ts";
import type { OverridableSpec, SpecCatalog } from "../overrides/catalog.ts";
import { ownerOf } from "../owner.ts";
import type { ExperimentOverrideType } from "../types.ts";
import { isDomainError } from "../../domain/index.ts";

export interface ResolveOptions {
  readonly type: ExperimentOverrideType;
  readonly catalog: SpecCatalog;
  readonly evaluator: { chooseVariant(context: ExperimentContext): Promise<Evaluation | null> };
  /** Told when the spec is rendered, which is now, at `atMs`. */
  readonly exposures?: { readonly reporter: ExposureReporter; readonly atMs: number } | undefined;
  readonly onIssue?: ((issue: EvaluationIssue) => void) | undefined;
}

export interface ResolvedSpec {
  /** The spec to render. */
  readonly spec: OverridableSpec;
  /** One for each experiment that was found, in the order of the refs. */
  readonly evaluations: readonly Evaluation[];
}

/** The spec as this context is to see it. Where two experiments override it, the first named wins and the other is reported. */
export async function resolveSpec(
  spec: OverridableSpec,
  context: Omit<ExperimentContext, "experiment" | "version">,
  { type, catalog, evaluator, exposures, onIssue }: ResolveOptions,
): Promise<ResolvedSpec> {
  const refs = spec.experiments ?? [];
  const chosen = await Promise.all(
    refs.map((ref) => evaluator.chooseVariant({ ...context, experiment: nameOf(ref) ?? "", version: ref.version })),
  );
  const evaluations = chosen.filter((evaluation) => evaluation !== null);
  let resolved: OverridableSpec | undefined;
  for (const evaluation of evaluations) {
    const { variant, experiment } = evaluation;
    for (const [index, override] of (variant.overrides ?? []).entries()) {
      if (override.type !== type) continue;
      const tell = (message: string, fix: string, error?: unknown): void =>
        onIssue?.({
          code: "host-failed",
          experiment: experiment.name,
          path: `overrides[${index}]`,
          message,
          fix,
          ...(error !== undefined && { error }),
        });
      try {
        if (catalog.overridden(override, ownerOf(variant)) !== nameOf(spec.meta)) continue;
        if (resolved === undefined) resolved = catalog.replacement(override);
        else tell("another experiment overrides this spec already", "Put both experiments into one layer.");
      } catch (error) {
        if (!isDomainError(error)) throw error;
        tell(error.message, error.fix, error);
      }
    }
    exposures?.reporter.report(evaluation, exposures.atMs);
  }
  return { spec: resolved ?? spec, evaluations };
}
