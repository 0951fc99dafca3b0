// The binomial distribution of successes in n trials with probability p. Tails through the beta variable that shares them:
// P(K > k) = P(B <= p) for B beta(k + 1, n - k). The upper tail is strict.
import { requireCount, requireNumber, requireProbability } from "./arguments.ts";
import { deviance } from "./deviance.ts";
import { distanceBelowMean } from "./exactDouble.ts";
import { stirlingError } from "./gammaFunction.ts";
import { betaTail } from "./incompleteBeta.ts";
import { standardQuantile } from "./normal.ts";
import { logLowerTail, logUpperTail, lowerTail, mirrored, nothingAbove, nothingBelow, upperTail, type Tail } from "./tail.ts";

/** A probability within this share of the wanted one counts as reached, so that a quantile takes back its own probability. */
const tieShare = 1e-13;

function tailAt(k: number, n: number, p: number): Tail {
  requireNumber("k", k);
  requireTrials(n, p);
  if (k < 0) return nothingBelow;
  const whole = Math.floor(k);
  if (whole >= n || p === 0) return nothingAbove;
  if (p === 1) return nothingBelow;
  return mirrored(betaTail(whole + 1, n - whole, p, 1 - p, distanceBelowMean(whole + 1, n - whole, p)));
}

function requireTrials(n: number, p: number): void {
  requireCount("n", n);
  requireProbability("p", p);
}

/**
 * P(K = k); 0 where k is not a whole number from 0 to n.
 * @throws DomainError `stats-argument` (as every function of this file) when k is NaN, n is not a whole number >= 0 or p is not in [0, 1].
 */
export function binomialPmf(k: number, n: number, p: number): number {
  return Math.exp(binomialLogPmf(k, n, p));
}

/** log P(K = k). */
export function binomialLogPmf(k: number, n: number, p: number): number {
  requireNumber("k", k);
  requireTrials(n, p);
  if (!Number.isInteger(k) || k < 0 || k > n) return -Infinity;
  if (p === 0) return k === 0 ? 0 : -Infinity;
  if (p === 1) return k === n ? 0 : -Infinity;
  if (k === 0) return n * Math.log1p(-p);
  if (k === n) return n * Math.log(p);
  const failures = n - k;
  const excess = distanceBelowMean(k, failures, p);
  return (
    0.5 * Math.log(n / (2 * Math.PI * k) / failures) +
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(failures) -
    deviance(k, n * p, excess) -
    deviance(failures, n * (1 - p), -excess)
  );
}

/** P(K <= k), accurate however small; k between whole numbers counts as the one below. */
export function binomialCdf(k: number, n: number, p: number): number {
  return lowerTail(tailAt(k, n, p));
}

/** P(K > k), strictly; accurate however small. */
export function binomialSf(k: number, n: number, p: number): number {
  return upperTail(tailAt(k, n, p));
}

/** log P(K <= k), finite where the probability underflows. */
export function binomialLogCdf(k: number, n: number, p: number): number {
  return logLowerTail(tailAt(k, n, p));
}

/** log P(K > k), finite where the probability underflows. */
export function binomialLogSf(k: number, n: number, p: number): number {
  return logUpperTail(tailAt(k, n, p));
}

/**
 * The smallest k with P(K <= k) >= q. A probability within 1e-13 of the smaller tail wanted counts as equal.
 * @param q the probability; p is that of one success.
 */
export function binomialQuantile(q: number, n: number, p: number): number {
  requireProbability("q", q);
  requireTrials(n, p);
  if (q === 0 || q === 1) return q === 0 || p === 0 ? 0 : n;
  return smallest((k) => reaches(tailAt(k, n, p), q), guess(standardQuantile(q), n, p), n, p);
}

/** The smallest k with P(K > k) <= q, for upper tails too small for 1 - q. Ties as for `binomialQuantile`. */
export function binomialUpperQuantile(q: number, n: number, p: number): number {
  requireProbability("q", q);
  requireTrials(n, p);
  if (q === 0 || q === 1) return q === 1 || p === 0 ? 0 : n;
  return smallest((k) => atMost(tailAt(k, n, p), q), guess(-standardQuantile(q), n, p), n, p);
}

/** Is the lower tail at least q? Near 1 the complement decides too, for there q itself is rounded. */
function reaches(tail: Tail, q: number): boolean {
  if (q <= 0.5) return logLowerTail(tail) >= Math.log(q) - tieShare;
  return lowerTail(tail) >= q || logUpperTail(tail) <= Math.log1p(-q) + tieShare;
}

/** Is the upper tail at most q? The mirror of `reaches`. */
function atMost(tail: Tail, q: number): boolean {
  if (q <= 0.5) return logUpperTail(tail) <= Math.log(q) + tieShare;
  return upperTail(tail) <= q || logLowerTail(tail) >= Math.log1p(-q) - tieShare;
}

/** The Cornish-Fisher start. */
function guess(z: number, n: number, p: number): number {
  const sd = Math.sqrt(n * p * (1 - p));
  const value = Math.round(n * p + z * sd + ((z * z - 1) * (1 - 2 * p)) / 6);
  return Math.min(Math.max(value, 0), n);
}

/** The smallest k in [0, n] that holds, for a condition that stays true once it is; n always holds. Doubling steps, then halving. */
function smallest(holds: (k: number) => boolean, start: number, n: number, p: number): number {
  let step = Math.max(1, Math.round(Math.sqrt(n * p * (1 - p)) / 16));
  let high = start;
  while (high < n && !holds(high)) {
    high = Math.min(n, high + step);
    step *= 2;
  }
  let low = high;
  step = 1;
  do {
    high = low;
    low = Math.max(-1, low - step);
    step *= 2;
  } while (low >= 0 && holds(low));
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
