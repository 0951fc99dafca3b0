// What `register` does before anything is stored: a private copy is taken, checked against the refusals of assignment note 2.2, completed with both
// names, and frozen to the last field.
import { compileExpression, ExpressionError } from "../canon/index.ts";
import { DomainError, type DomainErrorDetails, parseWith } from "../domain/index.ts";
import { copyOf, deepFreeze } from "./copy.ts";
import { nameOf } from "./names.ts";
import { rememberOwner } from "./owner.ts";
import { experimentSpecSchema } from "./schema.ts";
import type { ExperimentSpec, RegisteredExperiment } from "./types.ts";

/** `checked`: every expression must compile; `external`: another evaluator reads them. */
export type ExpressionMode = "checked" | "external";

/**
 * A deep-frozen, completed copy of a spec; the caller's object is neither changed nor kept.
 * @throws DomainError with the path of the first fault and its fix.
 */
export function validateExperiment(spec: ExperimentSpec, expressions: ExpressionMode = "checked"): RegisteredExperiment {
  const copy = copyOf(spec) as ExperimentSpec;
  checkNumbers(copy);
  parseWith(experimentSpecSchema, copy, { code: "experiment-invalid" });
  for (const check of [checkVariants, checkRules, checkUnits, checkLayer, checkWindow]) check(copy);
  if (expressions === "checked") checkExpressions(copy);
  const experiment = deepFreeze(withBothNames(copy));
  rememberOwner(experiment);
  return experiment;
}

/** The numbers that are mistaken most, and the allocation's type, before the schema speaks of them in general terms. */
function checkNumbers(spec: unknown): void {
  const { variants, allocation } = (spec ?? {}) as { variants?: unknown; allocation?: { type?: unknown; rules?: unknown } | null };
  for (const [index, variant] of listOf(variants).entries()) {
    const { weight } = variant as { weight?: unknown };
    if (typeof weight === "number" && !(weight >= 0 && Number.isFinite(weight)))
      throw refusal({
        code: "weight-invalid",
        path: `variants[${index}].weight`,
        message: `${weight} is not a weight`,
        fix: "Give a finite weight of 0 or more.",
        value: weight,
      });
  }
  const type = allocation?.type;
  if (typeof type === "string" && !["random", "sticky", "targeted"].includes(type))
    throw refusal({
      code: "allocation-unknown",
      path: "allocation.type",
      message: `there is no allocation of type "${type}"`,
      fix: "Use one of random, sticky, targeted.",
      value: type,
    });
  for (const [index, rule] of listOf(allocation?.rules).entries()) {
    const { percentage } = rule as { percentage?: unknown };
    if (typeof percentage === "number" && !(percentage >= 0 && percentage <= 1))
      throw refusal({
        code: "percentage-invalid",
        path: `allocation.rules[${index}].percentage`,
        message: `${percentage} is outside 0 to 1`,
        fix: percentage > 1 && percentage <= 100 ? `Write ${percentage / 100}: shares go from 0 to 1.` : "Write a share from 0 to 1.",
        value: percentage,
      });
  }
}

function listOf(value: unknown): readonly object[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "object" && entry !== null) : [];
}

function checkVariants({ variants, controlVariant }: ExperimentSpec): void {
  const seen = new Map<string, number>();
  for (const [index, { id }] of variants.entries()) {
    const earlier = seen.get(id);
    if (earlier !== undefined)
      throw refusal({
        code: "variant-repeated",
        path: `variants[${index}].id`,
        message: `variants[${earlier}] already has the id "${id}"`,
        fix: "Give each variant its own id.",
        value: id,
      });
    seen.set(id, index);
  }
  if (!seen.has(controlVariant))
    throw refusal({
      code: "control-unknown",
      path: "controlVariant",
      message: `no variant has the id "${controlVariant}"`,
      fix: `Use one of ${[...seen.keys()].join(", ")}, or add the control to variants.`,
      value: controlVariant,
    });
  const total = variants.reduce((sum, { weight = 1 }) => sum + weight, 0);
  if (total === 0 || !Number.isFinite(total))
    throw refusal({
      code: "weights-invalid",
      path: "variants",
      message: `the weights add up to ${total}`,
      fix: total === 0 ? "Give at least one variant a weight above 0." : "Use smaller weights; only their ratios count.",
    });
}

