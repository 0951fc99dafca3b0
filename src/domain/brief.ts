// The brief: what an experiment is to learn and within which limits, before anything exists. Fields are those of the product's first brief
// (section 3, Stage A).
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
import { decisionPresetSchema, experimentTypeSchema } from "./experimentTypes.ts";
import { exposurePlanSchema, runWindowSchema } from "./exposurePlan.ts";
import { guardrailSchema } from "./guardrail.ts";
import { refuse, whenSound } from "./issue.ts";
import { proxySchema } from "./proxy.ts";
import { hoursSchema, idSchema, labelSchema, repeated } from "./scalars.ts";
import { stopConditionSchema } from "./stopCondition.ts";
import { type Platform, platformOf, platformSchema, type Surface, surfaceSchema } from "./surface.ts";
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

export const briefSchema = z
  .strictObject({
    name: labelSchema.describe("what people call the experiment"),
    clientId: idSchema.describe("whose accounts these are"),
    clientTags: z.array(idSchema).default([]).describe('what policy rules know the client by, such as "regulated"'),
    experimentType: experimentTypeSchema.describe("micro, batch, engagement or lane; each has requirements of its own"),
    platforms: z.array(platformSchema).min(1),
    surfaces: z.array(surfaceSchema).min(1).describe("where posts appear, such as instagram.reels"),
    accounts: z
      .array(z.strictObject({ id: idSchema, platform: platformSchema }))
      .min(1)
      .describe("the accounts that publish, at least one on each platform"),
    hypothesis: hypothesisSchema.describe("what is believed and could turn out wrong, in one sentence"),
    variableUnderTest: variableNameSchema.describe("the one thing that differs between variants"),
    blueprintFields: z
      .array(contentFieldSchema)
      .min(1)
      .exactOptional()
      .describe("the bundle of fields that differ when the variable under test is blueprint; for no other variable"),
    control: controlSchema.describe("the variant that others are compared with, with its whole content"),
    testVariants: z
      .array(testVariantSchema)
      .min(1)
      .max(20)
      .describe(
        "each is control plus a patch over the fields of the variable under test (JSON Merge Patch: null removes, lists are replaced)",
      ),
    successProxies: z.array(proxySchema).min(1).max(20).describe("the metrics that say which variant is better, fixed before launch"),
    decisionAgeHours: hoursSchema.positive().exactOptional().describe("age at which posts are compared; left out, that of the surface"),
    guardrails: z.array(guardrailSchema).max(50).describe("limits on account health and negative signals"),
    exposurePlan: exposurePlanSchema,
    runWindow: runWindowSchema.describe("wall time in an IANA zone; the end is not part of the run"),
    stopConditions: z.array(stopConditionSchema).min(1).max(20).describe("what ends the run before its planned end"),
    approvalLevel: approvalLevelSchema.describe("auto: nobody; review: once, before launch; manual: a person at each step"),
    changesOfferOrClaim: z.boolean().default(false).describe("true if the test changes an offer or a claim, which a human always approves"),
    decisionPreset: decisionPresetSchema
      .exactOptional()
      .describe("the rules that decide; left out, the strongest that the type and size of the experiment carry"),
  })
  .superRefine(({ platforms }, context) => namedOnce(context, platforms, ["platforms"], "platform"), whenSound("platforms"))
  .superRefine(({ surfaces }, context) => namedOnce(context, surfaces, ["surfaces"], "surface"), whenSound("surfaces"))
  .superRefine(({ accounts }, context) => namedOnce(context, accounts, ["accounts"], "account", "id"), whenSound("accounts"))
  .superRefine(
    ({ successProxies }, context) => namedOnce(context, successProxies, ["successProxies"], "proxy", "metric"),
    whenSound("successProxies"),
  )
  .superRefine(({ guardrails }, context) => namedOnce(context, guardrails, ["guardrails"], "guardrail", "id"), whenSound("guardrails"))
  .superRefine(placeRules, whenSound("platforms", "surfaces"))
  .superRefine(accountRules, whenSound("platforms", "accounts"))
  .superRefine(cellRules, whenSound("control", "testVariants", "exposurePlan"))
  .superRefine(fieldRules, whenSound("variableUnderTest", "blueprintFields", "testVariants"))
  .superRefine(twinRules, whenSound("control", "testVariants"));
export type Brief = z.infer<typeof briefSchema>;
/** A brief as a person writes it, defaults left out. */
export type BriefInput = z.input<typeof briefSchema>;

type Context = Parameters<typeof refuse>[0];

