// What an evaluation says, why, and what went wrong on the way.
import type { HashVersion } from "../canon/index.ts";
import type { Unit } from "./context.ts";
import type { RegisteredVariant } from "./types.ts";

/** The four published reasons. */
export type EvaluationReason = "control" | "random" | "sticky" | "targeted";

/** What else there is to know about the reason. */
export type EvaluationDetail =
  | "missing-unit"
  | "forced"
  | "paused"
  | "ended"
  | "outside-window"
  | "holdout"
  | "layer"
  | "not-covered"
  | "stored"
  | "stored-gone"
  | "stored-denied"
  | "failed";

export interface Evaluation {
  readonly variant: RegisteredVariant;
  readonly reason: EvaluationReason;
  readonly detail: EvaluationDetail | undefined;
  /** False for units that are not analysed: no unit, forced, paused, ended, held out, excluded by the layer, stored arm gone. */
  readonly inExperiment: boolean;
  readonly experiment: { readonly name: string; readonly version: string };
  readonly unit: Unit | null;
  /** The number in [0, 1) that decided, of the arm's draw or the rule's gate; null where nothing was drawn. */
  readonly bucket: number | null;
  readonly ruleId: string | undefined;
  readonly hashVersion: HashVersion;
  /** One per experiment, bucketing version and unit; null without a unit. */
  readonly assignmentId: string | null;
  /** True for the treated twin `[h, 2h)` against which a holdout `[0, h)` is measured. */
  readonly holdoutTwin: boolean;
  /** On request: every step in order. */
  readonly trace?: readonly TraceStep[];
  /** On request: P(arm | this context) by variant id, over the draw of the unit (assignment note 2.4). */
  readonly propensity?: Readonly<Record<string, number>>;
}

export interface TraceStep {
  readonly step: "forced" | "lifecycle" | "window" | "unit" | "holdout" | "layer" | "stored" | "rule" | "fallback" | "draw" | "failed";
  /** Whether the evaluation went on from here (for a rule: whether it matched). */
  readonly passed: boolean;
  readonly message: string;
  readonly ruleId?: string;
  readonly bucket?: number;
}

/** Something that did not stop the evaluation and that somebody should see. */
export interface EvaluationIssue {
  readonly code:
    | "policy-checker-missing"
    | "policy-check-failed"
    | "policy-answer-invalid"
    | "policy-check-async"
    | "expression-failed"
    | "store-failed"
    | "store-async"
    | "forced-variant-unknown"
    | "clock-missing"
    | "host-failed"
    | "sink-failed"
    | "evaluation-failed";
  readonly experiment: string;
  /** A field of the spec (`allocation.rules[0].policy`) or of the evaluator's configuration (`store`). */
  readonly path: string;
  readonly message: string;
  readonly fix: string;
  /** Zero-based offset in an expression. */
  readonly position?: number;
  readonly error?: unknown;
}
