// Looks at the same experiment without spending alpha twice: conditional alpha spending, exact given the magnitudes of the block differences.
// Budget A(t) = alpha t^1.5. At a look, sign patterns that crossed before are dead; the observed one crosses when the share of dead patterns and of
// live ones at least as large stays within the budget. Source: validity note 2.3 after Lan & DeMets; arms by Holm.
// Hot in tuning. Cost: a sort of 2^n at every look but the last, where only the observed pattern is judged and the blocks since the look before
// are met in the middle; looks at 6, 9 and 12 blocks take some tens of microseconds.
import type { MonteCarloOptions, TestResult } from "../../stats/index.ts";
import type { Rng } from "../../random/index.ts";
import { refuse, requireAllFinite, requireAlpha, requireWhole } from "./arguments.ts";

export interface SpendingLook {
  /**
   * Test less control in each complete block, standardised as of this look; larger is better. The first entries are the blocks of the look
   * before, in the same order; a block that was voided since keeps its place with difference 0.
   */
  readonly differences: readonly number[];
  /** Share of the planned blocks, frozen when the look was taken; rising from look to look, 1 at the last. */
  readonly t: number;
}

/** One look. `p` is the share of dead and of equally large or larger live patterns; `minP` the least p at these magnitudes. */
export interface LookResult extends Omit<TestResult, "p" | "logP"> {
  readonly blocks: number;
  readonly t: number;
  /** A(t): what may be spent up to this look. */
  readonly budget: number;
  /** Share of patterns that had crossed before this look. */
  readonly dead: number;
  /** null where the observed pattern had crossed before: it needs no second test. */
  readonly p: number | null;
  /** Crossed at this look or before (latched). */
  readonly crossed: boolean;
}

export interface SpendingResult {
  readonly alpha: number;
  readonly looks: readonly LookResult[];
  /** The look, from 1, at which the boundary was crossed; null where it was not. */
  readonly crossedAtLook: number | null;
}

/** Looks of up to this many blocks are enumerated; longer ones are judged among drawn patterns. */
const exactBlocksMax = 16;
const drawsDefault = 19_999;
/** Sums closer than this share of the sum of magnitudes tie; ties cross together or not at all. */
const tieTolerance = 1e-12;

/**
 * Judges one test arm at all looks so far, from the first. Pure: the same looks give the same answer, so that a crossing once made is found again
 * at every later look. P(any crossing) <= alpha over the 2^n sign patterns, exactly, whatever the magnitudes and ties.
 * Beyond 16 blocks, `draws` patterns are classified by the same rule, the observed one among them: p = (1 + hits) / (draws + 1).
 * @param looks those taken, in order.
 * @param options.alpha budget of this arm: alpha / (K - 1) in an experiment of K arms.
 * @param options.rng for looks beyond 16 blocks; used through forks, so that the same rng may be passed at every look, and should be.
 * @throws DomainError `alpha-spent-twice` when looks do not go forward; `statistics-argument` for numbers out of range or a missing rng.
 */
export function alphaSpending(looks: readonly SpendingLook[], options: MonteCarloOptions & { readonly alpha: number }): SpendingResult {
  const { alpha } = options;
  requireAlpha("alpha", alpha);
  requireLooks(looks);
  const results: LookResult[] = [];
  let crossedAtLook: number | null = null;
  let dead: DeadPatterns = { crossed: new Uint8Array(1), words: undefined };
  looks.forEach(({ differences, t }, at) => {
    const blocks = differences.length;
    const budget = spendingBudget(alpha, t);
    const tolerance = tieTolerance * total(differences.map(Math.abs));
    const drawn = blocks > exactBlocksMax ? requireDraws(blocks, options) : undefined;
    let outcome: Outcome;
    if (drawn === undefined && at === looks.length - 1) outcome = judgeObserved(differences, dead.crossed, budget, tolerance);
    else {
      dead = drawn === undefined ? { crossed: longerPatterns(dead.crossed, blocks), words: undefined } : drawnPatterns(dead, blocks, drawn);
      const sums = dead.words === undefined ? allSums(differences) : drawnSums(dead.words, differences);
      outcome = judgeAll(sums, dead.crossed, budget, tolerance);
    }
    if (outcome.crossed) crossedAtLook ??= at + 1;
    results.push({
      ...outcome,
      blocks,
      t,
      budget,
      statistic: total(differences) / blocks,
      crossed: crossedAtLook !== null,
      exactness: drawn === undefined ? "exact" : "monteCarlo",
      ...(drawn !== undefined && { draws: drawn.draws, seed: drawn.rng.seed }),
    });
  });
  return { alpha, looks: results, crossedAtLook };
}

