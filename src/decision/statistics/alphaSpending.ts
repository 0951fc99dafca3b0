// Looks at the same experiment without spending alpha twice: conditional alpha spending, exact given the magnitudes of the block differences.
// Budget A(t) = alpha t^1.5. At a look, sign patterns that crossed before are dead; the observed one crosses when the share of dead patterns and of
// live ones at least as large stays within the budget. Source: validity note 2.3 after Lan & DeMets; arms by Holm.
// Cost: 2^n additions per look, and a sort of 2^n at every look but the last; 12 blocks take well under a millisecond.
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
  let patterns: Patterns | undefined;
  looks.forEach(({ differences, t }, at) => {
    const isLast = at === looks.length - 1;
    patterns = patternsOfLook(differences.length, patterns, options);
    const sums = patterns.sums(differences);
    const budget = spendingBudget(alpha, t);
    const outcome = judge(sums, patterns.dead, budget, tieTolerance * total(differences.map(Math.abs)), !isLast);
    if (outcome.crossed && crossedAtLook === null) crossedAtLook = at + 1;
    results.push({
      blocks: differences.length,
      t,
      budget,
      dead: outcome.dead,
      p: outcome.p,
      minP: outcome.minP,
      statistic: total(differences) / differences.length,
      crossed: crossedAtLook !== null,
      exactness: patterns.drawn === undefined ? "exact" : "monteCarlo",
      ...patterns.drawn,
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

/** The sign patterns a look is judged among: pattern 0 is the observed one, a set bit swaps the labels of that block. */
interface Patterns {
  readonly dead: Uint8Array;
  readonly drawn: { readonly draws: number; readonly seed: string } | undefined;
  sums(differences: readonly number[]): Float64Array;
  /** The bits of a drawn pattern, 32 blocks a word; undefined where all patterns are there. */
  readonly words: readonly Uint32Array[] | undefined;
}

function patternsOfLook(blocks: number, before: Patterns | undefined, options: MonteCarloOptions): Patterns {
  if (blocks <= exactBlocksMax) {
    const dead = new Uint8Array(2 ** blocks);
    if (before !== undefined) for (let from = 0; from < dead.length; from += before.dead.length) dead.set(before.dead, from);
    return { dead, drawn: undefined, sums: allSums, words: undefined };
  }
  const { rng, draws = drawsDefault } = options;
  if (rng === undefined)
    refuse("options.rng", `${blocks} blocks are too many to enumerate, and there is no rng`, "Pass an rng of the experiment's own.");
  requireWhole("options.draws", draws, 1);
  const words = Array.from({ length: Math.ceil(blocks / 32) }, (_, word) => before?.words?.[word] ?? drawnWord(rng, word, draws));
  let dead = before?.dead;
  if (dead === undefined) dead = new Uint8Array(draws + 1);
  else if (before?.words === undefined) {
    const mask = dead.length - 1;
    const table = dead;
    dead = Uint8Array.from(words[0]!, (bits) => table[bits & mask]!);
  }
  return { dead, drawn: { draws, seed: rng.seed }, sums: (differences) => drawnSums(words, differences), words };
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

/** Judges the observed pattern (0) and, if asked, marks in `dead` all live patterns that cross by the same rule. */
function judge(
  sums: Float64Array,
  dead: Uint8Array,
  budget: number,
  tolerance: number,
  markCrossings: boolean,
): { dead: number; p: number | null; minP: number; crossed: boolean } {
  const size = sums.length;
  const observed = sums[0]! - tolerance;
  let deadCount = 0;
  let atLeastObserved = 0;
  let largest = -Infinity;
  for (let pattern = 0; pattern < size; pattern++) {
    if (dead[pattern] === 1) deadCount++;
    else {
      const sum = sums[pattern]!;
      if (sum >= observed) atLeastObserved++;
      if (sum > largest) largest = sum;
    }
  }
  let atLargest = 0;
  for (let pattern = 0; pattern < size; pattern++) if (dead[pattern] === 0 && sums[pattern]! >= largest - tolerance) atLargest++;
  // How many live patterns the budget still lets cross; the factor forgives the rounding of budgets such as 3/8.
  const room = Math.floor(budget * size * (1 + 1e-12)) - deadCount;
  const wasDead = dead[0] === 1;
  const outcome = {
    dead: deadCount / size,
    p: wasDead ? null : (deadCount + atLeastObserved) / size,
    minP: (deadCount + atLargest) / size,
    crossed: !wasDead && atLeastObserved <= room,
  };
  if (markCrossings && room > 0) {
    const live = sums.filter((_, pattern) => dead[pattern] === 0).sort();
    // A pattern crosses when at most `room` live ones reach it: when the (room + 1)-th largest lies below it.
    const below = room >= live.length ? -Infinity : live[live.length - 1 - room]!;
    for (let pattern = 0; pattern < size; pattern++) if (dead[pattern] === 0 && below < sums[pattern]! - tolerance) dead[pattern] = 1;
  }
  return outcome;
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
