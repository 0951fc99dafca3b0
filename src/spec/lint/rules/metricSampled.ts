// A sampled event makes counts too small.
import { checkSuccessMetrics } from "../../integrations/telemetry.ts";
import type { LintRule } from "../rule.ts";

export const metricSampled: LintRule = {
  id: "metric-sampled",
  severity: "warn",
  meaning: "events behind metrics are kept in full",
  check: (experiment, { telemetry }) =>
    telemetry === undefined ? [] : checkSuccessMetrics(experiment, telemetry).filter(({ code }) => code === "metric-sampled"),
};
