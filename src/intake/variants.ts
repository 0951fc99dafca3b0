// Brief to variants: control, and control plus each test's patch; nothing else can differ, by construction (preflight note 2.6). Creators that
// write copy or make media come later behind a port; this one takes what the brief says.
import { variantContentHash } from "../canon/index.ts";
import { applyPatch, type Brief, type Content, type ContentPatch, type Variant } from "../domain/index.ts";
import { renderCaption } from "./render.ts";

/**
 * The variants of a brief, control first, in the brief's order. Pure: equal briefs give equal hashes.
 */
export function makeVariants(brief: Brief, experimentId: string): Variant[] {
  const make = (variantId: string, name: string | undefined, content: Content, patch?: ContentPatch): Variant => {
    const bare = {
      variantId,
      experimentId,
      role: patch === undefined ? ("control" as const) : ("test" as const),
      ...(name !== undefined && { name }),
      content,
      ...(patch !== undefined && { patch }),
      renderings: brief.surfaces.map((surface) => ({ surface, captionAsSent: renderCaption(content) })),
      status: "generated" as const,
      provenance: { generator: "brief" },
    };
    return { ...bare, contentHash: variantContentHash(bare) };
  };
  const { control, testVariants } = brief;
  return [
    make(control.id, control.name, control.content),
    ...testVariants.map(({ id, name, patch }) => make(id, name, applyPatch(control.content, patch), patch)),
  ];
}
