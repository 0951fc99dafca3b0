// What the validity checks look at: plan, posts, readings. Never which arm did better.
import type { AccountSignal, Experiment, OutcomeSnapshot, Plan, Post } from "../domain/index.ts";

export interface AccountEvent {
  readonly account: string;
  readonly signal: AccountSignal;
  readonly atMs: number;
  /** When somebody cleared it; null while it is open. */
  readonly clearedAtMs: number | null;
}

export interface ValidityInput {
  readonly experiment: Experiment;
  /** With the make-ups that were added since. */
  readonly plan: Plan;
  readonly posts: readonly Post[];
  /** Every reading; duplicates change nothing, those recorded after `asOf` are not seen. */
  readonly snapshots: readonly OutcomeSnapshot[];
  readonly accountEvents?: readonly AccountEvent[];
  readonly asOf: number;
}
