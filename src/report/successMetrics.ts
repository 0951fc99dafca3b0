// Success metrics of an experiment over telemetry events, by arm. An event belongs to the first exposure of its unit that came before it; only units in
// the experiment count; a missing property is no zero (assignment note 2.9, law L11). Quantiles are linear interpolations (type 7).
import { dirname } from "node:path";
import { DomainError } from "../domain/index.ts";
import {
  checkSuccessMetrics,
  parseVersion,
  type RegisteredExperiment,
  type TelemetrySpec,
  type Unit,
  type UnitExposed,
  type Version,
} from "../spec/index.ts";
import { type Database, openDatabase, textLiteral } from "./database.ts";
import { isOfKind, jsonFiles, type JsonFiles, type JsonSource, loadJsonRows, requireFields } from "./jsonRows.ts";

/** Something that happened in a service. It names its unit by type and id, or by the ids of the evaluation context. */
export interface MetricEvent {
  /** Two events of one id are one event. */
  readonly id: string;
  readonly name: string;
  readonly version: Version;
  /** When it happened, epoch ms. */
  readonly at: number;
  /** When it was received, epoch ms; default `at`. */
  readonly recordedAt?: number;
  readonly unit?: Unit;
  readonly userId?: string;
  readonly organizationId?: string;
  readonly sessionId?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface SuccessMetricsRequest {
  readonly experiment: RegisteredExperiment;
  /** Every metric's event must be declared here, and reviewed where it is about persons. */
  readonly telemetry: readonly TelemetrySpec[];
  /** `unitExposed` events, or journals that hold them among others. */
  readonly exposures: JsonSource<UnitExposed>;
  readonly events: JsonSource<MetricEvent>;
  /** Only what was recorded by then, epoch ms; default everything. */
  readonly asOfMs?: number;
}

export interface VariantMetric {
  readonly variantId: string;
  /** Units first exposed to this arm. */
  readonly exposedUnits: number;
  /** Of these, units with at least one event. */
  readonly unitsWithEvents: number;
  readonly events: number;
  /** Events without a number in the property; they enter no average or quantile. */
  readonly missing: number;
  /** Null where nothing was measured: no exposed unit for a count, no number for the others. */
  readonly value: number | null;
}

export interface SuccessMetricResult {
  readonly name: string;
  readonly telemetryEvent: { readonly name: string; readonly version: string };
  readonly aggregation: string;
  readonly property?: string;
  readonly target?: number;
  readonly variants: readonly VariantMetric[];
}

export interface SuccessMetricsReport {
  readonly experiment: { readonly name: string; readonly version: string };
  readonly asOfMs: number | null;
  readonly metrics: readonly SuccessMetricResult[];
  readonly exposures: {
    readonly units: number;
    /** Units exposed to more than one arm; they count for the first. */
    readonly mixedUnits: number;
    /** Units seen only outside the experiment: held out, forced, excluded. */
    readonly outsideUnits: number;
  };
  readonly events: {
    /** Distinct events of the metrics. */
    readonly distinct: number;
    readonly duplicates: number;
    readonly attributed: number;
    /** Of exposed units, before their exposure. */
    readonly beforeExposure: number;
    /** Of units that are not in the experiment. */
    readonly unexposed: number;
  };
  /** Worth knowing, such as a sampled event. */
  readonly warnings: readonly { readonly code: string; readonly path: string; readonly message: string; readonly fix: string }[];
}

/**
 * @throws DomainError `metric-missing` (none declared), `metric-event-unknown`, `metric-not-reviewed`, `metric-property-missing`, `row-invalid`, or what a
 * file is refused for. Nothing is computed for any metric then.
 */
export async function successMetrics({
  experiment,
  telemetry,
  exposures,
  events,
  asOfMs,
}: SuccessMetricsRequest): Promise<SuccessMetricsReport> {
  const metrics = experiment.successMetrics ?? [];
  const warnings = refuseMetrics(experiment, telemetry);
  const sources: JsonFiles[] = [];
  let database: Database | undefined;
  try {
    const exposureFiles = jsonFiles(exposures, "exposures");
    sources.push(exposureFiles);
    const eventFiles = jsonFiles(events, "events");
    sources.push(eventFiles);
    database = await openDatabase({ folders: [...new Set(sources.flatMap(({ files }) => files.map(({ path }) => dirname(path))))] });
    await loadExposures(database, exposureFiles, experiment, asOfMs);
    await loadEvents(database, eventFiles, metrics, asOfMs);
    await attribute(database);
    return {
      experiment: { name: experiment.meta.name, version: versionText(experiment.meta.version) },
      asOfMs: asOfMs ?? null,
      metrics: await Promise.all(metrics.map(async (metric, index) => resultOf(database!, experiment, metric, index))),
      exposures: await exposureCounts(database),
      events: await eventCounts(database),
      warnings,
    };
  } finally {
    database?.close();
    for (const source of sources) source.remove();
  }
}

type Metric = NonNullable<RegisteredExperiment["successMetrics"]>[number];

/** What only warns; everything else is refused. */
function refuseMetrics(experiment: RegisteredExperiment, telemetry: readonly TelemetrySpec[]): SuccessMetricsReport["warnings"] {
  const { successMetrics: metrics = [] } = experiment;
  if (metrics.length === 0)
    throw new DomainError({
      code: "metric-missing",
      path: "successMetrics",
      message: `${experiment.meta.name} declares no success metric`,
      fix: "Declare one in the spec.",
    });
  const issues = checkSuccessMetrics(experiment, telemetry);
  const fault = issues.find(({ code }) => code !== "metric-sampled");
  if (fault !== undefined) throw new DomainError(fault);
  const index = metrics.findIndex(({ aggregation, property }) => aggregation !== "count" && property === undefined);
  if (index !== -1)
    throw new DomainError({
      code: "metric-property-missing",
      path: `successMetrics[${index}].property`,
      message: `nothing says what ${metrics[index]!.aggregation} is taken of`,
      fix: "Set property to a numeric property of the event.",
    });
  return issues;
}

function versionText(version: Version): string {
  return parseVersion(version)!.text;
}

const text = (path: string): string => `json_extract_string(json, '${path}')`;
const number = (path: string): string => `json_extract(json, '${path}')::double`;

/** `exposures`, and of them `first_exposures`: one row for each unit in the experiment, `mixed` if it saw another arm later. */
async function loadExposures(
  database: Database,
  { files }: JsonFiles,
  { meta }: RegisteredExperiment,
  asOfMs: number | undefined,
): Promise<void> {
  await loadJsonRows(database, "exposure_rows", files);
  const when = `${text("$.type")} = 'unitExposed' and ${text("$.experimentName")} = ${textLiteral(meta.name)}`;
  await requireFields(database, {
    table: "exposure_rows",
    files,
    when,
    rules: [
      { path: "$.experimentVersion", kind: "text" },
      { path: "$.variantId", kind: "text" },
      { path: "$.unit.type", kind: "text" },
      { path: "$.unit.id", kind: "text" },
      { path: "$.inExperiment", kind: "boolean" },
      { path: "$.at", kind: "number" },
    ],
  });
  await database.run(`
    create table exposures as
    select ${text("$.variantId")} as variant, ${text("$.unit.type")} as unit_type, ${text("$.unit.id")} as unit_id,
      ${number("$.at")} as at_ms, json_extract(json, '$.inExperiment')::boolean as inside
    from exposure_rows
    where ${when} and ${text("$.experimentVersion")} = ${textLiteral(versionText(meta.version))}
      and ${asOfMs === undefined ? "true" : `${number("$.at")} <= ${asOfMs}`}`);
  await database.run(`
    create table first_exposures as
    select *, count(*) over unit > 1 and min(variant) over unit <> max(variant) over unit as mixed
    from exposures where inside
    window unit as (partition by unit_type, unit_id)
    qualify row_number() over (partition by unit_type, unit_id order by at_ms, variant) = 1`);
}

/** `metric_events`: distinct events of the metrics, with all units they name and how many copies were dropped. */
async function loadEvents(database: Database, { files }: JsonFiles, metrics: readonly Metric[], asOfMs: number | undefined): Promise<void> {
  await loadJsonRows(database, "event_rows", files);
  const name = `coalesce(${text("$.name")}, ${text("$.key")})`;
  const names = [...new Set(metrics.map(({ telemetryEvent }) => textLiteral(telemetryEvent.name)))].join(", ");
  const when = `${name} in (${names})`;
  await requireFields(database, {
    table: "event_rows",
    files,
    when,
    rules: [
      { path: "$.id", kind: "text" },
      { path: "$.at", kind: "number" },
      { path: "$.recordedAt", kind: "number", optional: true },
      { path: "$.unit", kind: "object", optional: true },
      ...unitIds.map((id) => ({ path: `$.${id}`, kind: "text" as const, optional: true })),
    ],
  });
  const versions = await database.rows(`select distinct ${name} as name, ${text("$.version")} as version from event_rows where ${when}`);
  const known = versions.flatMap((row) => {
    const [eventName, version] = [row["name"] as string, row["version"] as string | null];
    const parsed = parseVersion(version)?.text;
    const isWanted = metrics.some(
      ({ telemetryEvent }) => telemetryEvent.name === eventName && versionText(telemetryEvent.version) === parsed,
    );
    return isWanted ? [`(${textLiteral(eventName)}, ${textLiteral(version!)}, ${textLiteral(parsed!)})`] : [];
  });
  // Properties are an object, or its text where a Parquet file has no better type.
  const properties = `case json_type(json, '$.properties') when 'VARCHAR' then try_cast(${text("$.properties")} as json) else json_extract(json, '$.properties') end`;
  await database.run(`create table wanted (name varchar, written varchar, version varchar)`);
  if (known.length > 0) await database.run(`insert into wanted values ${known.join(", ")}`);
  await database.run(`
    create table metric_events as
    select ${text("$.id")} as id, wanted.name, wanted.version, ${number("$.at")} as at_ms, ${properties} as properties,
      count(*) over (partition by ${text("$.id")}) - 1 as copies,
      list_filter([
        {type: ${text("$.unit.type")}, id: ${text("$.unit.id")}},
        ${unitIds.map((id) => `{type: '${id}', id: ${text(`$.${id}`)}}`).join(", ")}
      ], lambda one: one.type is not null and one.id is not null) as units
    from event_rows join wanted on ${name} = wanted.name and ${text("$.version")} = wanted.written
    where ${asOfMs === undefined ? "true" : `greatest(${number("$.at")}, coalesce(${number("$.recordedAt")}, ${number("$.at")})) <= ${asOfMs}`}
    -- Of an event that was sent twice the first received stands, whatever order the rows come in.
    qualify row_number() over (partition by ${text("$.id")} order by coalesce(${number("$.recordedAt")}, ${number("$.at")}), json::varchar) = 1`);
}

const unitIds = ["userId", "organizationId", "sessionId"] as const;

/** `attributed`: each event with the arm of the earliest exposure, before it, of a unit it names. */
async function attribute(database: Database): Promise<void> {
  await database.run(`
    create table candidates as
    select e.*, f.variant, f.unit_type, f.unit_id, f.at_ms as exposed_ms
    from (select *, unnest(units) as one from metric_events) e
    join first_exposures f on f.unit_type = e.one.type and f.unit_id = e.one.id`);
  await database.run(`
    create table attributed as
    select * from candidates where at_ms >= exposed_ms
    qualify row_number() over (partition by id order by exposed_ms, unit_type, unit_id) = 1`);
}

async function resultOf(database: Database, experiment: RegisteredExperiment, metric: Metric, index: number): Promise<SuccessMetricResult> {
  const { name, telemetryEvent, aggregation, property, target } = metric;
  const version = versionText(telemetryEvent.version);
  const property_ = property === undefined ? "null" : `json_extract(properties, ${textLiteral(pointer(property))})`;
  const value = property === undefined ? "null::double" : `case when ${isOfKind(property_, "number")} then ${property_}::double end`;
  const rows = await database.rows(`
    with measured as (
      select variant, unit_type, unit_id, id, ${value} as value from attributed
      where name = ${textLiteral(telemetryEvent.name)} and version = ${textLiteral(version)}
    ), exposed as (select variant, count(*) as units from first_exposures group by variant)
    select variant, any_value(units)::double as exposed, count(id)::double as events, count(value)::double as numbers,
      count(distinct case when id is not null then {type: unit_type, id: unit_id} end)::double as with_events,
      ${aggregateOf(aggregation)} as result
    from exposed left join measured using (variant) group by variant`);
  const byVariant = new Map(rows.map((row) => [row["variant"] as string, row]));
  const variants = experiment.variants.map(({ id }): VariantMetric => {
    const row = byVariant.get(id);
    if (row === undefined) return { variantId: id, exposedUnits: 0, unitsWithEvents: 0, events: 0, missing: 0, value: null };
    const events = row["events"] as number;
    return {
      variantId: id,
      exposedUnits: row["exposed"] as number,
      unitsWithEvents: row["with_events"] as number,
      events,
      missing: aggregation === "count" ? 0 : events - (row["numbers"] as number),
      value: row["result"] as number | null,
    };
  });
  return {
    name: name === "" ? `metric ${index}` : name,
    telemetryEvent: { name: telemetryEvent.name, version },
    aggregation,
    ...(property !== undefined && { property }),
    ...(target !== undefined && { target }),
    variants,
  };
}

function aggregateOf(aggregation: Metric["aggregation"]): string {
  switch (aggregation) {
    case "count":
      return "count(id)::double";
    case "avg":
      return "avg(value)";
    case "p75":
    case "p90":
    case "p95":
    case "p99":
      return `quantile_cont(value, 0.${aggregation.slice(1)})`;
    default:
      return aggregation satisfies never;
  }
}

/** A property name as JSON pointer (RFC 6901), so that dots and brackets in it are plain characters. */
function pointer(property: string): string {
  return `/${property.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

async function exposureCounts(database: Database): Promise<SuccessMetricsReport["exposures"]> {
  const [row] = await database.rows(`
    select (select count(*) from first_exposures)::double as units, (select count(*) from first_exposures where mixed)::double as mixed,
      (select count(*) from (select distinct unit_type, unit_id from exposures) o
        anti join first_exposures f on o.unit_type = f.unit_type and o.unit_id = f.unit_id)::double as outside`);
  return { units: row!["units"] as number, mixedUnits: row!["mixed"] as number, outsideUnits: row!["outside"] as number };
}

async function eventCounts(database: Database): Promise<SuccessMetricsReport["events"]> {
  const [row] = await database.rows(`
    select count(*)::double as total, coalesce(sum(copies), 0)::double as copies,
      (select count(*) from attributed)::double as attributed, (select count(distinct id) from candidates)::double as exposed
    from metric_events`);
  const [distinct, exposed, attributed] = [row!["total"] as number, row!["exposed"] as number, row!["attributed"] as number];
  return {
    distinct,
    duplicates: row!["copies"] as number,
    attributed,
    beforeExposure: exposed - attributed,
    unexposed: distinct - exposed,
  };
}
