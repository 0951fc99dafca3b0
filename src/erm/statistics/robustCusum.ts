// E10: is the platform throttling the account? Page's CUSUM (1954) downwards on log early reach of control and ordinary posts, against the
// median and MAD of the last posts before launch, frozen then. A test variant's own reach must never be fed: it is an outcome.
import { normal, type Rng } from "../../random/index.ts";
import { median, medianAbsoluteDeviation } from "../../stats/index.ts";
import { refuse, requireCount, requireLevel, requireNumbers, requirePositive, requireSome } from "./arguments.ts";

/** What early reach was before launch: of ln reach, the median and the spread 1.4826 MAD. */
export interface ReachBaseline {
  readonly medianLogReach: number;
  readonly sdLogReach: number;
  /** Posts used. */
  readonly n: number;
}

export type ReachBaselineResult =
  | { readonly kind: "baseline"; readonly baseline: ReachBaseline }
  | { readonly kind: "insufficient"; readonly reason: "history" | "spread"; readonly n: number; readonly needed: number };

/** Posts before launch that the baseline looks at, and the least it needs. */
export const baselinePosts = 30;

/** Standard deviations per MAD of a normal distribution. */
const normalPerMad = 1.4826;

/** Plain data; the fold of `robustCusumStep` over the posts in the order of their measurement. */
export interface RobustCusumState {
  readonly baseline: ReachBaseline;
  readonly threshold: number;
  readonly n: number;
  /** The running sum: 0 is healthy, above the threshold it alarms and starts again. */
  readonly sum: number;
  /** The highest sum so far. */
  readonly sumMax: number;
  /** Posts (0 = first) at which the sum passed the threshold. */
  readonly alarms: readonly number[];
}

/**
 * Runs one CUSUM over posts after launch. Equal to folding the steps. O(posts).
 * @param reaches early reach of control and ordinary posts at one fixed age; 0 counts as half a view, missing ones are left out.
 * @param threshold h: 5 is passed falsely in .046 of runs of 12 posts, 8 in .008; longer runs need more (`cusumThresholds`). Run one CUSUM for each
 * threshold, as an alarm resets the sum.
 * @throws DomainError `statistics-argument` for negative or non-finite reach.
 */
export function robustCusum(baseline: ReachBaseline, reaches: readonly number[], threshold: number): RobustCusumState {
  return reaches.reduce(robustCusumStep, robustCusumStart(baseline, threshold));
}

/**
 * The frozen baseline: the last 30 of `history`, oldest first. `insufficient` with fewer, or when more than half of them are equal (MAD 0).
 * @throws DomainError `statistics-argument` for negative or non-finite reach.
 */
export function reachBaseline(history: readonly number[]): ReachBaselineResult {
  if (history.length > 0) requireReach("history", history);
  const n = Math.min(history.length, baselinePosts);
  if (n < baselinePosts) return { kind: "insufficient", reason: "history", n, needed: baselinePosts };
  const logs = history.slice(-baselinePosts).map(logReach);
  const medianLogReach = median(logs);
  const sdLogReach = normalPerMad * medianAbsoluteDeviation(logs);
  if (sdLogReach === 0) return { kind: "insufficient", reason: "spread", n, needed: baselinePosts };
  return { kind: "baseline", baseline: { medianLogReach, sdLogReach, n } };
}

/** The state before the first post. @throws DomainError `statistics-argument` unless spread and threshold are positive. */
export function robustCusumStart(baseline: ReachBaseline, threshold: number): RobustCusumState {
  requirePositive("baseline.sdLogReach", baseline.sdLogReach);
  if (!Number.isFinite(baseline.medianLogReach))
    refuse("baseline.medianLogReach", "the median is not finite", "Pass what reachBaseline returned.", baseline.medianLogReach);
  requirePositive("threshold", threshold);
  return { baseline, threshold, n: 0, sum: 0, sumMax: 0, alarms: [] };
}

