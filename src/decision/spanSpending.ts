// Our sequential rule for posts laid on a stream of units: equal spans of checkpoints are the blocks, and alpha is spent at three looks.
import type { SampleMoments } from "./meanDifference.ts";
import { alphaSpending } from "./statistics/index.ts";

export interface SpanSpending {
  /** Either side crossed at one of the looks. */
  readonly crossed: boolean;
  /** It crossed on the side that the last checkpoint does not point to. */
  readonly wrongSign: boolean;
}

const spans = 12;
const looksAt = [6, 9, 12] as const;

/**
 * The difference that each span of checkpoints added, weighted by its size, is one block; sign patterns are exchangeable where the arms are equal.
 * Exact given the magnitudes; both sides at half the level.
 * @param looks cumulative moments in order of time; @param level of the two sides together.
 * @returns null where the stream has fewer than 12 checkpoints or its last variance is not known.
 */
export function spanSpending(
  looks: readonly { readonly control: SampleMoments; readonly treatment: SampleMoments }[],
  level = 0.05,
): SpanSpending | null {
  const last = looks.at(-1);
  if (last === undefined || looks.length < spans || last.control.variance === null || last.treatment.variance === null) return null;
  const edges = Array.from({ length: spans + 1 }, (_, edge) => looks[Math.ceil((edge * looks.length) / spans) - 1]);
  const differences = edges.slice(1).map((to, span) => {
    const control = added(edges[span]?.control, to!.control);
    const treatment = added(edges[span]?.treatment, to!.treatment);
    // A count that falls leaves a span without units: it keeps its place and says nothing.
    if (!(control.count > 0 && treatment.count > 0)) return 0;
    return ((control.count * treatment.count) / (control.count + treatment.count)) * (treatment.mean - control.mean);
  });
  const crosses = (sign: 1 | -1) =>
    alphaSpending(
      looksAt.map((n) => ({ differences: differences.slice(0, n).map((difference) => sign * difference), t: n / spans })),
      { alpha: level / 2 },
    ).crossedAtLook !== null;
  const up = crosses(1);
  const down = crosses(-1);
  const end = last.treatment.mean - last.control.mean;
  return { crossed: up || down, wrongSign: (up && end < 0) || (down && end > 0) };
}

/** Units and mean of what came between two cumulative states. */
function added(from: SampleMoments | undefined, to: SampleMoments): { count: number; mean: number } {
  const count = to.count - (from?.count ?? 0);
  return { count, mean: (to.count * to.mean - (from?.count ?? 0) * (from?.mean ?? 0)) / count };
}
