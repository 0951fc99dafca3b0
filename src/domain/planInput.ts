// What a plan is made from besides the brief: the account as it stands, what it has published and what else it will publish. The preflight reads
// the same document, so that guards and plan speak about one state of the world.
import { z } from "zod";
import { briefSchema } from "./brief.ts";
import { accountSignalSchema } from "./guardrail.ts";
import { refuse } from "./issue.ts";
import { idSchema, instantMsSchema, labelSchema, timeOfDaySchema } from "./scalars.ts";
import { weekdaySchema } from "./slot.ts";
import { platformSchema, surfaceSchema } from "./surface.ts";
import { variantSchema } from "./variant.ts";

/** Hours in which people of the client or the agency are there, in the zone of the run window; half-open. */
export const workingHoursSchema = z
  .strictObject({ weekdays: z.array(weekdaySchema).min(1).max(7), from: timeOfDaySchema, to: timeOfDaySchema })
  .superRefine((hours, context) => {
    if (hours.from >= hours.to)
      refuse(context, ["to"], `the hours end at ${hours.to}, not after their start at ${hours.from}`, "Let to be later than from.");
  });
export type WorkingHours = z.infer<typeof workingHoursSchema>;

/** Something an account was told by its platform, and when a person cleared it. */
export const accountSignalEntrySchema = z.strictObject({
  signal: accountSignalSchema,
  atMs: instantMsSchema,
  clearedAtMs: instantMsSchema.nullable().default(null),
});
export type AccountSignalEntry = z.infer<typeof accountSignalEntrySchema>;

export const planAccountSchema = z.strictObject({
  id: idSchema,
  platform: platformSchema,
  openSignals: z.array(accountSignalSchema).max(100).default([]).describe("signals nobody has cleared yet"),
  signals: z.array(accountSignalEntrySchema).max(10_000).default([]).describe("signals with their times; cool-downs follow from them"),
  workingHours: z
    .array(workingHoursSchema)
    .max(50)
    .exactOptional()
    .describe("posts go out within these hours only; left out, the slot cells alone say when"),
});
export type PlanAccount = z.infer<typeof planAccountSchema>;

/** A post of the account that is out already, experiment or not. Left out, account and surface are the plan's own. */
export const recentPostSchema = z.strictObject({
  postId: idSchema,
  caption: z.string().max(100_000),
  publishedMs: instantMsSchema,
  account: idSchema.exactOptional(),
  surface: surfaceSchema.exactOptional(),
});
export type RecentPost = z.infer<typeof recentPostSchema>;

/** A post that will go out and belongs to no experiment, such as an event of the calendar. Left out, account and surface are the plan's own. */
export const ordinaryPostSchema = z.strictObject({
  startMs: instantMsSchema,
  title: labelSchema.exactOptional(),
  account: idSchema.exactOptional(),
  surface: surfaceSchema.exactOptional(),
});
export type OrdinaryPost = z.infer<typeof ordinaryPostSchema>;

/** US dollars; a cap left out was not set. */
export const budgetsSchema = z.strictObject({
  experimentUsd: z.number().min(0).exactOptional(),
  generationUsdPerVariant: z.number().min(0).exactOptional(),
});
export type Budgets = z.infer<typeof budgetsSchema>;

export const planInputSchema = z
  .strictObject({
    brief: briefSchema,
    variants: z.array(variantSchema).min(2).max(21).exactOptional().describe("control first; left out, they are made from the brief"),
    account: planAccountSchema,
    recentPosts: z.array(recentPostSchema).max(100_000).default([]),
    ordinaryPosts: z.array(ordinaryPostSchema).max(100_000).default([]),
    budgets: budgetsSchema.default({}),
    nowMs: instantMsSchema.describe("the present; no slot before it is planned"),
  })
  .superRefine(({ brief, account, variants }, context) => {
    const known = brief.accounts.find(({ id }) => id === account.id);
    if (known === undefined)
      refuse(
        context,
        ["account", "id"],
        `the brief does not publish on ${account.id}`,
        `Use one of ${brief.accounts.map(({ id }) => id).join(", ")}.`,
      );
    else if (known.platform !== account.platform)
      refuse(
        context,
        ["account", "platform"],
        `the brief says that ${account.id} is on ${known.platform}`,
        `Set platform to ${known.platform}.`,
      );
    const ids = [brief.control.id, ...brief.testVariants.map(({ id }) => id)];
    if (variants !== undefined && (variants.length !== ids.length || variants.some(({ variantId }, at) => variantId !== ids[at])))
      refuse(context, ["variants"], "these are not the variants of the brief", `Give ${ids.join(", ")}, in this order.`);
  });
export type PlanInputDocument = z.infer<typeof planInputSchema>;
