// The share of equally likely arrangements whose sum reaches a value, when each block arranges independently: the core of the exact
// randomisation tests. Hot: tuning runs it thousands of times a second. Meet in the middle: with 12 pairs it sorts 64 sums and searches 64
// times instead of adding up 4,096 arrangements.

/** What one block can contribute to the sum; every value equally likely. */
export type BlockSums = Float64Array;

/** P(sum of one value from each block >= threshold). O(sqrt(arrangements) log) when the blocks are small. */
export function shareAtLeast(blocks: readonly BlockSums[], threshold: number): number {
  const [few, many] = halves(blocks);
  few.sort();
  let count = 0;
  for (const value of many) count += few.length - firstAtLeast(few, threshold - value);
  return count / (few.length * many.length);
}

/** The largest attainable sum, and the share of arrangements that attain it; values within `tolerance` tie. */
export function largestSum(blocks: readonly BlockSums[], tolerance: number): { sum: number; share: number } {
  let sum = 0;
  let share = 1;
  for (const block of blocks) {
    let largest = -Infinity;
    for (const value of block) if (value > largest) largest = value;
    let ties = 0;
    for (const value of block) if (value >= largest - tolerance) ties++;
    sum += largest;
    share *= ties / block.length;
  }
  return { sum, share };
}

/** All sums of the blocks in two groups of about equal size, the smaller first. */
function halves(blocks: readonly BlockSums[]): [Float64Array, Float64Array] {
  let few: Float64Array = new Float64Array(1);
  let many: Float64Array = new Float64Array(1);
  for (const block of blocks) {
    few = allSums(few, block);
    if (few.length > many.length) [few, many] = [many, few];
  }
  return [few, many];
}

function allSums(a: Float64Array, b: Float64Array): Float64Array {
  const sums = new Float64Array(a.length * b.length);
  let at = 0;
  for (const first of a) for (const second of b) sums[at++] = first + second;
  return sums;
}

function firstAtLeast(sorted: Float64Array, threshold: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}