function namedOnce<Field extends string>(
  context: Context,
  list: readonly (string | Readonly<Record<Field, string>>)[],
  path: readonly PropertyKey[],
  what: string,
  field?: Field,
): void {
  const names = list.map((item) => (typeof item === "string" ? item : item[field!]));
  for (const at of repeated(names))
    refuse(
      context,
      [...path, at, ...(field === undefined ? [] : [field])],
      `another ${what} is already called "${names[at]}"`,
      `Name each ${what} once.`,
      "named-twice",
    );
}

function placeRules({ platforms, surfaces }: { platforms: Platform[]; surfaces: Surface[] }, context: Context): void {
  surfaces.forEach((surface, at) => {
    if (!platforms.includes(platformOf(surface)))
      refuse(
        context,
        ["surfaces", at],
        `${surface} is not on ${platforms.join(", ")}`,
        `Add ${platformOf(surface)} to platforms, or choose another surface.`,
        "surface-elsewhere",
      );
  });
  platforms.forEach((platform, at) => {
    if (!surfaces.some((surface) => platformOf(surface) === platform))
      refuse(
        context,
        ["platforms", at],
        `no surface of ${platform} is listed`,
        `Add a surface such as ${platform}.<name>, or remove the platform.`,
        "platform-unused",
      );
  });
}

function accountRules({ platforms, accounts }: { platforms: Platform[]; accounts: { platform: Platform }[] }, context: Context): void {
  for (const platform of platforms)
    if (!accounts.some((account) => account.platform === platform))
      refuse(context, ["accounts"], `no account on ${platform} is listed`, `Add an account with platform ${platform}.`, "account-missing");
}

/** A variant is bound to a cell of the exposure plan or to none. */
function cellRules(
  brief: {
    control: z.infer<typeof controlSchema>;
    testVariants: z.infer<typeof testVariantSchema>[];
    exposurePlan: z.infer<typeof exposurePlanSchema>;
  },
  context: Context,
): void {
  const known = brief.exposurePlan.cells.map((cell) => cell.cell);
  const check = (cell: string | null | undefined, path: PropertyKey[]) => {
    if (typeof cell === "string" && !known.includes(cell))
      refuse(context, [...path, "slotCell"], `the exposure plan has no cell "${cell}"`, `Use one of ${known.join(", ")}.`, "cell-unknown");
  };
  check(brief.control.content.slotCell, ["control", "content"]);
  brief.testVariants.forEach((variant, at) => check(variant.patch.slotCell, ["testVariants", at, "patch"]));
}

/** Law L4 at the door: a test differs from control in the variable under test alone. */
function fieldRules(
  brief: {
    variableUnderTest: z.infer<typeof variableNameSchema>;
    blueprintFields?: z.infer<typeof contentFieldSchema>[];
    testVariants: z.infer<typeof testVariantSchema>[];
  },
  context: Context,
): void {
  const { variableUnderTest: variable, blueprintFields, testVariants } = brief;
  const wrongBundle = (message: string, fix: string) => refuse(context, ["blueprintFields"], message, fix, "blueprint-fields");
  if (variable === "blueprint" && blueprintFields === undefined)
    return wrongBundle("a blueprint is a bundle of fields, and none is listed", "List the fields that differ, such as parts.hook.");
  if (variable !== "blueprint" && blueprintFields !== undefined)
    return wrongBundle(`the variable under test is ${variable}, not a blueprint`, "Remove blueprintFields, or test the blueprint.");

  const allowed = fieldsUnderTest(variable, blueprintFields);
  testVariants.forEach(({ patch }, at) => {
    for (const field of patchedFields(patch))
      if (!allowed.includes(field))
        refuse(
          context,
          ["testVariants", at, "patch", ...field.split(".")],
          `${field} is not part of ${variable}, the variable under test`,
          `Change ${allowed.join(" or ")} only.`,
          "not-single-variable",
        );
  });
}

/** Variants have names of their own, and each differs from control and from its siblings. */
function twinRules(
  { control, testVariants }: { control: z.infer<typeof controlSchema>; testVariants: z.infer<typeof testVariantSchema>[] },
  context: Context,
): void {
  const ids = [control.id, ...testVariants.map(({ id }) => id)];
  for (const at of repeated(ids))
    refuse(
      context,
      ["testVariants", at - 1, "id"],
      `another variant is already called "${ids[at]}"`,
      "Give each variant its own id.",
      "named-twice",
    );

  const contents: Content[] = [control.content];
  testVariants.forEach(({ id, patch }, at) => {
    const content = applyPatch(control.content, patch);
    const twin = contents.findIndex((other) => differingFields(other, content).length === 0);
    if (twin >= 0)
      refuse(
        context,
        ["testVariants", at, "patch"],
        `${id} is the same as ${ids[twin]}: nothing is under test`,
        `Change the variable under test against ${ids[twin]}.`,
        "nothing-under-test",
      );
    contents.push(content);
  });
}
