// Poisson counts: inversion below mean 10, above it transformed rejection PTRS (Hoermann 1993, Insurance: Mathematics and Economics 12).
// The log probability is Loader's saddle-point form (2000), which stays accurate at means where k log m - m - log k! has lost its digits.
import { requireBetween } from "./arguments.ts";
import type { Rng } from "./rng.ts";

/** Beyond this mean a count is no longer an exact double. */
const meanMax = 1e15;

/**
 * A Poisson count. Constant cost above mean 10.
 * @throws DomainError unless mean is between 0 and 1e15.
 */
export function poisson(rng: Rng, mean: number): number {
  requireBetween("mean", mean, 0, meanMax);
  return mean < 10 ? byInversion(rng, mean) : byRejection(rng, mean);
}

function byInversion(rng: Rng, mean: number): number {
  let rest = rng.nextDouble();
  let probability = Math.exp(-mean);
  let count = 0;
  // Past the mode, once a term is below the grain of the draw, what is left of `rest` is rounding, not tail.
  while (rest >= probability && (count < mean || probability > 2 ** -54)) {
    rest -= probability;
    count++;
    probability *= mean / count;
  }
  return count;
}

function byRejection(rng: Rng, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = rng.nextDouble() - 0.5;
    const v = 1 - rng.nextDouble();
    const us = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return count;
    if (count < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= logProbability(count, mean)) return count;
  }
}

function logProbability(count: number, mean: number): number {
  return count === 0 ? -mean : -stirlingError(count) - deviance(count, mean) - 0.5 * Math.log(2 * Math.PI * count);
}

/** x log(x / mean) + mean - x, by its series near the mean where the terms cancel. */
function deviance(x: number, mean: number): number {
  const difference = x - mean;
  const v = difference / (x + mean);
  if (Math.abs(v) >= 0.1) return x * Math.log(x / mean) - difference;
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 3; ; j += 2) {
    term *= v * v;
    const next = sum + term / j;
    if (next === sum) return sum;
    sum = next;
  }
}

const stirlingErrorSmall = Float64Array.from({ length: 16 }, (_, count) =>
  count === 0 ? 0 : Math.log(factorial(count)) - 0.5 * Math.log(2 * Math.PI * count) - count * Math.log(count) + count,
);

/** log n! minus Stirling's formula. */
function stirlingError(n: number): number {
  if (n < 16) return stirlingErrorSmall[n]!;
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / square) / square) / square) / n;
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
