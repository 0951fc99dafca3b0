// What reading early does to many streams at once: how many a test calls at the end, at any look, and wrongly; and how many the rules call that may be
// read early. One row for all streams, and one per metric.
import type { MomentsStreamAnalysis } from "./momentsAnalysis.ts";

/** Counts of streams, at the .05 level, two-sided. */
export interface EarlyReading {
  /** Left out: all streams. */
  readonly metric?: string;
  readonly streams: number;
  /** The test at the last checkpoint is not defined. */
  readonly undefinedAtEnd: number;
  readonly significantAtEnd: number;
  /** At some checkpoint: what a reader calls who stops at the first small p. */
  readonly significantEver: number;
  /** significantEver over significantAtEnd; null where nothing is significant at the end. */
  readonly inflation: number | null;
  readonly significantEverNotAtEnd: number;
  /** The first significant difference pointed the other way than the last one. */
  readonly wrongSignAtFirst: number;
  /** Alpha spending over 12 spans. `judged`: streams of at least 12 checkpoints whose last variance is known. */
  readonly spending: {
    readonly judged: number;
    readonly crossed: number;
    readonly crossedAndSignificantAtEnd: number;
    readonly wrongSign: number;
  };
  /** The mixture sequential test beside the test at the end, of the streams where that is defined; only with a declared mixture scale. */
  readonly mixture?: {
    readonly called: number;
    readonly both: number;
    readonly mixtureAlone: number;
    readonly endAlone: number;
    readonly neither: number;
  };
}

/** Empty for data that were not randomised. */
export function earlyReadings(streams: readonly MomentsStreamAnalysis[]): EarlyReading[] {
  const read = streams.filter(({ sequential }) => sequential !== undefined);
  if (read.length === 0) return [];
  const byMetric = Map.groupBy(read, ({ metric }) => metric);
  const rows = [...byMetric].flatMap(([metric, own]) => (metric === undefined ? [] : [{ metric, ...readingOf(own) }]));
  return [readingOf(read), ...(byMetric.size > 1 ? rows : [])];
}

function readingOf(streams: readonly MomentsStreamAnalysis[]): EarlyReading {
  const read = streams.map(({ sequential }) => sequential!);
  const count = (holds: (one: (typeof read)[number]) => boolean) => read.filter(holds).length;
  const significantAtEnd = count(({ peeking }) => peeking.significantAtEnd);
  const significantEver = count(({ peeking }) => peeking.significantEver);
  const isCalled = ({ mixtureP }: (typeof read)[number]) => mixtureP !== undefined && mixtureP <= 0.05;
  return {
    streams: read.length,
    undefinedAtEnd: count(({ peeking }) => !peeking.defined),
    significantAtEnd,
    significantEver,
    inflation: significantAtEnd === 0 ? null : significantEver / significantAtEnd,
    significantEverNotAtEnd: count(({ peeking }) => peeking.significantEver && !peeking.significantAtEnd),
    wrongSignAtFirst: count(({ peeking }) => peeking.wrongSignAtFirst === true),
    spending: {
      judged: count(({ spending }) => spending !== null),
      crossed: count(({ spending }) => spending?.crossed === true),
      crossedAndSignificantAtEnd: count(({ spending, peeking }) => spending?.crossed === true && peeking.significantAtEnd),
      wrongSign: count(({ spending }) => spending?.wrongSign === true),
    },
    ...(read.some(({ mixtureP }) => mixtureP !== undefined) && {
      mixture: {
        called: count(isCalled),
        both: count((one) => one.peeking.defined && isCalled(one) && one.peeking.significantAtEnd),
        mixtureAlone: count((one) => one.peeking.defined && isCalled(one) && !one.peeking.significantAtEnd),
        endAlone: count((one) => one.peeking.defined && !isCalled(one) && one.peeking.significantAtEnd),
        neither: count((one) => one.peeking.defined && !isCalled(one) && !one.peeking.significantAtEnd),
      },
    }),
  };
}
