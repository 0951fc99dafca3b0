// An average or percentile is of something.
import { checkSuccessMetrics } from "../../integrations/telemetry.ts";
import type { LintRule } from "../rule.ts";

export const metricPropertyMissing: LintRule = {
  id: "metric-property-missing",
  severity: "error",
  meaning: "avg and percentiles name a numeric property",
  check: (experiment, { telemetry }) => [
    ...(experiment.successMetrics ?? []).flatMap(({ aggregation, property }, at) =>
      aggregation !== "count" && property === undefined
        ? [
            {
              path: `successMetrics[${at}].property`,
              message: `nothing says what ${aggregation} is taken of`,
              fix: "Set property to a numeric property of the event.",
            },
          ]
        : [],
    ),
    ...checkSuccessMetrics(experiment, telemetry ?? []).filter(({ code }) => code === "metric-property-missing"),
  ],
};
