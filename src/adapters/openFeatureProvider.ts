// An OpenFeature provider over the evaluator, so that a service reads experiments the way it reads any flag (openfeature.dev, specification 0.8).
// A flag key is an experiment's name; its value comes from the arm: `metadata.value`, or what the arm itself says.
import {
  ErrorCode,
  type EvaluationContext,
  type EvaluationContextValue,
  type FlagMetadata,
  InvalidContextError,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
  type ResolutionReason,
  StandardResolutionReasons,
  type TrackingEventDetails,
} from "@openfeature/server-sdk";
import { type Evaluation, type ExperimentContext, type ExposureReporter, ownerOf } from "../spec/index.ts";

export interface OpenFeatureProviderOptions {
  readonly evaluator: { chooseVariant(context: ExperimentContext): Promise<Evaluation | null> };
  /** Which unit the targeting key names; default `userId`. Another word, such as `account`, becomes `context.unit`. */
  readonly targetingUnit?: string | undefined;
  /**
   * Exposures are told when a value is read, or with `on: "tracking"` when the service tracks `experiment-exposed` with `{ experiment: flagKey }`,
   * which it does where the arm is shown.
   */
  readonly exposures?:
    | { readonly reporter: ExposureReporter; readonly now: () => number; readonly on?: "evaluation" | "tracking" | undefined }
    | undefined;
  /** Told of every other tracked event, such as those behind success metrics. */
  readonly onTrack?: ((event: TrackedEvent) => void) | undefined;
}

export interface TrackedEvent {
  readonly name: string;
  readonly context: Omit<ExperimentContext, "experiment">;
  readonly properties: TrackingEventDetails;
}

export const exposureTrackingEvent = "experiment-exposed";

/**
 * Values by type: string = `metadata.value`, else the arm's id; boolean = `metadata.value`, else whether the arm is not control;
 * number = `metadata.value`; object = `metadata.value`, else `{ variantId, metadata, overrides }`.
 * Errors: FLAG_NOT_FOUND, TARGETING_KEY_MISSING (a draw without a unit), TYPE_MISMATCH, INVALID_CONTEXT, GENERAL; OpenFeature then gives the
 * caller's default.
 */
export function openFeatureProvider({ evaluator, targetingUnit = "userId", exposures, onTrack }: OpenFeatureProviderOptions): Provider {
  async function resolve<T extends JsonValue>(
    flagKey: string,
    defaultValue: T,
    context: EvaluationContext,
    valueOf: (evaluation: Evaluation) => T | undefined,
  ): Promise<ResolutionDetails<T>> {
    const failed = (errorCode: ErrorCode, errorMessage: string, flagMetadata?: FlagMetadata): ResolutionDetails<T> => ({
      value: defaultValue,
      reason: StandardResolutionReasons.ERROR,
      errorCode,
      errorMessage,
      ...(flagMetadata !== undefined && { flagMetadata }),
    });
    const evaluation = await evaluator.chooseVariant({ ...contextOf(context, targetingUnit), experiment: flagKey });
    if (evaluation === null) return failed(ErrorCode.FLAG_NOT_FOUND, `no experiment is called ${flagKey}`);
    const flagMetadata = metadataOf(evaluation);
    if (evaluation.detail === "missing-unit")
      return failed(ErrorCode.TARGETING_KEY_MISSING, `${flagKey} is drawn by a unit that the context does not hold`, flagMetadata);
    if (evaluation.detail === "failed") return failed(ErrorCode.GENERAL, `the evaluation of ${flagKey} failed`, flagMetadata);
    const value = valueOf(evaluation);
    if (value === undefined)
      return failed(
        ErrorCode.TYPE_MISMATCH,
        `metadata.value of ${flagKey}/${evaluation.variant.id} is not of the wanted type`,
        flagMetadata,
      );
    if (exposures !== undefined && exposures.on !== "tracking") exposures.reporter.report(evaluation, exposures.now());
    return { value, variant: evaluation.variant.id, reason: reasonOf(evaluation), flagMetadata };
  }

  async function expose(flagKey: unknown, context: EvaluationContext): Promise<void> {
    if (exposures === undefined || typeof flagKey !== "string") return;
    const evaluation = await evaluator.chooseVariant({ ...contextOf(context, targetingUnit), experiment: flagKey });
    if (evaluation !== null) exposures.reporter.report(evaluation, exposures.now());
  }

  return {
    metadata: { name: "experimentation-os" },
    runsOn: "server",
    resolveBooleanEvaluation: (flagKey, defaultValue, context) =>
      resolve(flagKey, defaultValue, context, ({ variant }) => {
        const value = declaredValue(variant);
        return value === undefined ? variant.id !== ownerOf(variant)?.controlVariant : typeof value === "boolean" ? value : undefined;
      }),
    resolveStringEvaluation: (flagKey, defaultValue, context) =>
      resolve(flagKey, defaultValue, context, ({ variant }) => {
        const value = declaredValue(variant);
        return value === undefined ? variant.id : typeof value === "string" ? value : undefined;
      }),
    resolveNumberEvaluation: (flagKey, defaultValue, context) =>
      resolve(flagKey, defaultValue, context, ({ variant }) => {
        const value = declaredValue(variant);
        return typeof value === "number" ? value : undefined;
      }),
    resolveObjectEvaluation: <T extends JsonValue>(flagKey: string, defaultValue: T, context: EvaluationContext) =>
      resolve(flagKey, defaultValue, context, ({ variant }) => {
        const value = declaredValue(variant);
        if (value === undefined) return armOf(variant) as T;
        return typeof value === "object" ? (value as T) : undefined;
      }),
    track(name, context, properties) {
      if (name === exposureTrackingEvent) void expose(properties["experiment"], context).catch(() => undefined);
      else onTrack?.({ name, context: contextOf(context, targetingUnit), properties });
    },
  };
}

