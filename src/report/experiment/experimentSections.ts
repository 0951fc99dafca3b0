// The sections of an experiment's report: verdict first, then why, then what happened.
import type { ExperimentReport, JournalEvent } from "../../domain/index.ts";
import { figure, percent, plural, pValue } from "../numbers.ts";
import type { Section } from "../section.ts";
import { armColour } from "./armColour.ts";
import { journey, zoneOf } from "./journey.ts";

export interface ReportedExperiment {
  readonly report: ExperimentReport;
  readonly journal: readonly JournalEvent[];
}

export function experimentSections({ report, journal }: ReportedExperiment): Section[] {
  const { decision, validity } = report;
  const hasEvidence = decision !== null && decision.evidence.arms.some(({ logLift }) => logLift !== null);
  return [
    {
      title: "Verdict",
      paragraphs: [
        report.summary,
        ...(report.informationalOnly
          ? ["Every outcome below is informational only: it is no finding, and nothing is learnt from it."]
          : []),
        `Next: ${report.nextIteration}`,
      ],
    },
    ...(decision === null
      ? []
      : [
          {
            title: "Why",
            tables: [
              {
                head: ["rule", "", "what it says"],
                numeric: [],
                rows: decision.reasons.map(({ rule, outcome, message }) => [rule, outcome, message]),
              },
            ],
          },
        ]),
    ...(hasEvidence ? [evidenceSection(report)] : []),
    {
      title: "Validity",
      paragraphs: [
        `The checks together say ${validity.verdict}. They look at plan, delivery and readings, never at which arm did better.`,
        ...(validity.excluded.length === 0 ? [] : [`${plural(validity.excluded.length, "post")} cannot be compared.`]),
      ],
      tables: [
        {
          head: ["check", "verdict", "p", "effect", "what it found"],
          numeric: [2, 3],
          rows: validity.checks.map(({ checkId, verdict, p, logP, effect, explanation }) => [
            checkId,
            verdict,
            pValue(p, logP),
            figure(effect),
            explanation,
          ]),
        },
      ],
    },
    {
      title: "Posts",
      detail: true,
      plot: {
        id: "posts",
        caption: `Every post by the time it was due (${zoneOf(journal)})`,
        legend: [
          { colour: "accent", label: "published" },
          { colour: "second", label: "published with a defect" },
          { colour: "alarm", label: "failed or missed" },
          { colour: "quiet", label: "held or cancelled" },
        ],
      },
      tables: [
        {
          head: ["planned", "published", "failed", "missed", "cancelled", "ambiguous"],
          numeric: [0, 1, 2, 3, 4, 5],
          rows: [
            ["planned", "published", "failed", "missed", "cancelled", "ambiguous"].map((name) =>
              String(report.publishReliability[name as keyof ExperimentReport["publishReliability"]]),
            ),
          ],
        },
      ],
    },
    ...outcomeSections({ report, journal }),
    {
      title: "What happened",
      detail: true,
      paragraphs: [`Times in ${zoneOf(journal)}. The whole journal is journal.ndjson.`],
      tables: [{ head: ["time", "event"], numeric: [], rows: journey(journal).map(({ time, text }) => [time, text]) }],
    },
    {
      title: "How this was made",
      detail: true,
      paragraphs: [
        "The account, its audience and its platform are synthetic; machines, guards, plan, checks and rules are the product's own. Approver and reviewer stand in for people.",
      ],
      tables: [
        {
          head: ["what", "hash"],
          numeric: [],
          rows: Object.entries(report.hashes).map(([name, hash]) => [name, hash ?? "-"]),
        },
      ],
    },
  ];
}

function evidenceSection({ decision, informationalOnly }: ExperimentReport): Section {
  const { evidence } = decision!;
  return {
    title: informationalOnly ? "Outcomes, informational only" : "Evidence",
    paragraphs: [
      `Preset ${evidence.preset}; ${evidence.blocks} of ${evidence.plannedBlocks} blocks. Lift is on the index of all proxies, pulled towards zero by what effects usually are.`,
    ],
    plot: { id: "lift", caption: "Lift of each test arm over control, with its 90 % interval" },
    tables: [
      {
        head: ["arm", "lift", "90 % interval", "P(better)", "expected loss", "p", "smallest p", "leads on"],
        numeric: [1, 2, 3, 4, 5, 6],
        rows: evidence.arms.map((arm) => [
          arm.variantId,
          liftText(arm.shrunkenLogLift ?? arm.logLift),
          arm.interval === null ? "-" : `${liftText(arm.interval[0])} to ${liftText(arm.interval[1])}`,
          percent(arm.pBetter),
          figure(arm.expectedLoss),
          pValue(arm.p, arm.p === null ? null : Math.log(arm.p)),
          pValue(arm.minP, arm.minP === null ? null : Math.log(arm.minP)),
          arm.leads.join(", ") || "none",
        ]),
      },
    ],
  };
}

function outcomeSections({ report }: ReportedExperiment): Section[] {
  const proxies = Object.keys(report.arms[0]?.proxies ?? {});
  if (report.arms.every(({ comparablePosts }) => comparablePosts === 0)) return [];
  return [
    {
      title: report.informationalOnly ? "Arms, informational only" : "Arms",
      plot: {
        id: "proxies",
        caption: "Each proxy in comparable posts, block by block (logarithmic)",
        legend: report.arms.map(({ variantId }, at) => ({ colour: armColour(at), label: variantId })),
      },
      tables: [
        {
          caption: "Typical value in comparable posts at the decision age",
          head: ["arm", "posts", "comparable", ...proxies],
          numeric: [1, 2, ...proxies.map((_, at) => at + 3)],
          rows: report.arms.map((arm) => [
            arm.name === undefined || arm.name === arm.variantId ? arm.variantId : `${arm.variantId} (${arm.name})`,
            String(arm.posts),
            String(arm.comparablePosts),
            ...proxies.map((proxy) => figure(arm.proxies[proxy] ?? null)),
          ]),
        },
      ],
    },
  ];
}

export function liftText(logLift: number | null): string {
  if (logLift === null) return "-";
  const value = 100 * Math.expm1(logLift);
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(0)} %`;
}
