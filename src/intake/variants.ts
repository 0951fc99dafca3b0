// Brief to variants: control, and control plus each test's patch; nothing else can differ, by construction (preflight note 2.6). Creators that
// write copy or bring files stand behind a port, see creator.ts; this takes what the brief says.
import { variantContentHash } from "../canon/index.ts";
import { applyPatch, type Brief, type Content, type ContentPatch, type Variant } from "../domain/index.ts";
import { renderingsOf } from "./render.ts";

/**
 * The variants of a brief, control first, in the brief's order. Pure: equal briefs give equal hashes.
 * @throws DomainError `media-not-hashed` for a file whose bytes are not known.
 */
export function makeVariants(brief: Brief, experimentId: string): Variant[] {
  const provenance = { generator: "brief" };
  const { control, testVariants } = brief;
  return [
    makeControl(brief, experimentId, control.content, provenance),
    ...testVariants.map((test) => makeTest(brief, experimentId, control.content, test, provenance)),
  ];
}

/** @throws DomainError `media-not-hashed`. */
export function makeControl(brief: Brief, experimentId: string, content: Content, provenance: Variant["provenance"]): Variant {
  const { id, name } = brief.control;
  return finished(brief, { variantId: id, experimentId, role: "control", ...(name !== undefined && { name }), content, provenance });
}

/** Control with the patch over it: fields the patch does not name are the very values of control. @throws DomainError `media-not-hashed`. */
export function makeTest(
  brief: Brief,
  experimentId: string,
  control: Content,
  { id, name, patch }: { readonly id: string; readonly name?: string; readonly patch: ContentPatch },
  provenance: Variant["provenance"],
): Variant {
  const content = applyPatch(control, patch);
  return finished(brief, { variantId: id, experimentId, role: "test", ...(name !== undefined && { name }), content, patch, provenance });
}

function finished({ surfaces }: Pick<Brief, "surfaces">, bare: Omit<Variant, "renderings" | "contentHash" | "status">): Variant {
  const renderings = renderingsOf(bare.content, surfaces);
  return { ...bare, renderings, contentHash: variantContentHash({ content: bare.content, renderings }), status: "generated" };
}
