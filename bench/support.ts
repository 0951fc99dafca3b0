// One way to measure: ours and a stated rival, interleaved in one process, median of rounds, reported as a ratio.
export interface BenchRow {
  /** What was measured, with its size: `chiSquareSf, 1,000 values`. */
  what: string;
  /** What it is compared with. */
  rival: string;
  oursMs: number;
  rivalMs: number;
  /** ours : rival; below 1 ours is faster. */
  ratio: number;
  /** The ratio aimed at, where one is stated. */
  target?: number;
  note?: string;
}

/** A bench file exports `rows`; `npm run bench` runs every `bench/*.bench.ts`. */
export interface BenchModule {
  rows(): Promise<BenchRow[]>;
}

export interface Comparison {
  what: string;
  rival: string;
  ours: () => unknown;
  theirs: () => unknown;
  rounds?: number;
  target?: number;
  note?: string;
}

/** Runs both sides in turn (A B A B ...) after one warm-up of each and compares their medians. */
export async function compare({ what, rival, ours, theirs, rounds = 7, target, note }: Comparison): Promise<BenchRow> {
  await ours();
  await theirs();
  const oursMsAll: number[] = [];
  const rivalMsAll: number[] = [];
  for (let round = 0; round < rounds; round++) {
    oursMsAll.push(await timeMs(ours));
    rivalMsAll.push(await timeMs(theirs));
  }
  const oursMs = median(oursMsAll);
  const rivalMs = median(rivalMsAll);
  return {
    what,
    rival,
    oursMs,
    rivalMs,
    ratio: oursMs / rivalMs,
    ...(target !== undefined && { target }),
    ...(note !== undefined && { note }),
  };
}

async function timeMs(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
