// Logarithms and exponentials written so that nothing cancels: the small differences that tails and deviances are made of.
import { requireNotPositive, requireNumber } from "./arguments.ts";

/**
 * log(1 - e^x) for x <= 0: the complement of a probability known by its logarithm.
 * `log1mExp(0)` is -Infinity. Source: Maechler, "Accurately computing log(1 - exp(-|a|))", 2012.
 * @throws DomainError `stats-argument` when x > 0 or NaN.
 */
export function log1mExp(x: number): number {
  requireNotPositive("x", x);
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/**
 * log(sum of e^x) without overflow; of no terms it is -Infinity.
 * @throws DomainError `stats-argument` when a term is NaN.
 */
export function logSumExp(terms: readonly number[]): number {
  let most = -Infinity;
  for (const [index, term] of terms.entries()) {
    requireNumber(`terms[${index}]`, term);
    most = Math.max(most, term);
  }
  if (!Number.isFinite(most)) return most;
  return most + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - most), 0));
}

/** log(1 + x) - x to full relative accuracy, x > -1: it is about -x^2/2 near zero. */
export function log1pMinus(x: number): number {
  if (x < -0.4 || x > 0.7) return Math.log1p(x) - x;
  // log(1 + x) = 2 atanh(r), r = x / (2 + x), and 2 r - x = -x^2 / (2 + x).
  const r = x / (2 + x);
  return 2 * r * r * r * atanhTail(r * r) - (x * x) / (2 + x);
}

/** 1/2!, 1/3!, ... 1/18!: enough for |x| <= 0.7. */
const inverseFactorials = Array.from({ length: 17 }, (_, index) => {
  let product = 1;
  for (let k = 2; k <= index + 2; k++) product *= k;
  return 1 / product;
});

/** e^x - 1 - x to full relative accuracy: it is about x^2/2 near zero. */
export function expm1Minus(x: number): number {
  if (Math.abs(x) > 0.7) return Math.expm1(x) - x;
  let sum = 0;
  for (let k = inverseFactorials.length - 1; k >= 0; k--) sum = sum * x + inverseFactorials[k]!;
  return x * x * sum;
}

/** (atanh(r) / r - 1) / r^2 = 1/3 + r^2/5 + r^4/7 + ..., given r^2 <= 1/4. */
export function atanhTail(rSquared: number): number {
  let power = 1;
  let sum = 1 / 3;
  for (let k = 5; ; k += 2) {
    power *= rSquared;
    const term = power / k;
    sum += term;
    if (term <= 1e-17) return sum;
  }
}
