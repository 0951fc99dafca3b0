// The size of a slot mismatch in hours to move per post: Wasserstein-1 distance on the clock. Unlike the gap between circular means it is
// defined for antipodal slots. Source: validity note 2.2 (Rabin, Delon & Gousseau 2011 for the median form).
import { requireClock } from "./circularEnergy.ts";
import { refuse } from "./arguments.ts";

/**
 * Hours that a post of `a` must be moved on average, by the shortest way round, so that its slots equal those of `b`.
 * Integral of |D - c| with D the difference of the two distribution functions and c its length-weighted median. O(n log n).
 * @throws DomainError `statistics-argument` for empty samples or hours off the clock.
 */
export function circularWasserstein(a: readonly number[], b: readonly number[], periodHours: number): number {
  requireClock("a", a, periodHours);
  requireClock("b", b, periodHours);
  const points = [...a.map((hour) => ({ hour, step: 1 / a.length })), ...b.map((hour) => ({ hour, step: -1 / b.length }))].sort(
    (x, y) => x.hour - y.hour,
  );
  let height = 0;
  const pieces = points.map(({ hour, step }, at) => {
    height += step;
    const next = points[at + 1]?.hour ?? points[0]!.hour + periodHours;
    return { height, length: next - hour };
  });
  const median = lengthWeightedMedian(pieces, periodHours);
  return pieces.reduce((sum, piece) => sum + piece.length * Math.abs(piece.height - median), 0);
}

/** The largest distance between any two arms, in hours: the effect of E5 with more than two arms. */
export function largestCircularWasserstein(arms: readonly (readonly number[])[], periodHours: number): number {
  if (arms.length < 2) refuse("arms", "there are fewer than two arms", "Pass the hours of at least two arms.");
  let largest = 0;
  arms.forEach((a, j) => arms.slice(j + 1).forEach((b) => (largest = Math.max(largest, circularWasserstein(a, b, periodHours)))));
  return largest;
}

function lengthWeightedMedian(pieces: readonly { height: number; length: number }[], totalLength: number): number {
  let passed = 0;
  for (const { height, length } of pieces.toSorted((x, y) => x.height - y.height)) {
    passed += length;
    if (passed >= totalLength / 2) return height;
  }
  return 0;
}
