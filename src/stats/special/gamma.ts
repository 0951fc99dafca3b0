// The gamma distribution with shape and scale (mean shape x scale), on the whole line: below 0 there is nothing.
import { requireNumber, requirePositive, requireProbability } from "./arguments.ts";
import { logGammaDensity } from "./deviance.ts";
import { logGamma1p } from "./gammaFunction.ts";
import { gammaTail, gammaTailAtLog } from "./incompleteGamma.ts";
import { standardQuantile } from "./normal.ts";
import { type LogTailAt, solveLogTail } from "./solve.ts";
import { logLowerTail, logUpperTail, lowerTail, upperTail, type Tail } from "./tail.ts";

function tailAt(x: number, shape: number, scale: number): Tail {
  requireNumber("x", x);
  requireShape(shape, scale);
  return gammaTail(shape, x / scale);
}

function requireShape(shape: number, scale: number): void {
  requirePositive("shape", shape);
  requirePositive("scale", scale);
}

/**
 * Density at x; at x = 0 it is Infinity for shape < 1, 1/scale for shape 1, else 0.
 * @throws DomainError `stats-argument` (as every function of this file) when x is NaN, or shape or scale is not positive and finite.
 */
export function gammaPdf(x: number, shape: number, scale = 1): number {
  return Math.exp(gammaLogPdf(x, shape, scale));
}

/** log of the density at x. */
export function gammaLogPdf(x: number, shape: number, scale = 1): number {
  requireNumber("x", x);
  requireShape(shape, scale);
  if (x < 0 || x === Infinity) return -Infinity;
  const standard = x / scale;
  if (standard === 0) return shape < 1 ? Infinity : shape === 1 ? -Math.log(scale) : -Infinity;
  return logGammaDensity(shape, standard) - Math.log(x);
}

/** P(X <= x), accurate however small. */
export function gammaCdf(x: number, shape: number, scale = 1): number {
  return lowerTail(tailAt(x, shape, scale));
}

/** P(X > x), accurate however small. */
export function gammaSf(x: number, shape: number, scale = 1): number {
  return upperTail(tailAt(x, shape, scale));
}

/** log P(X <= x), finite where the probability underflows. */
export function gammaLogCdf(x: number, shape: number, scale = 1): number {
  return logLowerTail(tailAt(x, shape, scale));
}

/** log P(X > x), finite where the probability underflows. */
export function gammaLogSf(x: number, shape: number, scale = 1): number {
  return logUpperTail(tailAt(x, shape, scale));
}

/** The x with P(X <= x) = p; 0 at p = 0 (and where x underflows), Infinity at p = 1. */
export function gammaQuantile(p: number, shape: number, scale = 1): number {
  requireProbability("p", p);
  requireShape(shape, scale);
  return scale * standardGammaQuantile(p, shape);
}

/** The x with P(X > x) = p, for upper tails too small for 1 - p. */
export function gammaUpperQuantile(p: number, shape: number, scale = 1): number {
  requireProbability("p", p);
  requireShape(shape, scale);
  return scale * standardGammaUpperQuantile(p, shape);
}

/** Quantile at scale 1: the smaller of p and 1 - p is solved for. */
function standardGammaQuantile(p: number, shape: number): number {
  if (p === 0) return 0;
  return p <= 0.5 ? Math.exp(logOfLower(p, shape)) : standardGammaUpperQuantile(1 - p, shape);
}

function standardGammaUpperQuantile(p: number, shape: number): number {
  if (p === 0) return Infinity;
  return p <= 0.5 ? Math.exp(logOfUpper(p, shape)) : standardGammaQuantile(1 - p, shape);
}

/** log x with P(X <= x) = p <= 1/2. P <= x^shape / Gamma(shape + 1), so the leading term starts below the root. */
function logOfLower(p: number, shape: number): number {
  const logP = Math.log(p);
  const lead = (logP + logGamma1p(shape)) / shape;
  const root = wilsonHilfertyRoot(standardQuantile(p), shape);
  const start = root > 0.1 ? Math.max(lead, Math.log(shape) + 3 * Math.log(root)) : lead;
  return solveLogTail((u) => at(u, shape, logLowerTail), logP, start, true);
}

/** log x with P(X > x) = p <= 1/2. Below shape 1, P(X > x) <= e^-x, so -log p starts above the root. */
function logOfUpper(p: number, shape: number): number {
  const logP = Math.log(p);
  const start = shape < 1 ? Math.log(-logP) : Math.log(shape) + 3 * Math.log(wilsonHilfertyRoot(-standardQuantile(p), shape));
  return solveLogTail((u) => at(u, shape, logUpperTail), logP, start, false);
}

function at(logX: number, shape: number, logTail: (tail: Tail) => number): LogTailAt {
  const logDensity = logX < -700 ? shape * logX - logGamma1p(shape) + Math.log(shape) : logGammaDensity(shape, Math.exp(logX));
  return { log: logTail(gammaTailAtLog(shape, logX)), logDensity };
}

/** (X / shape)^(1/3) is nearly normal. Source: Wilson & Hilferty, PNAS 17 (1931) 684. */
function wilsonHilfertyRoot(z: number, shape: number): number {
  const variance = 1 / (9 * shape);
  return 1 - variance + z * Math.sqrt(variance);
}
