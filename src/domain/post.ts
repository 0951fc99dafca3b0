// A post: one publication of a variant, planned, attempted and perhaps live. The planned part alone is a PlannedPost.
import { z } from "zod";
import { laneSchema } from "./lane.ts";
import { contentHashSchema, countSchema, idSchema, instantMsSchema, labelSchema, probabilitySchema, sha256HexSchema } from "./scalars.ts";
import { slotSchema } from "./slot.ts";
import { postStatusSchema } from "./status.ts";
import { surfaceSchema } from "./surface.ts";

/** How this post came to carry this variant (law L10): the design, every arm's probability here, and the key of the draw. */
export const assignmentSchema = z.strictObject({
  mode: z.enum(["blocked", "random", "systematic", "adaptive", "fixed"]),
  /** Variant id to probability at this position; sums to 1. */
  probabilities: z
    .record(idSchema, probabilitySchema)
    .refine((shares) => Math.abs(Object.values(shares).reduce((sum, share) => sum + share, 0) - 1) <= 1e-9, {
      error: "the probabilities do not sum to 1",
      params: { fix: "Give every variant its probability, so that they sum to 1." },
    }),
  key: z.string().min(1),
});
export type Assignment = z.infer<typeof assignmentSchema>;

export const plannedPostSchema = z.strictObject({
  postId: idSchema,
  experimentId: idSchema.exactOptional(),
  variantId: idSchema,
  isControl: z.boolean(),
  /** Of the variant as planned; what is submitted must still have it. */
  contentHash: contentHashSchema.exactOptional(),
  account: idSchema,
  surface: surfaceSchema,
  lane: laneSchema,
  /** Posts of one block are compared with each other; every arm is in it once. */
  block: labelSchema,
  slot: slotSchema,
  assignment: assignmentSchema,
  /** The failed post of the same block that this one makes up for. */
  makeUpFor: idSchema.exactOptional(),
});
export type PlannedPost = z.infer<typeof plannedPostSchema>;

export const errorClasses = [
  "transient",
  "rate_limited",
  "quota_exhausted",
  "auth_expired",
  "login_challenge",
  "permission",
  "account_restricted",
  "spam_block",
  "duplicate_content",
  "content_rejected",
  "media_invalid",
  "media_fetch",
  "processing",
  "ambiguous",
  "unsupported",
] as const;
export const errorClassSchema = z.enum(errorClasses);
export type ErrorClass = z.infer<typeof errorClassSchema>;

/** One submit. A second one needs proof that the first did not publish, or a person's decision (law L2). */
export const attemptSchema = z.strictObject({
  attemptNo: countSchema.min(1),
  atMs: instantMsSchema,
  lane: laneSchema.exactOptional(),
  outcome: z.enum(["published", "failed", "ambiguous", "pending"]),
  errorClass: errorClassSchema.exactOptional(),
  /** Time of people spent on it. */
  operatorMinutes: z.number().min(0).exactOptional(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** Evidence that a post is live. */
export const proofSchema = z.strictObject({
  url: z.url(),
  checkedAtMs: instantMsSchema,
  method: z.enum(["api", "page", "human"]),
  screenshotSha256: sha256HexSchema.exactOptional(),
});
export type Proof = z.infer<typeof proofSchema>;

export const postSchema = plannedPostSchema.extend({
  attempts: z.array(attemptSchema),
  /** The platform's own publish time. */
  publishedMs: instantMsSchema.exactOptional(),
  status: postStatusSchema,
  proof: proofSchema.exactOptional(),
  /** Fields that did not arrive as sent, such as `cover`. */
  defects: z.array(labelSchema).exactOptional(),
  format: labelSchema.exactOptional(),
  durationMs: countSchema.exactOptional(),
  /** Reasons for which a post is not comparable with its siblings. */
  boosted: z.boolean().exactOptional(),
  collab: z.boolean().exactOptional(),
  crossPosted: z.boolean().exactOptional(),
});
export type Post = z.infer<typeof postSchema>;
