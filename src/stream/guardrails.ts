// `guardrails(policy)`: what the brief's guardrails and the run of publish failures call for, at every fact that may trip them and at every checkpoint.
import type { OperatorFunction } from "rxjs";
import {
  attemptsInOrder,
  type DecisionPolicy,
  defaultDecisionPolicy,
  failureStop,
  type FailureStop,
  type GuardrailReport,
  guardrailReport,
} from "../decision/index.ts";
import type { JournalEvent } from "../domain/index.ts";
import { checkpointOf } from "./checkpoint.ts";
import type { ExperimentFacts } from "./experimentFacts.ts";
import type { Mark } from "./openExperiments.ts";
import { type StreamVerdict, verdicts } from "./verdicts.ts";

export interface GuardrailVerdict extends GuardrailReport {
  /** Publish failures that stop a run whatever the brief says; null where there are none. */
  readonly failures: FailureStop | null;
}

/**
 * The report of `guardrailReport` as of each checkpoint, failed or published post, account signal and, where a guardrail reads a metric, each reading. Told where
 * something acts, and where that is taken back by a late fact. Invariances, memory and errors as `validity`.
 */
export function guardrails(
  policy: DecisionPolicy = defaultDecisionPolicy,
): OperatorFunction<JournalEvent, StreamVerdict<GuardrailVerdict>> {
  return verdicts({
    markOf,
    judge: ({ experiment, posts, snapshots, accountEvents = [], asOf }) => ({
      ...guardrailReport(experiment.brief.guardrails, { posts, snapshots, accountEvents, asOf }),
      failures: failureStop(attemptsInOrder(posts, asOf), policy.failures),
    }),
    isQuiet: ({ action, failures }) => action === "none" && failures === null,
  });
}

function markOf(event: JournalEvent, { brief }: ExperimentFacts): Mark | null {
  switch (event.type) {
    case "postFailed":
    case "postPublished":
    case "accountSignal":
      return { eventId: event.id, asOf: event.at };
    case "outcomeCaptured":
      // A brief that comes late is taken to read metrics: a needless instant is only work.
      return brief === undefined || brief.guardrails.some(({ source }) => source === "metric" || source === "manual")
        ? { eventId: event.id, asOf: event.snapshot.recordedAt }
        : null;
    default:
      return checkpointOf(event);
  }
}
