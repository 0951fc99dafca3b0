// Does a test arm harm what a guardrail watches? On the log rate of each guardrail metric: the any-time harm process, the shrunken point estimate
// inside a margin, and, where a preset asks for proof, non-inferiority. Source: validity note 2.5 (guardrails clean), contracts 4.
import type { Guardrail } from "../../domain/index.ts";
import { type ComparableBlock, logMetric } from "../../erm/index.ts";
import type { Rng } from "../../random/index.ts";
import type { DecisionPolicy } from "../policy.ts";
import { harmEProcess } from "../statistics/harmEProcess.ts";
import { nonInferiority } from "../statistics/nonInferiority.ts";
import { shrunkEffect } from "../statistics/shrunkEffect.ts";

/** One test arm on one guardrail metric. */
export interface MetricHarm {
  readonly guardrailId: string;
  readonly variantId: string;
  /** Blocks in which both arms have the metric. */
  readonly blocks: number;
  readonly harmE: number;
  readonly isHarmful: boolean;
  /** Shrunken log difference, negative is harm; null below four blocks. */
  readonly pointHarm: number | null;
  /** p of lying within the margin; null where it was not asked for or no block has the metric. */
  readonly nonInferiorityP: number | null;
  /** No harm found, by the standard that was asked. */
  readonly isClean: boolean;
}

const blocksForEffect = 4;

/**
 * @param blocks in order, control and test arms. Blocks where either post has no figure of the metric are left out: missing is not zero.
 * @returns one entry per guardrail on a metric and test arm, in that order.
 */
export function metricHarm(
  guardrails: readonly Guardrail[],
  blocks: readonly ComparableBlock[],
  arms: readonly string[],
  policy: Pick<DecisionPolicy, "harm" | "tau">,
  proof: { readonly alpha: number; readonly rng: Rng } | null,
): MetricHarm[] {
  const [control, ...tests] = arms;
  return guardrails
    .filter(({ source }) => source === "metric")
    .flatMap((guardrail) =>
      tests.map((variantId): MetricHarm => {
        const differences = blocks.flatMap(({ posts }) => {
          const test = logFigure(guardrail, posts.get(variantId)!.snapshot.metrics);
          const base = logFigure(guardrail, posts.get(control!)!.snapshot.metrics);
          return test === null || base === null ? [] : [guardrail.comparator.startsWith("<") ? test - base : base - test];
        });
        const harm = harmEProcess(differences, tests.length);
        const isHarmful = policy.harm.eValuePerArm !== null && harm.eValueMax >= policy.harm.eValuePerArm * tests.length;
        const pointHarm = differences.length < blocksForEffect ? null : shrunkEffect(differences, policy.tau).mean;
        const shown =
          proof === null || differences.length === 0
            ? null
            : nonInferiority(differences, {
                alpha: proof.alpha,
                margin: policy.harm.marginLog,
                rng: proof.rng.fork(["nonInferiority", guardrail.id, variantId]),
              });
        return {
          guardrailId: guardrail.id,
          variantId,
          blocks: differences.length,
          harmE: harm.eValueMax,
          isHarmful,
          pointHarm,
          nonInferiorityP: shown?.p ?? null,
          isClean: !isHarmful && pointHarm !== null && pointHarm >= -policy.harm.marginLog && (proof === null || shown?.shown === true),
        };
      }),
    );
}

/** ln((s + .5) / (r + 1)) where the guardrail has a denominator, else log1p; null where a figure is missing or unusable. */
function logFigure({ statistic, per }: Guardrail, metrics: Readonly<Record<string, number | null>>): number | null {
  const value = metrics[statistic] ?? null;
  const base = per === undefined ? undefined : (metrics[per] ?? null);
  if (value === null || base === null || !(value >= 0 && value < Infinity) || (base !== undefined && !(base >= 0 && base < Infinity)))
    return null;
  return logMetric(base === undefined ? "value" : "rate", value, base);
}
