// The error function and the scaled normal tail by Cody's rational approximations, good to the last digits of a double at any distance.
// Source: Cody, "Rational Chebyshev approximation for the error function", Math. Comp. 23 (1969), in the normal form of ACM TOMS 715.
import { requireNumber } from "./arguments.ts";

const rootTwo = Math.SQRT2;
const oneOverRootTwoPi = 0.3989422804014327;
const rootThirtyTwo = Math.sqrt(32);
/** The quartiles of the standard normal: inside them the central approximation is used. */
const centralZ = 0.67448975;

const centralNumerator = [2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356] as const;
const centralLead = 0.06568233791820745;
const centralDenominator = [47.202581904688245, 976.0985517377767, 10260.932208618979, 45507.78933502673] as const;

const middleNumerator = [
  0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002, 2494.5375852903726, 6848.190450536283, 11602.65143764735,
  9842.714838383978,
] as const;
const middleLead = 1.0765576773720192e-8;
const middleDenominator = [
  22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097, 34900.95272114598, 38912.00328609327,
  19685.429676859992,
] as const;

const farNumerator = [
  0.215898534057957, 0.12740116116024736, 0.022235277870649807, 0.0014216191932278934, 0.000029112874951168793,
] as const;
const farLead = 0.023073441764940174;
const farDenominator = [1.284260096144911, 0.4682382124808651, 0.06598813786892856, 0.0037823963320275824, 0.00007297515550839662] as const;

/** Phi(z) - 1/2 for |z| <= `centralZ`. */
function central(z: number): number {
  const square = z * z;
  let top = centralLead * square;
  let bottom = square;
  for (let i = 0; i < 3; i++) {
    top = (top + centralNumerator[i]!) * square;
    bottom = (bottom + centralDenominator[i]!) * square;
  }
  return (z * (top + centralNumerator[3])) / (bottom + centralDenominator[3]);
}

/** P(Z > z) e^(z^2/2) for z >= `centralZ`: a slow function, about 1 / (z sqrt(2 pi)). */
function scaledTail(z: number): number {
  if (z <= rootThirtyTwo) {
    let top = middleLead * z;
    let bottom = z;
    for (let i = 0; i < 7; i++) {
      top = (top + middleNumerator[i]!) * z;
      bottom = (bottom + middleDenominator[i]!) * z;
    }
    return (top + middleNumerator[7]) / (bottom + middleDenominator[7]);
  }
  const square = 1 / (z * z);
  let top = farLead * square;
  let bottom = square;
  for (let i = 0; i < 4; i++) {
    top = (top + farNumerator[i]!) * square;
    bottom = (bottom + farDenominator[i]!) * square;
  }
  return (oneOverRootTwoPi - (square * (top + farNumerator[4])) / (bottom + farDenominator[4])) / z;
}

/** e^(-scale x^2) with the square's rounding error given back: x is cut to sixteenths, whose square is exact. */
export function expMinusSquare(x: number, scale: 0.5 | 1): number {
  const cut = Math.trunc(x * 16) / 16;
  const rest = (x - cut) * (x + cut);
  return Math.exp(-scale * cut * cut) * Math.exp(-scale * rest);
}

/** P(Z > z) of the standard normal. */
export function normalTail(z: number): number {
  if (Math.abs(z) <= centralZ) return 0.5 - central(z);
  if (z > 40) return 0;
  return z < 0 ? 1 - normalTail(-z) : expMinusSquare(z, 0.5) * scaledTail(z);
}

/** log P(Z > z) of the standard normal. */
export function logNormalTail(z: number): number {
  if (z < -centralZ) return z < -40 ? 0 : Math.log1p(-normalTail(-z));
  if (z <= centralZ) return Math.log1p(-0.5 - central(z));
  return Math.log(scaledTail(z)) - 0.5 * z * z;
}

/**
 * erf(x), the probability that |Z| < x sqrt(2); relative accuracy also near 0.
 * @throws DomainError `stats-argument` when x is NaN.
 */
export function erf(x: number): number {
  requireNumber("x", x);
  const z = x * rootTwo;
  if (Math.abs(z) <= centralZ) return 2 * central(z);
  return x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
}

/**
 * erfc(x) = 1 - erf(x), accurate for x > 0 down to the smallest double.
 * @throws DomainError `stats-argument` when x is NaN.
 */
export function erfc(x: number): number {
  requireNumber("x", x);
  const z = x * rootTwo;
  if (Math.abs(z) <= centralZ) return 1 - 2 * central(z);
  if (x > 28) return 0;
  return x < 0 ? 2 - erfc(-x) : 2 * expMinusSquare(x, 1) * scaledTail(z);
}

/**
 * log erfc(x), finite where erfc underflows.
 * @throws DomainError `stats-argument` when x is NaN.
 */
export function logErfc(x: number): number {
  requireNumber("x", x);
  const z = x * rootTwo;
  if (z <= centralZ) return z < -centralZ ? Math.log1p(1 - erfc(-x)) : Math.log1p(-2 * central(z));
  return Math.log(2 * scaledTail(z)) - x * x;
}
