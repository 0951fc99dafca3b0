// Do two samples have the same distribution? The two-sample Kolmogorov-Smirnov test: exact given the ties (lattice paths, Hodges 1958, read only where
// a tie ends), and the one-sample law at the effective size (Marsaglia, Tsang & Wang 2003; Smirnov's tail; Vrbik 2018 beyond) for large samples.
import { requireSample } from "./samples.ts";
import { logChoose, logFactorial, logSumExp } from "./special/index.ts";
import { exactResult, type TestResult } from "./testResult.ts";

export interface KolmogorovSmirnovOptions {
  /** `asymptotic` asks for the large-sample p whatever the sizes, as other packages print it. It ignores ties, and is too large where there are any. */
  readonly method?: "exact" | "asymptotic" | undefined;
}

/** Steps spent on the exact distribution: about 3,000 against 3,000. */
const workMax = 20_000_000;

/**
 * `statistic` is D, the largest gap between the two distribution functions. Exact means: the share of all ways to deal the pooled values, ties
 * as they are, whose D is at least this one. Larger samples, and p that underflow, get the one-sample law at round(n m / (n + m)), never below
 * what the rarest arrangement has. O((n + m) min(n, m)).
 * @throws DomainError for an empty sample or a value that is not finite.
 */
export function kolmogorovSmirnov(
  a: readonly number[],
  b: readonly number[],
  { method = "exact" }: KolmogorovSmirnovOptions = {},
): TestResult {
  requireSample("a", a, 1);
  requireSample("b", b, 1);
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  const walk = { few: few.length, many: many.length, ends: tieEnds(few, many) };
  const gap = walk.ends.reduce((most, { from, ofFew }) => Math.max(most, gapAt(ofFew, from, walk)), 0);
  const statistic = gap / (walk.few * walk.many);
  if (method === "exact" && (walk.few + walk.many) * walk.few <= workMax) {
    const p = shareReaching(gap, walk);
    if (p > 0) return exactResult(p, statistic, shareReaching(widestGap(walk), walk));
  }
  const size = Math.max(1, Math.round((walk.few * walk.many) / (walk.few + walk.many)));
  const logMinP = Math.min(0, Math.LN2 - logChoose(walk.few + walk.many, walk.few));
  const logP = Math.max(logMinP, logOneSampleSf(statistic, size));
  return { p: Math.exp(logP), logP, statistic, exactness: "asymptotic", minP: Math.exp(logMinP) };
}

/** A walk through the pooled values in order: a step up for a value of the smaller sample, a step right for one of the larger. */
interface Walk {
  readonly few: number;
  readonly many: number;
  /** Where a run of equal values ends: steps made, and how many of them in the smaller sample. */
  readonly ends: readonly { readonly from: number; readonly ofFew: number }[];
}

function tieEnds(few: readonly number[], many: readonly number[]): Walk["ends"] {
  const [x, y] = [Float64Array.from(few).sort(), Float64Array.from(many).sort()];
  const ends: { from: number; ofFew: number }[] = [];
  for (let i = 0, j = 0; i < x.length || j < y.length;) {
    const value = Math.min(x[i] ?? Infinity, y[j] ?? Infinity);
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    ends.push({ from: i + j, ofFew: i });
  }
  return ends;
}

/** The gap of the distribution functions times both sizes: a whole number, so that equal gaps are equal. */
function gapAt(ofFew: number, steps: number, { few, many }: Walk): number {
  return Math.abs(ofFew * many - (steps - ofFew) * few);
}

function widestGap(walk: Walk): number {
  const { few, many, ends } = walk;
  return ends.reduce(
    (widest, { from }) => Math.max(widest, gapAt(Math.max(0, from - many), from, walk), gapAt(Math.min(few, from), from, walk)),
    0,
  );
}

