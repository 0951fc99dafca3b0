// Difference of two means from counts, means and sample variances: Welch's t with Satterthwaite degrees of freedom, two-sided.
import { studentTLogSf, studentTQuantile, studentTSf } from "../stats/index.ts";

export interface SampleMoments {
  readonly count: number;
  readonly mean: number;
  /** Sample variance (n - 1); null if not known. */
  readonly variance: number | null;
}

export interface MeanDifference {
  /** Treatment minus control. */
  readonly difference: number;
  /** The rest is null where the test is not defined: a variance is not known, both are zero, or an arm has fewer than two units. */
  readonly standardError: number | null;
  readonly interval: readonly [lower: number, upper: number] | null;
  readonly t: number | null;
  readonly df: number | null;
  readonly p: number | null;
  readonly logP: number | null;
}

/** @param level of the interval. One look at a time: reading p at many looks and stopping at a small one is not covered by it. */
export function meanDifference(control: SampleMoments, treatment: SampleMoments, level = 0.95): MeanDifference {
  const difference = treatment.mean - control.mean;
  const undefinedTest = { difference, standardError: null, interval: null, t: null, df: null, p: null, logP: null };
  if (control.variance === null || treatment.variance === null || control.count < 2 || treatment.count < 2) return undefinedTest;
  const [a, b] = [control.variance / control.count, treatment.variance / treatment.count];
  if (a + b === 0) return undefinedTest;
  const standardError = Math.sqrt(a + b);
  const df = (a + b) ** 2 / (a ** 2 / (control.count - 1) + b ** 2 / (treatment.count - 1));
  const t = difference / standardError;
  const margin = standardError * studentTQuantile((1 + level) / 2, df);
  return {
    difference,
    standardError,
    interval: [difference - margin, difference + margin],
    t,
    df,
    p: Math.min(1, 2 * studentTSf(Math.abs(t), df)),
    logP: Math.min(0, Math.LN2 + studentTLogSf(Math.abs(t), df)),
  };
}
