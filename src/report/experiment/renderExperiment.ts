// An experiment's report as HTML for reading, Markdown for keeping, JSON for programs, and a short text for the terminal.
import { htmlPage } from "../htmlPage.ts";
import { markdownOf, terminalText } from "../markdown.ts";
import type { ReportFormat } from "../renderAnalysis.ts";
import { experimentSections, type ReportedExperiment } from "./experimentSections.ts";
import { timeText, zoneOf } from "./journey.ts";

/** Plots are loaded and drawn for HTML alone. */
export async function renderExperiment(reported: ReportedExperiment, format: ReportFormat): Promise<string> {
  const { report, journal } = reported;
  const zone = zoneOf(journal);
  const subtitle = `${report.state}, as of ${timeText(report.asOf, zone)} ${zone}`;
  switch (format) {
    case "html": {
      const { experimentPlot } = await import("./experimentPlots.ts");
      return htmlPage({ title: report.name, subtitle, sections: experimentSections(reported), plot: (id) => experimentPlot(reported, id) });
    }
    case "md":
      return markdownOf(report.name, subtitle, experimentSections(reported));
    case "json":
      return `${JSON.stringify(report)}\n`;
    default:
      return terminalText(report.name, subtitle, experimentSections(reported));
  }
}
