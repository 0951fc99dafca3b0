// The pictures of an analysis, by name. Labels carry units, colours are those of the page.
import * as Plot from "@observablehq/plot";
import type { Analysis, ArmTotalsAnalysis, FleetWeekSummary, MomentsAnalysis, SnapshotsAnalysis } from "./analysis.ts";
import type { Colour } from "./section.ts";
import { slotsPlot } from "./slots/slotsPlot.ts";
import { svgOf } from "./svg.ts";

const colour = (name: Colour) => `var(--${name})`;

/** Colours of groups, in order; more groups than colours repeat them with the names at the line ends. */
const series: readonly Colour[] = ["accent", "second", "third", "alarm"];

/** Draws the named picture; undefined if this analysis has none of that name. */
export function plotOf(analysis: Analysis, id: string): string | undefined {
  const [kind, metric] = id.split(/:(.*)/s);
  if (analysis.kind === "armTotals" && analysis.design === "randomized")
    switch (kind) {
      case "fleet":
        return fleetPlot(analysis);
      case "ratioP":
        return pHistogram(
          analysis.experiments.map(({ validity }) => validity.checks[0]?.p ?? null),
          "p-value of the ratio check",
        );
      case "outcomeP":
        return pHistogram(
          analysis.experiments.filter(({ informational }) => !informational).map(({ outcome }) => outcome.p),
          "p-value of the outcome test",
        );
      default:
        return undefined;
    }
  if (analysis.kind === "snapshots" && kind === "curve") return curvePlot(analysis, metric ?? "");
  if (analysis.kind === "snapshots" && kind === "known") return knownPlot(analysis, metric ?? "");
  if (analysis.kind === "snapshots" && kind === "slots") return slotsPlot(analysis.description.slots, metric ?? "");
  if (analysis.kind === "moments" && kind === "moments") return momentsPlot(analysis);
  return undefined;
}

function fleetPlot({ fleet, policies }: ArmTotalsAnalysis): string {
  const weeks = fleet.byWeek;
  const every = Math.ceil(weeks.length / 12);
  const text = (d: FleetWeekSummary) => `week ${d.week}: ${d.invalid} of ${d.n} invalid${d.alarm ? ", alarm" : ""}`;
  return svgOf(
    {
      x: {
        type: "band",
        label: "week",
        domain: weeks.map(({ week }) => String(week)),
        ticks: weeks.filter((_, index) => index % every === 0).map(({ week }) => String(week)),
        padding: 0.15,
      },
      y: { label: "invalid experiments (%)", grid: true, domain: [0, 100], percent: false },
      marks: [
        Plot.barY(weeks, {
          x: (d: FleetWeekSummary) => String(d.week),
          y: (d: FleetWeekSummary) => 100 * d.share,
          fill: (d: FleetWeekSummary) => (d.alarm ? colour("alarm") : colour("accent")),
          title: text,
        }),
        Plot.dot(
          weeks.filter(({ alarm }) => alarm),
          {
            x: (d: FleetWeekSummary) => String(d.week),
            y: (d: FleetWeekSummary) => 100 * d.share,
            dy: -7,
            r: 2.6,
            symbol: "triangle",
            rotate: 180,
            fill: colour("alarm"),
            title: text,
          },
        ),
        Plot.ruleY([100 * policies.fleetAlarm.healthyShare], { stroke: colour("quiet"), strokeDasharray: "4 3" }),
        Plot.ruleY([0]),
      ],
    },
    "Share of invalid experiments by week; alarmed weeks are marked",
  );
}

const bins = 20;

function pHistogram(values: readonly (number | null)[], label: string): string {
  const known = values.filter((p) => p !== null);
  const counts = Array.from({ length: bins }, () => 0);
  for (const p of known) counts[Math.min(bins - 1, Math.floor(p * bins))]!++;
  const bars = counts.map((n, index) => ({ from: index / bins, to: (index + 1) / bins, n }));
  return svgOf(
    {
      height: 240,
      x: { label, domain: [0, 1] },
      y: { label: "experiments", grid: true, nice: true },
      marks: [
        Plot.rectY(bars, {
          x1: "from",
          x2: "to",
          y: "n",
          fill: colour("accent"),
          insetLeft: 1,
          insetRight: 1,
          title: (d: { from: number; to: number; n: number }) => `${d.from} to ${d.to}: ${d.n}`,
        }),
        Plot.ruleY([known.length / bins], { stroke: colour("quiet"), strokeDasharray: "4 3", strokeWidth: 1.5 }),
        Plot.ruleY([0]),
      ],
    },
    `Histogram: ${label}`,
  );
}

interface CurvePoint {
  readonly group: string;
  readonly age: number;
  readonly p50: number;
  readonly p90: number;
  readonly share: number;
}

