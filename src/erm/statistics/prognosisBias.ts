// E6: would the test arm have done better in its slots whatever was posted? A prognostic score (Hansen 2008): ridge regression of the log index on
// cell, clock, media kind and duration, fitted to history without the experiment's posts, then compared between arms. Needed for unblocked tests only.
import { mean, type MonteCarloOptions, sampleSd, stratifiedPermutationTest, type TestResult } from "../../stats/index.ts";
import { refuse, requireNumbers, requireSameLength, requireSome } from "./arguments.ts";

export interface PrognosticPost {
  /** Slot cell of the plan. */
  readonly cell: string;
  /** Hours since Monday 00:00 in the client's zone, in [0, 168). */
  readonly hourOfWeek: number;
  readonly mediaKind: string;
  /** null where the post has no duration. */
  readonly durationSeconds: number | null;
}

export interface PrognosticHistory extends PrognosticPost {
  readonly logIndex: number;
}

/** Plain data, so that it can be stored with the policy that used it. */
export interface PrognosticModel {
  readonly cells: readonly string[];
  readonly mediaKinds: readonly string[];
  readonly meanLogIndex: number;
  /** Of the log index itself, label-free: the noise an unstratified comparison has to beat. */
  readonly sdLogIndex: number;
  /** Of each feature in history; a feature that never varied has scale 0 and no weight. */
  readonly centres: readonly number[];
  readonly scales: readonly number[];
  readonly weights: readonly number[];
  /** The ridge penalty that predicted left-out history best. */
  readonly penalty: number;
  readonly n: number;
}

export interface PrognosisBias {
  /** Mean predicted log index, test less control. */
  readonly bias: number;
  /** Of the unstratified difference of means of the log index. */
  readonly standardError: number;
  /** Biases of .25 / .5 / 1 turn a one-sided .05 test into one of .082 / .126 / .26. */
  readonly biasOverStandardError: number;
  /** The larger predicted arm over the smaller, on the scale of counts. */
  readonly ratio: number;
}

export interface DealtPosts {
  readonly test: readonly PrognosticPost[];
  readonly control: readonly PrognosticPost[];
  /** Of each test post, then of each control post: posts of one stratum had the same chances of either arm. */
  readonly strata: readonly string[];
}

export interface PrognosisTest extends PrognosisBias, TestResult {}

/**
 * Predicted advantage of the test arm's slots and media.
 * @throws DomainError `statistics-argument` for an empty arm or an hour off the week's clock.
 */
export function prognosisBias(model: PrognosticModel, test: readonly PrognosticPost[], control: readonly PrognosticPost[]): PrognosisBias {
  requirePosts("test", test);
  requirePosts("control", control);
  const bias = mean(test.map((post) => predictLogIndex(model, post))) - mean(control.map((post) => predictLogIndex(model, post)));
  const standardError = model.sdLogIndex * Math.sqrt(1 / test.length + 1 / control.length);
  return { bias, standardError, biasOverStandardError: bias / standardError, ratio: Math.exp(Math.abs(bias)) };
}

/**
 * The bias with the share of deals that would have made one at least as large, either way: arms exchanged among the posts of a stratum. Exact up to
 * 65,536 deals, else Monte Carlo. Where no stratum holds both arms nothing was left to chance, and p and minP are 1.
 * @throws DomainError as `prognosisBias`; for more deals without an rng.
 */
export function prognosisTest(
  model: PrognosticModel,
  { test, control, strata }: DealtPosts,
  { rng, draws = 9_999 }: MonteCarloOptions = {},
): PrognosisTest {
  const bias = prognosisBias(model, test, control);
  const posts = [...test, ...control];
  requireSameLength("strata", strata, "posts", posts);
  const arms = posts.map((_, post) => (post < test.length ? 1 : 0));
  const isMixed = [...Map.groupBy(arms.keys(), (post) => strata[post]!).values()].some(
    (own) => new Set(own.map((post) => arms[post])).size === 2,
  );
  if (!isMixed) return { ...bias, statistic: 0, p: 1, logP: 0, minP: 1, exactness: "exact" };
  const y = posts.map((post) => predictLogIndex(model, post));
  return { ...bias, ...stratifiedPermutationTest({ y, arm: arms, block: strata }, { alternative: "two-sided", rng, draws }) };
}

/** Predicted log index; a cell or media kind that history never saw counts as average. */
export function predictLogIndex(model: PrognosticModel, post: PrognosticPost): number {
  return standardised(model, post).reduce((sum, value, at) => sum + value * model.weights[at]!, model.meanLogIndex);
}

/**
 * Fits the model; of five penalties the one with the least leave-one-out error is kept. O(n p^2 + p^3), p = 7 + cells + media kinds.
 * @param history earlier posts of the account, none of them in an experiment under judgement.
 * @throws DomainError `statistics-argument` for fewer than two posts, values that are not finite, or a log index that never varies.
 */
