// What may go wrong in a world, as data. Each fault is drawn from its own stream, so that one more of them moves no other draw.
import { z } from "zod";
import { probabilitySchema } from "../domain/index.ts";

export const faultSchema = z.discriminatedUnion("kind", [
  /** A submit is refused; nothing is published. `arm` limits it to control or to the tests. */
  z.strictObject({
    kind: z.literal("publishFailure"),
    probability: probabilitySchema,
    errorClass: z.enum(["transient", "media_fetch", "content_rejected"]),
    arm: z.enum(["control", "test"]).exactOptional(),
  }),
  /** The answer is lost; the post is there with `publishedShare`. */
  z.strictObject({ kind: z.literal("lostAnswer"), probability: probabilitySchema, publishedShare: probabilitySchema }),
  /** The platform publishes but does not apply a field under test. */
  z.strictObject({ kind: z.literal("fieldNotApplied"), probability: probabilitySchema, arm: z.enum(["control", "test"]) }),
  /** From a drawn instant of the window on, the account has to pass a login challenge. */
  z.strictObject({ kind: z.literal("loginChallenge"), fromShare: probabilitySchema, untilShare: probabilitySchema }),
  /** Readings come without metrics that need a permission. */
  z.strictObject({ kind: z.literal("metricsMissing"), probability: probabilitySchema }),
  /** From a share of the window on, the platform shows posts to so many people only, whatever their content. */
  z.strictObject({ kind: z.literal("throttling"), fromShare: probabilitySchema, shownShare: probabilitySchema }),
]);
export type Fault = z.infer<typeof faultSchema>;
