// Everything the decision rules look at, as one document of numbers, guardrails, failures and people. `gatherFacts` makes it.
import type { ArmEvidence, DecisionPreset, EffectPrior, HarmUnits, ValidityReport } from "../domain/index.ts";
import type { ValidityInput } from "../erm/index.ts";
import type { PriorExperiment } from "./effectPrior.ts";
import type { FailureStop } from "./failures.ts";
import type { GuardrailReport } from "./guardrails/breaches.ts";
import type { MetricHarm } from "./guardrails/metricHarm.ts";
import type { DecisionPolicy, PresetRule } from "./policy.ts";
import type { Reason } from "./reasons.ts";
import type { LookRecord } from "./takenLooks.ts";

/** A person's or agent's look for confounders; it can only downgrade. */
export interface Review {
  readonly reviewer: string;
  /** Who that is; left out, an agent. The preset `regulated` asks for a person. */
  readonly by?: "person" | "agent";
  /** Found, from the fixed list: holiday or news, boost, cross-post, later edit, pinned comment, outage. */
  readonly confounders: readonly string[];
  /** Ids of checks whose warning this person has accepted. */
  readonly acknowledged: readonly string[];
}

export interface DecisionInput extends ValidityInput {
  readonly validity: ValidityReport;
  readonly review?: Review;
  /** Numbers of complete blocks at which a winner may be named. */
  readonly looks: readonly number[];
  /** The looks taken before, as `decide` returned them in `evidence.looksTaken`. */
  readonly looksTaken?: readonly LookRecord[];
  /** True when no further post or reading will come; left out, it follows from the posts. */
  readonly isFinal?: boolean;
  /** Deviation of each proxy on its log scale, fixed at launch, for the harm process; left out, it is taken from `history`. */
  readonly sdAtLaunch?: Readonly<Record<string, number>>;
  /** Deviation of true effects believed in before, log units; left out, it is estimated from `priorExperiments`, else the policy's. */
  readonly tau?: number;
  /** Every finished test arm of the client, winners or not. */
  readonly priorExperiments?: readonly PriorExperiment[];
}

/** One test arm, whatever the rule. */
export interface ArmFacts {
  readonly evidence: ArmEvidence;
  readonly isHarmful: boolean;
  readonly isFutile: boolean;
  /** Leads, test, loss: what the numbers alone must show. */
  readonly gates: readonly Reason[];
  /** What several winners are ranked by. */
  readonly strength: number;
  /** Deviation of the log index of one post; null where it is not known. */
  readonly sigma: number | null;
}

export interface Facts {
  readonly input: DecisionInput;
  readonly policy: DecisionPolicy;
  readonly policyHash: string;
  readonly presetName: DecisionPreset;
  readonly preset: PresetRule;
  readonly rule: "posts" | "replies" | "attempts";
  readonly isFinal: boolean;
  /** Complete comparable blocks (units of the smaller arm where units are no posts), and those planned. */
  readonly blocks: number;
  readonly plannedBlocks: number;
  /** Fewer name no winner. */
  readonly blocksMin: number;
  /** Number of the planned look that this is, from 1; null between looks. */
  readonly look: number | null;
  readonly looksTaken: readonly LookRecord[];
  readonly arms: readonly ArmFacts[];
  /** False where no proxy varies: nothing can be told. */
  readonly varies: boolean;
  /** An arm crossed the boundary at this look or an earlier one, which fewer blocks at the end do not undo. */
  readonly isSeparated: boolean;
  readonly guardrails: GuardrailReport;
  readonly metricHarm: readonly MetricHarm[];
  /** For posts alone; null where nothing is shrunk and nothing bets. */
  readonly prior: EffectPrior | null;
  readonly harmUnits: HarmUnits | null;
  readonly failures: FailureStop | null;
  /** Thresholds of publish failures that an arm of a lane experiment broke. */
  readonly armFailures: readonly string[];
  /** Figures that cannot be used, in words. */
  readonly unusable: readonly string[];
  /** Lines for the report that decide nothing. */
  readonly notes: readonly { readonly rule: string; readonly message: string }[];
}

/** What holds whatever the rule. */
export type SharedFacts = Pick<
  Facts,
  | "input"
  | "policy"
  | "policyHash"
  | "presetName"
  | "preset"
  | "isFinal"
  | "plannedBlocks"
  | "blocksMin"
  | "guardrails"
  | "failures"
  | "armFailures"
>;
