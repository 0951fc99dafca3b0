// `decisions(policy)`: the decision at every checkpoint of every experiment, with the looks that were taken before it.
import type { OperatorFunction } from "rxjs";
import { decide, type DecisionPolicy, defaultDecisionPolicy, type Review } from "../decision/index.ts";
import type { Decision, JournalEvent } from "../domain/index.ts";
import { checkValidity, defaultValidityPolicy, type ValidityPolicy } from "../erm/index.ts";
import { checkpointOf } from "./checkpoint.ts";
import type { ExperimentFacts } from "./experimentFacts.ts";
import { type StreamVerdict, verdicts } from "./verdicts.ts";

/**
 * What `decide` says over everything recorded up to each `checkpoint`, with the review that was given by then and the looks of earlier checkpoints.
 * Invariances, memory and errors as `validity`.
 */
export function decisions(
  policy: DecisionPolicy = defaultDecisionPolicy,
  validityPolicy: ValidityPolicy = defaultValidityPolicy,
): OperatorFunction<JournalEvent, StreamVerdict<Decision>> {
  return verdicts({
    markOf: checkpointOf,
    judge: (input, facts, before: Decision | undefined) => {
      const review = reviewAsOf(facts, input.asOf);
      const looksTaken = before?.evidence.looksTaken;
      return decide(
        {
          ...input,
          validity: checkValidity(input, validityPolicy),
          looks: input.plan.looks,
          ...(looksTaken !== undefined && { looksTaken }),
          ...(review !== undefined && { review }),
        },
        policy,
      );
    },
  });
}

/** The latest review by then. */
function reviewAsOf({ reviews }: ExperimentFacts, asOf: number): Review | undefined {
  const [latest] = reviews.filter(({ at }) => at <= asOf).sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
  return latest === undefined ? undefined : { reviewer: latest.reviewer, confounders: latest.confounders, acknowledged: [] };
}