function curvePoints({ description }: SnapshotsAnalysis, metric: string): { points: CurvePoint[]; colourOf: (group: string) => string } {
  const points = description.groups.flatMap((group) =>
    (group.metrics.find(({ name }) => name === metric)?.curve ?? []).map((at) => ({
      group: group.id,
      age: at.ageHours,
      p50: at.p50,
      p90: at.p90,
      share: 100 * at.share,
    })),
  );
  const names = description.groups.map(({ id }) => id);
  return { points, colourOf: (group) => colour(series[names.indexOf(group) % series.length]!) };
}

/** Names at the line ends, moved apart where they would touch: downwards from the highest, so that none leaves the picture. */
function endLabels(
  points: readonly CurvePoint[],
  value: (point: CurvePoint) => number,
  colourOf: (group: string) => string,
  { span, heightPx }: { span: number; heightPx: number },
) {
  const ends = [...Map.groupBy(points, ({ group }) => group).values()].map((group) => group.at(-1)!);
  const step = (span / heightPx) * 15;
  let ceiling = Infinity;
  const placed = ends
    .sort((a, b) => value(b) - value(a))
    .map((point) => {
      const y = Math.min(value(point), ceiling - step);
      ceiling = y;
      return { ...point, y };
    });
  return Plot.text(placed, { x: "age", y: "y", text: "group", dx: 6, textAnchor: "start", fill: (d: CurvePoint) => colourOf(d.group) });
}

function curvePlot(analysis: SnapshotsAnalysis, metric: string): string {
  const { points, colourOf } = curvePoints(analysis, metric);
  const positions = points.map((point) => ({ ...point, p50: Math.log1p(point.p50), p90: Math.log1p(point.p90) }));
  const top = Math.max(1, ...positions.map(({ p90 }) => p90));
  const ticks = [0, 1, 3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 1e5, 1e6, 1e7, 1e8].filter((tick) => Math.log1p(tick) <= top * 1.05);
  return svgOf(
    {
      marginRight: 110,
      x: { label: "age (hours)", nice: true },
      y: {
        label: `${metric} (log scale of 1 + value)`,
        grid: true,
        domain: [0, top * 1.05],
        ticks: ticks.map(Math.log1p),
        tickFormat: (at: number) => String(Math.round(Math.expm1(at))),
      },
      marks: [
        Plot.lineY(positions, { x: "age", y: "p90", z: "group", stroke: (d: CurvePoint) => colourOf(d.group), strokeDasharray: "5 3" }),
        Plot.lineY(positions, { x: "age", y: "p50", z: "group", stroke: (d: CurvePoint) => colourOf(d.group), strokeWidth: 2 }),
        endLabels(positions, (point) => point.p90, colourOf, { span: top * 1.05, heightPx: 228 }),
        Plot.ruleY([0]),
      ],
    },
    `Median and 90th percentile of ${metric} by age`,
  );
}

function knownPlot(analysis: SnapshotsAnalysis, metric: string): string {
  const { points, colourOf } = curvePoints(analysis, metric);
  return svgOf(
    {
      height: 240,
      marginRight: 110,
      x: { label: "age (hours)", nice: true },
      y: { label: `posts with a value (%)`, grid: true, domain: [0, 100] },
      marks: [
        Plot.lineY(points, { x: "age", y: "share", z: "group", stroke: (d: CurvePoint) => colourOf(d.group), strokeWidth: 2 }),
        endLabels(points, (point) => point.share, colourOf, { span: 100, heightPx: 168 }),
        Plot.ruleY([0]),
      ],
    },
    `Share of posts with a value of ${metric} by age`,
  );
}

const plottedStreamsMax = 12;

function momentsPlot({ streams, mapping }: MomentsAnalysis): string {
  const longest = [...streams].sort((a, b) => b.path.length - a.path.length).slice(0, plottedStreamsMax);
  const points = longest.flatMap(({ path, experiment, comparison, metric }) => {
    const name = [experiment, comparison, metric].filter((part) => part !== undefined).join(" / ");
    return path.flatMap(({ time, difference, interval }) => {
      const halfWidth = interval === null ? 0 : (interval[1] - interval[0]) / 2;
      return halfWidth > 0 ? [{ name, time, z: (1.96 * difference) / halfWidth }] : [];
    });
  });
  return svgOf(
    {
      x: { label: `time (${mapping.kind === "moments" ? mapping.timeUnit : ""})`, nice: true },
      y: { label: "difference (standard errors)", grid: true },
      marks: [
        Plot.ruleY([-1.96, 1.96], { stroke: colour("quiet"), strokeDasharray: "4 3" }),
        Plot.ruleY([0]),
        Plot.lineY(points, { x: "time", y: "z", z: "name", stroke: colour("accent"), strokeOpacity: 0.65, title: "name" }),
      ],
    },
    "Standardised difference of treatment and control over time",
  );
}
