// One stream of moments described: the difference of the arms at each checkpoint, the test at the last one, and the allocation if it is known.
import {
  meanDifference,
  type MeanDifference,
  mixtureSequentialTest,
  peeking,
  type Peeking,
  spanSpending,
  type SpanSpending,
} from "../decision/index.ts";
import { DomainError, type MomentsMapping } from "../domain/index.ts";
import { sampleRatio, type SampleRatioFinding } from "../erm/index.ts";
import type { Rng } from "../random/index.ts";
import type { ArmMoments, MomentsStream } from "./momentsSource.ts";

export interface MomentsPoint {
  readonly time: number;
  readonly difference: number;
  /** 95 % of this one look. */
  readonly interval: readonly [number, number] | null;
  /** Welch's p of this one look, as a reader who peeks sees it; null where it is not defined. Left out of observational data. */
  readonly p?: number | null;
  /** Always-valid p up to this look; only with a declared mixture scale. */
  readonly mixtureP?: number;
}

export interface MomentsStreamAnalysis {
  readonly experiment: string;
  readonly comparison?: string;
  readonly metric?: string;
  /** Checkpoints in order of time. */
  readonly path: readonly MomentsPoint[];
  /** Checkpoints at which a cumulative count is lower than before. */
  readonly countsThatFall: number;
  /** The last checkpoint. `test` is left out of observational data. */
  readonly final: {
    readonly time: number;
    readonly control: ArmMoments;
    readonly treatment: ArmMoments;
    readonly difference: number;
    /** Cohen's d: the difference in standard deviations, pooled; null where they are not known or zero. */
    readonly standardizedDifference: number | null;
    readonly test?: Omit<MeanDifference, "difference">;
  };
  /** What reading Welch's p at every checkpoint would have done, and rules that may be read early. Left out of observational data. */
  readonly sequential?: {
    readonly peeking: Peeking;
    /** Null where there are fewer than 12 checkpoints or no last variance. */
    readonly spending: SpanSpending | null;
    /** Always-valid p at the last checkpoint; only with a declared mixture scale. */
    readonly mixtureP?: number;
  };
  /** `insufficient` where the planned shares are not declared. Left out of observational data. */
  readonly validity?: { readonly verdict: SampleRatioFinding["verdict"]; readonly checks: readonly SampleRatioFinding[] };
}

export function analyseStream(stream: MomentsStream, mapping: MomentsMapping, rng: Rng): MomentsStreamAnalysis {
  const { checkpoints, arms, ...names } = stream;
  const last = checkpoints.at(-1)!;
  const { difference, ...test } = meanDifference(last.control, last.treatment);
  const randomized = mapping.design === "randomized";
  const looks = checkpoints.map(({ control, treatment }) => meanDifference(control, treatment));
  const mixtureScale = typeof mapping.mixtureScale === "object" ? mapping.mixtureScale[stream.metric ?? ""] : mapping.mixtureScale;
  const mixture = randomized && mixtureScale !== undefined ? mixtureSequentialTest(checkpoints, { mixtureScale }) : undefined;
  return {
    ...names,
    path: checkpoints.map(({ time }, at) => {
      const { difference, interval, p } = looks[at]!;
      return { time, difference, interval, ...(randomized && { p }), ...(mixture !== undefined && { mixtureP: mixture[at]!.p }) };
    }),
    countsThatFall: checkpoints.filter(
      (checkpoint, at) =>
        at > 0 &&
        (checkpoint.control.count < checkpoints[at - 1]!.control.count ||
          checkpoint.treatment.count < checkpoints[at - 1]!.treatment.count),
    ).length,
    final: {
      time: last.time,
      control: last.control,
      treatment: last.treatment,
      difference,
      standardizedDifference: standardized(last, difference),
      ...(randomized && { test }),
    },
    ...(randomized && {
      sequential: {
        peeking: peeking(looks),
        spending: spanSpending(checkpoints),
        ...(mixture !== undefined && { mixtureP: mixture.at(-1)!.p }),
      },
    }),
    ...(randomized && { validity: validityOf([last.control.count, last.treatment.count], arms, mapping, rng) }),
  };
}

function standardized({ control, treatment }: MomentsStream["checkpoints"][number], difference: number): number | null {
  const df = control.count + treatment.count - 2;
  if (control.variance === null || treatment.variance === null || df <= 0) return null;
  const pooled = ((control.count - 1) * control.variance + (treatment.count - 1) * treatment.variance) / df;
  return pooled > 0 ? difference / Math.sqrt(pooled) : null;
}

function validityOf(
  units: readonly number[],
  arms: readonly string[],
  { shares }: MomentsMapping,
  rng: Rng,
): NonNullable<MomentsStreamAnalysis["validity"]> {
  if (shares === undefined) return { verdict: "insufficient", checks: [] };
  const check = sampleRatio({ units, weights: weightsOf(shares, arms), rng });
  return { verdict: check.verdict, checks: [check] };
}

function weightsOf(shares: NonNullable<MomentsMapping["shares"]>, arms: readonly string[]): number[] {
  if (shares === "equal") return arms.map(() => 1);
  if ("weights" in shares && arms.every((arm) => shares.weights[arm] !== undefined)) return arms.map((arm) => shares.weights[arm]!);
  throw new DomainError({
    code: "share-missing",
    path: "shares",
    message: `the mapping does not give the planned shares of ${arms.join(" and ")}`,
    fix: "Write shares: equal, or one weight for each arm under shares.weights.",
    value: shares,
  });
}
