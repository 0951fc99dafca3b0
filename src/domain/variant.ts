// A variant: one arm with its whole content, and the hash by which it is approved and published.
import { z } from "zod";
import { contentPatchSchema, contentSchema, disclosureFlagNames } from "./content.ts";
import { contentHashSchema, idSchema, labelSchema, sha256HexSchema } from "./scalars.ts";
import { variantStatusSchema } from "./status.ts";
import { platformSchema, surfaceSchema } from "./surface.ts";

/** What a surface is sent: the caption exactly as sent, without any normalisation. */
export const renderingSchema = z.strictObject({ surface: surfaceSchema, captionAsSent: z.string() });
export type Rendering = z.infer<typeof renderingSchema>;

/** Who made a variant and from what, so that it can be made again. */
export const provenanceSchema = z.strictObject({
  /** The creator, such as `brief`, `file` or a model's name. */
  generator: labelSchema,
  promptVersion: labelSchema.exactOptional(),
  seed: z.string().min(1).exactOptional(),
  brandKitVersion: labelSchema.exactOptional(),
});

export const variantSchema = z
  .strictObject({
    variantId: idSchema,
    experimentId: idSchema,
    role: z.enum(["control", "test"]),
    name: labelSchema.exactOptional(),
    content: contentSchema,
    /** What makes a test differ from control; absent on control. */
    patch: contentPatchSchema.exactOptional(),
    renderings: z.array(renderingSchema).min(1),
    /** Over the rendered content: see `variantContentHash` in canon. */
    contentHash: contentHashSchema,
    status: variantStatusSchema,
    provenance: provenanceSchema,
  })
  .refine((variant) => (variant.role === "control") === (variant.patch === undefined), {
    path: ["patch"],
    error: "a test carries a patch and control carries none",
    params: { fix: "Remove the patch of control, or give the test its patch." },
  });
export type Variant = z.infer<typeof variantSchema>;

/** What the content hash covers (preflight note 2.7): lane and slot belong to the plan, names and provenance to nobody;
 * links are among the parts, the platform is that of each rendering. */
export const contentIdentitySchema = z.strictObject({
  schemaVersion: z.literal(1),
  renderings: z.array(renderingSchema.extend({ platform: platformSchema })).min(1),
  parts: contentSchema.shape.parts,
  format: labelSchema.nullable(),
  mediaSha256: z.strictObject({
    first3s: sha256HexSchema.nullable(),
    rest: sha256HexSchema.nullable(),
    audio: sha256HexSchema.nullable(),
    renditions: z.array(sha256HexSchema),
  }),
  coverSha256: sha256HexSchema.nullable(),
  altText: z.string().nullable(),
  flags: z.partialRecord(z.enum(disclosureFlagNames), z.boolean()),
});
export type ContentIdentity = z.infer<typeof contentIdentitySchema>;