/**
 * Judges several test arms against control: alpha / (K - 1) each; after a crossing the others are judged anew from their first look with
 * alpha / (arms left), as in Holm's procedure, and what they would have crossed counts.
 * @param arms looks of each test arm, in any fixed order.
 * @returns results in the same order, each at the level it was finally judged with.
 * @throws DomainError as `alphaSpending`.
 */
export function holmSpending(
  arms: readonly (readonly SpendingLook[])[],
  options: MonteCarloOptions & { readonly alpha: number },
): SpendingResult[] {
  requireAlpha("alpha", options.alpha);
  if (arms.length === 0) refuse("arms", "there is no test arm", "Pass the looks of at least one test arm.");
  const results: SpendingResult[] = [];
  let open = arms.map((_, arm) => arm);
  while (open.length > 0) {
    const alpha = options.alpha / open.length;
    for (const arm of open) results[arm] = alphaSpending(arms[arm]!, { ...options, rng: options.rng?.fork(["arm", String(arm)]), alpha });
    const left = open.filter((arm) => results[arm]!.crossedAtLook === null);
    if (left.length === open.length) break;
    open = left;
  }
  return results;
}

export interface PlannedLook {
  readonly blocks: number;
  readonly t: number;
  readonly budget: number;
}

/**
 * When to look: at N/2 (at least 6), 3N/4 and N blocks from N = 10, else at N alone. A look at which no result could cross, A(t) < 2^-n, is
 * left out; none at all is left where even the last could not.
 * @param plannedBlocks N; may fall after looks were taken (their t stays), never rise.
 * @param options.alpha budget of one arm. @param options.taken looks already taken, kept as they are.
 * @throws DomainError `plan-extended` when N rose after a look; `statistics-argument` for shares outside (0, 1].
 */
export function plannedLooks(
  plannedBlocks: number,
  options: {
    readonly alpha: number;
    readonly shares?: readonly number[];
    readonly firstLookBlocks?: number;
    readonly singleLookBelow?: number;
    readonly taken?: readonly PlannedLook[];
  },
): PlannedLook[] {
  const { alpha, shares = [0.5, 0.75, 1], firstLookBlocks = 6, singleLookBelow = 10, taken = [] } = options;
  requireWhole("plannedBlocks", plannedBlocks, 1);
  requireAlpha("alpha", alpha);
  shares.forEach((share, at) => {
    if (!(share > 0 && share <= 1))
      refuse(`shares[${at}]`, `a look at ${String(share)} of the plan`, "Pass shares of the plan in (0, 1].", share);
  });
  const last = taken.at(-1);
  if (last !== undefined && plannedBlocks > Math.round(last.blocks / last.t))
    refuse(
      "plannedBlocks",
      `the plan grew to ${plannedBlocks} blocks after a look at ${last.blocks}`,
      "Keep the plan; start a new experiment for more.",
      plannedBlocks,
      "plan-extended",
    );
  const early =
    plannedBlocks < singleLookBelow ? [] : shares.map((share) => Math.max(firstLookBlocks, Math.ceil(share * plannedBlocks - 1e-9)));
  const blocks = [...new Set([...early, plannedBlocks])]
    .filter((n) => n <= plannedBlocks && n > (last?.blocks ?? 0) && n < plannedBlocks)
    .sort((a, b) => a - b);
  const ahead = [...blocks, ...(last === undefined || last.t < 1 ? [plannedBlocks] : [])].map((n) => {
    const t = n / plannedBlocks;
    return { blocks: n, t, budget: spendingBudget(alpha, t) };
  });
  return [...taken, ...ahead.filter(({ blocks, budget }) => budget >= 2 ** -blocks)];
}

