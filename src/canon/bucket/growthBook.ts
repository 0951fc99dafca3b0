// GrowthBook's buckets, ranges and namespaces (growthbook sdk-js 1.8.0, util.ts), so that experiments can move here without moving anybody. Its
// oddities stay inside this file: 1,000 or 10,000 buckets, no purpose in the key, coverage that shrinks ranges, a last cut that is not forced to 1.
import { fnv1a } from "./fnv1a.ts";

export type GrowthBookVersion = "gb-v1" | "gb-v2";

/** One arm's half-open range of buckets. */
export type BucketRange = readonly [start: number, end: number];

/** `value`'s bucket in [0, 1); `seed` is the experiment's seed, else its key. */
export function growthBookBucket(seed: string, value: string, version: GrowthBookVersion): number {
  return version === "gb-v2" ? growthBookAfter(fnv1a(seed), value) : (fnv1a(value + seed) % 1000) / 1000;
}

/** The `gb-v2` bucket from the FNV state after its seed. */
export function growthBookAfter(state: number, value: string): number {
  return (fnv1a(String(fnv1a(value, state))) % 10_000) / 10_000;
}

/**
 * The ranges of arms. Weights are taken as they are when they add up to about 1 (GrowthBook's rule); otherwise they are relative and scaled.
 * @param coverage the share of units admitted, in [0, 1]: every range keeps its start and loses its end.
 */
export function growthBookRanges(weights: readonly number[], coverage = 1): BucketRange[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const scale = sum < 0.99 || sum > 1.01 ? sum : 1;
  let cumulative = 0;
  return weights.map((weight) => {
    const start = cumulative;
    cumulative += weight / scale;
    return [start, start + coverage * (weight / scale)];
  });
}

/** The index of the range that holds the bucket, or -1: not covered. */
export function growthBookArm(bucket: number, ranges: readonly BucketRange[]): number {
  return ranges.findIndex(([start, end]) => bucket >= start && bucket < end);
}

/** Whether a unit is inside a GrowthBook namespace `[id, start, end]`. */
export function inGrowthBookNamespace(value: string, [id, start, end]: readonly [id: string, start: number, end: number]): boolean {
  const bucket = growthBookBucket(`__${id}`, value, "gb-v1");
  return bucket >= start && bucket < end;
}
