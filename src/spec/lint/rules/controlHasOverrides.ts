// Control is what is there today (best practice 2).
import type { LintRule } from "../rule.ts";

export const controlHasOverrides: LintRule = {
  id: "control-has-overrides",
  severity: "error",
  meaning: "control overrides nothing",
  check: ({ variants, controlVariant }) => {
    const at = variants.findIndex(({ id }) => id === controlVariant);
    return (variants[at]?.overrides?.length ?? 0) > 0
      ? [{ path: `variants[${at}].overrides`, message: "control changes something", fix: "Move the overrides to a test variant." }]
      : [];
  },
};
