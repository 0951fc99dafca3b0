// The report on finished experiments: what may be believed, in which weeks the randomiser was broken, and each experiment with its evidence.
import type { ArmTotalsAnalysis, DescribedArmTotals, ExperimentAnalysis, FleetWeekSummary } from "./analysis.ts";
import { listedExperimentsMax } from "./limits.ts";
import { count, percent, plural, probability, pValue } from "./numbers.ts";
import type { Section, Table } from "./section.ts";

const meanings = {
  ship: "one field varied, the arms differ and the leading arm costs little if wrong",
  hypothesis: "the arms differ, but the level, the cost or the attribution is not enough to ship",
  iterate: "the arms are not told apart",
  insufficient: "too few units or successes to judge",
  invalid: "the split is not the planned one: outcomes are informational only",
} as const;

const decisions = Object.keys(meanings) as (keyof typeof meanings)[];

export function armTotalsSections(analysis: ArmTotalsAnalysis): Section[] {
  const { experiments, fleet, policies } = analysis;
  return [
    summary(analysis),
    ...(fleet.byWeek.length === 0 ? [] : [fleetSection(analysis)]),
    {
      title: "Splits",
      detail: true,
      paragraphs: [
        `If every randomiser worked, the p-values of the ratio check would be spread evenly; a pile on the left is broken splits. An experiment is invalid when p is below ${policies.sampleRatio.invalidP}.`,
      ],
      plot: {
        id: "ratioP",
        caption: "Experiments by p-value of the ratio check (SRM)",
        legend: [
          { colour: "accent", label: "experiments" },
          { colour: "quiet", label: "expected of working randomisers" },
        ],
      },
    },
    {
      title: "Outcomes of valid experiments",
      detail: true,
      paragraphs: ["The same for the test of whether the arms differ at all (arms by success). Invalid experiments are left out."],
      plot: {
        id: "outcomeP",
        caption: "Valid experiments by p-value of the outcome test",
        legend: [
          { colour: "accent", label: "experiments" },
          { colour: "quiet", label: "expected if no arm ever differed" },
        ],
      },
      tables: [variationTable(experiments)],
    },
    experimentsSection(experiments),
    {
      title: "How to read this",
      detail: true,
      paragraphs: [
        "Interval: Wilson 95 %. Loss: expected loss of picking the leading arm, as a share of its rate. P(best) and expected loss: independent Beta(1 + successes, 1 + failures) for each arm. Outcome p: Pearson chi-square of arms by success.",
        `Ship needs a valid split, exactly one varied field, outcome p below ${policies.decision.shipBelow} and an expected loss of at most ${percent(policies.decision.expectedLossMax, 0)} of the rate. Below ${policies.decision.hypothesisBelow} it is a hypothesis, else iterate.`,
        `A week is alarmed when the probability of a broken randomiser, given this week and the ones before, is at least ${policies.fleetAlarm.alarmFrom}: ${percent(policies.fleetAlarm.healthyShare)} invalid experiments are tolerated, ${percent(policies.fleetAlarm.brokenShare, 0)} are a fault.`,
      ],
    },
  ];
}

export function describedArmTotalsSections({ experiments }: DescribedArmTotals): Section[] {
  const arms = experiments.flatMap((experiment) => experiment.arms.map((arm) => ({ experiment: experiment.id, arm })));
  return [
    {
      title: "Summary",
      paragraphs: [
        `${plural(experiments.length, "group")} with ${plural(arms.length, "arm")}. These data were not randomised: they are described, and nothing is decided.`,
      ],
    },
    {
      title: "Arms",
      detail: true,
      tables: [
        {
          caption: listed(arms.length, "arm"),
          head: ["Group", "Arm", "Units", "Successes", "Rate", "95 % interval (%)"],
          numeric: [2, 3, 4, 5],
          rows: arms
            .slice(0, listedExperimentsMax)
            .map(({ experiment, arm }) => [
              experiment,
              arm.id,
              count(arm.units),
              count(arm.successes),
              percent(arm.rate, 2),
              interval(arm.interval),
            ]),
        },
      ],
    },
  ];
}

