// A plan: variants by slots, in complete blocks. Order and jitter come from the seed; every post logs how likely each arm was there.
import { z } from "zod";
import { issueSchema } from "./issue.ts";
import { layerIdSchema } from "./layer.ts";
import { plannedPostSchema } from "./post.ts";
import { contentHashSchema, countSchema, idSchema } from "./scalars.ts";

export const planSchema = z.strictObject({
  experimentId: idSchema,
  seed: z.string().min(1),
  /** The layers the plan needs, one per surface. */
  layers: z.array(layerIdSchema).min(1),
  /** Over what an approval is about: see `planHash` in canon. */
  planHash: contentHashSchema,
  posts: z.array(plannedPostSchema),
  /** Numbers of complete blocks after which the decision rule may speak, ascending; the last is the plan's end. */
  looks: z.array(countSchema.min(1)),
  /** Why there is no plan, where there is none, and what would make one. */
  refused: z.array(issueSchema).exactOptional(),
  /** What people should know, such as a wall time that exists twice. */
  notes: z.array(z.string()).default([]),
});
export type Plan = z.infer<typeof planSchema>;
