// The picture of slots: one row per group, one cell per hour of the day, darker where more of the group's posts stand.
import * as Plot from "@observablehq/plot";
import { svgOf } from "../svg.ts";
import type { SlotDescription } from "./slotSource.ts";

const rowHeightPx = 34;

interface Cell {
  readonly group: string;
  readonly hour: number;
  readonly share: number;
  readonly posts: number;
}

/** Draws the comparison by this column; undefined if there is none. */
export function slotsPlot(slots: SlotDescription | undefined, by: string): string | undefined {
  const comparison = slots?.comparisons.find((each) => each.by === by);
  if (comparison === undefined) return undefined;
  const cells = comparison.groups.flatMap(({ id, posts, byHour }) =>
    byHour.map((count, hour): Cell => ({ group: id, hour, posts: count, share: count / posts })),
  );
  const most = Math.max(...cells.map(({ share }) => share));
  return svgOf(
    {
      height: 72 + rowHeightPx * comparison.groups.length,
      marginLeft: 130,
      x: { type: "band", label: "hour of the day", padding: 0.06, ticks: [0, 3, 6, 9, 12, 15, 18, 21] },
      y: { type: "band", label: null, padding: 0.12, domain: comparison.groups.map(({ id }) => id) },
      marks: [
        Plot.cell(cells, {
          x: "hour",
          y: "group",
          fill: "var(--accent)",
          fillOpacity: (d: Cell) => d.share / most,
          stroke: "var(--quiet)",
          strokeOpacity: 0.25,
          title: (d: Cell) => `${d.group}, hour ${d.hour}: ${d.posts} posts (${(100 * d.share).toFixed(1)} %)`,
        }),
        Plot.text(
          cells.filter(({ posts }) => posts > 0),
          {
            x: "hour",
            y: "group",
            text: (d: Cell) => String(Math.round(100 * d.share)),
            fill: (d: Cell) => (d.share > 0.6 * most ? "var(--page)" : "var(--text)"),
            fontSize: 10,
          },
        ),
      ],
    },
    `Share of posts by hour of the day, by ${by}, in per cent`,
  );
}
