// The beta distribution on [0, 1] with shapes a and b (mean a / (a + b)).
import { requireNumber, requirePositive, requireProbability } from "./arguments.ts";
import { betaLogOddsQuantile } from "./betaQuantile.ts";
import { logBetaDensity } from "./deviance.ts";
import { distanceBelowMean } from "./exactDouble.ts";
import { betaTail, ofLogOdds } from "./incompleteBeta.ts";
import { logLowerTail, logUpperTail, lowerTail, nothingAbove, nothingBelow, upperTail, type Tail } from "./tail.ts";

function tailAt(x: number, a: number, b: number): Tail {
  requireNumber("x", x);
  requireShapes(a, b);
  if (x <= 0) return nothingBelow;
  if (x >= 1) return nothingAbove;
  return betaTail(a, b, x, 1 - x, distanceBelowMean(a, b, x));
}

function requireShapes(a: number, b: number): void {
  requirePositive("a", a);
  requirePositive("b", b);
}

/**
 * Density at x; at the ends it is Infinity for a shape below 1, the other shape for a shape of 1, else 0.
 * @throws DomainError `stats-argument` (as every function of this file) when x is NaN, or a or b is not positive and finite.
 */
export function betaPdf(x: number, a: number, b: number): number {
  return Math.exp(betaLogPdf(x, a, b));
}

/** log of the density at x. */
export function betaLogPdf(x: number, a: number, b: number): number {
  requireNumber("x", x);
  requireShapes(a, b);
  if (x < 0 || x > 1) return -Infinity;
  if (x === 0) return a < 1 ? Infinity : a === 1 ? Math.log(b) : -Infinity;
  if (x === 1) return b < 1 ? Infinity : b === 1 ? Math.log(a) : -Infinity;
  return logBetaDensity(a, b, x, 1 - x, distanceBelowMean(a, b, x)) - Math.log(x) - Math.log1p(-x);
}

/** P(X <= x), accurate however small. */
export function betaCdf(x: number, a: number, b: number): number {
  return lowerTail(tailAt(x, a, b));
}

/** P(X > x), accurate however small. */
export function betaSf(x: number, a: number, b: number): number {
  return upperTail(tailAt(x, a, b));
}

/** log P(X <= x), finite where the probability underflows. */
export function betaLogCdf(x: number, a: number, b: number): number {
  return logLowerTail(tailAt(x, a, b));
}

/** log P(X > x), finite where the probability underflows. */
export function betaLogSf(x: number, a: number, b: number): number {
  return logUpperTail(tailAt(x, a, b));
}

/** The x with P(X <= x) = p; 0 at p = 0 (and where x underflows), 1 at p = 1 (and where x rounds to it). */
export function betaQuantile(p: number, a: number, b: number): number {
  requireProbability("p", p);
  requireShapes(a, b);
  return ofLogOdds(betaLogOddsQuantile(p, "lower", a, b)).x;
}

/** The x with P(X > x) = p, for upper tails too small for 1 - p. */
export function betaUpperQuantile(p: number, a: number, b: number): number {
  requireProbability("p", p);
  requireShapes(a, b);
  return ofLogOdds(betaLogOddsQuantile(p, "upper", a, b)).x;
}
