// Reports that describe: snapshots by group with their maturation, and differences of cumulative means over time.
import type { MomentsAnalysis, SnapshotsAnalysis } from "./analysis.ts";
import type { EarlyReading } from "./earlyReading.ts";
import { listedExperimentsMax } from "./limits.ts";
import type { MomentsStreamAnalysis } from "./momentsAnalysis.ts";
import { count, figure, plural, pValue } from "./numbers.ts";
import type { Section, Table } from "./section.ts";
import { slotSections } from "./slots/slotSections.ts";
import type { DescribedGroup, DescribedMetric, Figures } from "./snapshotsSource.ts";

export function snapshotSections({ description }: SnapshotsAnalysis): Section[] {
  const { groups, posts, missing } = description;
  const aged = groups.some(({ metrics }) => metrics.some(({ asOf }) => asOf !== undefined));
  const reported = Object.entries(missing).filter(([, n]) => n > 0);
  return [
    {
      title: "Summary",
      paragraphs: [
        `${plural(posts, "post")} in ${plural(groups.length, "group")}. These data were not randomised: they are described, and nothing is decided.`,
        reported.length === 0
          ? "No value is missing."
          : `Missing values (never counted as zero): ${reported.map(([name, n]) => `${name} ${count(n)}`).join(", ")}.`,
      ],
      tables: aged ? metricsOf(groups).map((name) => asOfTable(groups, name)) : [lifetimeTable(groups)],
    },
    ...(description.slots === undefined ? [] : slotSections(description.slots)),
    ...(aged ? metricsOf(groups).flatMap((name) => maturation(name)) : []),
  ];
}

const metricsOf = (groups: readonly DescribedGroup[]) => [...new Set(groups.flatMap(({ metrics }) => metrics.map(({ name }) => name)))];

const metricOf = (group: DescribedGroup, name: string): DescribedMetric | undefined => group.metrics.find((metric) => metric.name === name);

function maturation(name: string): Section[] {
  return [
    {
      title: `Maturation of ${name}`,
      detail: true,
      plot: {
        id: `curve:${name}`,
        caption: `Median (solid) and 90th percentile (dashed) of ${name} by age, among posts with a value at that age`,
      },
    },
    {
      title: `Coverage of ${name}`,
      detail: true,
      plot: { id: `known:${name}`, caption: `Share of posts with a value of ${name} at that age` },
    },
  ];
}

function asOfTable(groups: readonly DescribedGroup[], name: string): Table {
  return {
    caption: `${name}: the last value known at an age; posts without one are left out`,
    head: [
      "Group",
      "Age",
      "Posts with a value",
      "Median",
      "90th percentile",
      "Mean",
      "Largest",
      "At zero",
      "Rank correlation with the oldest",
    ],
    numeric: [1, 2, 3, 4, 5, 6, 7, 8],
    rows: groups.flatMap((group) =>
      (metricOf(group, name)?.asOf ?? []).map((at) => [
        group.id,
        `${at.ageHours} h`,
        `${count(at.n)} of ${count(group.posts)}`,
        ...figureCells(at),
        figure(at.rankWithOldest.rho),
      ]),
    ),
  };
}

function lifetimeTable(groups: readonly DescribedGroup[]): Table {
  return {
    caption: "Lifetime figures of the posts that have a value",
    head: ["Group", "Metric", "Posts with a value", "Median", "90th percentile", "Mean", "Largest", "At zero"],
    numeric: [2, 3, 4, 5, 6, 7],
    rows: groups.flatMap((group) =>
      group.metrics.map(({ name, lifetime }) => [
        group.id,
        name,
        `${count(lifetime?.n ?? 0)} of ${count(group.posts)}`,
        ...figureCells(lifetime),
      ]),
    ),
  };
}

function figureCells(figures: Figures | undefined): string[] {
  if (figures === undefined) return ["-", "-", "-", "-", "-"];
  return [figure(figures.p50), figure(figures.p90), figure(figures.mean), figure(figures.max), count(figures.zero)];
}

