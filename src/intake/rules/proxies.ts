// Success proxies: two at least, each a metric that its surfaces have, that is one number, and that is asked to move the way that is better.
import type { Metric } from "../../catalogue/index.ts";
import {
  type BriefRule,
  briefRule,
  type Issue,
  type Proxy,
  proxyKinds,
  type Surface,
  surfaces as surfaceFacts,
} from "../../domain/index.ts";
import { betterDirection, findMetric, isNumber, metricsOf, missingMetric, ownOutcomes, standsFor, unreportedMetric } from "../metrics.ts";

/** A winner leads on two proxies at least (first brief, 6.2). */
const proxiesMin = 2;

export const enoughProxies: BriefRule = briefRule(["successProxies"], ({ successProxies }) =>
  successProxies.length >= proxiesMin
    ? []
    : [
        {
          code: "proxies-too-few",
          path: "successProxies",
          message: `a winner has to lead on ${proxiesMin} proxies, and this names ${successProxies.length}`,
          fix: "Add a proxy of another kind: retention, conversation or distribution.",
        },
      ],
);

/** Wherever it is published: figures that nobody reports as a number. */
export const reportedProxies: BriefRule = briefRule(["successProxies", "experimentType"], ({ successProxies, experimentType }) =>
  successProxies.flatMap((proxy, at): Issue[] => {
    if (ownDirection(experimentType, proxy) !== undefined) return [];
    const issue = proxy.kind === "operational" ? unknownOutcome(experimentType, proxy) : unreportedMetric(proxy.metric);
    return issue === undefined ? [] : [{ path: `successProxies[${at}].metric`, ...issue }];
  }),
);

export const legalProxies: BriefRule = briefRule(
  ["successProxies", "surfaces", "experimentType"],
  ({ successProxies, surfaces, experimentType }) =>
    successProxies.flatMap((proxy, at): Issue[] => {
      const path = `successProxies[${at}]`;
      const own = ownDirection(experimentType, proxy);
      if (own !== undefined) return direction(proxy, own, path);
      if (proxy.kind === "operational" || unreportedMetric(proxy.metric) !== undefined) return [];
      return surfaces.flatMap((surface) => {
        const metric = findMetric(surface, proxy.metric);
        return metric === undefined
          ? [{ path: `${path}.metric`, ...missingMetric(surface, proxy.metric, proxy.kind) }]
          : [...metricIssues(proxy, metric, path), ...exposure(proxy, surface, path)];
      });
    }),
);

type OwnDirections = Readonly<Record<string, "increase" | "decrease">>;

/** Of a figure that the product takes itself. Publishing is measured in every experiment, replies in engagement experiments alone. */
function ownDirection(experimentType: string, { metric, kind }: Proxy): "increase" | "decrease" | undefined {
  const known: OwnDirections =
    experimentType === "engagement" ? ownOutcomes.engagement : experimentType === "lane" || kind === "operational" ? ownOutcomes.lane : {};
  return Object.hasOwn(known, metric) ? known[metric] : undefined;
}

function unknownOutcome(experimentType: string, { metric }: Proxy): Omit<Issue, "path"> {
  const known = experimentType === "engagement" ? ownOutcomes.engagement : ownOutcomes.lane;
  return {
    code: "metric-no-source",
    message: `nothing measures ${metric} of the operation`,
    fix: `Use one of ${Object.keys(known).join(", ")}.`,
  };
}

function direction({ metric, direction: asked }: Proxy, better: "increase" | "decrease", path: string): Issue[] {
  return asked === better
    ? []
    : [
        {
          code: "proxy-direction",
          path: `${path}.direction`,
          message: `${metric} is better when it goes ${better === "increase" ? "up" : "down"}, and this calls a${asked === "increase" ? "n increase" : " decrease"} success`,
          fix: `Set direction to ${better}.`,
        },
      ];
}

function metricIssues(proxy: Proxy, metric: Metric, path: string): Issue[] {
  if (!isNumber(metric))
    return [
      {
        code: "metric-not-a-number",
        path: `${path}.metric`,
        message: `${proxy.metric} is a ${metric.kind}, not one number`,
        fix: "Use a metric that is a count, a rate or a duration.",
      },
    ];
  const issues: Issue[] = [];
  const better = betterDirection(metric);
  if (better !== undefined) issues.push(...direction(proxy, better, path));
  const kind = standsFor(metric);
  if (kind !== undefined && kind !== proxy.kind && (proxyKinds as readonly string[]).includes(kind))
    issues.push({
      code: "proxy-kind",
      path: `${path}.kind`,
      message: `${proxy.metric} stands for ${kind}, not for ${proxy.kind}`,
      fix: `Set kind to ${kind}.`,
    });
  if (metric.kind !== "count" && proxy.scale !== "value")
    issues.push({
      code: "proxy-scale",
      path: `${path}.scale`,
      message: `${proxy.metric} is reported as ${metric.kind.replace("_", " in ")} already, not as a ${proxy.scale}`,
      fix: "Set scale to value, and leave out exposureMetric.",
    });
  return issues;
}

function exposure({ exposureMetric }: Proxy, surface: Surface, path: string): Issue[] {
  if (exposureMetric === undefined) return [];
  const known = [
    ...surfaceFacts[surface].exposureMetrics,
    ...metricsOf(surface)
      .filter((metric) => standsFor(metric) === "exposure" && isNumber(metric))
      .map(({ native }) => native),
  ];
  return known.includes(exposureMetric)
    ? []
    : [
        {
          code: "exposure-metric",
          path: `${path}.exposureMetric`,
          message: `${exposureMetric} does not say how many were reached on ${surface}`,
          fix: `Use one of ${[...new Set(known)].join(", ")}.`,
        },
      ];
}
