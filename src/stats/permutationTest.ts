// The exact test of a blocked design: arms are shuffled within blocks as the plan might have dealt them (notes/validity 2.3, Contracts 4).
import type { Rng } from "../random/index.ts";
import { type BlockSums, largestSum, shareAtLeast } from "./arrangementShare.ts";
import { partialShuffle } from "./partialShuffle.ts";
import { refuse, requireSample } from "./samples.ts";
import {
  type Alternative,
  exactResult,
  type MonteCarloOptions,
  monteCarloResult,
  requireAlternative,
  requireMonteCarlo,
  type TestResult,
} from "./testResult.ts";

export interface PermutationOptions extends MonteCarloOptions {
  /** Default `greater`: the test arm is larger. */
  readonly alternative?: Alternative | undefined;
}

export interface StratifiedSample {
  /** One measurement per unit. */
  readonly y: readonly number[];
  /** 1 for the test arm, 0 for control. */
  readonly arm: readonly (0 | 1)[];
  /** The block each unit belongs to. */
  readonly block: readonly string[];
}

const arrangementsMax = 65_536;
const drawsDefault = 19_999;
/** Sums this close, relative to the largest attainable one, tie. */
const tieTolerance = 1e-12;

/**
 * Test arm against control within blocks. `statistic` is T = sum v_b (mean of test - mean of control in b) / sum v_b with
 * v_b = n_T n_C / (n_T + n_C); blocks without both arms carry no information and are left out. p is the share of the prod C(n_b, n_Tb)
 * arrangements at least as extreme, the observed one included; enumerated up to 65,536, beyond that Monte Carlo (19,999 draws).
 * `minP` is the share of the most extreme arrangement at the observed magnitudes.
 * @throws DomainError for lists of unequal length, values that are not finite, arms other than 0 and 1, no block with both arms, or too many
 * arrangements without an rng.
 */
export function stratifiedPermutationTest(sample: StratifiedSample, options: PermutationOptions = {}): TestResult {
  const blocks = contrasts(sample);
  const { alternative = "greater" } = options;
  requireAlternative(alternative);
  // With y taken from its block's mean, v_b (mean of test - mean of control) is simply the sum over the test units.
  const totalWeight = blocks.reduce((sum, { values, test }) => sum + (test * (values.length - test)) / values.length, 0);
  const arrangements = blocks.reduce((product, { values, test }) => Math.min(product * chooseUpTo(values.length, test), Infinity), 1);
  const observed = blocks.reduce((sum, block) => sum + block.observed, 0);
  if (arrangements <= arrangementsMax)
    return exactTest(
      blocks.map(({ values, test }) => subsetSums(values, test)),
      observed,
      observed / totalWeight,
      alternative,
    );

  const monteCarlo = requireMonteCarlo(options, `${arrangementsMax} arrangements`, drawsDefault);
  const draws = blocks.map(({ values, test }) => subsetSumDrawer(values, test));
  return drawnTest(
    monteCarlo,
    (rng) => draws.reduce((sum, drawSum) => sum + drawSum(rng), 0),
    blocks.reduce((sum, { values }) => sum + values.reduce((most, value) => most + Math.abs(value), 0), 0),
    observed,
    observed / totalWeight,
    alternative,
  );
}

/**
 * Paired differences (test - control) with random signs: `statistic` is their mean, p the share of the 2^n sign patterns at least as extreme.
 * Enumerated up to 16 differences, beyond that Monte Carlo (19,999 draws). The same test as `stratifiedPermutationTest` on pairs.
 * @throws DomainError for no difference, one that is not finite, or more than 16 without an rng.
 */
export function signFlipTest(differences: readonly number[], options: PermutationOptions = {}): TestResult {
  requireSample("differences", differences, 1);
  const { alternative = "greater" } = options;
  requireAlternative(alternative);
  const observed = differences.reduce((sum, difference) => sum + difference, 0);
  const statistic = observed / differences.length;
  if (2 ** differences.length <= arrangementsMax)
    return exactTest(
      differences.map((difference) => Float64Array.of(difference, -difference)),
      observed,
      statistic,
      alternative,
    );
  const monteCarlo = requireMonteCarlo(options, "16 differences", drawsDefault);
  return drawnTest(
    monteCarlo,
    (rng) => differences.reduce((sum, difference) => (rng.next() < 0.5 ? sum + difference : sum - difference), 0),
    differences.reduce((sum, difference) => sum + Math.abs(difference), 0),
    observed,
    statistic,
    alternative,
  );
}

