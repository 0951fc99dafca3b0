// An analysis as HTML for reading, Markdown for keeping, JSON for programs, and a short text for the terminal.
import type { Analysis } from "./analysis.ts";
import { armTotalsSections, describedArmTotalsSections } from "./armTotalsSections.ts";
import { momentsSections, snapshotSections } from "./describedSections.ts";
import { htmlPage } from "./htmlPage.ts";
import { markdownOf, terminalText } from "./markdown.ts";
import type { Section } from "./section.ts";

export type ReportFormat = "html" | "md" | "json" | "text";

/** Plots are loaded and drawn for HTML alone. */
export async function renderAnalysis(analysis: Analysis, format: ReportFormat): Promise<string> {
  const title = `Analysis: ${analysis.title}`;
  const subtitle = `${analysis.files.join(", ")} - ${analysis.kind}, ${analysis.design}`;
  switch (format) {
    case "html": {
      const { plotOf } = await import("./analysisPlots.ts");
      return htmlPage({ title, subtitle, sections: sectionsOf(analysis), plot: (id) => plotOf(analysis, id) });
    }
    case "md":
      return markdownOf(title, subtitle, sectionsOf(analysis));
    case "json":
      return `${JSON.stringify(analysis)}\n`;
    case "text":
      return terminalText(title, subtitle, sectionsOf(analysis));
    default:
      return format satisfies never;
  }
}

function sectionsOf(analysis: Analysis): Section[] {
  switch (analysis.kind) {
    case "armTotals":
      return analysis.design === "randomized" ? armTotalsSections(analysis) : describedArmTotalsSections(analysis);
    case "snapshots":
      return snapshotSections(analysis);
    case "moments":
      return momentsSections(analysis);
    default:
      return analysis satisfies never;
  }
}
