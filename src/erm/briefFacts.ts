// What a brief says about the comparison: its arms, the age at which posts are compared, the metrics without which a post says nothing.
import { type Brief, surfaces } from "../domain/index.ts";

export function decisionAgeHours(brief: Brief): number {
  return brief.decisionAgeHours ?? surfaces[brief.surfaces[0]!].decisionAgeHours;
}

/** Metrics without which a post says nothing: the proxies and what their rates are per. */
export function requiredMetrics(brief: Brief): string[] {
  return [
    ...new Set(
      brief.successProxies.flatMap(({ metric, exposureMetric }) => [metric, ...(exposureMetric === undefined ? [] : [exposureMetric])]),
    ),
  ];
}

/** Control first. */
export function variantIds(brief: Brief): string[] {
  return [brief.control.id, ...brief.testVariants.map(({ id }) => id)];
}