/** Share of all walks whose gap at the end of some tie is at least this one. Small shares are summed, never one minus a large one. */
function shareReaching(gap: number, walk: Walk): number {
  if (gap === 0) return 1;
  const { few, many, ends } = walk;
  const steps = few + many;
  const isEnd = new Uint8Array(steps + 1);
  for (const { from } of ends) isEnd[from] = 1;
  /** Share of walks that stand at each number of steps up and have not reached the gap. */
  const standing = new Float64Array(few + 1);
  standing[0] = 1;
  let reached = 0;
  for (let step = 1; step <= steps; step++) {
    const left = steps - step + 1;
    for (let up = Math.min(step, few); up >= Math.max(0, step - many); up--) {
      const right = standing[up]! * (many - (step - 1 - up));
      const raised = up === 0 ? 0 : standing[up - 1]! * (few - up + 1);
      const here = (right + raised) / left;
      const stops = isEnd[step] === 1 && Math.abs(up * many - (step - up) * few) >= gap;
      if (stops) reached += here;
      standing[up] = stops ? 0 : here;
    }
  }
  return reached;
}

/** Above this size times D^2, P(D >= d) is twice the one-sided probability within 4e-11. */
const tailFrom = 4;
/** Largest size for which the matrix power is cheap; beyond, the corrected limit is right to about 1e-6. */
const matrixSizeMax = 1_000;

/** log P(D_n >= d) of one sample of `size` against a continuous distribution. */
function logOneSampleSf(d: number, size: number): number {
  if (d * size <= 0.5) return 0;
  if (d >= 1) return -Infinity;
  if (size * d * d >= tailFrom) return Math.min(0, Math.LN2 + logOneSidedSf(d, size));
  return Math.log1p(-Math.min(1, size <= matrixSizeMax ? matrixCdf(d, size) : limitCdf(d, size)));
}

/** Smirnov 1944: P(D+ >= d) = d sum_j C(n, j) (d + j / n)^(j - 1) (1 - d - j / n)^(n - j). */
function logOneSidedSf(d: number, n: number): number {
  const terms: number[] = [];
  for (let j = 0; j <= Math.floor(n * (1 - d)); j++) {
    const rest = 1 - d - j / n;
    if (rest <= 0 && j < n) continue;
    terms.push(logChoose(n, j) + (j - 1) * Math.log(d + j / n) + (n - j) * Math.log(rest));
  }
  return Math.log(d) + logSumExp(terms);
}

/** Marsaglia, Tsang & Wang: P(D_n < d) = n! / n^n times the middle element of the n-th power of a small matrix. */
function matrixCdf(d: number, n: number): number {
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  const h = k - n * d;
  const step = new Float64Array(size * size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < Math.min(size, row + 2); column++) {
      let value = 1;
      if (column === 0) value -= h ** (row + 1);
      if (row === size - 1) value -= h ** (size - column);
      if (column === 0 && row === size - 1 && 2 * h > 1) value += (2 * h - 1) ** size;
      step[row * size + column] = value * Math.exp(-logFactorial(row - column + 1));
    }
  const { matrix, logScale } = power(step, size, n);
  const middle = matrix[(k - 1) * size + k - 1]!;
  return Math.exp(Math.log(middle) + logScale + logFactorial(n) - n * Math.log(n));
}

interface Scaled {
  readonly matrix: Float64Array;
  readonly logScale: number;
}

function power(matrix: Float64Array, size: number, exponent: number): Scaled {
  if (exponent === 1) return { matrix, logScale: 0 };
  const half = power(matrix, size, Math.floor(exponent / 2));
  const square = rescaled(product(half.matrix, half.matrix, size), 2 * half.logScale);
  return exponent % 2 === 0 ? square : rescaled(product(square.matrix, matrix, size), square.logScale);
}

function rescaled(matrix: Float64Array, logScale: number): Scaled {
  const largest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { matrix: matrix.map((value) => value / largest), logScale: logScale + Math.log(largest) };
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let row = 0; row < size; row++)
    for (let inner = 0; inner < size; inner++) {
      const factor = a[row * size + inner]!;
      if (factor !== 0) for (let column = 0; column < size; column++) result[row * size + column]! += factor * b[inner * size + column]!;
    }
  return result;
}

/** Kolmogorov's limit with Vrbik's correction of its argument. */
function limitCdf(d: number, n: number): number {
  const x = d * Math.sqrt(n);
  const corrected = x + 1 / (6 * Math.sqrt(n)) + (x - 1) / (4 * n);
  let sum = 0;
  for (let odd = 1; odd < 40; odd += 2) sum += Math.exp((-odd * odd * Math.PI * Math.PI) / (8 * corrected * corrected));
  return (Math.sqrt(2 * Math.PI) / corrected) * sum;
}
