// Specs of an application that experiments refer to: telemetry, policies, and what overrides replace. Read from modules or JSON files by shape.
import { z } from "zod";
import { DomainError, parseWith } from "../../domain/index.ts";
import {
  type ExperimentOverrideType,
  type OverridableSpec,
  PolicyEngine,
  policyCheckerOf,
  type PolicySpec,
  SpecCatalog,
  type TelemetrySpec,
} from "../../spec/index.ts";
import { exportsOf } from "./load.ts";

const meta = z.looseObject({
  name: z.string().optional(),
  key: z.string().optional(),
  version: z.union([z.string(), z.number()]).optional(),
});

const telemetrySchema = z.looseObject({
  meta: meta.optional(),
  events: z.array(
    z.looseObject({
      name: z.string().optional(),
      key: z.string().optional(),
      version: z.union([z.string(), z.number()]),
      privacy: z.enum(["public", "internal", "pii", "sensitive"]),
      properties: z.record(z.string(), z.looseObject({ type: z.string() })).optional(),
      sampling: z.looseObject({ rate: z.number().gt(0).max(1) }).optional(),
      review: z.looseObject({ by: z.string().min(1), at: z.string().min(1) }).optional(),
    }),
  ),
});

const catalogTypes = ["dataView", "workflow", "theme", "policy", "presentation"] as const satisfies readonly ExperimentOverrideType[];
const catalogSchema = z.strictObject(
  Object.fromEntries(catalogTypes.map((type) => [type, z.array(z.looseObject({ meta })).optional()])) as Record<
    ExperimentOverrideType,
    z.ZodOptional<z.ZodArray<z.ZodObject<{ meta: typeof meta }, z.core.$loose>>>
  >,
);

/** TelemetrySpecs: objects with `events`. @throws DomainError `telemetry-invalid`, or if the file cannot be loaded. */
export async function loadTelemetry(file: string): Promise<TelemetrySpec[]> {
  const found = await objectsOf(file, (value) => "events" in value, "a TelemetrySpec: an object with meta and events");
  return found.map((value) => parseWith(telemetrySchema, value, { code: "telemetry-invalid", file }) as unknown as TelemetrySpec);
}

/** A checker over PolicySpecs: objects with `rules`. @throws DomainError `policy-invalid` and the like. */
export async function loadPolicies(file: string): Promise<ReturnType<typeof policyCheckerOf>> {
  const found = await objectsOf(file, (value) => "rules" in value, "a PolicySpec: an object with meta and rules");
  return policyCheckerOf(new PolicyEngine(found as unknown as PolicySpec[]));
}

/** A catalogue: objects that list specs by override type. @throws DomainError `catalog-invalid`, or if the file cannot be loaded. */
export async function loadCatalog(file: string): Promise<SpecCatalog> {
  const found = await objectsOf(
    file,
    (value) => catalogTypes.some((type) => Array.isArray(value[type])),
    `an object that lists specs under ${catalogTypes.join(", ")}`,
  );
  const parsed = found.map((value) => parseWith(catalogSchema, value, { code: "catalog-invalid", file }));
  return new SpecCatalog(
    Object.fromEntries(catalogTypes.map((type) => [type, parsed.flatMap((one) => (one[type] ?? []) as OverridableSpec[])])),
  );
}

async function objectsOf(file: string, is: (value: Record<string, unknown>) => boolean, what: string): Promise<Record<string, unknown>[]> {
  const exported = await exportsOf(file);
  // A module may also export the lists one by one: `export const workflow = [...]`.
  const candidates = [...Object.values(exported).flat(), { ...exported }];
  const found = candidates.filter(
    (value): value is Record<string, unknown> => typeof value === "object" && value !== null && is(value as Record<string, unknown>),
  );
  if (found.length === 0)
    throw new DomainError({ code: "spec-file-empty", path: file, message: `${file} holds nothing of the kind`, fix: `Export ${what}.` });
  return found;
}
