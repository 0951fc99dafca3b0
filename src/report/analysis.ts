// What `expos analyse` hands back: one document, the same for JSON, Markdown and HTML. The field names of experiments and fleet are a contract.
import type { ArmTotalsDecision, ArmTotalsDecisionPolicy, ArmTotalsFigures } from "../decision/index.ts";
import type { Mapping } from "../domain/index.ts";
import type { FleetAlarmPolicy, SampleRatioFinding, SampleRatioPolicy } from "../erm/index.ts";
import type { Variation } from "../intake/index.ts";
import type { EarlyReading } from "./earlyReading.ts";
import type { MomentsStreamAnalysis } from "./momentsAnalysis.ts";
import type { SnapshotDescription } from "./snapshotsSource.ts";

export interface ExperimentAnalysis {
  readonly id: string;
  readonly week?: number | string;
  readonly arms: readonly ArmAnalysis[];
  readonly validity: { readonly verdict: SampleRatioFinding["verdict"]; readonly checks: readonly SampleRatioFinding[] };
  /** True if the experiment is not valid: its figures describe what happened and decide nothing (law L6). */
  readonly informational: boolean;
  /** Do the arms differ in their rates at all? Arms by success; null where a margin is zero. */
  readonly outcome: ArmTotalsFigures["outcome"];
  readonly variables: Variation;
  /** The arm with the highest rate, the first of equal ones; null if no arm has units. */
  readonly best: string | null;
  readonly bestIndex: number | null;
  readonly decision: ArmTotalsDecision;
}

export interface ArmAnalysis {
  readonly id: string;
  readonly units: number;
  readonly successes: number;
  /** Null if the arm has no units. */
  readonly rate: number | null;
  /** Wilson 95 %. */
  readonly interval: readonly [number, number];
  readonly pBest: number;
  /** In units of the rate. */
  readonly expectedLoss: number;
  readonly plannedShare: number;
}

/** An arm of data that were not randomised: described, never compared. */
export interface DescribedArm {
  readonly id: string;
  readonly units: number;
  readonly successes: number;
  readonly rate: number | null;
  readonly interval: readonly [number, number];
}

export interface DescribedExperiment {
  readonly id: string;
  readonly week?: number | string;
  readonly arms: readonly DescribedArm[];
  readonly variables: Variation;
}

export interface FleetWeekSummary {
  readonly week: number | string;
  readonly n: number;
  readonly invalid: number;
  readonly share: number;
  readonly alarm: boolean;
  /** Probability that the randomiser was broken, given this week and the ones before. */
  readonly probabilityBroken: number;
}

export interface FleetSummary {
  readonly experiments: number;
  readonly invalid: number;
  /** In order of weeks; experiments without a week are left out. */
  readonly byWeek: readonly FleetWeekSummary[];
}

interface AnalysisHead {
  readonly title: string;
  readonly files: readonly string[];
  readonly mapping: Mapping;
  /** True if no mapping file was given and the header was taken at its word. */
  readonly mappingGuessed: boolean;
  readonly fleet: FleetSummary;
}

export interface ArmTotalsAnalysis extends AnalysisHead {
  readonly kind: "armTotals";
  readonly design: "randomized";
  readonly experiments: readonly ExperimentAnalysis[];
  readonly policies: {
    readonly sampleRatio: SampleRatioPolicy;
    readonly fleetAlarm: FleetAlarmPolicy;
    readonly decision: ArmTotalsDecisionPolicy;
  };
}

export interface DescribedArmTotals extends AnalysisHead {
  readonly kind: "armTotals";
  readonly design: "observational";
  readonly experiments: readonly DescribedExperiment[];
}

export interface SnapshotsAnalysis extends AnalysisHead {
  readonly kind: "snapshots";
  readonly design: "observational";
  readonly experiments: readonly never[];
  readonly description: SnapshotDescription;
}

export interface MomentsAnalysis extends AnalysisHead {
  readonly kind: "moments";
  readonly design: "randomized" | "observational";
  readonly experiments: readonly never[];
  readonly streams: readonly MomentsStreamAnalysis[];
  /** All streams first, then each metric; empty for observational data. */
  readonly earlyReading: readonly EarlyReading[];
}

export type Analysis = ArmTotalsAnalysis | DescribedArmTotals | SnapshotsAnalysis | MomentsAnalysis;
