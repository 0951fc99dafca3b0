// A guard's block, remembered: what RiskScan has refused once asks for a person even after the text is mended (preflight note 2.5, 2.7), so the memory has
// to outlive the edit, the plan and the process.
import { z } from "zod";
import { guardNameSchema } from "./guard.ts";
import { layerIdSchema } from "./layer.ts";
import { contentHashSchema, idSchema, instantMsSchema, labelSchema } from "./scalars.ts";

export const guardBlockSchema = z.strictObject({
  guardBlockId: idSchema,
  clientId: idSchema,
  /** The experiment by its name, since an edit of the brief gives it another id. */
  experimentName: labelSchema,
  experimentId: idSchema.exactOptional(),
  layers: z.array(layerIdSchema).min(1),
  guard: guardNameSchema,
  variantId: idSchema,
  /** Of the variant that was blocked. */
  contentHash: contentHashSchema,
  ruleIds: z.array(z.string().min(1)).min(1),
  /** Of the texts of all variants then: an experiment under another name is known by those it kept. */
  textHashes: z.array(contentHashSchema).min(1),
  atMs: instantMsSchema,
});
export type GuardBlock = z.infer<typeof guardBlockSchema>;

/** By what an experiment is recognised, whatever was edited since. */
export interface BlockSubject {
  readonly clientId: string;
  readonly name: string;
  readonly layers: readonly string[];
  readonly textHashes: readonly string[];
}

/** The blocks of RiskScan that speak of this experiment: of its name, or of a text that it shares with what was blocked in the same layer. */
export function riskBlocksOf(subject: BlockSubject, blocks: readonly GuardBlock[]): GuardBlock[] {
  const shares = (some: readonly string[], others: readonly string[]): boolean => some.some((one) => others.includes(one));
  return blocks.filter(
    ({ guard, clientId, experimentName, layers, textHashes }) =>
      guard === "RiskScan" &&
      clientId === subject.clientId &&
      (experimentName === subject.name || (shares(layers, subject.layers) && shares(textHashes, subject.textHashes))),
  );
}

/** Why a person has to look at each variant, such as `RiskScan blocked question (risk.guarantee)`. */
export function riskBlockReason(blocks: readonly GuardBlock[]): string {
  const said = blocks.map(({ variantId, ruleIds }) => `${variantId} (${ruleIds.join(", ")})`);
  return `RiskScan blocked ${[...new Set(said)].join(", ")}; once blocked, each variant needs a person's approval even after the text is mended`;
}
