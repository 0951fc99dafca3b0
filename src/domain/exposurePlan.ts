// How much is published, where in the week, how densely, and between which days.
import { z } from "zod";
import { refuse, whenSound } from "./issue.ts";
import { countSchema, probabilitySchema, repeated, wallTimeSchema, zoneSchema } from "./scalars.ts";
import { slotCellSchema } from "./slot.ts";

export const exposurePlanSchema = z.strictObject({
  postsPerVariant: countSchema
    .min(1)
    .max(10_000)
    .describe(
      "N: posts for each variant (suggested replies in an engagement experiment). Every variant has one in each block, so N blocks",
    ),
  cells: z
    .array(slotCellSchema)
    .min(1)
    .max(100)
    .superRefine((cells, context) => {
      for (const at of repeated(cells.map((cell) => cell.cell)))
        refuse(context, [at, "cell"], "another cell has this name", "Give each cell its own name.");
    })
    .describe("spans of the week in which posts may go out; posts of a block share a cell"),
  cadence: z
    .strictObject({
      maxPerDay: countSchema
        .min(1)
        .max(100)
        .exactOptional()
        .describe("posts of this experiment in a day of the zone, all variants together"),
      minGapMinutes: countSchema
        .max(60 * 24 * 31)
        .exactOptional()
        .describe("least time between two posts of an account, ordinary ones included"),
    })
    .default({})
    .describe("left out, the pacing of the surface applies; it can only be made stricter"),
  jitterShare: probabilitySchema
    .max(0.5)
    .default(0.15)
    .describe("part of the gap by which a post may move inside its cell, drawn from the seed"),
  makeUpsPerBlock: countSchema.max(3).default(1).describe("failed posts of a block that may be made up for before the block is void"),
});
export type ExposurePlan = z.infer<typeof exposurePlanSchema>;

/** Half-open: the first instant belongs to the run, the last does not. */
export const runWindowSchema = z.strictObject({ start: wallTimeSchema, end: wallTimeSchema, zone: zoneSchema }).superRefine(
  (window, context) => {
    if (window.start >= window.end)
      refuse(context, ["end"], `the window ends at ${window.end}, not after its start at ${window.start}`, "Let end be later than start.");
  },
  whenSound("start", "end"),
);
export type RunWindow = z.infer<typeof runWindowSchema>;
