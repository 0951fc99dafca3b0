// What `expos tune` found, for people: tables of rates with their errors, and pictures of power, errors and cost.
import type { CharacteristicsRow, RateName } from "../../decision/index.ts";
import { isClean, type ScenarioCell } from "../../domain/index.ts";
import { htmlPage } from "../htmlPage.ts";
import { markdownOf, terminalText } from "../markdown.ts";
import type { Section } from "../section.ts";

export interface TunedCell {
  readonly policy: string;
  readonly cell: ScenarioCell;
  readonly rows: readonly CharacteristicsRow[];
}

export interface TuningReport {
  readonly title: string;
  /** The command that makes these numbers again. */
  readonly command: string;
  readonly runs: number;
  readonly seed: string;
  readonly cells: readonly TunedCell[];
}

/** A point of a curve: one rate of one policy at one size, by the effect of the best arm. */
export interface CurvePoint {
  readonly series: string;
  readonly effect: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export async function renderTuning(report: TuningReport, format: "html" | "md" | "text"): Promise<string> {
  const subtitle = `${report.runs} simulated experiments in each cell, seed ${report.seed}: ${report.command}`;
  const sections = tuningSections(report);
  switch (format) {
    case "html": {
      const { tuningPlot } = await import("./tuningPlots.ts");
      return htmlPage({ title: report.title, subtitle, sections, plot: (id) => tuningPlot(report, id) });
    }
    case "md":
      return markdownOf(report.title, subtitle, sections);
    case "text":
      return terminalText(report.title, subtitle, sections);
    default:
      return format satisfies never;
  }
}

/** One rate as a curve over effects; cells in which something goes wrong are left out. */
export function curve({ cells }: TuningReport, rate: RateName): CurvePoint[] {
  return cells
    .filter(({ cell }) => cell.fault.kind === "none")
    .flatMap(({ policy, cell, rows }) => {
      const row = rows.find((one) => one.rate === rate);
      const arms = cell.arms > 2 ? `, ${cell.arms} arms` : "";
      return row === undefined
        ? []
        : [
            {
              series: `${policy}, N=${cell.blocks}${arms}`,
              effect: largest(cell.effects),
              value: row.value,
              low: row.wilson[0],
              high: row.wilson[1],
            },
          ];
    });
}

function largest(effects: readonly number[]): number {
  return effects.reduce((best, effect) => (Math.abs(effect) > Math.abs(best) ? effect : best), 0);
}

const decided: readonly (readonly [RateName, string])[] = [
  ["falseWinner", "false winner"],
  ["wrongWinner", "wrong winner"],
  ["power", "power"],
  ["futilityStops", "futility stops"],
  ["harmStops", "harm stops"],
  ["insufficient", "insufficient"],
  ["expectedPosts", "posts"],
];
const checked: readonly (readonly [RateName, string])[] = [
  ["falseInvalid", "false invalid"],
  ["falseWarn", "false warn"],
  ["detection", "detected"],
];

function tuningSections(report: TuningReport): Section[] {
  const picture = (id: RateName, title: string, text: string): Section[] =>
    curve(report, id).length === 0
      ? []
      : [{ title, detail: true, paragraphs: [text], plot: { id, caption: `${title} by effect of the best arm (log units)` } }];
  return [
    ...tableSection("Decisions", report, decided),
    ...tableSection("Validity checks", report, checked),
    ...picture("power", "Power", "How often the best arm is named. Bars are 95 % Wilson bounds of the simulation."),
    ...picture("falseWinner", "False winners", "How often an arm is named that is no better than control."),
    ...picture("expectedPosts", "Cost", "Posts published until the rule speaks, on average."),
  ];
}

function tableSection(title: string, { cells }: TuningReport, rates: readonly (readonly [RateName, string])[]): Section[] {
  const shown = rates.filter(([rate]) => cells.some(({ rows }) => rows.some((row) => row.rate === rate)));
  if (shown.length === 0 || (rates === checked && cells.every(({ cell }) => isClean(cell)))) return [];
  return [
    {
      title,
      tables: [
        {
          head: ["policy", "scenario", ...shown.map(([, name]) => name)],
          numeric: shown.map((_, at) => at + 2),
          rows: cells.map(({ policy, cell, rows }) => [
            policy,
            cell.name,
            ...shown.map(([rate]) => rateText(rows.find((row) => row.rate === rate))),
          ]),
        },
      ],
    },
  ];
}

function rateText(row: CharacteristicsRow | undefined): string {
  if (row === undefined) return "";
  return row.rate === "expectedPosts" ? row.value.toFixed(1) : `${row.value.toFixed(3)} (${row.se.toFixed(3)})`;
}
