// Variants that come from outside with a brief are checked as if a stranger had written them: laws L1 and L4 hold whoever made them.
import { variantContentHash } from "../canon/index.ts";
import { type Brief, DomainError, type Variant } from "../domain/index.ts";
import { checkDifferences, contentDifference } from "./difference.ts";

/** The variants with the hashes of what they hold, whatever they came with: guards, plans and approvals speak of content that is there. @throws DomainError `media-not-hashed`. */
export function rehashed(variants: readonly Variant[]): Variant[] {
  return variants.map((variant) => ({ ...variant, contentHash: variantContentHash(variant) }));
}

/**
 * That these are variants of this brief: control as the brief says it (files aside, which are known by their bytes), one variable between all pairs.
 * @throws DomainError `control-differs`, and what `checkDifferences` throws.
 */
export function checkVariants(brief: Brief, variants: readonly Variant[]): void {
  const [control] = variants;
  const changed = contentDifference(brief.control.content, control!.content).filter(
    (field) => !field.startsWith("media.") && field !== "cover",
  );
  if (changed.length > 0)
    throw new DomainError({
      code: "control-differs",
      path: "variants[0].content",
      message: `${control!.variantId} is not the control of the brief: ${changed.join(", ")} differ`,
      fix: "Give the brief's own control, or change the brief.",
      value: changed,
    });
  checkDifferences(brief, variants);
}
