// Several experiments side by side on one page: what was true in each world, what the product saw, and how it ended.
import { htmlPage } from "../htmlPage.ts";
import { markdownOf, terminalText } from "../markdown.ts";
import { percent, pValue } from "../numbers.ts";
import type { ReportFormat } from "../renderAnalysis.ts";
import type { Section } from "../section.ts";
import { liftText, type ReportedExperiment } from "./experimentSections.ts";
import { journey } from "./journey.ts";

export interface ComparedExperiment extends ReportedExperiment {
  readonly name: string;
  /** What is true in its world, which the product does not know. */
  readonly premise: string;
  /** SHA-256 of its journal. */
  readonly digest: string;
}

export async function renderComparison(
  title: string,
  subtitle: string,
  compared: readonly ComparedExperiment[],
  format: ReportFormat,
): Promise<string> {
  switch (format) {
    case "html": {
      const { experimentPlot } = await import("./experimentPlots.ts");
      const plot = (id: string): string | undefined => {
        const [name, picture] = id.split("/");
        const experiment = compared.find((candidate) => candidate.name === name);
        return experiment === undefined ? undefined : experimentPlot(experiment, picture ?? "");
      };
      return htmlPage({ title, subtitle, sections: comparisonSections(compared), plot });
    }
    case "md":
      return markdownOf(title, subtitle, comparisonSections(compared));
    case "json":
      return `${JSON.stringify(comparisonDocument(compared))}\n`;
    default:
      return terminalText(title, subtitle, comparisonSections(compared));
  }
}

export function comparisonDocument(compared: readonly ComparedExperiment[]) {
  return {
    stories: compared.map(({ name, premise, digest, report }) => ({
      name,
      premise,
      digest,
      decision: report.decision,
      validity: report.validity,
      report,
    })),
  };
}

function comparisonSections(compared: readonly ComparedExperiment[]): Section[] {
  return [
    {
      title: "Side by side",
      tables: [
        {
          head: ["story", "published", "blocks", "validity", "decision", "ended", "lift", "p", "P(better)"],
          numeric: [1, 2, 6, 7, 8],
          rows: compared.map(({ name, report }) => {
            const evidence = report.decision?.evidence;
            const arm = report.informationalOnly ? undefined : evidence?.arms[0];
            return [
              name,
              `${report.publishReliability.published} of ${report.publishReliability.planned}`,
              `${evidence?.blocks ?? 0} of ${evidence?.plannedBlocks ?? 0}`,
              report.validity.verdict,
              [report.decision?.kind ?? "-", report.winner ?? ""].join(" ").trim(),
              report.state,
              liftText(arm?.shrunkenLogLift ?? null),
              pValue(arm?.p ?? null, arm === undefined || arm.p === null ? null : Math.log(arm.p)),
              percent(arm?.pBetter ?? null),
            ];
          }),
        },
      ],
    },
    ...compared.map((experiment): Section => {
      const { name, premise, report, journal } = experiment;
      const turning = journey(journal)
        .filter(({ text }) => !/is live\.$|^Block|^\d+ posts? placed/.test(text))
        .slice(-8);
      return {
        title: name,
        detail: true,
        paragraphs: [`True in this world: ${premise}`, report.summary, `Next: ${report.nextIteration}`],
        plot: { id: `${name}/posts`, caption: "Its posts by slot" },
        tables: [
          {
            caption: "Why",
            head: ["rule", "", "what it says"],
            numeric: [],
            rows: (report.decision?.reasons ?? []).map(({ rule, outcome, message }) => [rule, outcome, message]),
          },
          { caption: "How it ended", head: ["time", "event"], numeric: [], rows: turning.map(({ time, text }) => [time, text]) },
          {
            caption: "Look further",
            head: ["file", "what"],
            numeric: [],
            rows: [
              [`${name}/report.html`, "the whole report"],
              [`${name}/journal.ndjson`, `every event; SHA-256 ${experiment.digest.slice(0, 16)}…`],
            ],
          },
        ],
      };
    }),
  ];
}
