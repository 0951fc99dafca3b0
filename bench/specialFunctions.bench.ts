// Our tails against the special functions of @stdlib (a development oracle): the same points, each result summed so that no work is skipped.
import betainc from "@stdlib/math-base-special-betainc";
import erfc from "@stdlib/math-base-special-erfc";
import gammainc from "@stdlib/math-base-special-gammainc";
import { betaCdf, chiSquareSf, erfc as ourErfc, studentTSf } from "../src/stats/special/index.ts";
import { compare, type BenchRow } from "./support.ts";

const size = 2_000;

/** Points from 0 to 1, evenly strewn and the same in every run. */
const strewn = Array.from({ length: size }, (_, index) => ((index + 0.5) * 0.618033988749895) % 1);

function summed(value: (u: number, index: number) => number): () => number {
  return () => strewn.reduce((sum, u, index) => sum + value(u, index), 0);
}

export async function rows(): Promise<BenchRow[]> {
  const degrees = [1, 3, 10, 100, 1000];
  const shapes = [
    [2, 9],
    [60, 3_500],
    [5_000, 90_000],
  ] as const;
  return [
    await compare({
      what: `erfc, ${size} values`,
      rival: "@stdlib erfc",
      ours: summed((u) => ourErfc(8 * u)),
      theirs: summed((u) => erfc(8 * u)),
    }),
    await compare({
      what: `chiSquareSf, ${size} values, df 1 to 1,000`,
      rival: "@stdlib gammainc",
      ours: summed((u, index) => chiSquareSf(3 * u * degrees[index % 5]!, degrees[index % 5]!)),
      theirs: summed((u, index) => gammainc((3 * u * degrees[index % 5]!) / 2, degrees[index % 5]! / 2, true, true)),
    }),
    await compare({
      what: `studentTSf, ${size} values, df 1 to 1,000`,
      rival: "@stdlib betainc",
      ours: summed((u, index) => studentTSf(6 * u, degrees[index % 5]!)),
      theirs: summed((u, index) => {
        const v = degrees[index % 5]!;
        return 0.5 * betainc(v / (v + 36 * u * u), v / 2, 0.5, true, false);
      }),
    }),
    await compare({
      what: `betaCdf, ${size} values, shapes (2, 9) to (5000, 90000)`,
      rival: "@stdlib betainc",
      ours: summed((u, index) => {
        const [a, b] = shapes[index % 3]!;
        return betaCdf(within(u, a, b), a, b);
      }),
      theirs: summed((u, index) => {
        const [a, b] = shapes[index % 3]!;
        return betainc(within(u, a, b), a, b, true, false);
      }),
    }),
  ];
}

/** A point within four standard deviations of the mean of a beta variable. */
function within(u: number, a: number, b: number): number {
  const mean = a / (a + b);
  const sd = Math.sqrt((mean * (1 - mean)) / (a + b + 1));
  return Math.min(0.999, Math.max(1e-6, mean + (8 * u - 4) * sd));
}