function spendingBudget(alpha: number, t: number): number {
  return alpha * t ** 1.5;
}

/**
 * Fewest blocks at which a winner is possible at all: 2^-n <= alpha / testArms. At .05: 5 with one test arm, 6 with two or three.
 * @throws DomainError `statistics-argument`.
 */
export function leastBlocks(alpha: number, testArms: number): number {
  requireAlpha("alpha", alpha);
  requireWhole("testArms", testArms, 1);
  let blocks = 1;
  while (2 ** -blocks > alpha / testArms) blocks++;
  return blocks;
}

/** Which sign patterns have crossed. Pattern 0 is the observed one; a set bit swaps the labels of that block. */
interface DeadPatterns {
  /** 1 for a pattern that has crossed. */
  readonly crossed: Uint8Array;
  /** The bits of drawn patterns, 32 blocks a word; undefined where all patterns are there, each at its own number. */
  readonly words: readonly Uint32Array[] | undefined;
}

/** All patterns of more blocks: a pattern is dead when its first blocks are. */
function longerPatterns(crossed: Uint8Array, blocks: number): Uint8Array {
  const longer = new Uint8Array(2 ** blocks);
  for (let from = 0; from < longer.length; from += crossed.length) longer.set(crossed, from);
  return longer;
}

function drawnPatterns(before: DeadPatterns, blocks: number, { rng, draws }: { rng: Rng; draws: number }): DeadPatterns {
  const words = Array.from({ length: Math.ceil(blocks / 32) }, (_, word) => before.words?.[word] ?? drawnWord(rng, word, draws));
  if (before.words !== undefined) return { crossed: before.crossed, words };
  const mask = before.crossed.length - 1;
  return { crossed: Uint8Array.from(words[0]!, (bits) => before.crossed[bits & mask]!), words };
}

function requireDraws(blocks: number, { rng, draws = drawsDefault }: MonteCarloOptions): { rng: Rng; draws: number } {
  if (rng === undefined)
    refuse("options.rng", `${blocks} blocks are too many to enumerate, and there is no rng`, "Pass an rng of the experiment's own.");
  requireWhole("options.draws", draws, 1);
  return { rng, draws };
}

/** 32 random label swaps for each drawn pattern; pattern 0, the observed one, swaps none. Each word has a stream of its own. */
function drawnWord(rng: Rng, word: number, draws: number): Uint32Array {
  const stream = rng.fork(["labelPatterns", String(word)]);
  return Uint32Array.from({ length: draws + 1 }, (_, pattern) => (pattern === 0 ? 0 : stream.next() * 2 ** 32));
}

function allSums(differences: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** differences.length);
  sums[0] = total(differences);
  let filled = 1;
  for (const difference of differences) {
    for (let pattern = 0; pattern < filled; pattern++) sums[filled + pattern] = sums[pattern]! - 2 * difference;
    filled *= 2;
  }
  return sums;
}

function drawnSums(words: readonly Uint32Array[], differences: readonly number[]): Float64Array {
  return Float64Array.from(words[0]!, (_, pattern) => {
    let sum = 0;
    for (let block = 0; block < differences.length; block++) {
      const swapped = (words[block >>> 5]![pattern]! >>> (block & 31)) & 1;
      sum += swapped === 1 ? -differences[block]! : differences[block]!;
    }
    return sum;
  });
}

interface Outcome {
  readonly dead: number;
  readonly p: number | null;
  readonly minP: number;
  readonly crossed: boolean;
}

/** How many live patterns the budget still lets cross; the factor forgives the rounding of budgets such as 3/8. */
function roomLeft(budget: number, size: number, deadCount: number): number {
  return Math.floor(budget * size * (1 + 1e-12)) - deadCount;
}

