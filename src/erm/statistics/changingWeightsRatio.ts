// E4'': were posts dealt as the logged, changing probabilities say? x = sum_t (O_t - n_t w_t), V = sum_t n_t (diag w_t - w_t w_t'), Q = x' V^-1 x.
// Pooling the counts over batches instead would be far too lenient (size .0003 at .001). Source: validity note 2.2, bandits note 2.6.
import { categorical, type Rng } from "../../random/index.ts";
import { chiSquareLogSf, chiSquareSf, type MonteCarloOptions, type TestResult } from "../../stats/index.ts";
import { monteCarlo, refuse, requireCount, requireCounts, requireProbabilities, requireSome, zeros } from "./arguments.ts";

export interface RatioBatch {
  /** Probability of each arm for every post of this batch, summing to 1; 0 where an arm was not eligible. */
  readonly probabilities: readonly number[];
  /** Posts of each arm in this batch. */
  readonly counts: readonly number[];
}

export interface ChangingWeightsResult extends TestResult {
  /** Posts in all. */
  readonly n: number;
  /** Arms that could vary, less one for each total that was fixed. */
  readonly degreesOfFreedom: number;
  /** Largest distance of an arm's share of all posts from its expected share, in [0, 1]. */
  readonly effect: number;
}

/**
 * Ratio test for *independent* draws. Chi-square tail when every expected count is 5 or more (asymptotic: size .050/.010/.0010), otherwise
 * simulated from the logged probabilities with p = (1 + hits)/(draws + 1). `minP` is that of the outcome in which one arm got every post it could.
 * Systematic draws need `rerandomisedRatio`.
 * @throws DomainError `statistics-argument` for impossible counts (a post drawn with probability 0 is a leak, check E1), or a missing rng.
 */
export function changingWeightsRatio(batches: readonly RatioBatch[], options: MonteCarloOptions = {}): ChangingWeightsResult {
  const form = quadraticForm(batches);
  const statistic = form.of(batches.map(({ counts }) => counts));
  const extreme = form.extreme();
  const common = { statistic, n: form.n, degreesOfFreedom: form.rank, effect: form.effect(batches.map(({ counts }) => counts)) };
  if (form.rank === 0) return { ...common, p: 1, logP: 0, minP: 1, exactness: "exact" };
  if (form.expected.every((count) => count >= 5 || count === 0))
    return {
      ...common,
      p: chiSquareSf(statistic, form.rank),
      logP: chiSquareLogSf(statistic, form.rank),
      minP: chiSquareSf(extreme.statistic, form.rank),
      exactness: "asymptotic",
    };
  const { rng, draws, result } = monteCarlo(options, "expected counts below 5");
  let hits = 0;
  for (let draw = 0; draw < draws; draw++) {
    const drawn = batches.map(({ probabilities, counts }) => drawCounts(rng, probabilities, total(counts)));
    if (form.of(drawn) >= statistic * (1 - tie)) hits++;
  }
  return { ...common, ...result(hits, statistic, extreme.probability) };
}

/**
 * Ratio test for draws that are not independent (systematic, constrained): the same statistic against its values when the plan is replayed
 * under other keys. Exact in the Monte Carlo sense, whatever the design, as long as `replay` is the design.
 * @param options.replay plans these batches anew under a key, with the logged weights; gives the counts of each batch.
 * @param options.plan the key and planned counts of the real plan: replaying it must give exactly these, or the log is wrong.
 * @throws DomainError `replay-differs` when it does not; `statistics-argument` otherwise.
 */
export function rerandomisedRatio(
  batches: readonly RatioBatch[],
  options: {
    readonly replay: (key: string) => readonly (readonly number[])[];
    readonly rng: Rng;
    readonly plan?: { readonly key: string; readonly counts: readonly (readonly number[])[] };
    readonly draws?: number;
  },
): ChangingWeightsResult {
  const { replay, plan } = options;
  const form = quadraticForm(batches);
  const { rng, draws, result } = monteCarlo({ rng: options.rng, draws: options.draws ?? 2_000 }, "designs that are replayed");
  if (plan !== undefined && JSON.stringify(replay(plan.key)) !== JSON.stringify(plan.counts))
    refuse(
      "plan.counts",
      "replaying the plan's key does not give the plan",
      "Repair the log of weights and keys.",
      plan.key,
      "replay-differs",
    );
  const statistic = form.of(batches.map(({ counts }) => counts));
  let hits = 0;
  for (let draw = 0; draw < draws; draw++) {
    const counts = replay(rng.fork(["replay", String(draw)]).seed);
    if (counts.length !== batches.length) refuse("replay", "replay gave another number of batches", "Return the counts of every batch.");
    if (form.of(counts) >= statistic * (1 - tie)) hits++;
  }
  return {
    n: form.n,
    degreesOfFreedom: form.rank,
    effect: form.effect(batches.map(({ counts }) => counts)),
    ...result(hits, statistic, 0),
  };
}