type Variant = Evaluation["variant"];

function declaredValue({ metadata }: Variant): unknown {
  return metadata !== undefined && Object.hasOwn(metadata, "value") ? metadata["value"] : undefined;
}

function armOf({ id, metadata = {}, overrides = [] }: Variant): JsonValue {
  return JSON.parse(JSON.stringify({ variantId: id, metadata, overrides })) as JsonValue;
}

/** Who stays out of the experiment has a reason of its own: DISABLED while it does not run, DEFAULT for holdouts, layers and unmatched rules. */
function reasonOf({ reason, detail, inExperiment }: Evaluation): ResolutionReason {
  if (detail === "forced") return StandardResolutionReasons.STATIC;
  if (detail === "paused" || detail === "ended" || detail === "outside-window") return StandardResolutionReasons.DISABLED;
  if (!inExperiment || reason === "control") return StandardResolutionReasons.DEFAULT;
  return reason === "targeted" ? StandardResolutionReasons.TARGETING_MATCH : StandardResolutionReasons.SPLIT;
}

/** What hooks and logs may see: no unit ids, which are in the caller's context anyway. */
function metadataOf({ experiment, variant, reason, detail, inExperiment, unit, bucket, ruleId, hashVersion }: Evaluation): FlagMetadata {
  return {
    experiment: experiment.name,
    version: experiment.version,
    variantName: variant.name,
    reason,
    inExperiment,
    hashVersion,
    ...(detail !== undefined && { detail }),
    ...(unit !== null && { unitType: unit.type }),
    ...(bucket !== null && { bucket }),
    ...(ruleId !== undefined && { ruleId }),
  };
}

/** The targeting key is the unit; the ids by name fill in what it does not say; every field is an attribute that expressions may read. */
function contextOf(context: EvaluationContext, targetingUnit: string): Omit<ExperimentContext, "experiment"> {
  const { targetingKey } = context;
  if (targetingKey !== undefined && typeof (targetingKey as unknown) !== "string")
    throw new InvalidContextError("targetingKey is not a text");
  const ids = Object.fromEntries(idAttributes.flatMap((name) => (isId(context[name]) ? [[name, String(context[name])]] : [])));
  const isNamedId = idAttributes.some((name) => name === targetingUnit);
  const key = isId(targetingKey) ? targetingKey : undefined;
  return {
    ...ids,
    ...(key !== undefined && (isNamedId ? { [targetingUnit]: key } : { unit: { type: targetingUnit, id: key } })),
    attributes: Object.fromEntries(Object.entries(context).map(([name, value]) => [name, plain(value, 0)])),
    ...(isTexts(context["flags"]) && { flags: context["flags"] }),
  };
}

const idAttributes = ["userId", "organizationId", "sessionId"] as const;
const depthMax = 16;

function isId(value: unknown): value is string | number {
  return (typeof value === "string" && value !== "") || typeof value === "number";
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Dates as epoch ms, since expressions compare primitives. */
function plain(value: EvaluationContextValue, depth: number): unknown {
  if (depth > depthMax) throw new InvalidContextError(`the context is nested more than ${depthMax} levels deep`);
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, plain(entry, depth + 1)]));
}
