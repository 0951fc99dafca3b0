// The pictures of a tuning report: one curve over effects for each policy and size, with the simulation's own bounds.
import * as Plot from "@observablehq/plot";
import type { RateName } from "../../decision/index.ts";
import type { Colour } from "../section.ts";
import { svgOf } from "../svg.ts";
import { curve, type CurvePoint, type TuningReport } from "./tuningPage.ts";

const colours: readonly Colour[] = ["accent", "second", "third", "alarm", "quiet"];
const dashes = ["", "6 3", "2 3"] as const;
const labels: Partial<Record<RateName, string>> = {
  power: "share of runs",
  falseWinner: "share of runs",
  expectedPosts: "posts",
};

export function tuningPlot(report: TuningReport, id: string): string | undefined {
  const rate = id as RateName;
  const points = curve(report, rate);
  if (points.length === 0) return undefined;
  if (new Set(points.map(({ effect }) => effect)).size === 1) return rankPlot(points, rate);
  const names = [...new Set(points.map(({ series }) => series))];
  const stroke = ({ series }: CurvePoint) => `var(--${colours[names.indexOf(series) % colours.length]!})`;
  const ends = names.map((name) =>
    points.filter(({ series }) => series === name).reduce((last, next) => (next.effect >= last.effect ? next : last)),
  );
  const isShare = rate !== "expectedPosts";
  return svgOf(
    {
      height: 340,
      marginRight: 190,
      x: { label: "effect of the best arm (log units)", nice: true },
      y: { label: labels[rate] ?? rate, grid: true, zero: true, ...(rate === "power" && { domain: [0, 1] }) },
      marks: [
        Plot.ruleY([0]),
        ...names.map((name, at) =>
          Plot.line(
            points.filter(({ series }) => series === name).sort((a, b) => a.effect - b.effect),
            {
              x: "effect",
              y: "value",
              stroke,
              strokeWidth: 1.8,
              strokeDasharray: dashes[Math.floor(at / colours.length) % dashes.length]!,
            },
          ),
        ),
        Plot.ruleX(points, { x: "effect", y1: "low", y2: "high", stroke }),
        Plot.dot(points, {
          x: "effect",
          y: "value",
          r: 2.6,
          fill: stroke,
          title: (d: CurvePoint) => `${d.series}, effect ${d.effect}: ${isShare ? d.value.toFixed(4) : d.value.toFixed(1)}`,
        }),
        Plot.text(spread(ends, points), { x: "effect", y: "at", text: "series", dx: 8, textAnchor: "start", fill: stroke }),
      ],
    },
    `${rate} by effect, for each policy and size`,
  );
}

/** One effect alone is no curve: a line for each policy and size, with its bounds; the usual levels are dashed. */
function rankPlot(points: readonly CurvePoint[], rate: RateName): string {
  return svgOf(
    {
      height: 70 + 26 * points.length,
      marginLeft: 260,
      x: { label: labels[rate] ?? rate, grid: true, zero: true, nice: true },
      y: { type: "band", label: null, domain: points.map(({ series }) => series) },
      marks: [
        ...(rate === "falseWinner" ? [Plot.ruleX([0.05, 0.1], { stroke: "var(--quiet)", strokeDasharray: "4 3" })] : []),
        Plot.ruleY(points, { y: "series", x1: "low", x2: "high", stroke: "var(--accent)", strokeWidth: 1.8 }),
        Plot.dot(points, {
          x: "value",
          y: "series",
          r: 3.2,
          fill: "var(--accent)",
          title: (d: CurvePoint) => `${d.series}: ${d.value.toFixed(4)}`,
        }),
        Plot.ruleX([0]),
      ],
    },
    `${rate} of each policy and size`,
  );
}

/** Names at the line ends, moved apart where they would touch. */
function spread(ends: readonly CurvePoint[], points: readonly CurvePoint[]): (CurvePoint & { at: number })[] {
  const top = points.reduce((most, { high }) => Math.max(most, high), 0);
  const step = top * 0.055;
  let below = Number.POSITIVE_INFINITY;
  return [...ends]
    .sort((a, b) => b.value - a.value)
    .map((end) => {
      below = Math.min(end.value, below - step);
      return { ...end, at: below };
    });
}