/** Statistics closer than this share of themselves are one. */
const tie = 1e-9;

interface QuadraticForm {
  readonly n: number;
  readonly rank: number;
  readonly expected: readonly number[];
  of(counts: readonly (readonly number[])[]): number;
  effect(counts: readonly (readonly number[])[]): number;
  extreme(): { statistic: number; probability: number };
}

function quadraticForm(batches: readonly RatioBatch[]): QuadraticForm {
  requireSome("batches", batches);
  const arms = batches[0]!.probabilities.length;
  requireCount("arms", arms, 2);
  const expected = zeros(arms);
  const covariance = Array.from({ length: arms }, () => zeros(arms));
  let n = 0;
  batches.forEach(({ probabilities, counts }, at) => {
    requireProbabilities(`batches[${at}].probabilities`, probabilities, arms);
    requireCounts(`batches[${at}].counts`, counts);
    if (counts.length !== arms) refuse(`batches[${at}].counts`, `there are ${arms} arms`, "Pass one count per arm.", counts);
    const size = total(counts);
    n += size;
    probabilities.forEach((w, j) => {
      if (w === 0 && counts[j]! > 0)
        refuse(`batches[${at}].counts[${j}]`, `arm ${j} was drawn with probability 0`, "Report it as a leak (E1) and leave it out here.");
      expected[j]! += size * w;
      probabilities.forEach((v, k) => (covariance[j]![k]! += size * ((j === k ? w : 0) - w * v)));
    });
  });
  if (n === 0) refuse("batches", "no post was counted", "Pass batches with posts.");
  const factor = choleskyOfRank(covariance);
  const excess = (counts: readonly (readonly number[])[]) =>
    expected.map((count, arm) => counts.reduce((sum, row) => sum + row[arm]!, 0) - count);
  const form: QuadraticForm = {
    n,
    rank: factor.rank,
    expected,
    of: (counts) => factor.squaredLength(excess(counts)),
    effect: (counts) => Math.max(...excess(counts).map((x) => Math.abs(x) / n)),
    extreme: () =>
      expected
        .map((_, arm) => {
          const favoured = batches.map(({ probabilities, counts }) =>
            probabilities[arm]! > 0 ? probabilities.map((_, at) => (at === arm ? total(counts) : 0)) : counts,
          );
          const logProbability = batches.reduce(
            (sum, { probabilities, counts }) => sum + (probabilities[arm]! > 0 ? total(counts) * Math.log(probabilities[arm]!) : 0),
            0,
          );
          return { statistic: form.of(favoured), probability: Math.exp(logProbability) };
        })
        .reduce((best, next) => (next.statistic > best.statistic ? next : best)),
  };
  return form;
}

/**
 * Cholesky factor of a covariance that is singular by nature (counts add up to a fixed total, arms may never vary): directions without
 * variance are left out, which gives the same Q as dropping one arm and inverting.
 */
function choleskyOfRank(matrix: readonly (readonly number[])[]): { rank: number; squaredLength(x: readonly number[]): number } {
  const size = matrix.length;
  const rows = matrix.map((row) => row.slice());
  const lower = matrix.map(() => zeros(size));
  const kept: number[] = [];
  for (let pivot = 0; pivot < size; pivot++) {
    const left = rows[pivot]![pivot]!;
    if (!(left > 1e-9 * matrix[pivot]![pivot]!)) continue;
    kept.push(pivot);
    const root = Math.sqrt(left);
    for (let row = pivot; row < size; row++) lower[row]![pivot] = rows[row]![pivot]! / root;
    for (let row = pivot + 1; row < size; row++)
      for (let column = pivot + 1; column < size; column++) rows[row]![column]! -= lower[row]![pivot]! * lower[column]![pivot]!;
  }
  return {
    rank: kept.length,
    squaredLength: (x) => {
      const rest = x.slice();
      let sum = 0;
      for (const pivot of kept) {
        const part = rest[pivot]! / lower[pivot]![pivot]!;
        sum += part * part;
        for (let row = pivot + 1; row < size; row++) rest[row]! -= lower[row]![pivot]! * part;
      }
      return sum;
    },
  };
}

function drawCounts(rng: Rng, probabilities: readonly number[], size: number): number[] {
  const counts = probabilities.map(() => 0);
  for (let post = 0; post < size; post++) counts[categorical(rng, probabilities)]!++;
  return counts;
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
