// Student's t with v degrees of freedom, v > 0 and not necessarily whole: P(|T| > t) is the lower tail of a beta(v/2, 1/2) at v / (v + t^2).
import { requireNumber, requirePositive, requireProbability } from "./arguments.ts";
import { betaLogOddsQuantile } from "./betaQuantile.ts";
import { logGammaDelta } from "./gammaFunction.ts";
import { betaTail, betaTailAtLogOdds } from "./incompleteBeta.ts";
import { log1mExp } from "./logarithms.ts";
import { logLowerTail, lowerTail, nothingBelow, type Tail } from "./tail.ts";

const logRootPi = 0.5723649429247001;
/** Beyond this t^2 nears overflow and the odds are taken from logarithms. */
const tMax = 1e100;

/** The tail of the beta variable whose lower side is P(|T| > t). */
function twoSided(t: number, v: number): Tail {
  requireNumber("t", t);
  requirePositive("v", v);
  const size = Math.abs(t);
  if (size === Infinity) return nothingBelow;
  if (size > tMax || v > tMax) return betaTailAtLogOdds(v / 2, 0.5, Math.log(v) - 2 * Math.log(size));
  const square = size * size;
  const total = v + square;
  return betaTail(v / 2, 0.5, v / total, square / total, 0.5 * (v / total) * (size - 1) * (size + 1));
}

/** P(T > |t|), at most 1/2. */
function outer(t: number, v: number): number {
  return t === 0 ? 0.5 : 0.5 * lowerTail(twoSided(t, v));
}

function logOuter(t: number, v: number): number {
  return t === 0 ? -Math.LN2 : logLowerTail(twoSided(t, v)) - Math.LN2;
}

/**
 * Density at t.
 * @throws DomainError `stats-argument` (as every function of this file) when t is NaN or v is not positive and finite.
 */
export function studentTPdf(t: number, v: number): number {
  return Math.exp(studentTLogPdf(t, v));
}

/** log of the density at t. */
export function studentTLogPdf(t: number, v: number): number {
  requireNumber("t", t);
  requirePositive("v", v);
  const ratio = Math.abs(t) / Math.sqrt(v);
  const logSpread = ratio > tMax ? 2 * Math.log(ratio) : Math.log1p(ratio * ratio);
  return logGammaDelta(v / 2, 0.5) - 0.5 * Math.log(v) - logRootPi - ((v + 1) / 2) * logSpread;
}

/** P(T <= t), accurate however small. */
export function studentTCdf(t: number, v: number): number {
  return studentTSf(-t, v);
}

/** P(T > t), accurate however small. */
export function studentTSf(t: number, v: number): number {
  const beyond = outer(t, v);
  return t < 0 ? 1 - beyond : beyond;
}

/** log P(T <= t), finite where the probability underflows. */
export function studentTLogCdf(t: number, v: number): number {
  return studentTLogSf(-t, v);
}

/** log P(T > t), finite where the probability underflows. */
export function studentTLogSf(t: number, v: number): number {
  const beyond = logOuter(t, v);
  return t < 0 ? log1mExp(beyond) : beyond;
}

/** The t with P(T <= t) = p; -Infinity and Infinity at p = 0 and 1, and where t would overflow (few degrees of freedom). */
export function studentTQuantile(p: number, v: number): number {
  return 0 - studentTUpperQuantile(p, v);
}

/** The t with P(T > t) = p, for upper tails too small for 1 - p. */
export function studentTUpperQuantile(p: number, v: number): number {
  requireProbability("p", p);
  requirePositive("v", v);
  if (p > 0.5) return -upperQuantile(1 - p, v);
  return upperQuantile(p, v);
}

/** For p <= 1/2; t^2 = v / odds. Near 1/2 the beta variable is solved from its other side, where 1 - 2p is exact. */
function upperQuantile(p: number, v: number): number {
  if (p === 0.5) return 0;
  const logOdds = p < 0.25 ? betaLogOddsQuantile(2 * p, "lower", v / 2, 0.5) : betaLogOddsQuantile(1 - 2 * p, "upper", v / 2, 0.5);
  return Math.sqrt(v) * Math.exp(-logOdds / 2);
}
