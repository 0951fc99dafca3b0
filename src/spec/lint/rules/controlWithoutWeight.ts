// Without control there is nothing to compare with (best practice 2).
import type { LintRule } from "../rule.ts";

export const controlWithoutWeight: LintRule = {
  id: "control-without-weight",
  severity: "error",
  meaning: "control takes part in the draw",
  check: ({ variants, controlVariant }) => {
    const at = variants.findIndex(({ id }) => id === controlVariant);
    return variants[at]?.weight === 0
      ? [{ path: `variants[${at}].weight`, message: "control is never drawn", fix: "Give control a weight above 0." }]
      : [];
  },
};
