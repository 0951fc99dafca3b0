// How far draws are from the distribution they should come from. The oracles are @stdlib's incomplete functions, not our own.
import betainc from "@stdlib/math-base-special-betainc";
import erfc from "@stdlib/math-base-special-erfc";
import gammainc from "@stdlib/math-base-special-gammainc";
import { expect } from "vitest";
import { createRng, type Rng } from "../../src/random/index.ts";

/** Kolmogorov's limit: sqrt(n) D exceeds this in 1 of 1,000 samples. Seeds are fixed, so a test is settled once and for all. */
const limit = 1.95;

export const normalCdf = (x: number): number => 0.5 * erfc(-x / Math.SQRT2);
export const gammaCdf = (x: number, shape: number): number => (x <= 0 ? 0 : gammainc(x, shape));
export const betaCdf = (x: number, a: number, b: number): number => betainc(x, a, b);
export const poissonCdf = (count: number, mean: number): number => (count < 0 ? 0 : gammainc(mean, count + 1, true, true));
export const negativeBinomialCdf = (count: number, mean: number, size: number): number =>
  count < 0 ? 0 : betainc(size / (size + mean), size, count + 1);

/** Draws follow a continuous distribution function. */
export function expectFollows(seed: string, draw: (rng: Rng) => number, cdf: (x: number) => number, n = 20_000): void {
  const rng = createRng(seed);
  expectUniform(Array.from({ length: n }, () => cdf(draw(rng))));
}

/** Whole-number draws follow a distribution function: each step of it is filled evenly by a second stream. */
export function expectFollowsCounts(seed: string, draw: (rng: Rng) => number, cdf: (count: number) => number, n = 20_000): void {
  const rng = createRng(seed);
  const filler = rng.fork("filler");
  expectUniform(
    Array.from({ length: n }, () => {
      const count = draw(rng);
      expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
      const below = cdf(count - 1);
      return below + filler.nextDouble() * (cdf(count) - below);
    }),
  );
}

export function expectUniform(values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const distance = sorted.reduce((most, value, at) => Math.max(most, value - at / sorted.length, (at + 1) / sorted.length - value), 0);
  expect(distance * Math.sqrt(values.length)).toBeLessThan(limit);
}

export function meanAndVariance(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
}

/** Mean and variance lie within `sigmas` standard errors of what they should be; `kurtosis` is the distribution's fourth standardised moment. */
export function expectMoments(values: readonly number[], expected: { mean: number; variance: number; kurtosis: number }, sigmas = 4): void {
  const { mean, variance } = meanAndVariance(values);
  expect(Math.abs(mean - expected.mean)).toBeLessThan(sigmas * Math.sqrt(expected.variance / values.length));
  expect(Math.abs(variance / expected.variance - 1)).toBeLessThan(sigmas * Math.sqrt((expected.kurtosis - 1) / values.length));
}
