// The metrics of a surface by name, and why a name is not one of them.
import { type Metric, platformCatalogue } from "../catalogue/index.ts";
import { type Issue, platformOf, type Surface } from "../domain/index.ts";

/** What no platform reports as a number today, and what to use in its place (platforms note 2.5). */
const withoutSource: readonly { readonly names: RegExp; readonly instead: string }[] = [
  {
    names: /^(hides?|reports?|hides_and_reports|negative_feedback)$/i,
    instead: "a guardrail with source manual, or subscribersLost, dislikes",
  },
  { names: /^(unfollows?|unfollowers)$/i, instead: "a guardrail with source manual on the loss of followers" },
  { names: /^sends?$/i, instead: "shares, or saves" },
  {
    names: /^(comment_?depth|reply_?(chains?|depth)|meaningful_?(replies|comments|reply))$/i,
    instead: "comments, or an engagement experiment, whose replies are read one by one",
  },
];

/** Figures that the product takes itself, of each publish attempt or each suggested reply (experiment types lane and engagement). */
export const ownOutcomes = {
  lane: {
    publish_success: "increase",
    minutes_to_live: "decrease",
    operator_minutes: "decrease",
    error_class: "decrease",
  },
  engagement: {
    accepted_as_is: "increase",
    edit_distance: "decrease",
    reply_depth: "increase",
    meaningful_reply: "increase",
  },
} as const satisfies Record<string, Record<string, "increase" | "decrease">>;

export function metricsOf(surface: Surface): readonly Metric[] {
  return surfaceOf(surface)?.metrics ?? [];
}

/** The metric of that name: the platform's own, also without the object it is read from (`reply_count` of `public_metrics.reply_count`). */
export function findMetric(surface: Surface, name: string): Metric | undefined {
  const metrics = metricsOf(surface);
  return metrics.find(({ native }) => native === name) ?? metrics.find(({ native }) => native.endsWith(`_metrics.${name}`));
}

/** What a metric stands for, such as `retention`; undefined for a canonical name the catalogue does not sort. */
export function standsFor({ canonical }: Metric): string | undefined {
  const { canonicalMetrics } = platformCatalogue();
  return Object.keys(canonicalMetrics).find((kind) => canonicalMetrics[kind]!.includes(canonical));
}

/** Which way is better; undefined where a metric is neither (clicks of several kinds in one figure). */
export function betterDirection(metric: Metric): "increase" | "decrease" | undefined {
  if (metric.lowerIsBetter === true) return "decrease";
  return metric.canonical === "clicks" ? undefined : "increase";
}

/** Why no surface has such a metric; undefined for a name that some platform may know. */
export function unreportedMetric(name: string): Omit<Issue, "path"> | undefined {
  const known = withoutSource.find(({ names }) => names.test(name));
  return known === undefined
    ? undefined
    : { code: "metric-no-source", message: `no platform reports ${name} as a number today`, fix: `Use ${known.instead}.` };
}

/** Why the surface has no such metric, and what to do. */
export function missingMetric(surface: Surface, name: string, kind?: string): Omit<Issue, "path"> {
  const metrics = metricsOf(surface).filter(isNumber);
  const fitting = metrics.filter((metric) => standsFor(metric) === kind);
  const names = (fitting.length > 0 ? fitting : metrics).map(({ native }) => native);
  const unavailable = surfaceOf(surface)?.unavailable ?? [];
  const said = unavailable.find((text) => text.split(/[^A-Za-z0-9_]+/).includes(name));
  return {
    code: "metric-not-on-surface",
    message: said === undefined ? `${surface} has no metric ${name}` : `${surface} has no metric ${name}: ${said}`,
    fix: names.length > 0 ? `Use one of ${names.join(", ")}.` : `No metric of ${surface} is known; choose another surface.`,
  };
}

export function isNumber({ kind }: Metric): boolean {
  return kind !== "map" && kind !== "curve";
}

function surfaceOf(surface: Surface) {
  return platformCatalogue().platforms[platformOf(surface)].surfaces[surface.slice(surface.indexOf(".") + 1)];
}
