// Where everything stood when a run was over, in numbers.
import type { AccountStatus, ExperimentState, PostStatus, VariantStatus } from "../domain/index.ts";
import { accountKey, experimentKey, type Run, variantKey } from "./run.ts";
import { deadLettersIn } from "./violations.ts";

export interface SimSummary {
  readonly events: number;
  readonly experiment: ExperimentState;
  readonly account: AccountStatus;
  /** By id of the variant in its brief. */
  readonly variants: Readonly<Record<string, VariantStatus>>;
  /** How many posts ended in which word. */
  readonly posts: Readonly<Partial<Record<PostStatus, number>>>;
  readonly escalations: number;
  /** Messages between rows that nobody took. */
  readonly deadLetters: number;
}

export function summaryOf(run: Run): SimSummary {
  const posts: Partial<Record<PostStatus, number>> = {};
  for (const { status } of run.posts.values()) posts[status] = (posts[status] ?? 0) + 1;
  return {
    events: run.journal.length,
    experiment: run.state(experimentKey(run)) as ExperimentState,
    account: run.state(accountKey(run)) as AccountStatus,
    variants: Object.fromEntries(run.variants.map(({ variantId }) => [variantId, run.state(variantKey(run, variantId)) as VariantStatus])),
    posts,
    escalations: run.journal.filter(({ type }) => type === "escalationRaised").length,
    deadLetters: deadLettersIn(run.journal).length,
  };
}