function summary({ experiments, fleet, mappingGuessed }: ArmTotalsAnalysis): Section {
  const arms = experiments.reduce((sum, experiment) => sum + experiment.arms.length, 0);
  const units = experiments.reduce((sum, experiment) => sum + experiment.arms.reduce((all, arm) => all + arm.units, 0), 0);
  return {
    title: "Summary",
    paragraphs: [
      `${plural(experiments.length, "experiment")} with ${plural(arms, "arm")} and ${plural(units, "unit")}. ${count(fleet.invalid)} (${percent(fleet.invalid / experiments.length)}) did not split their units as planned and are invalid.`,
      ...(fleet.byWeek.length === 0 ? [] : [alarmSentence(fleet.byWeek)]),
      ...(mappingGuessed ? ["No mapping file was given: columns were recognised by their names, and equal shares are assumed."] : []),
    ],
    tables: [
      {
        head: ["Decision", "Experiments", "Meaning"],
        numeric: [1],
        rows: decisions.map((kind) => [kind, count(experiments.filter(({ decision }) => decision.kind === kind).length), meanings[kind]]),
      },
    ],
  };
}

function alarmSentence(weeks: readonly FleetWeekSummary[]): string {
  const alarmed = weeks.filter(({ alarm }) => alarm).length;
  return alarmed === 0
    ? `In none of ${plural(weeks.length, "week")} do invalid experiments pile up.`
    : `Alarm in ${count(alarmed)} of ${plural(weeks.length, "week")}: ${alarmRanges(weeks).join(", ")}. So many experiments are invalid there that the randomiser itself must have been broken.`;
}

/** Alarmed weeks that follow each other in the source, as `first to last`. */
export function alarmRanges(weeks: readonly FleetWeekSummary[]): string[] {
  const ranges: { from: string; to: string }[] = [];
  weeks.forEach(({ week, alarm }, index) => {
    const open = index > 0 && weeks[index - 1]!.alarm ? ranges.at(-1) : undefined;
    if (!alarm) return;
    if (open === undefined) ranges.push({ from: String(week), to: String(week) });
    else open.to = String(week);
  });
  return ranges.map(({ from, to }) => (from === to ? from : `${from} to ${to}`));
}

function fleetSection({ fleet, policies }: ArmTotalsAnalysis): Section {
  const alarmed = fleet.byWeek.filter(({ alarm }) => alarm);
  return {
    title: "Fleet by week",
    detail: true,
    paragraphs: [alarmSentence(fleet.byWeek)],
    plot: {
      id: "fleet",
      caption: "Share of experiments with an invalid split, by week",
      legend: [
        { colour: "alarm", label: "alarm" },
        { colour: "accent", label: "no alarm" },
        { colour: "quiet", label: `tolerated (${percent(policies.fleetAlarm.healthyShare)})` },
      ],
    },
    tables:
      alarmed.length === 0
        ? []
        : [
            {
              caption: "Alarmed weeks",
              head: ["Week", "Experiments", "Invalid", "Share", "P(broken)"],
              numeric: [1, 2, 3, 4],
              rows: alarmed.map(({ week, n, invalid, share, probabilityBroken }) => [
                String(week),
                count(n),
                count(invalid),
                percent(share, 0),
                probabilityBroken.toFixed(3),
              ]),
            },
          ],
  };
}

function variationTable(experiments: readonly ExperimentAnalysis[]): Table {
  const kinds = Map.groupBy(experiments, ({ variables }) => variables.varied.join(" + ") || "none of the declared fields");
  return {
    caption: "What varied inside the experiments",
    head: ["Varied", "Experiments", "Valid", "Arms differ (p < .01)"],
    numeric: [1, 2, 3],
    rows: [...kinds]
      .sort(([, a], [, b]) => b.length - a.length)
      .map(([varied, all]) => {
        const kept = all.filter(({ informational }) => !informational);
        return [
          varied,
          count(all.length),
          count(kept.length),
          count(kept.filter(({ outcome }) => outcome.p !== null && outcome.p < 0.01).length),
        ];
      }),
  };
}

