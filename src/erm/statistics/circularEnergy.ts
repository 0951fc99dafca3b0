// E5: do the arms stand at the same hours of the day or week? Energy distance (Szekely & Rizzo) with chord distance on the clock, judged by
// permuting labels. Chord, because arc distance is exactly 0 between slots {9, 21} and {3, 15} (validity note, section 3).
import { type Rng, uniformInteger } from "../../random/index.ts";
import type { MonteCarloOptions, TestResult } from "../../stats/index.ts";
import { armSizes, monteCarlo, requireNumbers, requirePositive, requireSameLength, zeros } from "./arguments.ts";

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

/**
 * Permutation test of equal clock positions. The statistic is the energy distance in hours, summed over pairs of arms with weights
 * n_j n_k / (n_j + n_k). Exact when enumerated (up to 20,000 arrangements; equal arms are counted once); otherwise Monte Carlo with
 * p = (1 + hits) / (draws + 1), valid as drawn; arrangements are drawn anew for every call. `minP` is that of the sizes.
 * O(posts^2 + arrangements x posts), or O(draws x posts^2).
 * @throws DomainError `statistics-argument` for hours off the clock, empty arms, or more than 20,000 arrangements and no rng.
 */
export function circularEnergyTest({ hours, arm, block, periodHours }: ClockSample, options: MonteCarloOptions = {}): TestResult {
  requireClock("hours", hours, periodHours);
  requireSameLength("arm", arm, "hours", hours);
  if (block !== undefined) requireSameLength("block", block, "hours", hours);
  const arms = armSizes("arm", arm).length;
  const design = blockedDesign(hours, arm, block, arms);
  const energy: Energy = {
    posts: hours.length,
    distances: distanceMatrix(design.hours, periodHours),
    arms,
    weights: pairWeights(armSizes("arm", design.arm)),
  };
  const statistic = energyOf(design.arm, energy);
  const hit = statistic - tieHours * hours.length;
  const arrangements = countArrangements(design.sizes);
  const symmetric = design.classes.reduce((product, size) => product * factorial(size), 1);
  const leastShare = symmetric / arrangements;

  if (arrangements <= arrangementsMax) {
    const { hits, total } = enumerate(design, energy, hit);
    return { statistic, p: hits / total, logP: Math.log(hits / total), minP: leastShare, exactness: "exact" };
  }
  const { rng, draws, result } = monteCarlo(options, `${arrangementsMax} arrangements`);
  const labels = Uint8Array.from(design.arm);
  const starts = design.blockOf.map((block) => design.blockOf.indexOf(block));
  let hits = 0;
  for (let draw = 0; draw < draws; draw++) {
    shuffleWithinBlocks(rng, labels, starts);
    if (energyOf(labels, energy) >= hit) hits++;
  }
  return result(hits, statistic, leastShare);
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

interface Design {
  /** Posts in order of their blocks. */
  readonly hours: readonly number[];
  readonly arm: number[];
  /** Index of each post's block, rising. */
  readonly blockOf: readonly number[];
  /** Posts per block and arm. */
  readonly sizes: readonly (readonly number[])[];
  /** First arm with the same sizes in every block: arms of a class may swap names without changing the statistic. */
  readonly classOf: readonly number[];
  /** Arms per class. */
  readonly classes: readonly number[];
}

function blockedDesign(hours: readonly number[], arm: readonly number[], block: readonly string[] | undefined, arms: number): Design {
  const names = new Map<string, number>();
  const blockIndex = hours.map((_, post) => {
    const name = block?.[post] ?? "";
    if (!names.has(name)) names.set(name, names.size);
    return names.get(name)!;
  });
  const order = hours.map((_, post) => post).sort((a, b) => blockIndex[a]! - blockIndex[b]! || a - b);
  const sizes = Array.from(names, () => zeros(arms));
  for (const post of order) sizes[blockIndex[post]!]![arm[post]!]!++;
  const profiles = Array.from({ length: arms }, (_, index) => sizes.map((row) => row[index]!).join(","));
  const classOf = profiles.map((profile) => profiles.indexOf(profile));
  const classes = profiles.map((_, index) => classOf.filter((first) => first === index).length);
  return {
    hours: order.map((post) => hours[post]!),
    arm: order.map((post) => arm[post]!),
    blockOf: order.map((post) => blockIndex[post]!),
    sizes,
    classOf,
    classes,
  };
}

/** Posts x posts chord distances, row after row. */
function distanceMatrix(hours: readonly number[], periodHours: number): Float64Array {
  const n = hours.length;
  const distances = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) distances[i * n + j] = distances[j * n + i] = chordHours(hours[i]!, hours[j]!, periodHours);
  return distances;
}

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

interface Energy {
  readonly posts: number;
  readonly distances: Float64Array;
  readonly arms: number;
  readonly weights: Float64Array;
}

function energyOf(labels: ArrayLike<number>, { posts, distances, arms, weights }: Energy): number {
  let sum = 0;
  for (let post = 1; post < posts; post++) {
    const armRow = labels[post]! * arms;
    for (let other = 0; other < post; other++) sum += weights[armRow + labels[other]!]! * distances[post * posts + other]!;
  }
  return sum;
}

/** Counts all arrangements and those at least as extreme; of arrangements that differ by a renaming of equal arms, one stands for all. */
function enumerate(design: Design, energy: Energy, hit: number): { hits: number; total: number } {
  const { blockOf, classOf } = design;
  const twinBefore = classOf.map((first, arm) => classOf.lastIndexOf(first, arm - 1)).map((twin, arm) => (arm === 0 ? -1 : twin));
  const labels = Uint8Array.from(design.arm);
  const left = design.sizes.map((row) => row.slice());
  const used = classOf.map(() => 0);
  /** Distance of the post to be placed to those before it, by their arm: one row per post. */
  const toArm = new Float64Array(energy.posts * energy.arms);
  let hits = 0;
  let total = 0;
  const place = (post: number, sum: number): void => {
    if (post === energy.posts) {
      total++;
      if (sum >= hit) hits++;
      return;
    }
    const row = post * energy.arms;
    toArm.fill(0, row, row + energy.arms);
    for (let other = 0; other < post; other++) toArm[row + labels[other]!]! += energy.distances[post * energy.posts + other]!;
    const room = left[blockOf[post]!]!;
    for (let arm = 0; arm < energy.arms; arm++) {
      const twin = twinBefore[arm]!;
      if (room[arm] === 0 || (twin >= 0 && used[twin] === 0)) continue;
      let added = 0;
      for (let other = 0; other < energy.arms; other++) added += energy.weights[arm * energy.arms + other]! * toArm[row + other]!;
      room[arm]!--;
      used[arm]!++;
      labels[post] = arm;
      place(post + 1, sum + added);
      used[arm]!--;
      room[arm]!++;
    }
  };
  place(0, 0);
  return { hits, total };
}

/** Fisher-Yates within each block, `starts` being the first post of each post's block. Any order is a fair start for the next. */
function shuffleWithinBlocks(rng: Rng, labels: Uint8Array, starts: readonly number[]): void {
  for (let post = labels.length - 1; post > 0; post--) {
    const start = starts[post]!;
    if (post === start) continue;
    const other = start + uniformInteger(rng, post - start + 1);
    const kept = labels[post]!;
    labels[post] = labels[other]!;
    labels[other] = kept;
  }
}

function countArrangements(sizes: Design["sizes"]): number {
  let product = 1;
  for (const row of sizes) {
    let placed = 0;
    for (const size of row) for (let i = 1; i <= size; i++) product = (product * ++placed) / i;
  }
  return Math.round(product);
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
