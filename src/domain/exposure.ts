// An exposure: a post that was published. Until this record exists nothing about the post counts.
import { z } from "zod";
import { laneSchema } from "./lane.ts";
import { proofSchema } from "./post.ts";
import { idSchema, instantMsSchema } from "./scalars.ts";
import { surfaceSchema } from "./surface.ts";

export const exposureRecordSchema = z.strictObject({
  postId: idSchema,
  experimentId: idSchema,
  variantId: idSchema,
  publishedMs: instantMsSchema,
  account: idSchema,
  surface: surfaceSchema,
  /** The lane that was used, whatever was planned. */
  lane: laneSchema,
  proof: proofSchema.exactOptional(),
});
export type ExposureRecord = z.infer<typeof exposureRecordSchema>;