function checkRules({ variants, allocation }: ExperimentSpec): void {
  if (allocation.type !== "targeted") return;
  const ids = new Map<string, number>();
  for (const [index, { id, variantId }] of allocation.rules.entries()) {
    if (!variants.some((variant) => variant.id === variantId))
      throw refusal({
        code: "rule-variant-unknown",
        path: `allocation.rules[${index}].variantId`,
        message: `no variant has the id "${variantId}"`,
        fix: `Use one of ${variants.map((variant) => variant.id).join(", ")}.`,
        value: variantId,
      });
    if (id === undefined) continue;
    const earlier = ids.get(id);
    if (earlier !== undefined)
      throw refusal({
        code: "rule-repeated",
        path: `allocation.rules[${index}].id`,
        message: `rules[${earlier}] already has the id "${id}", and rules with one id would share one draw`,
        fix: "Give each rule its own id.",
        value: id,
      });
    ids.set(id, index);
  }
}

function checkUnits({ allocation, unit, coverage, hashVersion }: ExperimentSpec): void {
  if (allocation.type === "sticky" && unit !== undefined && unit !== allocation.attribute)
    throw refusal({
      code: "unit-contradicts",
      path: "unit",
      message: `a sticky allocation assigns by its attribute, ${allocation.attribute}`,
      fix: `Leave unit out, or write ${allocation.attribute}.`,
      value: unit,
    });
  if (coverage !== undefined && hashVersion !== "gb-v1" && hashVersion !== "gb-v2")
    throw refusal({
      code: "coverage-foreign",
      path: "coverage",
      message: "coverage belongs to GrowthBook's ranges",
      fix: "Set hashVersion to gb-v1 or gb-v2, or use a targeting rule with percentage.",
      value: coverage,
    });
}

function checkLayer({ layer, holdout }: ExperimentSpec): void {
  const isSplit = layer?.mode === "split";
  if (layer !== undefined && isSplit !== (layer.ranges !== undefined))
    throw refusal({
      code: "layer-invalid",
      path: "layer.ranges",
      message: isSplit ? "a split layer needs ranges" : "an exclusive layer is held whole",
      fix: isSplit ? "Give the ranges this experiment holds, such as [{ from: 0, to: 0.5 }]." : 'Leave ranges out, or set mode to "split".',
    });
  if (holdout?.share !== undefined && holdout.share > 0.5)
    throw refusal({
      code: "holdout-invalid",
      path: "holdout.share",
      message: "the holdout and its equal measurement twin do not fit",
      fix: "Give a share of at most 0.5.",
      value: holdout.share,
    });
}

function checkWindow({ window }: ExperimentSpec): void {
  if (window?.startMs === undefined || window.endMs === undefined || window.startMs < window.endMs) return;
  throw refusal({
    code: "window-invalid",
    path: "window.endMs",
    message: "the window ends before it starts",
    fix: "Let endMs be greater than startMs (epoch milliseconds).",
    value: window.endMs,
  });
}

function checkExpressions({ allocation }: ExperimentSpec): void {
  if (allocation.type !== "targeted") return;
  for (const [index, { expression = "" }] of allocation.rules.entries()) {
    if (expression.trim() === "") continue;
    try {
      compileExpression(expression);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const { code, message, fix } = error;
      throw refusal({ code, path: `allocation.rules[${index}].expression`, message, fix, value: expression }, error);
    }
  }
}

function refusal(details: DomainErrorDetails, cause?: Error): DomainError {
  return new DomainError(details, cause === undefined ? undefined : { cause });
}

function withBothNames(spec: ExperimentSpec): RegisteredExperiment {
  const { meta, variants, allocation, successMetrics } = spec;
  return {
    ...spec,
    meta: named(meta),
    variants: variants.map((variant) => named(variant, variant.id)),
    allocation:
      allocation.type === "targeted"
        ? {
            ...allocation,
            rules: allocation.rules.map(({ policy, ...rule }) => ({ ...rule, ...(policy !== undefined && { policy: named(policy) }) })),
          }
        : allocation,
    ...(successMetrics !== undefined && {
      successMetrics: successMetrics.map((metric) => ({ ...named(metric), telemetryEvent: named(metric.telemetryEvent) })),
    }),
  } as RegisteredExperiment;
}

/** In variants and metrics both words may stand with different texts: each keeps its own. */
function named<T extends { name?: string | undefined; key?: string | undefined }>(
  thing: T,
  otherwise = "",
): T & { name: string; key: string } {
  const name = nameOf(thing) ?? otherwise;
  return { ...thing, name, key: thing.key ?? name };
}
