// The brief: what an experiment is to learn and within which limits, before anything exists. Fields are those of the product's first brief
// (section 3, Stage A); `readBrief` also accepts its snake_case names.
import { z } from "zod";
import { approvalLevelSchema } from "./approval.ts";
import {
  applyPatch,
  type Content,
  contentFieldSchema,
  contentPatchSchema,
  contentSchema,
  differingFields,
  patchedFields,
} from "./content.ts";
import { DomainError, parseWith } from "./errors.ts";
import { decisionPresetSchema, experimentTypeSchema } from "./experimentTypes.ts";
import { guardrailSchema } from "./guardrail.ts";
import { refuse } from "./issue.ts";
import { proxySchema } from "./proxy.ts";
import { countSchema, hoursSchema, idSchema, labelSchema, probabilitySchema, wallTimeSchema, zoneSchema } from "./scalars.ts";
import { slotCellSchema } from "./slot.ts";
import { platformOf, platformSchema, surfaceSchema } from "./surface.ts";
import { fieldsUnderTest, variableNameSchema } from "./variables.ts";

/** Letters before the stop keep "e.g." and "vs." from ending a sentence. */
const secondSentence = /\p{L}{4,}[.!?]["')\]]*\s+\p{Lu}/u;

export const hypothesisSchema = z
  .string()
  .max(300, { abort: true })
  .regex(/^\S[^\n\r]*$/, { error: "a hypothesis is one sentence on one line" })
  .refine((text) => !secondSentence.test(text), { error: "a hypothesis is one sentence, and this holds more" });

export const controlSchema = z.strictObject({ id: idSchema.default("control"), name: labelSchema.exactOptional(), content: contentSchema });

/** A test variant is control plus a patch over the fields of the variable under test. */
export const testVariantSchema = z.strictObject({ id: idSchema, name: labelSchema.exactOptional(), patch: contentPatchSchema });

/** How much is published, where in the week and how densely. Every arm gets one unit per block, so there are `postsPerVariant` blocks. */
export const exposurePlanSchema = z.strictObject({
  /** N: units for each variant; posts, or suggested replies in an engagement experiment. */
  postsPerVariant: countSchema.min(1).max(10_000),
  cells: z
    .array(slotCellSchema)
    .min(1)
    .max(100)
    .superRefine((cells, context) =>
      repeated(cells.map((cell) => cell.cell)).forEach((at) =>
        refuse(context, [at, "cell"], "another cell has this name", "Give each cell its own name."),
      ),
    ),
  cadence: z
    .strictObject({
      /** Posts of this experiment in a day of the zone, all variants together. */
      maxPerDay: countSchema.min(1).max(100).exactOptional(),
      /** Least time between two posts of an account, ordinary ones included. */
      minGapMinutes: countSchema.max(60 * 24 * 31).exactOptional(),
    })
    .default({}),
  /** Part of the gap by which a post may move inside its cell, drawn from the seed. */
  jitterShare: probabilitySchema.max(0.5).default(0.15),
  /** Posts a failed one may be made up for within its block, before the block is void. */
  makeUpsPerBlock: countSchema.max(3).default(1),
});
export type ExposurePlan = z.infer<typeof exposurePlanSchema>;

/** Half-open: the first instant belongs to the run, the last does not. */
export const runWindowSchema = z
  .strictObject({ start: wallTimeSchema, end: wallTimeSchema, zone: zoneSchema })
  .superRefine((window, context) => {
    if (window.start >= window.end)
      refuse(context, ["end"], `the window ends at ${window.end}, not after its start at ${window.start}`, "Let end be later than start.");
  });
export type RunWindow = z.infer<typeof runWindowSchema>;

/** When to stop before the planned end; each says which fact ends the run. */
export const stopConditionSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("guardrailBreach") }),
  z.strictObject({ kind: z.literal("publishFailures"), failuresMin: countSchema.min(1), attempts: countSchema.min(1) }),
  z.strictObject({ kind: z.literal("invalid") }),
  z.strictObject({ kind: z.literal("harm") }),
  z.strictObject({ kind: z.literal("futility") }),
]);
export type StopCondition = z.infer<typeof stopConditionSchema>;

