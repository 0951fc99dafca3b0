// The shape of an ExperimentSpec as a zod schema. Only `allocation` is closed: there a mistyped field would change who is assigned (a misspelt
// `percentage` means everybody); elsewhere unknown fields are kept, as published specs carry their own.
import { z } from "zod";
import { hashVersions } from "../canon/index.ts";
import { refuse } from "../domain/index.ts";
import { nameOf } from "./names.ts";
import { metricAggregations, overrideTypes, stickyAttributes } from "./types.ts";
import { parseVersion } from "./version.ts";

const text = z.string().min(1);

/** NUL separates the parts of an assignment key. */
const keyPart = z.string().refine((value) => !value.includes("\0"), {
  error: "a NUL character separates the parts of assignment keys",
  params: { fix: "Remove the NUL character." },
});

const version = z.union([z.string(), z.number()]).superRefine((value, context) => {
  if (parseVersion(value) === undefined)
    refuse(context, [], "this is not a semantic version", 'Write a version such as "1.0.0", "1.2" or 1.');
});

const label = { name: keyPart.optional(), key: keyPart.optional() };

function named(thing: { name?: string | undefined; key?: string | undefined }, context: z.core.$RefinementCtx): void {
  if (nameOf(thing) === undefined) refuse(context, ["name"], "a name is missing", "Write name (or key).");
}

const ref = z.looseObject({ ...label, version }).superRefine(named);

/** Of these two `validate.ts` gives the better fix; here they say what a JSON Schema can say. */
const share = z.number().min(0).max(1);
const weight = z.number().min(0);

const override = z.looseObject({
  type: z.enum(overrideTypes),
  target: text,
  version: version.optional(),
  replaces: text.optional(),
  config: z.record(z.string(), z.unknown()).optional(),
});

const variant = z.looseObject({
  ...label,
  id: keyPart.min(1),
  description: z.string().optional(),
  weight: weight.optional(),
  overrides: z.array(override).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

const rule = z.strictObject({
  id: keyPart.min(1).optional(),
  variantId: z.string(),
  percentage: share.optional(),
  policy: ref.optional(),
  expression: z.string().optional(),
});

const salt = keyPart.optional();

const allocation = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("random"), salt }),
    z.strictObject({ type: z.literal("sticky"), attribute: z.enum(stickyAttributes), salt }),
    z.strictObject({ type: z.literal("targeted"), rules: z.array(rule), fallback: z.enum(["control", "random"]).optional(), salt }),
  ],
  { error: "the allocation type is not one of random, sticky, targeted" },
);

const metric = z
  .looseObject({
    ...label,
    telemetryEvent: ref,
    aggregation: z.enum(metricAggregations),
    property: text.optional(),
    target: z.number().optional(),
  })
  .superRefine(named);

const range = z.strictObject({ from: share, to: share }).superRefine(({ from, to }, context) => {
  if (from >= to) refuse(context, ["to"], "the range is empty", "Let to be greater than from.");
});

export const experimentSpecSchema = z.looseObject({
  meta: z
    .looseObject({
      ...label,
      version,
      title: z.string().optional(),
      description: z.string().optional(),
      domain: z.string().optional(),
      stability: z.string().optional(),
      owners: z.array(z.string()).optional(),
      tags: z.array(z.string()).optional(),
      docId: z.string().optional(),
    })
    .superRefine(named),
  controlVariant: z.string(),
  variants: z.array(variant).min(1),
  allocation,
  successMetrics: z.array(metric).optional(),
  tags: z.array(z.string()).optional(),
  unit: keyPart.min(1).optional(),
  fallbackUnit: keyPart.min(1).optional(),
  bucketingVersion: z.int().min(0).optional(),
  hashVersion: z.enum(hashVersions).optional(),
  coverage: share.optional(),
  layer: z
    .strictObject({ id: keyPart.min(1), mode: z.enum(["exclusive", "split"]).optional(), ranges: z.array(range).min(1).optional() })
    .optional(),
  holdout: z.strictObject({ id: keyPart.min(1), share: share.optional() }).optional(),
  window: z.strictObject({ startMs: z.number().optional(), endMs: z.number().optional() }).optional(),
});
