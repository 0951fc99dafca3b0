// Independence in a table of counts with both margins fixed: Fisher's exact test, beyond 2 x 2 as Freeman & Halton (1951) extend it.
import { drawHypergeometric } from "./drawFromMode.ts";
import { largestShareDifference, refuse, requireTable, withoutEmpty } from "./samples.ts";
import { logFactorial } from "./special/index.ts";
import { exactResult, type MonteCarloOptions, monteCarloResult, requireMonteCarlo, type TestResult } from "./testResult.ts";

export interface FisherResult extends TestResult {
  /** Largest difference between two rows in the share of one column. */
  readonly effect: number;
}

/** Tables within this factor of the observed probability count as equally likely, as in R's fisher.test. */
const tieFactor = 1e-7;
const tablesMax = 1_000_000;
const unitsMax = 1_000_000;
const drawsDefault = 9_999;

/**
 * p is the probability of all tables with these margins that are no likelier than the observed one; `statistic` is the logarithm of the
 * observed table's probability. Rows and columns without units are left out; with fewer than two of either left, p is 1.
 * Enumerated up to 1,000,000 tables, beyond that Monte Carlo with `options`.
 * @param table rows are arms, columns outcomes.
 * @throws DomainError for a malformed table, more than 1,000,000 units, or too many tables without an rng.
 */
export function fisherExact(table: readonly (readonly number[])[], options: MonteCarloOptions = {}): FisherResult {
  requireTable(table);
  const full = withoutEmpty(table);
  const rows = full.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = (full[0] ?? []).map((_, at) => full.reduce((sum, row) => sum + row[at]!, 0));
  const units = rows.reduce((sum, count) => sum + count, 0);
  if (units > unitsMax) refuse("table", units, `must hold at most ${unitsMax} units`, "Use contingencyTest for tables this large.");
  if (rows.length < 2 || columns.length < 2) return { ...exactResult(1, 0, 1), effect: 0 };

  const logFactorials = Float64Array.from({ length: units + 1 }, (_, n) => logFactorial(n));
  const fixed = [...rows, ...columns].reduce((sum, margin) => sum + logFactorials[margin]!, -logFactorials[units]!);
  const observed = full.reduce((sum, row) => row.reduce((inner, count) => inner - logFactorials[count]!, sum), fixed);
  const effect = largestShareDifference(full);
  const limit = observed + Math.log1p(tieFactor);

  const all = enumerate(rows, columns, fixed, observed, limit, logFactorials);
  if (all !== undefined) {
    const logP = observed + Math.log(all.sum);
    return { ...exactResult(Math.exp(logP), observed, Math.exp(all.leastLog + Math.log(all.leastSum)), logP), effect };
  }

  const monteCarlo = requireMonteCarlo(options, `${tablesMax} tables`, drawsDefault);
  const { rng, draws } = monteCarlo;
  let extreme = 0;
  for (let draw = 0; draw < draws; draw++) {
    const left = [...columns];
    let leftUnits = units;
    let logProbability = fixed;
    for (const row of rows) {
      let toPlace = row;
      let later = leftUnits;
      for (let column = 0; column < left.length; column++) {
        const here = left[column]!;
        later -= here;
        const count = toPlace === 0 || here === 0 ? 0 : later === 0 ? toPlace : drawHypergeometric(rng, here, later, toPlace);
        left[column] = here - count;
        toPlace -= count;
        logProbability -= logFactorials[count]!;
      }
      leftUnits -= row;
    }
    if (logProbability <= limit) extreme++;
  }
  return { ...monteCarloResult(monteCarlo, extreme, observed), effect };
}

/**
 * Walks all tables column by column. Probabilities are summed relative to the observed one (`sum`) and to the least likely (`leastSum`), so that
 * nothing underflows. Undefined when there are more than `tablesMax`.
 */
function enumerate(
  rows: readonly number[],
  columns: readonly number[],
  fixed: number,
  observed: number,
  limit: number,
  logFactorials: Float64Array,
): { sum: number; leastLog: number; leastSum: number } | undefined {
  const left = [...rows];
  let tables = 0;
  let sum = 0;
  let leastLog = Infinity;
  let leastSum = 0;
  const close = (logProbability: number): boolean => {
    if (++tables > tablesMax) return false;
    if (logProbability <= limit) sum += Math.exp(logProbability - observed);
    if (logProbability < leastLog - Math.log1p(tieFactor)) {
      leastLog = logProbability;
      leastSum = 1;
    } else if (logProbability <= leastLog + Math.log1p(tieFactor)) leastSum += Math.exp(logProbability - leastLog);
    return true;
  };
  /** Fills one cell; `toPlace` is what the column still needs, `below` what the later rows can take. */
  const fill = (column: number, row: number, toPlace: number, below: number, logSoFar: number): boolean => {
    if (column === columns.length - 1) return close(left.reduce((log, count) => log - logFactorials[count]!, logSoFar));
    if (row === rows.length - 1) {
      left[row]! -= toPlace;
      const next = columns[column + 1]!;
      const goes = fill(column + 1, 0, next, sumFrom(left, 1), logSoFar - logFactorials[toPlace]!);
      left[row]! += toPlace;
      return goes;
    }
    const room = left[row]!;
    const belowNext = below - left[row + 1]!;
    for (let count = Math.max(0, toPlace - below); count <= Math.min(room, toPlace); count++) {
      left[row] = room - count;
      if (!fill(column, row + 1, toPlace - count, belowNext, logSoFar - logFactorials[count]!)) {
        left[row] = room;
        return false;
      }
    }
    left[row] = room;
    return true;
  };
  return fill(0, 0, columns[0]!, sumFrom(left, 1), fixed) ? { sum, leastLog, leastSum } : undefined;
}

function sumFrom(values: readonly number[], start: number): number {
  let sum = 0;
  for (let at = start; at < values.length; at++) sum += values[at]!;
  return sum;
}