export const briefSchema = z
  .strictObject({
    name: labelSchema,
    clientId: idSchema,
    /** What policy rules know the client by, such as `regulated`. */
    clientTags: z.array(idSchema).default([]),
    experimentType: experimentTypeSchema,
    platforms: z.array(platformSchema).min(1),
    surfaces: z.array(surfaceSchema).min(1),
    accounts: z.array(z.strictObject({ id: idSchema, platform: platformSchema })).min(1),
    hypothesis: hypothesisSchema,
    variableUnderTest: variableNameSchema,
    /** The bundle of a blueprint experiment; for no other. */
    blueprintFields: z.array(contentFieldSchema).min(1).exactOptional(),
    control: controlSchema,
    testVariants: z.array(testVariantSchema).min(1).max(20),
    successProxies: z.array(proxySchema).min(1).max(20),
    /** Age at which posts are compared; the surface's own where it is left out. */
    decisionAgeHours: hoursSchema.positive().exactOptional(),
    guardrails: z.array(guardrailSchema).max(50),
    exposurePlan: exposurePlanSchema,
    runWindow: runWindowSchema,
    stopConditions: z.array(stopConditionSchema).min(1).max(20),
    approvalLevel: approvalLevelSchema,
    /** True if the test changes an offer or a claim, which a human always approves. */
    changesOfferOrClaim: z.boolean().default(false),
    /** The rules that decide; left out, those of the experiment type (`decisionPresetOf`). */
    decisionPreset: decisionPresetSchema.exactOptional(),
  })
  .superRefine((brief, context) => {
    const no = (path: PropertyKey[], message: string, fix: string) => refuse(context, path, message, fix);
    const repeats = (list: readonly string[], path: PropertyKey[], what: string, field: PropertyKey[] = []) => {
      for (const at of repeated(list))
        no([...path, at, ...field], `another ${what} is already called "${list[at]}"`, `Name each ${what} once.`);
    };

    repeats(brief.platforms, ["platforms"], "platform");
    repeats(brief.surfaces, ["surfaces"], "surface");
    repeats(
      brief.accounts.map((account) => account.id),
      ["accounts"],
      "account",
      ["id"],
    );
    repeats(
      brief.successProxies.map((proxy) => proxy.metric),
      ["successProxies"],
      "proxy",
      ["metric"],
    );
    repeats(
      brief.guardrails.map((guardrail) => guardrail.id),
      ["guardrails"],
      "guardrail",
      ["id"],
    );

    brief.surfaces.forEach((surface, at) => {
      if (!brief.platforms.includes(platformOf(surface)))
        no(
          ["surfaces", at],
          `${surface} is not on ${brief.platforms.join(", ")}`,
          `Add ${platformOf(surface)} to platforms, or choose another surface.`,
        );
    });
    brief.platforms.forEach((platform, at) => {
      if (!brief.surfaces.some((surface) => platformOf(surface) === platform))
        no(["platforms", at], `no surface of ${platform} is listed`, `Add a surface such as ${platform}.<name>, or remove the platform.`);
      if (!brief.accounts.some((account) => account.platform === platform))
        no(["accounts"], `no account on ${platform} is listed`, `Add an account with platform ${platform}.`);
    });

    brief.successProxies.forEach((proxy, at) => {
      if (proxy.scale === "rate" && proxy.exposureMetric === undefined)
        no(["successProxies", at, "exposureMetric"], "a rate needs what it is per", "Give exposureMetric, such as reach.");
      if (proxy.scale !== "rate" && proxy.exposureMetric !== undefined)
        no(
          ["successProxies", at, "exposureMetric"],
          `a ${proxy.scale} has no exposure metric`,
          "Remove exposureMetric, or set scale to rate.",
        );
    });
    if (brief.stopConditions.some((condition) => condition.kind === "publishFailures" && condition.failuresMin > condition.attempts))
      no(["stopConditions"], "more failures are asked for than attempts are looked at", "Let failuresMin be at most attempts.");

    variantRules(brief, no);
  });
export type Brief = z.infer<typeof briefSchema>;
/** A brief as a person writes it, defaults left out. */
export type BriefInput = z.input<typeof briefSchema>;

type Refusal = (path: PropertyKey[], message: string, fix: string) => void;

