// Metrics use privacy-reviewed events (best practice 3).
import { checkSuccessMetrics } from "../../integrations/telemetry.ts";
import type { LintRule } from "../rule.ts";

export const metricNotReviewed: LintRule = {
  id: "metric-not-reviewed",
  severity: "error",
  meaning: "events about persons carry a review mark",
  check: (experiment, { telemetry }) =>
    telemetry === undefined ? [] : checkSuccessMetrics(experiment, telemetry).filter(({ code }) => code === "metric-not-reviewed"),
};