function exactTest(blocks: readonly BlockSums[], observed: number, statistic: number, alternative: Alternative): TestResult {
  const opposite = alternative === "greater" ? [] : blocks.map((block) => block.map((value) => -value));
  const scale = blocks.reduce((sum, block) => sum + block.reduce((most, value) => Math.max(most, Math.abs(value)), 0), 0);
  const tolerance = tieTolerance * scale;
  if (alternative !== "two-sided") {
    const sides = alternative === "greater" ? blocks : opposite;
    const threshold = (alternative === "greater" ? observed : -observed) - tolerance;
    return exactResult(shareAtLeast(sides, threshold), statistic, largestSum(sides, tolerance).share);
  }
  const threshold = Math.abs(observed) - tolerance;
  const up = largestSum(blocks, tolerance);
  const down = largestSum(opposite, tolerance);
  const most = Math.max(up.sum, down.sum) - tolerance;
  const minP = most <= 0 ? 1 : (up.sum >= most ? up.share : 0) + (down.sum >= most ? down.share : 0);
  const p = threshold <= 0 ? 1 : shareAtLeast(blocks, threshold) + shareAtLeast(opposite, threshold);
  return exactResult(p, statistic, minP);
}

function drawnTest(
  monteCarlo: { rng: Rng; draws: number },
  drawSum: (rng: Rng) => number,
  scale: number,
  observed: number,
  statistic: number,
  alternative: Alternative,
): TestResult {
  const extremeness = (sum: number) => (alternative === "two-sided" ? Math.abs(sum) : alternative === "greater" ? sum : -sum);
  const threshold = extremeness(observed) - tieTolerance * scale;
  let extreme = 0;
  for (let draw = 0; draw < monteCarlo.draws; draw++) if (extremeness(drawSum(monteCarlo.rng)) >= threshold) extreme++;
  return monteCarloResult(monteCarlo, extreme, statistic);
}

interface BlockContrast {
  /** The block's measurements less their mean. */
  readonly values: number[];
  /** Units in the test arm. */
  readonly test: number;
  /** Sum over the test units as they were dealt. */
  readonly observed: number;
}

function contrasts({ y, arm, block }: StratifiedSample): BlockContrast[] {
  requireSample("y", y, 1);
  if (!Array.isArray(arm) || arm.length !== y.length)
    refuse("arm", Array.isArray(arm) ? arm.length : arm, `must be a list as long as y (${y.length})`, "Pass 0 or 1 for each unit.");
  if (!Array.isArray(block) || block.length !== y.length)
    refuse(
      "block",
      Array.isArray(block) ? block.length : block,
      `must be a list as long as y (${y.length})`,
      "Pass a block for each unit.",
    );
  const units = new Map<string, number[]>();
  y.forEach((_, at) => {
    if (arm[at] !== 0 && arm[at] !== 1) refuse(`arm[${at}]`, arm[at], "must be 0 or 1", "Pass 1 for the test arm and 0 for control.");
    const key = block[at]!;
    if (typeof key !== "string") refuse(`block[${at}]`, key, "must be a string", "Pass the block's key.");
    const members = units.get(key);
    if (members === undefined) units.set(key, [at]);
    else members.push(at);
  });
  const found: BlockContrast[] = [];
  for (const members of units.values()) {
    const test = members.reduce((count, at) => count + arm[at]!, 0);
    if (test === 0 || test === members.length) continue;
    const mean = members.reduce((sum, at) => sum + y[at]!, 0) / members.length;
    const values = members.map((at) => y[at]! - mean);
    found.push({ values, test, observed: members.reduce((sum, at, member) => sum + arm[at]! * values[member]!, 0) });
  }
  if (found.length === 0)
    refuse("block", block.length, "leaves no block that holds both arms", "Pass blocks in which both arms were published.");
  return found;
}

/** Sums of all subsets of `size` of the values. */
function subsetSums(values: readonly number[], size: number): BlockSums {
  if (values.length === 2) return Float64Array.from(values);
  const sums = new Float64Array(chooseUpTo(values.length, size));
  let filled = 0;
  const visit = (start: number, left: number, sum: number): void => {
    if (left === 0) {
      sums[filled++] = sum;
      return;
    }
    for (let at = start; at <= values.length - left; at++) visit(at + 1, left - 1, sum + values[at]!);
  };
  visit(0, size, 0);
  return sums;
}

/** Draws sums of random subsets of `size` of the values; of the smaller part, as all values add up to 0. */
function subsetSumDrawer(values: readonly number[], size: number): (rng: Rng) => number {
  const deck = Int32Array.from(values.keys());
  const dealt = Math.min(size, values.length - size);
  const sign = dealt === size ? 1 : -1;
  const shuffle = partialShuffle(values.length, dealt);
  return (rng) => {
    shuffle(rng, deck);
    let sum = 0;
    for (let at = 0; at < dealt; at++) sum += values[deck[at]!]!;
    return sign * sum;
  };
}

/** C(n, k), cut at infinity. */
function chooseUpTo(n: number, k: number): number {
  let count = 1;
  for (let at = 1; at <= Math.min(k, n - k); at++) count = (count * (n - at + 1)) / at;
  return Math.round(count);
}
