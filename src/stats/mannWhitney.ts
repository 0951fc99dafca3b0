// Does one sample tend to be larger? The exact Mann-Whitney test, ties included: the permutation distribution of the midrank sum by the shift
// algorithm (Streitberg & Roehmel 1986), which without ties counts what the recursion f(n,m,u) = f(n-1,m,u-m) + f(n,m-1,u) counts.
import { partialShuffle } from "./partialShuffle.ts";
import { requireSample } from "./samples.ts";
import {
  type Alternative,
  exactResult,
  type MonteCarloOptions,
  monteCarloResult,
  requireAlternative,
  requireMonteCarlo,
  type TestResult,
} from "./testResult.ts";

export interface MannWhitneyResult extends TestResult {
  /** Share of pairs in which a is larger, ties counted half: U / (pairs); .5 is no tendency. */
  readonly effect: number;
}

export interface MannWhitneyOptions extends MonteCarloOptions {
  /** Default `two-sided`; `greater` asks whether a tends to be larger than b. */
  readonly alternative?: Alternative | undefined;
}

/** Additions spent on the exact distribution: about 60 against 60. */
const workMax = 100_000_000;
const drawsDefault = 9_999;

/**
 * `statistic` is U, the pairs in which a is larger (ties half). Two-sided, an arrangement is as extreme as the observed one when its U is as far
 * from its mean. Exact up to about 60 against 60, beyond that Monte Carlo with `options`.
 * @throws DomainError for an empty sample, a value that is not finite, or sizes beyond the exact limit without an rng.
 */
export function mannWhitneyExact(a: readonly number[], b: readonly number[], options: MannWhitneyOptions = {}): MannWhitneyResult {
  requireSample("a", a, 1);
  requireSample("b", b, 1);
  const { alternative = "two-sided" } = options;
  requireAlternative(alternative);
  const ranks = doubledMidranks([...a, ...b]);
  const pairs = a.length * b.length;
  const rankSum = sum(ranks.slice(0, a.length));
  const statistic = (rankSum - a.length * (a.length + 1)) / 2;
  const effect = statistic / pairs;

  // The distribution is that of the smaller sample's rank sum; deviations of the two samples are opposite.
  const chosen = Math.min(a.length, b.length);
  const direction = chosen === a.length ? 1 : -1;
  const mean = (sum(ranks) * chosen) / ranks.length;
  const sumMax = sum(ranks.toSorted((x, y) => y - x).slice(0, chosen));
  const extremeness = (deviation: number) =>
    alternative === "two-sided" ? Math.abs(deviation) : alternative === "greater" ? direction * deviation : -direction * deviation;
  const observed = extremeness(direction * (rankSum - (sum(ranks) * a.length) / ranks.length));

  if (ranks.length * chosen * sumMax > workMax) {
    const monteCarlo = requireMonteCarlo(options, "samples of about 60 against 60", drawsDefault);
    let extreme = 0;
    const shuffle = partialShuffle(ranks.length, chosen);
    const deck = Int32Array.from(ranks);
    for (let draw = 0; draw < monteCarlo.draws; draw++) {
      shuffle(monteCarlo.rng, deck);
      let drawn = -mean;
      for (let at = 0; at < chosen; at++) drawn += deck[at]!;
      if (extremeness(drawn) >= observed) extreme++;
    }
    return { ...monteCarloResult(monteCarlo, extreme, statistic), effect };
  }

  const ways = rankSumWays(ranks, chosen, sumMax);
  let total = 0;
  let extreme = 0;
  let most = -Infinity;
  let ofMost = 0;
  ways.forEach((count, value) => {
    if (count === 0) return;
    total += count;
    const here = extremeness(value - mean);
    if (here >= observed) extreme += count;
    if (here > most) {
      most = here;
      ofMost = 0;
    }
    if (here === most) ofMost += count;
  });
  return { ...exactResult(extreme / total, statistic, ofMost / total), effect };
}

/** Ways to choose `chosen` of the ranks for each rank sum (index). */
function rankSumWays(ranks: readonly number[], chosen: number, sumMax: number): Float64Array {
  const ways = Array.from({ length: chosen + 1 }, () => new Float64Array(sumMax + 1));
  ways[0]![0] = 1;
  const ascending = ranks.toSorted((x, y) => x - y);
  const sums = [0];
  for (const rank of ascending) sums.push(sums.at(-1)! + rank);
  // Without ties every doubled rank is even, and so is every sum.
  const step = ranks.every((rank) => rank % 2 === 0) ? 2 : 1;
  ascending.forEach((rank, at) => {
    for (let size = Math.min(chosen, at + 1); size >= 1; size--) {
      const from = ways[size - 1]!;
      const to = ways[size]!;
      // This rank with the least and with the largest of those before it.
      const least = rank + sums[size - 1]!;
      for (let value = sums[at + 1]! - sums[at + 1 - size]!; value >= least; value -= step) to[value]! += from[value - rank]!;
    }
  });
  return ways[chosen]!;
}

/** Twice the midranks, which makes them whole numbers and ties exact. */
function doubledMidranks(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((x, y) => values[x]! - values[y]!);
  const ranks = Array.from<number>({ length: values.length });
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let at = start; at < end; at++) ranks[order[at]!] = start + 1 + end;
    start = end;
  }
  return ranks;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