/** Judges the observed pattern among those written down, and marks in `crossed` all live ones that cross by the same rule. */
function judgeAll(sums: Float64Array, crossed: Uint8Array, budget: number, tolerance: number): Outcome {
  const size = sums.length;
  const wasDead = crossed[0] === 1;
  const live = new Float64Array(size);
  let liveCount = 0;
  for (let pattern = 0; pattern < size; pattern++) if (crossed[pattern] === 0) live[liveCount++] = sums[pattern]!;
  const sorted = live.subarray(0, liveCount).sort();
  const reaching = (sum: number) => liveCount - firstAtLeast(sorted, sum - tolerance);
  const deadCount = size - liveCount;
  const room = roomLeft(budget, size, deadCount);
  const atLeastObserved = reaching(sums[0]!);
  if (room > 0) {
    // A pattern crosses when at most `room` live ones reach it: when the (room + 1)-th largest, which exists as alpha < 1, lies below it.
    const below = sorted[liveCount - 1 - room]!;
    for (let pattern = 0; pattern < size; pattern++) if (crossed[pattern] === 0 && below < sums[pattern]! - tolerance) crossed[pattern] = 1;
  }
  return {
    dead: deadCount / size,
    p: wasDead ? null : (deadCount + atLeastObserved) / size,
    minP: (deadCount + reaching(sorted[liveCount - 1]!)) / size,
    crossed: !wasDead && atLeastObserved <= room,
  };
}

/** The same judgement of the observed pattern alone: sums of the first blocks, where the dead are, against sorted sums of the rest. */
function judgeObserved(differences: readonly number[], crossed: Uint8Array, budget: number, tolerance: number): Outcome {
  const split = Math.max(Math.log2(crossed.length), differences.length >> 1);
  const heads = allSums(differences.slice(0, split));
  const tails = allSums(differences.slice(split));
  const observed = heads[0]! + tails[0]!;
  tails.sort();
  const mask = crossed.length - 1;
  let liveHeads = 0;
  let largestHead = -Infinity;
  for (let head = 0; head < heads.length; head++) {
    if (crossed[head & mask] === 1) continue;
    liveHeads++;
    if (heads[head]! > largestHead) largestHead = heads[head]!;
  }
  const reaching = (sum: number) => {
    let count = 0;
    for (let head = 0; head < heads.length; head++)
      if (crossed[head & mask] === 0) count += tails.length - firstAtLeast(tails, sum - tolerance - heads[head]!);
    return count;
  };
  const size = heads.length * tails.length;
  const deadCount = size - liveHeads * tails.length;
  const wasDead = crossed[0] === 1;
  const atLeastObserved = reaching(observed);
  return {
    dead: deadCount / size,
    p: wasDead ? null : (deadCount + atLeastObserved) / size,
    minP: (deadCount + reaching(largestHead + tails[tails.length - 1]!)) / size,
    crossed: !wasDead && atLeastObserved <= roomLeft(budget, size, deadCount),
  };
}

/** Index of the first value that is at least `limit` in a rising list. */
function firstAtLeast(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function requireLooks(looks: readonly SpendingLook[]): void {
  if (looks.length === 0) refuse("looks", "there is no look", "Pass the looks taken so far.");
  looks.forEach(({ differences, t }, at) => {
    requireAllFinite(`looks[${at}].differences`, differences);
    const before = looks[at - 1];
    if (!(t > 0 && t <= 1)) refuse(`looks[${at}].t`, `t must be in (0, 1], not ${String(t)}`, "Pass blocks over planned blocks.", t);
    if (before !== undefined && !(t > before.t && differences.length >= before.differences.length))
      refuse(
        `looks[${at}]`,
        `look ${at + 1} does not go beyond look ${at}`,
        "Pass each look once, in order, with t rising and all blocks of the look before.",
        t,
        "alpha-spent-twice",
      );
  });
}

function total(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
