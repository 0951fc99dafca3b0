// The incomplete beta function as the smaller tail of a beta variable: a continued fraction, quadrature for large shapes, a power series where one
// shape is below 1. Source: DiDonato & Morris, "Algorithm 708", ACM TOMS 18 (1992) 360 (fraction and series).
import { logBetaDensity } from "./deviance.ts";
import { logScaledBeta } from "./gammaFunction.ts";
import { smallerOfLead } from "./incompleteGamma.ts";
import { expm1Minus, log1pMinus } from "./logarithms.ts";
import { mirrored, type Tail } from "./tail.ts";
import { logTailOverDensity } from "./tailQuadrature.ts";

/** With both shapes from here on and their sum beyond `largeTotal`, quadrature costs less than the fraction. */
const largeShape = 30;
const largeTotal = 2_000;
/** Never reached with valid arguments: convergence takes fewer terms. */
const termsMax = 2_000;
/** Beyond these log odds x or 1 - x nears underflow and the leading term is exact. */
const logOddsMax = 600;

/**
 * The smaller tail at x of a beta(a, b) variable; a, b, x > 0 and y = 1 - x > 0 are the caller's duty.
 * @param below a y - b x, as exact as the caller can make it: every digit counts when the shapes are large.
 */
export function betaTail(a: number, b: number, x: number, y: number, below: number): Tail {
  if (a < 1 && x <= 0.5 && b * x <= 1) return smallShapeTail(a, b, x);
  if (b < 1 && y <= 0.5 && a * y <= 1) return mirrored(smallShapeTail(b, a, y));
  return below >= 0 ? { side: "lower", log: logLower(a, b, x, y, below) } : { side: "upper", log: logLower(b, a, y, x, -below) };
}

/** The smaller tail at the point whose log odds log(x / (1 - x)) are given. */
export function betaTailAtLogOdds(a: number, b: number, logOdds: number): Tail {
  if (logOdds < -logOddsMax) return { side: "lower", log: a * logOdds - logScaledBeta(a, b) };
  if (logOdds > logOddsMax) return mirrored(betaTailAtLogOdds(b, a, -logOdds));
  const { x, y } = ofLogOdds(logOdds);
  return betaTail(a, b, x, y, a * y - b * x);
}

/** log of the density of the log odds. */
export function logDensityAtLogOdds(a: number, b: number, logOdds: number): number {
  if (logOdds < -logOddsMax) return a * logOdds + Math.log(a) - logScaledBeta(a, b);
  if (logOdds > logOddsMax) return logDensityAtLogOdds(b, a, -logOdds);
  const { x, y } = ofLogOdds(logOdds);
  return logBetaDensity(a, b, x, y, a * y - b * x);
}

export function ofLogOdds(logOdds: number): { x: number; y: number } {
  const odds = Math.exp(-Math.abs(logOdds));
  const small = odds / (1 + odds);
  const large = 1 / (1 + odds);
  return logOdds < 0 ? { x: small, y: large } : { x: large, y: small };
}

/** log I_x(a, b) at or below the mean (below >= 0). */
function logLower(a: number, b: number, x: number, y: number, below: number): number {
  const logDensity = logBetaDensity(a, b, x, y, below);
  return a >= largeShape && b >= largeShape && a + b >= largeTotal
    ? logDensity + logTailOverDensity(fallBelow(a + b, x, y, below), below, (a + b) * x * y)
    : logDensity + Math.log(lowerFraction(a, b, x, y, below));
}

/**
 * log of the log-odds density at logit(x) - w over that at logit(x): -below w - n (log(1 + x (e^-w - 1)) + x w).
 * The bracket is of second order; it is summed from second-order pieces, on the side of the smaller of x and y.
 */
function fallBelow(total: number, x: number, y: number, below: number): (w: number) => number {
  return x <= 0.5
    ? (w) => -below * w - total * (log1pMinus(x * Math.expm1(-w)) + x * expm1Minus(-w))
    : (w) => -below * w - total * (log1pMinus(y * Math.expm1(w)) + y * expm1Minus(w));
}

/** I_x(a, b) over the density of the log odds, at or below the mean; the even part of the classical fraction, in forward recurrence. */
function lowerFraction(a: number, b: number, x: number, y: number, below: number): number {
  const c = 1 + below;
  const c0 = b / a;
  const c1 = 1 + 1 / a;
  let p = 1;
  let s = a + 1;
  let numeratorBefore = 0;
  let denominatorBefore = 1;
  let numerator = 1;
  let denominator = c / c1;
  let value = c1 / c;
  for (let n = 1; n < termsMax; n++) {
    const t = n / a;
    const w = n * (b - n) * x;
    const e = a / s;
    const alpha = p * (p + c0) * e * e * (w * x);
    const beta = n + w / s + ((1 + t) / (c1 + t + t)) * (c + n * (1 + y));
    p = 1 + t;
    s += 2;
    [numeratorBefore, numerator] = [numerator, alpha * numeratorBefore + beta * numerator];
    [denominatorBefore, denominator] = [denominator, alpha * denominatorBefore + beta * denominator];
    const before = value;
    value = numerator / denominator;
    if (Math.abs(value - before) <= 1e-16 * value) break;
    numeratorBefore /= denominator;
    denominatorBefore /= denominator;
    numerator = value;
    denominator = 1;
  }
  return value;
}

/** a < 1 and b x <= 1: I = x^a / (a B) (1 + a sum), and 1 - I from the same pieces without subtracting I from 1. */
function smallShapeTail(a: number, b: number, x: number): Tail {
  let power = 1;
  let sum = 0;
  for (let n = 1; n < termsMax; n++) {
    power *= (1 - b / n) * x;
    const term = power / (a + n);
    sum += term;
    if (Math.abs(term) <= 1e-17 * Math.abs(sum)) break;
  }
  return smallerOfLead(a * Math.log(x) - logScaledBeta(a, b), a * sum);
}