export function fitPrognosis(history: readonly PrognosticHistory[]): PrognosticModel {
  requirePosts("history", history);
  const index = history.map(({ logIndex }) => logIndex);
  requireNumbers("history.logIndex", index, -Number.MAX_VALUE, Infinity, "a finite number");
  if (index.length < 2) refuse("history", "one post is no history", "Pass at least 40 posts.");
  const sdLogIndex = sampleSd(index);
  if (sdLogIndex === 0) refuse("history.logIndex", "the log index never varies", "Pass a metric that varies.", undefined, "zero-variance");
  const levels = {
    cells: [...new Set(history.map(({ cell }) => cell))].sort(),
    mediaKinds: [...new Set(history.map(({ mediaKind }) => mediaKind))].sort(),
  };
  const raw = history.map((post) => features(levels, post));
  const centres = raw[0]!.map((_, at) => meanKnown(raw.map((row) => row[at]!)));
  const scales = centres.map((centre, at) => Math.sqrt(meanKnown(raw.map((row) => (row[at] === null ? null : (row[at]! - centre) ** 2)))));
  const meanLogIndex = mean(index);
  const unweighted = { ...levels, meanLogIndex, sdLogIndex, centres, scales, n: index.length };
  const rows = history.map((post) => standardised(unweighted, post));
  const residuals = index.map((value) => value - meanLogIndex);
  const fits = penalties.map((penalty) => ({ penalty, ...ridge(rows, residuals, penalty) }));
  const { weights, penalty } = fits.reduce((best, next) => (next.leftOutError < best.leftOutError ? next : best));
  return { ...unweighted, weights, penalty };
}

/** On standardised features, so in units of posts: a penalty of 10 is worth ten posts that say "no difference". */
const penalties = [100, 30, 10, 3, 1] as const;

type Levels = Pick<PrognosticModel, "cells" | "mediaKinds">;

/** One number per feature; null is unknown. */
function features({ cells, mediaKinds }: Levels, { cell, hourOfWeek, mediaKind, durationSeconds }: PrognosticPost): (number | null)[] {
  const oneOf = (names: readonly string[], own: string) => names.map((name) => (names.includes(own) ? Number(name === own) : null));
  const harmonics = [24, 12, 168].flatMap((periodHours) => {
    const angle = (2 * Math.PI * hourOfWeek) / periodHours;
    return [Math.sin(angle), Math.cos(angle)];
  });
  return [
    ...oneOf(cells, cell),
    ...oneOf(mediaKinds, mediaKind),
    ...harmonics,
    durationSeconds === null ? null : Math.log1p(durationSeconds),
  ];
}

function standardised(model: Levels & Pick<PrognosticModel, "centres" | "scales">, post: PrognosticPost): number[] {
  return features(model, post).map((value, at) =>
    value === null || model.scales[at]! < 1e-9 ? 0 : (value - model.centres[at]!) / model.scales[at]!,
  );
}

function meanKnown(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? 0 : mean(known);
}

/** Weights of the ridge regression and its mean squared leave-one-out error, from the diagonal of the hat matrix. */
function ridge(rows: readonly (readonly number[])[], y: readonly number[], penalty: number): { weights: number[]; leftOutError: number } {
  const size = rows[0]!.length;
  const gram = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? penalty : 0)),
  );
  const inverse = inverseOfPositive(gram);
  const moments = Array.from({ length: size }, (_, i) => rows.reduce((sum, row, at) => sum + row[i]! * y[at]!, 0));
  const weights = inverse.map((line) => dot(line, moments));
  const leftOutError = rows.reduce((sum, row, at) => {
    const leverage =
      1 / rows.length +
      dot(
        row,
        inverse.map((line) => dot(line, row)),
      );
    return sum + ((y[at]! - dot(row, weights)) / Math.max(1 - leverage, 1e-9)) ** 2;
  }, 0);
  return { weights, leftOutError: leftOutError / rows.length };
}

/** Gauss-Jordan; safe without pivoting because the penalty makes the matrix positive definite. */
function inverseOfPositive(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const work = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = work[pivot]![pivot]!;
    work[pivot] = work[pivot]!.map((value) => value / scale);
    for (let row = 0; row < size; row++) {
      const factor = work[row]![pivot]!;
      if (row !== pivot && factor !== 0) work[row] = work[row]!.map((value, at) => value - factor * work[pivot]![at]!);
    }
  }
  return work.map((row) => row.slice(size));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}

function requirePosts(path: string, posts: readonly PrognosticPost[]): void {
  requireSome(path, posts);
  requireNumbers(
    `${path}.hourOfWeek`,
    posts.map(({ hourOfWeek }) => hourOfWeek),
    0,
    168,
    "an hour of the week, from 0 to below 168",
  );
  const durations = posts.flatMap(({ durationSeconds }) => (durationSeconds === null ? [] : [durationSeconds]));
  if (durations.length > 0) requireNumbers(`${path}.durationSeconds`, durations, 0, Infinity, "a finite duration >= 0");
}
