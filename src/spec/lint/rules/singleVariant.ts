// One arm compares nothing.
import type { LintRule } from "../rule.ts";

export const singleVariant: LintRule = {
  id: "single-variant",
  severity: "error",
  meaning: "there is at least one arm beside control",
  check: ({ variants }) =>
    variants.length === 1 ? [{ path: "variants", message: "there is nothing to compare control with", fix: "Add a variant." }] : [],
};
