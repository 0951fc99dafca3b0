// One builder behind the wizard, the flags and `--from FILE.json`: a draft becomes a complete, checked spec whose fields stand in one order, so that
// the same answers give the same bytes whoever asked for them.
import { DomainError } from "../../domain/index.ts";
import { StabilityEnum } from "../stability.ts";
import type { AllocationStrategy, ExperimentMeta, ExperimentSpec, ExperimentVariant, Labelled } from "../types.ts";
import { validateExperiment } from "../validate.ts";

/** A spec with room for defaults: version 1.0.0, experimental, the first variant as control, names like ids, a random draw, control as fallback. */
export type ExperimentDraft = Partial<Omit<ExperimentSpec, "meta" | "variants" | "allocation">> & {
  meta: Labelled & Partial<Omit<ExperimentMeta, "name" | "key">>;
  variants: (Omit<ExperimentVariant, "name" | "key"> & { name?: string | undefined; key?: string | undefined })[];
  allocation?: AllocationStrategy;
};

/**
 * @throws DomainError `field-unknown`, `stability-unknown`, `variants-too-few`, `nested-too-deep`, or what the registry refuses.
 */
export function buildExperiment(draft: ExperimentDraft): ExperimentSpec {
  refuseDeep(draft, "", 0);
  const { meta = {}, variants = [], allocation } = isObject(draft) ? (draft as Partial<ExperimentDraft>) : {};
  const completed = isObject(draft)
    ? {
        ...draft,
        ...(isObject(meta) && { meta: { version: "1.0.0", stability: StabilityEnum.Experimental, ...meta } }),
        ...(draft.controlVariant === undefined && Array.isArray(variants) && { controlVariant: variants[0]?.id }),
        ...(Array.isArray(variants) && { variants: variants.map(withName) }),
        allocation: withFallback(allocation ?? { type: "random" }),
      }
    : draft;
  const spec = inOrder(completed, specFields, "") as ExperimentSpec;
  if (isObject(draft) && Array.isArray(variants) && variants.length < 2)
    throw new DomainError({
      code: "variants-too-few",
      path: "variants",
      message: "an experiment compares control with at least one other variant",
      fix: "Add a variant.",
    });
  validateExperiment(spec);
  refuseUntyped(spec.meta);
  return spec;
}

function withName<T>(variant: T): T {
  if (!isObject(variant) || "name" in variant || "key" in variant) return variant;
  return { ...variant, name: (variant as { id?: unknown }).id };
}

/** Written out, since who matches no rule should not have to be known by heart. */
function withFallback(allocation: AllocationStrategy): AllocationStrategy {
  return isObject(allocation) && allocation.type === "targeted" ? { fallback: "control", ...allocation } : allocation;
}

/** The registry lets any text pass; a typed file cannot say it. */
function refuseUntyped({ stability }: ExperimentMeta): void {
  const stabilities: readonly string[] = Object.values(StabilityEnum);
  if (stabilities.includes(stability!)) return;
  throw new DomainError({
    code: "stability-unknown",
    path: "meta.stability",
    message: "this is not a stability",
    fix: `Use one of ${stabilities.join(", ")}.`,
    value: stability,
  });
}

/** Fields of a shape in their order; `true` is any value, a list stands for its items. */
interface Fields {
  readonly [field: string]: true | Fields | readonly [Fields];
}

const labels = { name: true, key: true } as const;
const refFields: Fields = { ...labels, version: true };

const specFields: Fields = {
  meta: {
    ...refFields,
    title: true,
    description: true,
    domain: true,
    owners: true,
    tags: true,
    stability: true,
    docId: true,
  },
  controlVariant: true,
  variants: [
    {
      id: true,
      ...labels,
      description: true,
      weight: true,
      overrides: [{ type: true, target: true, version: true, replaces: true, config: true }],
      metadata: true,
    },
  ],
  allocation: {
    type: true,
    attribute: true,
    rules: [{ id: true, variantId: true, percentage: true, policy: refFields, expression: true }],
    fallback: true,
    salt: true,
  },
  successMetrics: [{ ...labels, telemetryEvent: refFields, aggregation: true, property: true, target: true }],
  tags: true,
  unit: true,
  fallbackUnit: true,
  bucketingVersion: true,
  hashVersion: true,
  coverage: true,
  layer: { id: true, mode: true, ranges: [{ from: true, to: true }] },
  holdout: { id: true, share: true },
  window: { startMs: true, endMs: true },
};

/** A copy with known fields in order; values of another kind than the shape's are left to the validator. */
function inOrder(value: unknown, shape: true | Fields | readonly [Fields], path: string): unknown {
  if (shape === true) return value;
  if (isList(shape)) return Array.isArray(value) ? value.map((item, at) => inOrder(item, shape[0], `${path}[${at}]`)) : value;
  if (!isObject(value)) return value;
  const below = (field: string): string => (path === "" ? field : `${path}.${field}`);
  const unknown = Object.keys(value).find((field) => !Object.hasOwn(shape, field));
  if (unknown !== undefined)
    throw new DomainError({
      code: "field-unknown",
      path: below(unknown),
      message: `${unknown} is not a field here`,
      fix: `Remove it, or use one of ${Object.keys(shape).join(", ")}.`,
    });
  return Object.fromEntries(
    Object.keys(shape).flatMap((field) => {
      const found = Object.hasOwn(value, field) ? value[field] : undefined;
      // Two words for one thing: where both say the same, `name` is enough.
      return found === undefined || (field === "key" && found === value["name"])
        ? []
        : [[field, inOrder(found, shape[field]!, below(field))]];
    }),
  );
}

const depthMax = 40;

/** A bound on what is copied and written recursively. */
function refuseDeep(value: unknown, path: string, depth: number): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > depthMax)
    throw new DomainError({
      code: "nested-too-deep",
      path,
      message: `this is nested more than ${depthMax} levels deep`,
      fix: "Flatten the configuration.",
    });
  for (const [key, entry] of Object.entries(value)) refuseDeep(entry, path === "" ? key : `${path}.${key}`, depth + 1);
}

function isList(shape: Fields | readonly [Fields]): shape is readonly [Fields] {
  return Array.isArray(shape);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
