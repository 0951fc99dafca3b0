// The argument checks of the validity tests: a list or number out of range is refused by name, never turned into NaN (law L12).
import { DomainError } from "../../domain/index.ts";
import type { Rng } from "../../random/index.ts";
import type { MonteCarloOptions, TestResult } from "../../stats/index.ts";

export function refuse(path: string, message: string, fix: string, value?: unknown, code = "statistics-argument"): never {
  throw new DomainError({ code, path, message, fix, ...(value !== undefined && { value }) });
}

export function requireNumbers(path: string, values: readonly number[], least: number, below: number, range: string): void {
  requireSome(path, values);
  values.forEach((value, at) => {
    if (!(typeof value === "number" && value >= least && value < below))
      refuse(`${path}[${at}]`, `${path}[${at}] must be ${range}, not ${String(value)}`, `Pass ${range}.`, value);
  });
}

export function requireSome(path: string, values: readonly unknown[]): void {
  if (values.length === 0) refuse(path, `${path} is empty`, "Pass at least one value.");
}

export function requireSameLength(path: string, values: readonly unknown[], otherPath: string, other: readonly unknown[]): void {
  if (values.length !== other.length)
    refuse(
      path,
      `${path} has ${values.length} entries and ${otherPath} has ${other.length}`,
      `Pass one entry of ${path} for each of ${otherPath}.`,
    );
}

export function requirePositive(path: string, value: number): void {
  if (!(value > 0 && value < Infinity))
    refuse(path, `${path} must be a positive finite number, not ${String(value)}`, `Pass ${path} as a positive finite number.`, value);
}

export function requireCount(path: string, value: number, least = 0): void {
  if (!(Number.isSafeInteger(value) && value >= least))
    refuse(path, `${path} must be a whole number >= ${least}, not ${String(value)}`, `Pass a whole number >= ${least}.`, value);
}

export function requireCounts(path: string, values: readonly number[]): void {
  requireSome(path, values);
  values.forEach((value, at) => requireCount(`${path}[${at}]`, value));
}

/** Arm indices 0 ... K - 1 with at least two arms, none of them empty. Returns the posts of each arm. */
export function armSizes(path: string, arms: readonly number[]): number[] {
  requireCounts(path, arms);
  const sizes: number[] = [];
  for (const arm of arms) {
    if (arm >= arms.length) refuse(path, `${path} names arm ${arm}, but some arm below it has no post`, "Number the arms 0, 1, 2 ...", arm);
    sizes[arm] = (sizes[arm] ?? 0) + 1;
  }
  for (let arm = 0; arm < sizes.length; arm++)
    if (sizes[arm] === undefined) refuse(path, `arm ${arm} has no post`, "Number the arms 0, 1, 2 ... and give each at least one post.");
  if (sizes.length < 2) refuse(path, `${path} holds one arm only`, "Pass posts of at least two arms.");
  return sizes;
}

/** Shares of probability: positive, scaled to sum to 1. */
export function normalisedWeights(path: string, weights: readonly number[]): number[] {
  if (weights.length < 2) refuse(path, `${path} must name at least two arms`, "Pass one positive weight per arm.", weights);
  weights.forEach((weight, at) => {
    if (!(weight > 0 && weight < Infinity))
      refuse(
        `${path}[${at}]`,
        `${path}[${at}] must be positive and finite, not ${String(weight)}`,
        "Leave out arms of weight 0; an exposure to one is a leak (E1).",
        weight,
      );
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total < Infinity)) refuse(path, `${path} add up to more than a number can hold`, "Pass weights that sum to about 1.", weights);
  return weights.map((weight) => weight / total);
}

export function requireLevel(path: string, value: number): void {
  if (!(value > 0 && value <= 1))
    refuse(path, `${path} must be above 0 and at most 1, not ${String(value)}`, `Pass ${path} in (0, 1].`, value);
}

/** Probabilities of each of `arms` arms, none negative, summing to 1 within rounding. */
export function requireProbabilities(path: string, probabilities: readonly number[], arms: number): void {
  if (probabilities.length !== arms)
    refuse(path, `${path} has ${probabilities.length} entries for ${arms} arms`, "Pass one probability per arm.", probabilities);
  let total = 0;
  for (const probability of probabilities) {
    if (!(probability >= 0 && probability <= 1))
      refuse(path, `${path} holds ${String(probability)}`, "Pass probabilities in [0, 1].", probability);
    total += probability;
  }
  if (Math.abs(total - 1) > 1e-6) refuse(path, `${path} add up to ${total}, not 1`, "Pass probabilities that sum to 1.", probabilities);
}

/** Stream and draws of a Monte Carlo p, and the result made of `hits` draws at least as extreme among those made: p = (1 + hits) / (made + 1). */
export function monteCarlo(
  { rng, draws = 9_999 }: MonteCarloOptions,
  why: string,
): { rng: Rng; draws: number; result: (hits: number, statistic: number, leastP: number, made?: number) => TestResult } {
  if (rng === undefined) refuse("options.rng", `the exact test does not reach ${why}, and there is no rng`, "Pass an rng of its own.");
  requireCount("options.draws", draws, 1);
  return {
    rng,
    draws,
    result: (hits, statistic, leastP, made = draws) => {
      const p = (1 + hits) / (1 + made);
      return {
        statistic,
        p,
        logP: Math.log(p),
        minP: Math.max(leastP, 1 / (1 + draws)),
        exactness: "monteCarlo",
        draws: made,
        seed: rng.seed,
      };
    },
  };
}

export function requireInstants(path: string, instants: readonly number[]): void {
  requireNumbers(path, instants, -8.64e15, 8.64e15, "an instant in epoch milliseconds");
}

export function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}
