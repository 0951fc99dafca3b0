// What the journal has told about one experiment: its events as records of the fold that the validity checks bring along, so that the answer as of any
// instant is the same in whatever order the events came. Here are only what that fold does not hold: the brief, the reviews and the event ids seen.
import type { Brief, Experiment, JournalEvent, JournalEventOf, Plan } from "../domain/index.ts";
import {
  type AccountEvent,
  validityFold,
  type ValidityInput,
  validityInputAt,
  type ValidityRecord,
  validityStart,
  type ValidityState,
} from "../erm/index.ts";

export interface ExperimentFacts {
  readonly experimentId: string;
  brief: Brief | undefined;
  briefHash: string;
  plan: Plan | undefined;
  /** Ids of the events taken; one counts once (law L11). */
  readonly seen: Set<string>;
  readonly reviews: JournalEventOf<"reviewGiven">[];
  /** Told and not yet folded: a fold copies the experiment, so it is done when somebody asks. */
  waiting: ValidityRecord[];
  folded: ValidityState | undefined;
}

export function noFacts(experimentId: string): ExperimentFacts {
  return {
    experimentId,
    brief: undefined,
    briefHash: "",
    plan: undefined,
    seen: new Set(),
    reviews: [],
    waiting: [],
    folded: undefined,
  };
}

/**
 * Takes one event. Not pure: the facts belong to one stream.
 * @returns from when on the answer may have changed, epoch ms; null for a duplicate and for events that tell nothing here.
 */
export function takeFact(facts: ExperimentFacts, event: JournalEvent): number | null {
  if (facts.seen.has(event.id)) return null;
  facts.seen.add(event.id);
  switch (event.type) {
    case "briefAccepted":
      facts.brief = event.brief;
      facts.briefHash = event.briefHash;
      return -Infinity;
    case "planCompiled":
      facts.plan = event.plan;
      return -Infinity;
    case "postScheduled":
      facts.waiting.push({ kind: "planned", recordedAt: event.at, post: event.post });
      return event.at;
    case "postHeld":
    case "postCancelled":
    case "postMissed":
    case "postSubmitted":
    case "postPublished":
    case "postFailed":
    case "postAmbiguous":
    case "postReconciled":
    case "postVerified":
    case "postTakenDown":
      facts.waiting.push({ kind: "event", event });
      return event.at;
    case "outcomeCaptured":
      facts.waiting.push({ kind: "reading", snapshot: event.snapshot });
      return event.snapshot.recordedAt;
    case "reviewGiven":
      facts.reviews.push(event);
      return event.at;
    default:
      return null;
  }
}

/** The batch input as of an instant; undefined while brief or plan are not known. O(facts log facts). */
export function inputAsOf(facts: ExperimentFacts, accountEvents: readonly AccountEvent[], asOf: number): ValidityInput | undefined {
  const { brief, plan } = facts;
  if (brief === undefined || plan === undefined) return undefined;
  const experiment = experimentOf(facts, brief, plan);
  facts.folded = validityFold(facts.folded ?? validityStart(experiment, plan), facts.waiting);
  facts.waiting = [];
  return { ...validityInputAt({ ...facts.folded, experiment, plan }, asOf), accountEvents };
}

function experimentOf({ experimentId, briefHash }: ExperimentFacts, brief: Brief, plan: Plan): Experiment {
  return {
    experimentId,
    brief,
    state: "running",
    layers: plan.layers,
    briefHash,
    planHash: plan.planHash,
    policyHash: null,
    startMs: null,
    endMs: null,
  };
}
