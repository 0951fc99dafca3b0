// Loader's saddle-point form: a gamma, beta, Poisson or binomial density is exp(-deviance) times a slow factor, with no large terms cancelling.
// Source: Loader, "Fast and accurate computation of binomial probabilities", 2000.
import { stirlingError } from "./gammaFunction.ts";
import { atanhTail } from "./logarithms.ts";

const twoPi = 2 * Math.PI;

/**
 * count log(count / mean) - (count - mean), for positive count and mean.
 * @param excess count - mean, handed over because the caller often knows it better than the rounded difference.
 */
export function deviance(count: number, mean: number, excess: number): number {
  const v = excess / (count + mean);
  if (Math.abs(v) < 0.4) return excess * v + 2 * count * v * v * v * atanhTail(v * v);
  const ratio = count / mean;
  const logRatio = ratio > 0 && ratio < Infinity ? Math.log(ratio) : Math.log(count) - Math.log(mean);
  return count * logRatio - excess;
}

/** log of x^a e^-x / Gamma(a): the gamma density times x, that is the density of log X. */
export function logGammaDensity(a: number, x: number): number {
  return 0.5 * Math.log(a / twoPi) - stirlingError(a) - deviance(a, x, a - x);
}

/**
 * log of x^a y^b / B(a, b), y = 1 - x: the beta density times x y, that is the density of the log odds of X.
 * @param below a y - b x, how far x lies below the mean, in counts.
 */
export function logBetaDensity(a: number, b: number, x: number, y: number, below: number): number {
  const total = a + b;
  return (
    0.5 * Math.log((a / total) * (b / twoPi)) +
    stirlingError(total) -
    stirlingError(a) -
    stirlingError(b) -
    deviance(a, total * x, below) -
    deviance(b, total * y, -below)
  );
}
