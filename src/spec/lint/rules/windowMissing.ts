// Experiments are short-lived (best practice 1).
import type { LintRule } from "../rule.ts";

export const windowMissing: LintRule = {
  id: "window-missing",
  severity: "warn",
  meaning: "the experiment says when it ends",
  check: ({ window }) =>
    window?.endMs === undefined
      ? [{ path: "window.endMs", message: "the experiment never ends", fix: "Set window.startMs and window.endMs (epoch milliseconds)." }]
      : [],
};
