// The F distribution with d1 and d2 degrees of freedom: d1 F / (d1 F + d2) is beta(d1/2, d2/2).
import { requireNumber, requirePositive, requireProbability } from "./arguments.ts";
import { betaLogOddsQuantile } from "./betaQuantile.ts";
import { logBetaDensity } from "./deviance.ts";
import { betaTail, betaTailAtLogOdds, logDensityAtLogOdds } from "./incompleteBeta.ts";
import { logLowerTail, logUpperTail, lowerTail, nothingAbove, nothingBelow, upperTail, type Tail } from "./tail.ts";

/** Where products of x and the degrees of freedom may leave the range of a double, the odds are taken from logarithms. */
const oddsMax = 1e250;

interface BetaPoint {
  readonly x: number;
  readonly y: number;
  /** a y - b x of the beta variable, from 1 - F and so exact. */
  readonly below: number;
}

function betaPoint(x: number, d1: number, d2: number): BetaPoint | undefined {
  const odds = (d1 / d2) * x;
  if (!(odds < oddsMax && odds > 1 / oddsMax && x < oddsMax && x > 1 / oddsMax)) return undefined;
  const part = 1 / (1 + odds);
  return { x: odds * part, y: part, below: (d1 / 2) * part * (1 - x) };
}

function logOddsAt(x: number, d1: number, d2: number): number {
  return Math.log(x) + Math.log(d1) - Math.log(d2);
}

function tailAt(x: number, d1: number, d2: number): Tail {
  requireNumber("x", x);
  requireDegrees(d1, d2);
  if (x <= 0) return nothingBelow;
  if (x === Infinity) return nothingAbove;
  const point = betaPoint(x, d1, d2);
  return point === undefined
    ? betaTailAtLogOdds(d1 / 2, d2 / 2, logOddsAt(x, d1, d2))
    : betaTail(d1 / 2, d2 / 2, point.x, point.y, point.below);
}

function requireDegrees(d1: number, d2: number): void {
  requirePositive("d1", d1);
  requirePositive("d2", d2);
}

/**
 * Density at x; at x = 0 it is Infinity for d1 < 2, 1 for d1 = 2, else 0.
 * @throws DomainError `stats-argument` (as every function of this file) when x is NaN, or d1 or d2 is not positive and finite.
 */
export function fPdf(x: number, d1: number, d2: number): number {
  return Math.exp(fLogPdf(x, d1, d2));
}

/** log of the density at x. */
export function fLogPdf(x: number, d1: number, d2: number): number {
  requireNumber("x", x);
  requireDegrees(d1, d2);
  if (x < 0 || x === Infinity) return -Infinity;
  if (x === 0) return d1 < 2 ? Infinity : d1 === 2 ? 0 : -Infinity;
  const point = betaPoint(x, d1, d2);
  const logDensityOfLog =
    point === undefined
      ? logDensityAtLogOdds(d1 / 2, d2 / 2, logOddsAt(x, d1, d2))
      : logBetaDensity(d1 / 2, d2 / 2, point.x, point.y, point.below);
  return logDensityOfLog - Math.log(x);
}

/** P(X <= x), accurate however small. */
export function fCdf(x: number, d1: number, d2: number): number {
  return lowerTail(tailAt(x, d1, d2));
}

/** P(X > x), accurate however small. */
export function fSf(x: number, d1: number, d2: number): number {
  return upperTail(tailAt(x, d1, d2));
}

/** log P(X <= x), finite where the probability underflows. */
export function fLogCdf(x: number, d1: number, d2: number): number {
  return logLowerTail(tailAt(x, d1, d2));
}

/** log P(X > x), finite where the probability underflows. */
export function fLogSf(x: number, d1: number, d2: number): number {
  return logUpperTail(tailAt(x, d1, d2));
}

/** The x with P(X <= x) = p; 0 at p = 0, Infinity at p = 1. */
export function fQuantile(p: number, d1: number, d2: number): number {
  requireProbability("p", p);
  requireDegrees(d1, d2);
  return ofLogOdds(betaLogOddsQuantile(p, "lower", d1 / 2, d2 / 2), d1, d2);
}

/** The x with P(X > x) = p, for upper tails too small for 1 - p. */
export function fUpperQuantile(p: number, d1: number, d2: number): number {
  requireProbability("p", p);
  requireDegrees(d1, d2);
  return ofLogOdds(betaLogOddsQuantile(p, "upper", d1 / 2, d2 / 2), d1, d2);
}

/** x from the log odds of d1 x / (d1 x + d2), in two factors so that neither overflows alone. */
function ofLogOdds(logOdds: number, d1: number, d2: number): number {
  const root = Math.exp(logOdds / 2);
  return root * (d2 / d1) * root;
}