export function momentsSections({ streams, earlyReading, design, mapping }: MomentsAnalysis): Section[] {
  const experiments = new Set(streams.map(({ experiment }) => experiment)).size;
  const undefinedTests = streams.filter(({ final }) => final.test !== undefined && final.test.p === null).length;
  const unit = mapping.kind === "moments" ? mapping.timeUnit : "";
  return [
    {
      title: "Summary",
      paragraphs: [
        `${plural(streams.length, "stream")} in ${plural(experiments, "experiment")}, ${plural(
          streams.reduce((sum, { path }) => sum + path.length, 0),
          "checkpoint",
        )}.`,
        design === "observational"
          ? "These data were not randomised: they are described, and nothing is decided."
          : "The test is Welch's at the last checkpoint. Reading it at every checkpoint and stopping at a small p would find differences that are not there.",
        ...(undefinedTests > 0 ? [`The test is not defined in ${plural(undefinedTests, "stream")}: a variance is not known there.`] : []),
        ...(streams.some(({ validity }) => validity?.verdict === "insufficient")
          ? ["The planned shares are not declared or the counts too small, so the allocation is not judged."]
          : []),
      ],
    },
    ...peekingSections(earlyReading),
    {
      title: "Difference over time",
      detail: true,
      plot: {
        id: "moments",
        caption: `Difference of the means (treatment - control) in standard errors, by time in ${unit}; the streams with most checkpoints`,
      },
      tables: [streamTable(streams, unit)],
    },
  ];
}

/** How many streams each way of reading calls at .05, and how often it would have been wrong about the end. */
function peekingSections([all, ...metrics]: readonly EarlyReading[]): Section[] {
  if (all === undefined) return [];
  const { spending, mixture } = all;
  const row = (how: string, called: number, wrongSign: string) => [how, count(called), wrongSign];
  return [
    {
      title: "Reading early",
      paragraphs: [
        `${count(all.significantEverNotAtEnd)} of the ${plural(all.significantEver, "stream")} that look significant at some checkpoint are not significant at the last one${
          all.inflation === null
            ? ""
            : `: reading at every checkpoint calls ${all.inflation.toFixed(2)} times as many as the test at the end`
        }.`,
      ],
      tables: [
        {
          caption: `Streams of ${count(all.streams)} that are called at the .05 level`,
          head: ["How it is read", "Streams called", "Of them pointing the other way than the end"],
          numeric: [1, 2],
          rows: [
            row("Welch's test once, at the last checkpoint", all.significantAtEnd, "0"),
            row("Welch's test at every checkpoint", all.significantEver, count(all.wrongSignAtFirst)),
            row("alpha spending over 12 spans, looks at 6, 9 and 12", spending.crossed, count(spending.wrongSign)),
            ...(mixture === undefined ? [] : [row("mixture sequential test at every checkpoint", mixture.called, "-")]),
          ],
        },
      ],
    },
    ...(metrics.length === 0 ? [] : [{ title: "Reading early, by metric", detail: true, tables: [byMetricTable(metrics)] }]),
  ];
}

function byMetricTable(metrics: readonly EarlyReading[]): Table {
  return {
    caption: "Streams called at the .05 level",
    head: [
      "Metric",
      "Streams",
      "At the end",
      "At some checkpoint",
      "Of them not at the end",
      "First of the wrong sign",
      "Spending",
      "Mixture",
    ],
    numeric: [1, 2, 3, 4, 5, 6, 7],
    rows: metrics.map((each) => [
      each.metric ?? "-",
      ...[each.streams, each.significantAtEnd, each.significantEver, each.significantEverNotAtEnd, each.wrongSignAtFirst].map(count),
      count(each.spending.crossed),
      each.mixture === undefined ? "-" : count(each.mixture.called),
    ]),
  };
}

function streamTable(streams: readonly MomentsStreamAnalysis[], unit: string): Table {
  const rows = streams.slice(0, listedExperimentsMax);
  return {
    caption:
      streams.length > rows.length
        ? `The first ${rows.length} of ${count(streams.length)} streams`
        : `All ${count(streams.length)} streams`,
    head: [
      "Experiment",
      "Comparison",
      "Metric",
      `Last (${unit})`,
      "Units",
      "Control",
      "Treatment",
      "Difference (95 % interval)",
      "p",
      "Split",
    ],
    numeric: [3, 4, 5, 6, 7, 8],
    rows: rows.map(({ experiment, comparison, metric, final, validity }) => [
      experiment,
      comparison ?? "-",
      metric ?? "-",
      figure(final.time),
      `${count(final.control.count)} / ${count(final.treatment.count)}`,
      figure(final.control.mean),
      figure(final.treatment.mean),
      `${figure(final.difference)}${final.test?.interval ? ` (${figure(final.test.interval[0])} to ${figure(final.test.interval[1])})` : ""}`,
      pValue(final.test?.p ?? null, final.test?.logP ?? null),
      validity?.verdict ?? "-",
    ]),
  };
}
