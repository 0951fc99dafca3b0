// E5: do the arms stand at the same hours of the day or week? Energy distance (Szekely & Rizzo) with chord distance on the clock, judged by
// permuting labels. Chord, because arc distance is exactly 0 between slots {9, 21} and {3, 15} (validity note, section 3).
import type { MonteCarloOptions, TestResult } from "../../stats/index.ts";
import { armSizes, monteCarlo, requireCount, requireNumbers, requirePositive, requireSameLength, requireSome } from "./arguments.ts";
import { chordForm, type Clock } from "./chordForm.ts";
import { drawArrangements, eachArrangement, labelDesign } from "./labelArrangements.ts";

export interface ClockSample {
  /** Hour of each post on the clock, in [0, periodHours): wall time for 24, hours since Monday 00:00 for 168. */
  readonly hours: readonly number[];
  /** Arm index of each post: 0 ... K - 1, every arm present. */
  readonly arm: readonly number[];
  /** Block of each post, where labels were dealt within blocks: they are then permuted within blocks only. */
  readonly block?: readonly string[];
  /** Length of the clock's round: 24 or 168. */
  readonly periodHours: number;
}

/** The same posts on several clocks, each with its hours and the length of its round. */
export interface ClocksSample extends Pick<ClockSample, "arm" | "block"> {
  readonly clocks: readonly Clock[];
}

/**
 * Permutation test of equal clock positions. The statistic is the energy distance in hours, summed over pairs of arms with weights
 * n_j n_k / (n_j + n_k). Exact when enumerated (up to 20,000 arrangements; equal arms are counted once); otherwise Monte Carlo with
 * p = (1 + hits) / (draws + 1), valid as drawn; arrangements are drawn anew for every call. `minP` is that of the sizes.
 * O(posts^2 + arrangements x posts x arms).
 * @throws DomainError `statistics-argument` for hours off the clock, empty arms, or more than 20,000 arrangements and no rng.
 */
export function circularEnergyTest({ hours, periodHours, ...labels }: ClockSample, options: SequentialMonteCarloOptions = {}): TestResult {
  return circularEnergyTests({ ...labels, clocks: [{ hours, periodHours }] }, options)[0]!;
}

/** How a test that is too large to enumerate is drawn. */
export interface SequentialMonteCarloOptions extends MonteCarloOptions {
  /**
   * Hits at which a p-value is large enough to need no more draws; its p is then (1 + hits) / (1 + draws until then), valid as well
   * (Besag & Clifford 1991, Sequential Monte Carlo p-values). Without it all draws are made.
   */
  readonly hitsEnough?: number;
}

/**
 * `circularEnergyTest` on several clocks with one pass through the arrangements. Each p is valid by itself; together they need Holm.
 * @returns one result per clock. @throws DomainError as `circularEnergyTest`.
 */
export function circularEnergyTests({ clocks, arm, block }: ClocksSample, options: SequentialMonteCarloOptions = {}): TestResult[] {
  requireSome("clocks", clocks);
  for (const { hours, periodHours } of clocks) {
    requireClock("hours", hours, periodHours);
    requireSameLength("arm", arm, "hours", hours);
  }
  if (block !== undefined) requireSameLength("block", block, "arm", arm);
  const sizes = armSizes("arm", arm);
  const posts = arm.length;
  const energies = chordForm(clocks, pairWeights(sizes), sizes.length);
  const design = labelDesign(arm, sizes.length, block);
  const statistics = Array.from(energies(design.dealt));
  const isExact = design.arrangements <= arrangementsMax;
  if (options.hitsEnough !== undefined) requireCount("options.hitsEnough", options.hitsEnough, 1);
  const hitsEnough = isExact ? Infinity : (options.hitsEnough ?? Infinity);
  const hits = statistics.map(() => 0);
  const visited = statistics.map(() => 0);
  const count = (labels: Uint8Array) => {
    const found = energies(labels);
    let isOpen = false;
    for (let clock = 0; clock < hits.length; clock++) {
      if (hits[clock]! >= hitsEnough) continue;
      isOpen = true;
      visited[clock]!++;
      if (found[clock]! >= statistics[clock]! - tieHours * posts) hits[clock]!++;
    }
    return isOpen;
  };
  const leastShare = design.twins / design.arrangements;
  if (isExact) {
    eachArrangement(design, count);
    return statistics.map((statistic, clock) => {
      const p = hits[clock]! / visited[clock]!;
      return { statistic, p, logP: Math.log(p), minP: leastShare, exactness: "exact" };
    });
  }
  const { rng, draws, result } = monteCarlo(options, `${arrangementsMax} arrangements`);
  drawArrangements(design, rng, draws, count);
  return statistics.map((statistic, clock) => result(hits[clock]!, statistic, leastShare, visited[clock]));
}

/**
 * Energy distance of two samples of clock hours, in hours: 2 mean d(a, b) - mean d(a, a') - mean d(b, b'), ordered pairs, self included.
 * @throws DomainError `statistics-argument` for empty samples or hours off the clock.
 */
export function circularEnergy(a: readonly number[], b: readonly number[], periodHours: number): number {
  requireClock("a", a, periodHours);
  requireClock("b", b, periodHours);
  const mean = (from: readonly number[], to: readonly number[]) =>
    from.reduce((sum, x) => to.reduce((inner, y) => inner + chordHours(x, y, periodHours), sum), 0) / (from.length * to.length);
  return 2 * mean(a, b) - mean(a, a) - mean(b, b);
}

/** Straight-line distance of two points of a clock face whose round is `periodHours` long, in hours. */
export function chordHours(x: number, y: number, periodHours: number): number {
  return (periodHours / Math.PI) * Math.abs(Math.sin((Math.PI * (x - y)) / periodHours));
}

export function requireClock(path: string, hours: readonly number[], periodHours: number): void {
  requirePositive("periodHours", periodHours);
  requireNumbers(path, hours, 0, periodHours, `an hour of the clock, from 0 to below ${periodHours}`);
}

const arrangementsMax = 20_000;
/** Statistics closer than this, in hours per post, are one: sums of the same distances differ by rounding. */
const tieHours = 1e-10;

/** What an unordered pair of posts in arms j and k adds to the statistic, per hour of distance. Row after row. */
function pairWeights(sizes: readonly number[]): Float64Array {
  const arms = sizes.length;
  const weights = new Float64Array(arms * arms);
  sizes.forEach((nj, j) =>
    sizes.forEach((nk, k) => {
      if (j === k) return;
      weights[j * arms + k] = 2 / (nj + nk);
      weights[j * arms + j]! -= (2 * nk) / ((nj + nk) * nj);
    }),
  );
  return weights;
}
