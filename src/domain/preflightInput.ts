// What the guards look at: the state of the world that a plan is made from, and what is known of the files, the account's quotas and the post.
import { z } from "zod";
import { mediaRefSchema } from "./content.ts";
import { budgetsSchema, planAccountSchema, planInputSchema, recentPostSchema } from "./planInput.ts";
import { countSchema, idSchema, instantMsSchema } from "./scalars.ts";

const minutesSchema = z
  .number()
  .min(0)
  .max(60 * 24 * 366);

/** One quota of the account: a scope of the platform catalogue, such as `apiPublishedPosts`. */
export const quotaSchema = z.strictObject({
  scope: z.string().min(1),
  used: countSchema,
  reserved: countSchema.default(0),
  /** What the platform's own endpoint says; beats the catalogue. */
  cap: countSchema.exactOptional(),
});
export type Quota = z.infer<typeof quotaSchema>;

/** What people and machines need before a post can go out; what is left out takes the product's default. */
export const latencySchema = z.strictObject({
  generationMinutes: minutesSchema.exactOptional(),
  approvalMinutes: minutesSchema.exactOptional(),
  processingMinutes: minutesSchema.exactOptional(),
  marginMinutes: minutesSchema.exactOptional(),
});

/** Minutes of operator time in a check-in: how many there are, how many the queue takes already, how many one more row takes. */
export const attentionSchema = z.strictObject({
  minutesAvailable: minutesSchema,
  minutesQueued: minutesSchema,
  minutesPerRow: minutesSchema,
});

/** What is known of a post and no field of its content says. What is left out is not known. */
export const postMetaSchema = z.strictObject({
  post: z
    .strictObject({
      /** Somebody gave something for this post: money, goods, a stay. */
      materialConnection: z.boolean().exactOptional(),
      /** People who get automated replies have agreed to them. */
      replyConsent: z.boolean().exactOptional(),
    })
    .default({}),
  account: z.strictObject({ ageGate: z.boolean().exactOptional() }).default({}),
  asset: z
    .strictObject({
      /** Made or changed by a model so that it looks real. */
      synthetic: z.boolean().exactOptional(),
      /** A logo, watermark or promotional text lies over the picture. */
      overlay: z.boolean().exactOptional(),
    })
    .default({}),
});
export type PostMeta = z.infer<typeof postMetaSchema>;

export const preflightInputSchema = planInputSchema.safeExtend({
  experimentId: idSchema.exactOptional(),
  account: planAccountSchema.extend({ quotas: z.array(quotaSchema).max(50).default([]).describe("what is used and reserved of them") }),
  recentPosts: z
    .array(
      recentPostSchema.extend({
        media: z.array(mediaRefSchema).max(20).default([]).describe("files of the asset folder, or their SHA-256"),
        dHashes: z
          .array(z.string().regex(/^[0-9a-f]{16}$/, { error: "a dHash is 16 lower-case hex digits" }))
          .max(100)
          .default([])
          .describe("difference hashes of its pictures, where the files are not at hand"),
      }),
    )
    .max(100_000)
    .default([]),
  budgets: budgetsSchema
    .extend({
      clientUsd: z.number().min(0).exactOptional().describe("cap of the client over all experiments"),
      clientSpentUsd: z.number().min(0).exactOptional().describe("what is spent or planned of it already"),
      latency: latencySchema.exactOptional(),
      attention: attentionSchema.exactOptional(),
    })
    .default({}),
  meta: postMetaSchema.prefault({}),
  language: z.string().min(2).max(35).exactOptional().describe("BCP 47 language of the texts; left out, it is guessed"),
  firstSlotMs: instantMsSchema.exactOptional().describe("the first slot, where there is a plan already"),
  assetsDir: z.string().min(1).max(1024).exactOptional().describe("folder of the media files, relative to this document"),
});
/** The document as it is read; variants may be missing and are then made from the brief. */
export type PreflightInputDocument = z.infer<typeof preflightInputSchema>;
