// Descriptions of one sample, by simple-statistics; names say whether n or n - 1 divides. Quantiles are our own: that package's are of another type.
import { mean as meanOf, median as medianOf, medianAbsoluteDeviation as madOf, sampleVariance as varianceOf } from "simple-statistics";
import { requireSample } from "./samples.ts";
import { requireProbability } from "./special/arguments.ts";

/** Arithmetic mean. @throws DomainError for an empty sample or a value that is not finite; so do all functions here. */
export function mean(values: readonly number[]): number {
  requireSample("values", values, 1);
  return meanOf([...values]);
}

export function median(values: readonly number[]): number {
  requireSample("values", values, 1);
  return medianOf([...values]);
}

/** Variance of the population a sample stands for: squares divided by n - 1; needs two values. */
export function sampleVariance(values: readonly number[]): number {
  requireSample("values", values, 2);
  return varianceOf([...values]);
}

/** Square root of `sampleVariance`. */
export function sampleSd(values: readonly number[]): number {
  return Math.sqrt(sampleVariance(values));
}

/** Median of the absolute distances from the median, unscaled: times 1.4826 it estimates a normal sd. */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  requireSample("values", values, 1);
  return madOf([...values]);
}

/** The p-quantile, linear between order statistics at (n - 1) p: type 7 of Hyndman & Fan (1996), the default of R and NumPy. */
export function quantile(values: readonly number[], p: number): number {
  requireSample("values", values, 1);
  requireProbability("p", p);
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}