/** Law L4 at the door: a test differs from control, from its siblings, and in the variable under test alone. */
function variantRules(
  brief: {
    variableUnderTest: z.infer<typeof variableNameSchema>;
    blueprintFields?: z.infer<typeof contentFieldSchema>[];
    control: z.infer<typeof controlSchema>;
    testVariants: z.infer<typeof testVariantSchema>[];
  },
  no: Refusal,
): void {
  const { variableUnderTest: variable, blueprintFields, control, testVariants } = brief;
  if (variable === "blueprint" && blueprintFields === undefined)
    return no(
      ["blueprintFields"],
      "a blueprint is a bundle of fields, and none is listed",
      "List the fields that differ, such as parts.hook.",
    );
  if (variable !== "blueprint" && blueprintFields !== undefined)
    return no(
      ["blueprintFields"],
      `the variable under test is ${variable}, not a blueprint`,
      "Remove blueprintFields, or test the blueprint.",
    );

  const ids = [control.id, ...testVariants.map((variant) => variant.id)];
  for (const at of repeated(ids))
    no(["testVariants", at - 1, "id"], `another variant is already called "${ids[at]}"`, "Give each variant its own id.");

  const allowed = fieldsUnderTest(variable, blueprintFields);
  const contents: Content[] = [control.content];
  testVariants.forEach((variant, at) => {
    const path = ["testVariants", at, "patch"];
    const fields = patchedFields(variant.patch);
    const foreign = fields.filter((field) => !allowed.includes(field));
    for (const field of foreign)
      no(
        [...path, ...field.split(".")],
        `${field} is not part of ${variable}, the variable under test`,
        `Change ${allowed.join(" or ")} only.`,
      );
    if (foreign.length > 0) return;
    const content = applyPatch(control.content, variant.patch);
    const twin = contents.findIndex((other) => differingFields(other, content).length === 0);
    if (twin >= 0)
      no(path, `${variant.id} is the same as ${ids[twin]}: nothing is under test`, `Change ${allowed.join(" or ")} against ${ids[twin]}.`);
    contents.push(content);
  });
}

/** Positions of values that occurred before. */
function repeated(list: readonly string[]): number[] {
  return list.flatMap((value, at) => (list.indexOf(value) < at ? [at] : []));
}

/** The seed's names that are not simply ours in snake_case. */
const seedNames: Readonly<Record<string, string>> = {
  controlVariant: "control",
  surface: "surfaces",
  platform: "platforms",
};
const listFields = new Set(["surfaces", "platforms"]);

/**
 * Reads a brief from parsed YAML or JSON, in our names or in the seed's snake_case.
 * @param file named in the error's path, where the data came from a file.
 * @throws DomainError `brief-invalid` with the path as the author wrote it, and the fix.
 */
export function readBrief(data: unknown, file?: string): Brief {
  const where = { code: "brief-invalid", ...(file !== undefined && { file }) };
  return parseWith(briefSchema, renamed(data, [], where), { ...where, pathOf: (path) => writtenPath(data, path) });
}

function ourName(key: string, isTop: boolean): string {
  const camel = /^[a-z]+(_[a-z0-9]+)+$/.test(key) ? key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : key;
  return isTop ? (seedNames[camel] ?? camel) : camel;
}

function renamed(data: unknown, path: readonly PropertyKey[], where: { code: string; file?: string }): unknown {
  if (Array.isArray(data)) return data.map((item, at) => renamed(item, [...path, at], where));
  if (typeof data !== "object" || data === null) return data;
  const isTop = path.length === 0;
  const result = new Map<string, unknown>();
  for (const [key, value] of Object.entries(data)) {
    const name = ourName(key, isTop);
    if (result.has(name))
      throw new DomainError({
        code: where.code,
        path: [where.file, [...path, key].join(".")].filter((part) => part !== undefined).join(": "),
        message: `${key} and another key of this object both mean ${name}`,
        fix: `Keep one of them, best under the name ${name}.`,
        value,
      });
    const inner = renamed(value, [...path, key], where);
    result.set(name, isTop && listFields.has(name) && typeof inner === "string" ? [inner] : inner);
  }
  return Object.fromEntries(result);
}

/** The path in the author's own words: `test_variants[0].id` where that is how the file says it. */
function writtenPath(data: unknown, path: readonly PropertyKey[]): PropertyKey[] {
  const written: PropertyKey[] = [];
  let value = data;
  for (const [depth, key] of path.entries()) {
    if (typeof key === "number" && !Array.isArray(value)) continue;
    const own: PropertyKey =
      typeof key === "string" && typeof value === "object" && value !== null
        ? (Object.keys(value).find((candidate) => ourName(candidate, depth === 0) === key) ?? key)
        : key;
    written.push(own);
    value = typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[own] : undefined;
  }
  return written;
}
