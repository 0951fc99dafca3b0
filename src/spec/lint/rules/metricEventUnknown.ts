// A metric counts an event that exists (best practice 3).
import { checkSuccessMetrics } from "../../integrations/telemetry.ts";
import type { LintRule } from "../rule.ts";

export const metricEventUnknown: LintRule = {
  id: "metric-event-unknown",
  severity: "error",
  meaning: "every metric names a declared event and version",
  check: (experiment, { telemetry }) =>
    telemetry === undefined ? [] : checkSuccessMetrics(experiment, telemetry).filter(({ code }) => code === "metric-event-unknown"),
};