function experimentsSection(experiments: readonly ExperimentAnalysis[]): Section {
  const half = Math.floor(listedExperimentsMax / 2);
  const byRatio = (a: ExperimentAnalysis, b: ExperimentAnalysis) => (a.validity.checks[0]?.logP ?? 0) - (b.validity.checks[0]?.logP ?? 0);
  const byOutcome = (a: ExperimentAnalysis, b: ExperimentAnalysis) => (a.outcome.logP ?? 0) - (b.outcome.logP ?? 0);
  const invalid = experiments.filter(({ informational }) => informational).sort(byRatio);
  const valid = experiments.filter(({ informational }) => !informational).sort((a, b) => rank(a) - rank(b) || byOutcome(a, b));
  return {
    title: "Experiments",
    detail: true,
    paragraphs: ["Every experiment with all its arms is in report.json."],
    tables: [
      ...(invalid.length === 0
        ? []
        : [
            {
              caption: `Invalid, the worst splits first (${shownOf(invalid.length, half)}). Their outcomes are informational only`,
              head: ["Experiment", "Week", "Units by arm", "Split p", "Largest shift", "Varied"],
              numeric: [3, 4],
              rows: invalid.slice(0, half).map((experiment) => {
                const [check] = experiment.validity.checks;
                return [
                  experiment.id,
                  String(experiment.week ?? "-"),
                  experiment.arms.map(({ units }) => count(units)).join(" / "),
                  pValue(check?.p ?? null, check?.logP ?? null),
                  check?.effect === null || check === undefined ? "-" : `${(100 * check.effect).toFixed(1)} pt`,
                  experiment.variables.varied.join(", ") || "-",
                ];
              }),
            },
          ]),
      {
        caption: `Valid, decided ones first (${shownOf(valid.length, half)})`,
        head: [
          "Experiment",
          "Week",
          "Arms",
          "Varied",
          "Leading arm",
          "Rate (95 % interval)",
          "P(best)",
          "Loss",
          "Outcome p",
          "Split p",
          "Decision",
        ],
        numeric: [2, 5, 6, 7, 8, 9],
        rows: valid.slice(0, half).map(validRow),
      },
    ],
  };
}

function validRow(experiment: ExperimentAnalysis): string[] {
  const [check] = experiment.validity.checks;
  const best = experiment.bestIndex === null ? undefined : experiment.arms[experiment.bestIndex];
  return [
    experiment.id,
    String(experiment.week ?? "-"),
    count(experiment.arms.length),
    experiment.variables.varied.join(", ") || "-",
    best?.id ?? "-",
    best === undefined ? "-" : `${percent(best.rate, 2)} (${interval(best.interval)})`,
    best === undefined ? "-" : probability(best.pBest),
    best === undefined || best.rate === null || best.rate === 0 ? "-" : lossShare(best.expectedLoss / best.rate),
    pValue(experiment.outcome.p, experiment.outcome.logP),
    pValue(check?.p ?? null, check?.logP ?? null),
    experiment.decision.kind,
  ];
}

const rank = ({ decision }: ExperimentAnalysis) => decisions.indexOf(decision.kind);

const interval = ([low, high]: readonly [number, number]) => `${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)}`;

const shownOf = (total: number, shown: number) => (total > shown ? `${count(shown)} of ${count(total)} shown` : `all ${count(total)}`);

const listed = (total: number, noun: string) =>
  total > listedExperimentsMax ? `The first ${listedExperimentsMax} of ${plural(total, noun)}` : plural(total, noun);

const lossShare = (share: number) => (share < 0.0001 ? "< 0.01 %" : percent(share, 2));
