// Telemetry behind success metrics (assignment note 2.9): an event must exist in its version, be reviewed where it is about persons, and carry
// what is averaged.
import type { Issue } from "../../domain/index.ts";
import { nameOf } from "../names.ts";
import type { Labelled, RegisteredExperiment, RegisteredMetric, SpecMeta, Version } from "../types.ts";
import { parseVersion } from "../version.ts";

export type TelemetryPrivacy = "public" | "internal" | "pii" | "sensitive";

export type TelemetryEvent = Labelled & {
  version: Version;
  privacy: TelemetryPrivacy;
  properties?: Record<string, { type: string; pii?: boolean; required?: boolean }>;
  /** Share of events kept, default 1. */
  sampling?: { rate: number };
  /** The mark of a privacy review; needed for `pii` and `sensitive`. */
  review?: { by: string; at: string };
};

export interface TelemetrySpec {
  meta: SpecMeta;
  events: TelemetryEvent[];
}

const numericTypes = ["number", "int", "integer", "float", "double"];

/** What is wrong with the telemetry of an experiment's success metrics. */
export function checkSuccessMetrics(
  { successMetrics = [] }: Pick<RegisteredExperiment, "successMetrics">,
  telemetry: readonly TelemetrySpec[],
): Issue[] {
  return successMetrics.flatMap((metric, index) => checkMetric(metric, `successMetrics[${index}]`, telemetry));
}

function checkMetric(
  { telemetryEvent, aggregation, property }: RegisteredMetric,
  path: string,
  telemetry: readonly TelemetrySpec[],
): Issue[] {
  const { name, version } = telemetryEvent;
  const versions = telemetry.flatMap(({ events }) => events).filter((event) => nameOf(event) === name);
  const event = versions.find((candidate) => parseVersion(candidate.version)?.text === parseVersion(version)!.text);
  if (event === undefined)
    return [
      {
        code: "metric-event-unknown",
        path: `${path}.telemetryEvent`,
        message: `no telemetry event is called ${name} ${version}`,
        fix:
          versions.length === 0 ? "Declare it in a TelemetrySpec." : `Use version ${versions.map((known) => known.version).join(" or ")}.`,
      },
    ];
  const issues: Issue[] = [];
  if ((event.privacy === "pii" || event.privacy === "sensitive") && event.review === undefined)
    issues.push({
      code: "metric-not-reviewed",
      path: `${path}.telemetryEvent`,
      message: `${name} is ${event.privacy} and has no privacy review`,
      fix: "Have it reviewed and set review: { by, at } on the event.",
    });
  if (aggregation !== "count" && property !== undefined) {
    const type = event.properties?.[property]?.type;
    if (type === undefined || !numericTypes.includes(type))
      issues.push({
        code: "metric-property-missing",
        path: `${path}.property`,
        message: type === undefined ? `${name} has no property ${property}` : `${property} of ${name} is of type ${type}`,
        fix: "Name a numeric property of the event.",
      });
  }
  if ((event.sampling?.rate ?? 1) < 1)
    issues.push({
      code: "metric-sampled",
      path: `${path}.telemetryEvent`,
      message: `only ${event.sampling!.rate} of ${name} is kept, so counts are too small`,
      fix: "Keep every event while the experiment runs, or divide counts by the rate.",
    });
  return issues;
}
