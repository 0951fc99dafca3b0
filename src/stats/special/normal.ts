// The normal distribution. Tails by Cody's approximations, quantiles by Wichura's AS 241 (Applied Statistics 37 (1988) 477).
import { requireFinite, requireNumber, requirePositive, requireProbability } from "./arguments.ts";
import { expMinusSquare, logNormalTail, normalTail } from "./errorFunction.ts";

const logRootTwoPi = 0.9189385332046728;
const oneOverRootTwoPi = 0.3989422804014327;

function standardised(z: number, mean: number, sd: number): number {
  requireNumber("z", z);
  requireShape(mean, sd);
  return (z - mean) / sd;
}

function requireShape(mean: number, sd: number): void {
  requireFinite("mean", mean);
  requirePositive("sd", sd);
}

/**
 * Density at z of the normal with this mean and standard deviation.
 * @throws DomainError `stats-argument` (as every function of this file) when z is NaN, mean not finite or sd not positive.
 */
export function normalPdf(z: number, mean = 0, sd = 1): number {
  const standard = standardised(z, mean, sd);
  return Math.abs(standard) > 40 ? 0 : (oneOverRootTwoPi * expMinusSquare(standard, 0.5)) / sd;
}

/** log of the density at z. */
export function normalLogPdf(z: number, mean = 0, sd = 1): number {
  const standard = standardised(z, mean, sd);
  return -0.5 * standard * standard - logRootTwoPi - Math.log(sd);
}

/** P(Z <= z), accurate however small. */
export function normalCdf(z: number, mean = 0, sd = 1): number {
  return normalTail(-standardised(z, mean, sd));
}

/** P(Z > z), accurate however small. */
export function normalSf(z: number, mean = 0, sd = 1): number {
  return normalTail(standardised(z, mean, sd));
}

/** log P(Z <= z), finite where the probability underflows. */
export function normalLogCdf(z: number, mean = 0, sd = 1): number {
  return logNormalTail(-standardised(z, mean, sd));
}

/** log P(Z > z), finite where the probability underflows. */
export function normalLogSf(z: number, mean = 0, sd = 1): number {
  return logNormalTail(standardised(z, mean, sd));
}

/** The z with P(Z <= z) = p; -Infinity and Infinity at p = 0 and 1. */
export function normalQuantile(p: number, mean = 0, sd = 1): number {
  requireProbability("p", p);
  requireShape(mean, sd);
  return mean + sd * standardQuantile(p);
}

/** The z with P(Z > z) = p, for upper tails too small for 1 - p. */
export function normalUpperQuantile(p: number, mean = 0, sd = 1): number {
  requireProbability("p", p);
  requireShape(mean, sd);
  return mean - sd * standardQuantile(p);
}

const centralA = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
  2509.0809287301227,
] as const;
const centralB = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852546,
] as const;
const middleC = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 0.0007745450142783414,
] as const;
const middleD = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
  1.0507500716444169e-9,
] as const;
const farE = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
  0.000027115555687434876, 2.0103343992922881e-7,
] as const;
const farF = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 0.000018463183175100548, 1.421511758316446e-7,
  2.0442631033899397e-15,
] as const;

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!;
  return sum;
}

/** AS 241, PPND16: about 1e-16 relative for p in [1e-316, 1). */
export function standardQuantile(p: number): number {
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  const offset = p - 0.5;
  if (Math.abs(offset) <= 0.425) {
    const r = 0.180625 - offset * offset;
    return (offset * polynomial(centralA, r)) / polynomial(centralB, r);
  }
  const r = Math.sqrt(-Math.log(offset < 0 ? p : 1 - p));
  const distance = r <= 5 ? polynomial(middleC, r - 1.6) / polynomial(middleD, r - 1.6) : polynomial(farE, r - 5) / polynomial(farF, r - 5);
  return offset < 0 ? -distance : distance;
}
