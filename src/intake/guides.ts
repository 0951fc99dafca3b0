// What every variant obeys whatever is under test: the brand's voice and the client's compliance. They belong to no variable, so no variant may
// differ in them (preflight note 2.6).
import { z } from "zod";
import { labelSchema } from "../domain/index.ts";

const phrases = z.array(z.string().min(1).max(200)).max(500).default([]);

export const brandKitSchema = z.strictObject({
  version: labelSchema,
  brand: labelSchema,
  language: labelSchema.describe("such as en-GB"),
  voice: z.string().min(1).max(2000).describe("how the brand speaks, in a few sentences"),
  use: phrases.describe("words and spellings it prefers"),
  avoid: phrases.describe("words it never uses"),
  emoji: z.enum(["none", "few", "free"]).default("few"),
});
export type BrandKit = z.infer<typeof brandKitSchema>;

export const compliancePolicySchema = z.strictObject({
  version: labelSchema,
  forbidden: phrases.describe("phrases that never appear, such as guaranteed returns"),
  required: phrases.describe("what every post already says and no variant may drop, such as #ad"),
  rules: z.array(z.string().min(1).max(500)).max(100).default([]).describe("rules in words, for whoever writes"),
});
export type CompliancePolicy = z.infer<typeof compliancePolicySchema>;

export interface Guides {
  readonly brandKit?: BrandKit;
  readonly compliancePolicy?: CompliancePolicy;
}
