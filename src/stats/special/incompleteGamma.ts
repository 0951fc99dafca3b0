// The incomplete gamma function as the smaller tail of a gamma variable: series below the mean, continued fraction above it, quadrature for large
// shapes. Sources: DLMF 8.7, 8.9; DiDonato & Morris, ACM TOMS 12 (1986) 377, for small shapes.
import { logGammaDensity } from "./deviance.ts";
import { logGamma1p } from "./gammaFunction.ts";
import { expm1Minus } from "./logarithms.ts";
import { nothingAbove, nothingBelow, type Tail } from "./tail.ts";
import { logTailOverDensity } from "./tailQuadrature.ts";

/** From this shape on quadrature is used; below it series and fraction need at most some 150 terms. */
const largeShape = 40;
/** Never reached with valid arguments: convergence takes fewer terms. */
const termsMax = 2_000;

/** The smaller tail at x of a gamma variable of the given shape and scale 1; shape > 0 is the caller's duty. */
export function gammaTail(shape: number, x: number): Tail {
  if (x <= 0) return nothingBelow;
  if (x === Infinity) return nothingAbove;
  if (shape >= largeShape) return largeShapeTail(shape, x);
  if (shape < 1 && x <= 1) return smallShapeTail(shape, x);
  return x < shape
    ? { side: "lower", log: logGammaDensity(shape, x) + Math.log(lowerSeries(shape, x)) }
    : { side: "upper", log: logGammaDensity(shape, x) - Math.log(upperFraction(shape, x)) };
}

/** From log x, for quantiles so small that x itself underflows. */
export function gammaTailAtLog(shape: number, logX: number): Tail {
  return logX < -700 ? { side: "lower", log: shape * logX - logGamma1p(shape) } : gammaTail(shape, Math.exp(logX));
}

/** In w = |log(t / x)| the integrand is e^(-|a - x| w - x (e^-w - 1 + w)) below and e^(-|x - a| w - x (e^w - 1 - w)) above. */
function largeShapeTail(shape: number, x: number): Tail {
  const direction = x < shape ? -1 : 1;
  const slope = Math.abs(shape - x);
  const logRatio = (w: number): number => -slope * w - x * expm1Minus(direction * w);
  const log = logGammaDensity(shape, x) + logTailOverDensity(logRatio, slope, x);
  return { side: x < shape ? "lower" : "upper", log };
}

/** 1/a + x/(a(a+1)) + ...: the lower tail over the density of log X. */
function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let k = 1; k < termsMax && term > 1e-17 * sum; k++) {
    term *= x / (shape + k);
    sum += term;
  }
  return sum;
}

/** Legendre's continued fraction x + 1 - a - 1(1 - a)/(x + 3 - a - ...): the density of log X over the upper tail. Lentz's method. */
function upperFraction(shape: number, x: number): number {
  let partial = x + 1 - shape;
  let numerator = partial === 0 ? 1e-300 : partial;
  let denominator = 0;
  let value = numerator;
  for (let k = 1; k < termsMax; k++) {
    const a = k * (shape - k);
    partial += 2;
    denominator = partial + a * denominator;
    denominator = 1 / (denominator === 0 ? 1e-300 : denominator);
    numerator = partial + a / numerator;
    if (numerator === 0) numerator = 1e-300;
    const change = numerator * denominator;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return value;
}

/** Shape and x below 1: P = x^a / Gamma(a + 1) (1 + a sum), and Q from the same pieces without subtracting P from 1. */
function smallShapeTail(shape: number, x: number): Tail {
  let power = 1;
  let sum = 0;
  for (let k = 1; k < 60; k++) {
    power *= -x / k;
    const term = power / (shape + k);
    sum += term;
    if (Math.abs(term) < 1e-17 * Math.abs(sum)) break;
  }
  const logLead = shape * Math.log(x) - logGamma1p(shape);
  return smallerOfLead(logLead, shape * sum);
}

/** The smaller of P = e^logLead (1 + correction) and 1 - P. */
export function smallerOfLead(logLead: number, correction: number): Tail {
  const lower = Math.exp(logLead) * (1 + correction);
  return lower < 0.5
    ? { side: "lower", log: logLead + Math.log1p(correction) }
    : { side: "upper", log: Math.log(-Math.expm1(logLead) - Math.exp(logLead) * correction) };
}
