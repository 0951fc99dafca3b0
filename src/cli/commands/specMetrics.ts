// `expos spec metrics`: the success metrics of an experiment over exposures and telemetry events.
import { successMetrics, type SuccessMetricResult, type SuccessMetricsReport } from "../../report/index.ts";
import type { CommandResult } from "../command.ts";
import { instantOption } from "../create/answers.ts";
import { loadTelemetry } from "../specFiles/applicationSpecs.ts";
import { theExperiment } from "../specFiles/load.ts";

export interface MetricsArguments {
  readonly experiment?: string;
  readonly telemetry: string;
  readonly exposures: string;
  readonly events: string;
  readonly asOf?: string;
}

/** @throws DomainError for files, metrics or rows that cannot be used. */
export async function run(files: readonly string[], options: MetricsArguments): Promise<CommandResult> {
  const { experiment } = await theExperiment(files, options.experiment);
  const asOfMs = instantOption("--as-of", options.asOf);
  const report = await successMetrics({
    experiment,
    telemetry: await loadTelemetry(options.telemetry),
    exposures: { file: options.exposures },
    events: { file: options.events },
    ...(asOfMs !== undefined && { asOfMs }),
  });
  return { document: report, text: textOf(report) };
}

function textOf({ experiment, metrics, exposures, events, warnings }: SuccessMetricsReport): string {
  return [
    `${experiment.name} ${experiment.version}: ${exposures.units} exposed units, ${exposures.mixedUnits} of them to several arms`,
    ...metrics.flatMap((metric) => ["", titleOf(metric), ...metric.variants.map((arm) => `  ${armText(arm, metric)}`)]),
    "",
    `${events.distinct} events: ${events.attributed} attributed, ${events.beforeExposure} before exposure, ${events.unexposed} of units not in the experiment; ${events.duplicates} duplicates dropped`,
    ...warnings.map(({ path, message, fix }) => `Warning: ${path}: ${message}\n         fix: ${fix}`),
  ].join("\n");
}

function titleOf({ name, aggregation, telemetryEvent, property, target }: SuccessMetricResult): string {
  const of = property === undefined ? telemetryEvent.name : `${property} of ${telemetryEvent.name}`;
  return `${name}: ${aggregation} of ${of} ${telemetryEvent.version}${target === undefined ? "" : `, target ${target}`}`;
}

function armText(
  { variantId, value, exposedUnits, unitsWithEvents, events, missing }: SuccessMetricResult["variants"][number],
  { aggregation }: SuccessMetricResult,
): string {
  const shown = value === null ? "no data" : String(Number(value.toPrecision(6)));
  const without = aggregation === "count" || missing === 0 ? "" : `, ${missing} without the property`;
  return `${variantId}: ${shown}  (${events} events of ${unitsWithEvents} of ${exposedUnits} units${without})`;
}
