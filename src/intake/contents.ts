// What each variant of a brief publishes, before anybody makes variants of it.
import { applyPatch, type Brief, type Content } from "../domain/index.ts";

/** Control, then control with each test's patch over it. */
export function contentsOf({ control, testVariants }: Pick<Brief, "control" | "testVariants">): { variantId: string; content: Content }[] {
  return [
    { variantId: control.id, content: control.content },
    ...testVariants.map(({ id, patch }) => ({ variantId: id, content: applyPatch(control.content, patch) })),
  ];
}
