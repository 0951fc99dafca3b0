// The logarithm of the gamma function and of what is made of it, by Stirling's series and its exact differences.
// Sources: Abramowitz & Stegun 6.1.33, 6.1.41; Loader, "Fast and accurate computation of binomial probabilities", 2000.
import { requireCount, requireCountUpTo, requireNotNegative, requirePositive } from "./arguments.ts";
import { atanhTail } from "./logarithms.ts";

const halfLogTwoPi = 0.9189385332046728;
const eulerGamma = 0.5772156649015329;

/** From here on Stirling's series holds to the last digit. */
const stirlingFrom = 10;

/** B(2k) / (2k (2k - 1)), k = 1 ... 10. */
const stirlingCoefficients = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
  43867 / 244188,
  -174611 / 125400,
] as const;

/** zeta(k) - 1 for k = 2 ... 31, summed with an Euler-Maclaurin remainder. */
const zetaMinusOne = Array.from({ length: 30 }, (_, index) => {
  const k = index + 2;
  const last = 20;
  let sum = 0;
  let slope = k / (12 * last ** (k + 1));
  sum += last ** (1 - k) / (k - 1) + last ** -k / 2 + slope;
  slope *= ((k + 1) * (k + 2)) / (60 * last ** 2);
  sum -= slope;
  slope *= ((k + 3) * (k + 4)) / (42 * last ** 2);
  sum += slope;
  for (let n = last - 1; n >= 2; n--) sum += n ** -k;
  return sum;
});

/**
 * log Gamma(x) for x > 0, to full relative accuracy also beside its zeros 1 and 2; `logGamma(0)` and `logGamma(Infinity)` are Infinity.
 * @throws DomainError `stats-argument` when x < 0 or NaN.
 */
export function logGamma(x: number): number {
  requireNotNegative("x", x);
  if (x === 0 || x === Infinity) return Infinity;
  if (x >= stirlingFrom) return (x - 0.5) * (Math.log(x) - 1) + (halfLogTwoPi - 0.5) + stirlingSeries(x);
  if (x < 0.5) return logGammaNearOne(x) - Math.log(x);
  if (x < 1.5) return logGammaNearOne(x - 1);
  let product = 1;
  let rest = x;
  while (rest > 2.5) {
    rest -= 1;
    product *= rest;
  }
  return Math.log(product) + logGammaNearTwo(rest - 2);
}

/** log Gamma(1 + x), |x| <= 1/2: what is left of log Gamma(x) when its pole is taken out. */
function logGammaNearOne(x: number): number {
  return logGammaNearTwo(x) - Math.log1p(x);
}

/** log Gamma(2 + x), |x| <= 1/2. */
function logGammaNearTwo(x: number): number {
  let sum = 0;
  for (let k = 31; k >= 2; k--) sum = -x * (sum - zetaMinusOne[k - 2]! / k);
  return x * (1 - eulerGamma + sum);
}

/** log Gamma(1 + x) for x >= 0, accurate where x is tiny. */
export function logGamma1p(x: number): number {
  return x <= 0.5 ? logGammaNearOne(x) : x <= 1.5 ? logGammaNearTwo(x - 1) : logGamma(1 + x);
}

/** The remainder of Stirling's formula, s(x) = log Gamma(x + 1) - (x + 1/2) log x + x - log(2 pi) / 2, for x > 0. */
export function stirlingError(x: number): number {
  let sum = 0;
  let rest = x;
  while (rest < stirlingFrom) {
    sum += stirlingStep(rest);
    rest += 1;
  }
  return sum + stirlingSeries(rest);
}

/** s(x) - s(x + 1) = (x + 1/2) log(1 + 1/x) - 1, a positive number of relative accuracy. */
function stirlingStep(x: number): number {
  if (x < 0.5) return (x + 0.5) * (Math.log1p(x) - Math.log(x)) - 1;
  const v = 1 / (2 * x + 1);
  return v * v * atanhTail(v * v);
}

function stirlingSeries(x: number): number {
  const square = 1 / (x * x);
  let sum = 0;
  for (let k = stirlingCoefficients.length - 1; k >= 0; k--) sum = sum * square + stirlingCoefficients[k]!;
  return sum / x;
}

/**
 * log Gamma(a + b) - log Gamma(a) for a, b > 0, by the difference of Stirling's series where a is large, so that nothing cancels.
 * @throws DomainError `stats-argument` when a or b is not positive and finite.
 */
export function logGammaDelta(a: number, b: number): number {
  requirePositive("a", a);
  requirePositive("b", b);
  return gammaDelta(a, b);
}

function gammaDelta(a: number, b: number): number {
  if (a < stirlingFrom) {
    // Gamma(a + b) / Gamma(a) moves up by whole steps; each step is a ratio near 1 when b is small.
    let sum = 0;
    let rest = a;
    while (rest < stirlingFrom) {
      sum -= Math.log1p(b / rest);
      rest += 1;
    }
    return sum + gammaDelta(rest, b);
  }
  const total = a + b;
  const ratio = Math.log1p(b / a);
  return (a - 0.5) * ratio - b + b * Math.log(total) + seriesDifference(a, b);
}

/** s(a + b) - s(a) of the Stirling series; each term is a difference of powers, written so that a small b keeps its digits. */
function seriesDifference(a: number, b: number): number {
  if (b > a / 8) return stirlingSeries(a + b) - stirlingSeries(a);
  const shrink = Math.log1p(b / a);
  const square = 1 / (a * a);
  let power = 1 / a;
  let sum = 0;
  for (let k = 0; k < stirlingCoefficients.length; k++) {
    sum += stirlingCoefficients[k]! * power * Math.expm1(-(2 * k + 1) * shrink);
    power *= square;
  }
  return sum;
}

/**
 * log B(a, b) = log Gamma(a) + log Gamma(b) - log Gamma(a + b), for a, b > 0.
 * @throws DomainError `stats-argument` when a or b is not positive and finite.
 */
export function logBeta(a: number, b: number): number {
  requirePositive("a", a);
  requirePositive("b", b);
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (small < stirlingFrom) return logGamma1p(small) - Math.log(small) - gammaDelta(large, small);
  const total = small + large;
  return (
    halfLogTwoPi +
    0.5 * (Math.log(total / large) - Math.log(small)) +
    small * Math.log(small / total) -
    large * Math.log1p(small / large) +
    stirlingSeries(small) +
    stirlingSeries(large) -
    stirlingSeries(total)
  );
}

/**
 * log a B(a, b) = log Gamma(1 + a) - (log Gamma(a + b) - log Gamma(b)): what log B leaves when the pole at a = 0 is taken out.
 * Its absolute error falls with a.
 */
export function logScaledBeta(a: number, b: number): number {
  return logGamma1p(a) - gammaDelta(b, a);
}

/**
 * log n! for a whole n >= 0.
 * @throws DomainError `stats-argument` otherwise.
 */
export function logFactorial(n: number): number {
  requireCount("n", n);
  return logGamma1p(n);
}

/**
 * log of the number of ways to choose k of n; whole numbers, 0 <= k <= n.
 * @throws DomainError `stats-argument` otherwise.
 */
export function logChoose(n: number, k: number): number {
  requireCount("n", n);
  requireCountUpTo("k", k, n);
  if (k === 0 || k === n) return 0;
  if (k === 1 || k === n - 1) return Math.log(n);
  return -Math.log(n + 1) - logBeta(k + 1, n - k + 1);
}
