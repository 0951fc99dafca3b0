// The pictures of an experiment's report, by name: its posts in time, its lift, its proxies block by block.
import * as Plot from "@observablehq/plot";
import type { JournalEvent, JournalEventOf } from "../../domain/index.ts";
import { wallTimeAt } from "../../schedule/index.ts";
import type { Colour } from "../section.ts";
import { svgOf } from "../svg.ts";
import { armColour } from "./armColour.ts";
import type { ReportedExperiment } from "./experimentSections.ts";
import { zoneOf } from "./journey.ts";

const colour = (name: Colour) => `var(--${name})`;
/** Draws the named picture; undefined if this experiment has nothing for it. */
export function experimentPlot(reported: ReportedExperiment, id: string): string | undefined {
  switch (id) {
    case "posts":
      return postsPlot(reported);
    case "lift":
      return liftPlot(reported);
    case "proxies":
      return proxiesPlot(reported);
    default:
      return undefined;
  }
}

function eventsOf<Type extends JournalEvent["type"]>(journal: readonly JournalEvent[], type: Type): JournalEventOf<Type>[] {
  return journal.filter((event) => event.type === type) as JournalEventOf<Type>[];
}

function postsPlot({ journal }: ReportedExperiment): string | undefined {
  const zone = zoneOf(journal);
  const marks = eventsOf(journal, "postScheduled").map(({ post }) => {
    const status = statusOf(post.postId, journal);
    // Wall time as if it were UTC, so that the axis shows the client's clock.
    return {
      at: new Date(`${wallTimeAt(post.slot.startMs, zone)}Z`),
      arm: post.variantId,
      status,
      title: `${post.block}: ${post.variantId}, ${status.label}`,
    };
  });
  if (marks.length === 0) return undefined;
  return svgOf(
    {
      height: 150,
      marginLeft: 90,
      x: { type: "utc", label: `slot (${zone})` },
      y: { type: "band", label: null, padding: 0.4 },
      marks: [
        Plot.tickX(marks, {
          x: "at",
          y: "arm",
          stroke: (d: (typeof marks)[number]) => colour(d.status.colour),
          strokeWidth: 4,
          title: "title",
        }),
        Plot.dot(
          marks.filter(({ status }) => status.colour === "alarm"),
          { x: "at", y: "arm", symbol: "times", stroke: colour("alarm"), r: 5, title: "title" },
        ),
      ],
    },
    "Posts of each arm by slot, coloured by how they ended",
  );
}

function statusOf(postId: string, journal: readonly JournalEvent[]): { label: string; colour: Colour } {
  const own = journal.filter((event) => "postId" in event && event.postId === postId);
  const published = own.find((event) => event.type === "postPublished");
  if (published?.type === "postPublished")
    return published.defects.length > 0 ? { label: "published with a defect", colour: "second" } : { label: "published", colour: "accent" };
  if (own.some(({ type }) => type === "postFailed" || type === "postMissed" || type === "postReconciled"))
    return { label: "failed", colour: "alarm" };
  return { label: "held or cancelled", colour: "quiet" };
}

function liftPlot({ report }: ReportedExperiment): string | undefined {
  const arms = (report.decision?.evidence.arms ?? []).flatMap(({ variantId, shrunkenLogLift, interval }) =>
    shrunkenLogLift === null || interval === null
      ? []
      : [{ variantId, lift: 100 * Math.expm1(shrunkenLogLift), from: 100 * Math.expm1(interval[0]), to: 100 * Math.expm1(interval[1]) }],
  );
  if (arms.length === 0) return undefined;
  return svgOf(
    {
      height: 60 + 50 * arms.length,
      marginLeft: 90,
      x: { label: "lift over control (%)", grid: true, nice: true },
      y: { type: "band", label: null, padding: 0.3 },
      marks: [
        Plot.ruleX([0], { stroke: colour("quiet"), strokeDasharray: "4 3" }),
        Plot.ruleY(arms, { y: "variantId", x1: "from", x2: "to", stroke: colour("accent"), strokeWidth: 3 }),
        Plot.dot(arms, { y: "variantId", x: "lift", fill: colour("accent"), r: 5 }),
      ],
    },
    "Lift of each test arm over control with its 90 % interval",
  );
}

const powersOfTwo = Array.from({ length: 13 }, (_, at) => 2 ** (at - 6));

interface ProxyPoint {
  readonly proxy: string;
  readonly block: string;
  readonly arm: string;
  readonly value: number;
}

function proxiesPlot({ report, journal }: ReportedExperiment): string | undefined {
  const points = proxyPoints({ report, journal });
  if (points.length === 0) return undefined;
  const arms = report.arms.map(({ variantId }) => variantId);
  const proxies = [...new Set(points.map(({ proxy }) => proxy))];
  // One picture for each proxy would repeat the axis; a scale of its own needs its own panel, so values are shown relative to their median.
  const relative = points.map((point) => ({
    ...point,
    ratio: point.value / median(points.filter(({ proxy }) => proxy === point.proxy).map(({ value }) => value)),
  }));
  const ratios = relative.map(({ ratio }) => ratio);
  const [lowest, highest] = [Math.min(0.5, ...ratios) * 0.85, Math.max(2, ...ratios) * 1.18];
  return svgOf(
    {
      height: 90 + 110 * proxies.length,
      marginLeft: 60,
      marginRight: 170,
      x: {
        type: "band",
        label: "block",
        domain: [...new Set(points.map(({ block }) => block))].sort(),
        tickFormat: (block: string) => block.slice(0, 2),
      },
      y: {
        type: "log",
        label: "times the median of the proxy",
        grid: true,
        domain: [lowest, highest],
        ticks: powersOfTwo.filter((value) => lowest <= value && value <= highest),
        tickFormat: String,
      },
      fy: { label: null, domain: proxies, padding: 0.2 },
      color: { domain: arms, range: arms.map((_, at) => colour(armColour(at))) },
      marks: [
        Plot.dot(relative, {
          x: "block",
          y: "ratio",
          fy: "proxy",
          fill: "arm",
          r: 4.5,
          symbol: (d: (typeof relative)[number]) => (d.arm === arms[0] ? "square" : "circle"),
          title: (d: (typeof relative)[number]) => `${d.arm}, block ${d.block}: ${Number(d.value.toPrecision(3))}`,
        }),
      ],
    },
    "Proxies of each arm, block by block",
  );
}

/** Values at the decision age of comparable posts, from the journal alone. */
function proxyPoints({ report, journal }: ReportedExperiment): ProxyPoint[] {
  const brief = journal.find((event) => event.type === "briefAccepted")?.brief;
  const posts = new Map(eventsOf(journal, "postScheduled").map(({ post }) => [post.postId, post]));
  const snapshots = new Map(eventsOf(journal, "outcomeCaptured").map(({ snapshot }) => [snapshot.postId, snapshot]));
  return report.validity.comparablePostIds.flatMap((postId) => {
    const [post, metrics] = [posts.get(postId), snapshots.get(postId)?.metrics];
    if (post === undefined || metrics === undefined) return [];
    return (brief?.successProxies ?? []).flatMap(({ metric, scale, exposureMetric }) => {
      const value = scale === "rate" ? (metrics[metric]! + 0.5) / (metrics[exposureMetric!]! + 1) : metrics[metric]!;
      return value > 0
        ? [{ proxy: scale === "rate" ? `${metric} per ${exposureMetric}` : metric, block: post.block, arm: post.variantId, value }]
        : [];
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
