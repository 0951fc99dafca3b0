// Without a success metric nothing can be learned (best practice 3).
import type { LintRule } from "../rule.ts";

export const metricMissing: LintRule = {
  id: "metric-missing",
  severity: "warn",
  meaning: "at least one success metric is declared",
  check: ({ successMetrics }) =>
    (successMetrics?.length ?? 0) === 0
      ? [
          {
            path: "successMetrics",
            message: "there is no success metric",
            fix: "Tie the experiment to a privacy-reviewed telemetry event.",
          },
        ]
      : [],
};
