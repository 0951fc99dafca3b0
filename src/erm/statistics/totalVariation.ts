// How differently two arms use the slot bins: half the sum of the gaps between their shares. Reported, not judged, on 28 bins: there a clean
// random plan of up to 20 posts per arm exceeds .25 in 95 of 100 cases (validity note, section 1).
import { daypartOf, slotBin, weekdayClass, weekdayOf, type WallTime } from "../../domain/index.ts";
import { armSizes, refuse, requireCounts, requireSameLength } from "./arguments.ts";

/** `bins28` weekday x daypart; `cells8` weekday or weekend x daypart. */
export type SlotGrain = "bins28" | "cells8";

export interface SlotMix {
  /** Largest total variation between any two arms, in [0, 1]. */
  readonly totalVariation: number;
  /** False when some two arms share no cell at all: their posts cannot be compared. */
  readonly everyPairShares: boolean;
}

/**
 * Compares the slot use of the arms. O(posts + arms^2 x cells).
 * @throws DomainError `statistics-argument` for empty arms or lists of different length.
 */
export function slotMix(wallTimes: readonly WallTime[], arm: readonly number[], grain: SlotGrain): SlotMix {
  requireSameLength("wallTimes", wallTimes, "arm", arm);
  const arms = armSizes("arm", arm).length;
  const cellOf = (wallTime: WallTime) =>
    grain === "bins28" ? slotBin(wallTime) : `${weekdayClass(weekdayOf(wallTime))}/${daypartOf(wallTime)}`;
  const cells = [...new Set(wallTimes.map(cellOf))];
  const counts = Array.from({ length: arms }, () => cells.map(() => 0));
  wallTimes.forEach((wallTime, post) => counts[arm[post]!]![cells.indexOf(cellOf(wallTime))]!++);
  let largest = 0;
  let everyPairShares = true;
  counts.forEach((a, j) =>
    counts.slice(j + 1).forEach((b) => {
      largest = Math.max(largest, totalVariation(a, b));
      everyPairShares &&= a.some((count, cell) => count > 0 && b[cell]! > 0);
    }),
  );
  return { totalVariation: largest, everyPairShares };
}

/**
 * Total variation of two lists of counts over the same cells, in [0, 1].
 * @throws DomainError `statistics-argument` unless both are counts over the same cells, neither all zero.
 */
export function totalVariation(a: readonly number[], b: readonly number[]): number {
  requireCounts("a", a);
  requireCounts("b", b);
  requireSameLength("a", a, "b", b);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const [totalA, totalB] = [sum(a), sum(b)];
  if (totalA === 0 || totalB === 0) refuse(totalA === 0 ? "a" : "b", "no post was counted", "Pass counts of at least one post per arm.");
  return a.reduce((total, count, cell) => total + Math.abs(count / totalA - b[cell]! / totalB), 0) / 2;
}
