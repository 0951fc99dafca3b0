// The chi-square distribution with k degrees of freedom, k > 0 and not necessarily whole: a gamma of shape k/2 and scale 2.
import { requirePositive } from "./arguments.ts";
import { gammaCdf, gammaLogCdf, gammaLogPdf, gammaLogSf, gammaPdf, gammaQuantile, gammaSf, gammaUpperQuantile } from "./gamma.ts";

function halved(k: number): number {
  requirePositive("k", k);
  return k / 2;
}

/**
 * Density at x; at x = 0 it is Infinity for k < 2, 1/2 for k = 2, else 0.
 * @throws DomainError `stats-argument` (as every function of this file) when x is NaN or k is not positive and finite.
 */
export function chiSquarePdf(x: number, k: number): number {
  return gammaPdf(x, halved(k), 2);
}

/** log of the density at x. */
export function chiSquareLogPdf(x: number, k: number): number {
  return gammaLogPdf(x, halved(k), 2);
}

/** P(X <= x), accurate however small. */
export function chiSquareCdf(x: number, k: number): number {
  return gammaCdf(x, halved(k), 2);
}

/** P(X > x), accurate however small. */
export function chiSquareSf(x: number, k: number): number {
  return gammaSf(x, halved(k), 2);
}

/** log P(X <= x), finite where the probability underflows. */
export function chiSquareLogCdf(x: number, k: number): number {
  return gammaLogCdf(x, halved(k), 2);
}

/** log P(X > x), finite where the probability underflows. */
export function chiSquareLogSf(x: number, k: number): number {
  return gammaLogSf(x, halved(k), 2);
}

/** The x with P(X <= x) = p; 0 at p = 0, Infinity at p = 1. */
export function chiSquareQuantile(p: number, k: number): number {
  return gammaQuantile(p, halved(k), 2);
}

/** The x with P(X > x) = p, for upper tails too small for 1 - p. */
export function chiSquareUpperQuantile(p: number, k: number): number {
  return gammaUpperQuantile(p, halved(k), 2);
}
