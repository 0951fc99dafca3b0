// The shape of the platform catalogue: every fact with its sources and how well it is founded. Unknown keys are refused.
import { z } from "zod";
import { accountSignals, platformSchema, surfaceNames, surfaceSchema, zoneSchema } from "../domain/index.ts";

export const confidenceSchema = z.enum(["official", "official-via-digest", "peer-code", "secondary", "memory"]);
export type Confidence = z.infer<typeof confidenceSchema>;

const sourced = { source: z.array(z.string().min(1)).min(1), confidence: confidenceSchema };
const text = z.string().min(1);

/** How planning counts a cap of posts: rolling hours, or a calendar day of the platform's own zone; for the account, or for all that publish through our app. */
const quotaSchema = z.strictObject({
  /** The surfaces that count; left out, all of the platform. */
  surfaces: z.array(surfaceSchema).min(1).exactOptional(),
  window: z.union([z.strictObject({ rollingHours: z.number().positive() }), z.strictObject({ dayInZone: zoneSchema })]),
  scope: z.enum(["account", "app"]),
});

const factSchema = z.strictObject({
  key: text,
  value: z.union([z.number(), z.boolean(), z.string(), z.array(z.string())]),
  unit: text,
  ...sourced,
  note: text.exactOptional(),
  /** What other sources say, in words, and as a number where it is one. */
  conflict: text.exactOptional(),
  conflictValue: z.number().exactOptional(),
  /** Of quotas: the call that enforces it, the endpoint that tells it, how much a carousel counts, when it starts again. */
  enforcedAt: text.exactOptional(),
  live: text.exactOptional(),
  carouselCounts: z.int().exactOptional(),
  reset: text.exactOptional(),
  quota: quotaSchema.exactOptional(),
});
export type Fact = z.infer<typeof factSchema>;
const facts = z.array(factSchema);

const errorSchema = z.strictObject({
  code: text,
  class: text,
  retry: text,
  guardrailSignal: text.nullable(),
  meaning: text,
  ...sourced,
  exception: text.exactOptional(),
  httpCode: z.int().exactOptional(),
  apiCode: z.int().exactOptional(),
  peerConflict: text.exactOptional(),
  partialSuccess: z.boolean().exactOptional(),
});

const metricSchema = z.strictObject({
  native: text,
  canonical: text,
  kind: text,
  level: text,
  ...sourced,
  note: text.exactOptional(),
  lowerIsBetter: z.boolean().exactOptional(),
  api: text.exactOptional(),
  window: text.exactOptional(),
});
/** A metric as the platform reports it: `native` its own name, `canonical` our word for what it measures; a `map` or `curve` is not one number. */
export type Metric = z.infer<typeof metricSchema>;

const paceSchema = z.strictObject({ maxPerDay: z.int().min(1), minGapMinutes: z.int().min(1) });
export type Pace = z.infer<typeof paceSchema>;

/** `hours`: so long; `cleared`: until a person clears the signal, and at least so many hours; `content`: until the content is another. */
const coolDownSchema = z.strictObject({ until: z.enum(["hours", "cleared", "content"]), hours: z.number().min(0).exactOptional() });

const surfaceFactsSchema = z.strictObject({
  publish: text.exactOptional(),
  formats: z.record(text, facts),
  metrics: z.array(metricSchema),
  unavailable: z.array(text).exactOptional(),
  quirks: facts.exactOptional(),
  nativeExperiment: z.strictObject({ name: text, how: text, ...sourced }).exactOptional(),
});

const platformFactsSchema = z.strictObject({
  account: z.strictObject({
    requires: text.exactOptional(),
    headers: z.array(text).exactOptional(),
    tokenLifetime: facts.exactOptional(),
    limits: facts,
    blockers: facts.exactOptional(),
    rules: facts.exactOptional(),
    processing: facts.exactOptional(),
    cost: facts.exactOptional(),
  }),
  errors: z.array(errorSchema),
  surfaces: z.record(text, surfaceFactsSchema),
  metricLatency: facts,
  negativeFeedback: text,
});

const sourceSchema = z.strictObject({
  title: text,
  kind: confidenceSchema,
  url: z.string().nullable(),
  asOf: text.exactOptional(),
  retrieved: z.iso.date().exactOptional(),
  repo: z.string().nullable().exactOptional(),
  upstream: z.string().nullable().exactOptional(),
  note: text.exactOptional(),
  commit: text.exactOptional(),
  path: text.exactOptional(),
  licence: z.string().nullable().exactOptional(),
});

export const catalogueSchema = z
  .strictObject({
    catalogueVersion: text,
    retrieved: z.iso.date(),
    about: text,
    confidenceScale: z.record(confidenceSchema, text),
    knownIssues: z.array(text),
    /** Facts older than this are warned of. */
    maxAgeDays: z.int().min(1),
    errorClasses: z.record(text, text),
    retryVocabulary: z.array(text),
    guardrailSignals: z.array(text),
    canonicalMetrics: z.record(text, z.array(text)),
    platforms: z.record(platformSchema, platformFactsSchema),
    pacingDefaults: z.strictObject({
      note: text,
      perAccountSurface: z.record(z.enum(surfaceNames), paceSchema),
      jitterFraction: z.number(),
      quotaHeadroomFraction: z.number().positive().max(1),
      coolDowns: z.record(z.enum(accountSignals), coolDownSchema),
    }),
    snapshotSchedule: z.strictObject({
      note: text,
      hours: z.array(z.number()),
      decisionAgeHours: z.record(text, z.number()),
      minAgeForAnyDecisionHours: z.number(),
      maturityGraceHours: z.record(text, z.number()),
    }),
    sources: z.record(text, sourceSchema),
    stats: z.strictObject({ facts: z.int(), byConfidence: z.record(confidenceSchema, z.int()) }),
  })
  .superRefine((catalogue, context) => {
    for (const [platform, { surfaces }] of Object.entries(catalogue.platforms))
      for (const [surface, { formats }] of Object.entries(surfaces))
        for (const [group, list] of Object.entries(formats))
          for (const [at, { source }] of list.entries())
            for (const name of source)
              if (!Object.hasOwn(catalogue.sources, name))
                context.addIssue({
                  code: "custom",
                  path: ["platforms", platform, "surfaces", surface, "formats", group, at, "source"],
                  message: `the catalogue has no source called ${name}`,
                  params: { fix: "Describe the source under sources." },
                });
  });
export type Catalogue = z.infer<typeof catalogueSchema>;
