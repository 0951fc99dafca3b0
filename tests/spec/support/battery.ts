// The statistics of an assignment hash (assignment note, section 4): marginal tests alone pass broken hashes, so pairs of keys, lags and slices count.
import { type BucketKey, bucketer } from "../../../src/canon/index.ts";
import { chiSquareSf } from "../../../src/stats/index.ts";

/** The id families that people really have. */
export function unitIds(family: "sequential" | "padded" | "compound" | "uuid", count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    if (family === "sequential") return String(index);
    if (family === "padded") return `user-${String(index).padStart(8, "0")}`;
    if (family === "compound") return `org-${index % 1_000}:member-${Math.floor(index / 1_000)}`;
    return uuidOf(index);
  });
}

/** A version-4 shape from a small counter generator: fixed, so that a test never flakes. */
function uuidOf(index: number): string {
  let state = Math.imul(index + 1, 0x9e3779b9) | 0;
  const next = (): string => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0).toString(16).padStart(8, "0");
  };
  const hex = next() + next() + next() + next();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const base = { scope: "demo.a", unitType: "userId", salt: "", bucketingVersion: 1 };

/** 17 keys over purposes, names, salts and versions; neighbours differ in one last character. */
export const batteryKeys: readonly BucketKey[] = [
  { ...base, purpose: "arm" },
  { ...base, purpose: "arm", scope: "demo.b" },
  { ...base, purpose: "arm", scope: "demo.c" },
  { ...base, purpose: "arm", scope: "demo.a1" },
  { ...base, purpose: "arm", salt: "salt-1" },
  { ...base, purpose: "arm", salt: "salt-2" },
  { ...base, purpose: "arm", salt: "salt-3" },
  { ...base, purpose: "arm", bucketingVersion: 2 },
  { ...base, purpose: "arm", bucketingVersion: 3 },
  { ...base, purpose: "fallback" },
  { ...base, purpose: "gate:b#0" },
  { ...base, purpose: "gate:b#1" },
  { ...base, purpose: "gate:c#0" },
  { ...base, purpose: "layer", scope: "acme/feed/hook" },
  { ...base, purpose: "holdout", scope: "demo-holdout" },
  { ...base, purpose: "block:2027-W01" },
  { ...base, purpose: "arm", unitType: "sessionId" },
];

export function draw(key: BucketKey, ids: readonly string[]): Float64Array {
  const bucket = bucketer(key);
  return Float64Array.from(ids, bucket);
}

/** Correlation of the two halves `u < 1/2` of two draws. */
export function phi(a: Float64Array, b: Float64Array, lag = 0): number {
  let both = 0;
  let inA = 0;
  let inB = 0;
  const n = a.length - lag;
  for (let at = 0; at < n; at++) {
    const x = a[at]! < 0.5 ? 1 : 0;
    const y = b[at + lag]! < 0.5 ? 1 : 0;
    both += x & y;
    inA += x;
    inB += y;
  }
  return (n * both - inA * inB) / Math.sqrt(inA * (n - inA) * inB * (n - inB));
}

/** Cramer's V of the 10 x 10 table of two draws. */
export function cramersV(a: Float64Array, b: Float64Array): number {
  const table = new Float64Array(100);
  for (let at = 0; at < a.length; at++) table[Math.floor(a[at]! * 10) * 10 + Math.floor(b[at]! * 10)]!++;
  const rows = Array.from({ length: 10 }, (_, row) => table.slice(row * 10, row * 10 + 10).reduce((sum, count) => sum + count, 0));
  const columns = Array.from({ length: 10 }, (_, column) => rows.reduce((sum, _row, row) => sum + table[row * 10 + column]!, 0));
  let chiSquare = 0;
  for (let row = 0; row < 10; row++)
    for (let column = 0; column < 10; column++) {
      const expected = (rows[row]! * columns[column]!) / a.length;
      chiSquare += (table[row * 10 + column]! - expected) ** 2 / expected;
    }
  return Math.sqrt(chiSquare / (a.length * 9));
}

/** The p-value of equal counts in 100 buckets of `[0, 1)`, of the draws that `within` lets in. */
export function uniformityP(draws: Float64Array, within: (at: number) => boolean = () => true): number {
  const counts = new Float64Array(100);
  let n = 0;
  for (let at = 0; at < draws.length; at++) {
    if (!within(at)) continue;
    counts[Math.floor(draws[at]! * 100)]!++;
    n++;
  }
  const expected = n / 100;
  return chiSquareSf(
    counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0),
    99,
  );
}