/** One more post. Pure: the sum becomes max(0, sum + min(-z, 4) - .5). @throws DomainError for negative or non-finite reach. */
export function robustCusumStep(state: RobustCusumState, reach: number): RobustCusumState {
  requireReach("reach", [reach]);
  const { baseline, threshold, n } = state;
  const sum = grown(state.sum, (logReach(reach) - baseline.medianLogReach) / baseline.sdLogReach);
  const alarm = sum > threshold;
  return {
    baseline,
    threshold,
    n: n + 1,
    sum: alarm ? 0 : sum,
    sumMax: Math.max(state.sumMax, sum),
    alarms: alarm ? [...state.alarms, n] : state.alarms,
  };
}

function grown(sum: number, z: number): number {
  return Math.max(0, sum + Math.min(-z, 4) - 0.5);
}

export interface CusumAlarmRate {
  /** Share of simulated runs with at least one alarm, and its Monte Carlo error. */
  readonly rate: number;
  readonly standardError: number;
  readonly runs: number;
  readonly seed: string;
}

/**
 * How often a run of `posts` posts alarms when log reach is normal: the false-alarm rate at `logShiftSds` 0, the power below it. The baseline
 * is estimated anew in every run, as it is in life. O(runs x posts).
 * @param logShiftSds change of the mean log reach after launch, in standard deviations; negative for throttling.
 * @throws DomainError `statistics-argument`.
 */
export function cusumAlarmRate(options: {
  readonly posts: number;
  readonly threshold: number;
  readonly rng: Rng;
  readonly logShiftSds?: number;
  readonly runs?: number;
}): CusumAlarmRate {
  const { posts, threshold, rng, logShiftSds = 0, runs = 4_000 } = options;
  requireCount("posts", posts);
  requireCount("runs", runs, 1);
  requirePositive("threshold", threshold);
  if (!Number.isFinite(logShiftSds)) refuse("logShiftSds", "the shift is not finite", "Pass a finite number of standard deviations.");
  let alarmed = 0;
  for (let run = 0; run < runs; run++) if (highestSums(rng, posts, logShiftSds, threshold).at(-1)! > threshold) alarmed++;
  const rate = alarmed / runs;
  return { rate, standardError: Math.sqrt((rate * (1 - rate)) / runs), runs, seed: rng.seed };
}

/**
 * The thresholds at which runs of these lengths alarm falsely in at most `rate` of the cases when log reach is normal: what the policy's table holds
 * (`node scripts/throttle-thresholds.mjs`). O(runs x longest run).
 * @param options.posts lengths of runs, each at least 1. @returns one threshold per length.
 * @throws DomainError `statistics-argument`.
 */
export function cusumThresholds(options: {
  readonly posts: readonly number[];
  readonly rate: number;
  readonly rng: Rng;
  readonly runs?: number;
}): number[] {
  const { posts, rate, rng, runs = 20_000 } = options;
  requireSome("posts", posts);
  posts.forEach((length, at) => requireCount(`posts[${at}]`, length, 1));
  requireLevel("rate", rate);
  requireCount("runs", runs, 1);
  const highest = posts.map(() => new Float64Array(runs));
  for (let run = 0; run < runs; run++) {
    const sums = highestSums(rng, Math.max(...posts), 0, Infinity);
    posts.forEach((length, at) => (highest[at]![run] = sums[length]!));
  }
  // Exceeded by as many runs as the rate allows, and no more.
  return highest.map((sums) => sums.sort()[Math.max(0, Math.ceil(runs * (1 - rate)) - 1)]!);
}

/** The highest sum after 0, 1, 2 ... posts of a simulated run; it ends early where the sum passes `enough`. The baseline is estimated anew. */
function highestSums(rng: Rng, posts: number, logShiftSds: number, enough: number): number[] {
  const history = Array.from({ length: baselinePosts }, () => normal(rng));
  const centre = median(history);
  const spread = normalPerMad * medianAbsoluteDeviation(history);
  const highest = [0];
  let sum = 0;
  while (highest.length <= posts && highest.at(-1)! <= enough) {
    sum = grown(sum, (normal(rng) + logShiftSds - centre) / spread);
    highest.push(Math.max(highest.at(-1)!, sum));
  }
  return highest;
}

function requireReach(path: string, reaches: readonly number[]): void {
  requireNumbers(path, reaches, 0, Infinity, "a finite reach >= 0");
}

/** A post that nobody saw counts as half a view: far below any other, and finite. */
function logReach(reach: number): number {
  return Math.log(Math.max(reach, 0.5));
}
