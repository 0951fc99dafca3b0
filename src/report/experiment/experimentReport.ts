// The report of one experiment, from its facts: summary, validity, arms, decision, what next. An invalid one is informational only (law L6).
import {
  type Decision,
  type Experiment,
  type ExperimentReport,
  type OutcomeSnapshot,
  type Post,
  type ValidityReport,
  wasPublished,
} from "../../domain/index.ts";
import { comparable, defaultValidityPolicy, variantIds } from "../../erm/index.ts";

export interface ReportFacts {
  readonly experiment: Experiment;
  readonly posts: readonly Post[];
  readonly snapshots: readonly OutcomeSnapshot[];
  readonly validity: ValidityReport;
  readonly decision: Decision;
  readonly asOf: number;
}

export function experimentReport({ experiment, posts, snapshots, validity, decision, asOf }: ReportFacts): ExperimentReport {
  const { brief } = experiment;
  const isInvalid = validity.verdict === "invalid";
  const input = { experiment, plan: { ...emptyPlan(experiment), posts: [...posts] }, posts, snapshots, asOf };
  const { blocks } = comparable(input, defaultValidityPolicy);
  const count = (...statuses: Post["status"][]): number => posts.filter(({ status }) => statuses.includes(status)).length;
  return {
    experimentId: experiment.experimentId,
    name: brief.name,
    state: experiment.state,
    summary: summaryOf(experiment, posts, validity, decision),
    validity,
    publishReliability: {
      planned: posts.length,
      published: posts.filter(({ status }) => wasPublished(status)).length,
      failed: count("rejected"),
      missed: count("missed"),
      cancelled: count("cancelled"),
      ambiguous: count("ambiguous", "manualResolution"),
    },
    arms: variantIds(brief).map((variantId) => {
      const test = brief.testVariants.find(({ id }) => id === variantId);
      const name = test === undefined ? brief.control.name : test.name;
      const own = blocks.map((block) => block.posts.get(variantId)!);
      return {
        variantId,
        isControl: test === undefined,
        ...(name !== undefined && { name }),
        posts: posts.filter((post) => post.variantId === variantId && wasPublished(post.status)).length,
        comparablePosts: own.length,
        proxies: Object.fromEntries(
          brief.successProxies.map(({ metric, scale, exposureMetric }) => [
            scale === "rate" ? `${metric} per ${exposureMetric}` : metric,
            typical(
              own.map(({ snapshot: { metrics } }) =>
                scale === "rate"
                  ? (metrics[metric]! + 0.5) / (metrics[exposureMetric!]! + 1)
                  : metrics[metric]! + (scale === "count" ? 1 : 0),
              ),
              scale === "count" ? 1 : 0,
            ),
          ]),
        ),
      };
    }),
    decision,
    winner: isInvalid ? null : (decision.winner ?? null),
    confidenceNotes: confidenceNotes(validity, decision),
    nextIteration: decision.next?.suggestion ?? "Nothing to do.",
    informationalOnly: isInvalid,
    asOf,
    hashes: { brief: experiment.briefHash, plan: experiment.planHash, policy: experiment.policyHash },
  };
}

function emptyPlan({ experimentId, layers, planHash }: Experiment) {
  return { experimentId, seed: "none", layers, planHash: planHash ?? "", looks: [], notes: [] };
}

/** exp of the mean log, null where nothing could be read; `offset` is what was added so that a zero has a log. */
function typical(values: readonly number[], offset: number): number | null {
  if (values.length === 0 || values.some((value) => value <= 0)) return null;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length) - offset;
}

function summaryOf({ brief }: Experiment, posts: readonly Post[], validity: ValidityReport, decision: Decision): string {
  const published = posts.filter(({ status }) => wasPublished(status)).length;
  const count = `${published} of ${posts.length} posts went out, ${decision.evidence.blocks} of ${decision.evidence.plannedBlocks} blocks are complete and comparable`;
  const winner = brief.testVariants.find(({ id }) => id === decision.winner);
  switch (decision.kind) {
    case "ship":
      return `Ship ${winner?.name ?? decision.winner}: ${count}.`;
    case "hypothesis":
      return `${winner?.name ?? decision.winner} is a hypothesis worth a larger test: ${count}.`;
    case "invalid":
      return `Invalid: the comparison was not fair, so the outcomes are informational only. ${capital(count)}.`;
    case "insufficient":
      return `Insufficient: there is too little to compare. ${capital(count)}.`;
    case "pause":
      return `Paused before the next publish, waiting for a human. ${capital(count)}.`;
    case "stop":
      return published === 0 ? "Stopped before anything was published." : `Stopped. ${capital(count)}.`;
    case "abandon":
      return `Abandon: the test variant is probably not better. ${capital(count)}.`;
    default:
      return `No winner${validity.verdict === "warn" ? " while validity warnings are open" : ""}: ${count}.`;
  }
}

function confidenceNotes(validity: ValidityReport, decision: Decision): string[] {
  return [
    ...decision.evidence.arms.flatMap((arm) =>
      arm.shrunkenLogLift === null || arm.interval === null || validity.verdict === "invalid"
        ? []
        : [
            `${arm.variantId}: lift ${percent(arm.shrunkenLogLift)} on the index, 90 % interval ${percent(arm.interval[0])} to ${percent(arm.interval[1])}, better with probability ${arm.pBetter!.toFixed(3)}.`,
          ],
    ),
    ...validity.checks.filter(({ verdict }) => verdict !== "pass").map(({ checkId, explanation }) => `${checkId}: ${explanation}`),
    ...decision.reasons.map(({ message }) => `${capital(message)}.`),
  ];
}

function percent(logLift: number): string {
  const value = 100 * Math.expm1(logLift);
  return `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(0)} %`;
}

function capital(text: string): string {
  return text === "" ? text : text[0]!.toUpperCase() + text.slice(1);
}
