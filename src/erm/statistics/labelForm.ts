// A sum over all pairs of posts that depends on their labels, sum w[label i][label j] d[i][j], for one labelling after the other: posts are taken in
// small groups, every pair of groups is tabled once for all labellings of its posts, and a labelling costs one look-up per pair of groups.

/** Table entries above this are not worth their memory. */
const entriesMax = 2 ** 20;
/** Labellings of a group. */
const patternsMax = 32;

/**
 * @param distances posts x posts, symmetric, row after row; one matrix per sum. @param weights arms x arms, symmetric, row after row.
 * @returns the sums of a labelling, one per matrix; the array is overwritten by the next call. O((posts / group)^2) each, group up to 5 with two arms.
 */
export function labelForm(
  distances: readonly Float64Array[],
  weights: Float64Array,
  posts: number,
  arms: number,
): (labels: ArrayLike<number>) => Float64Array {
  const size = groupSize(posts, arms);
  const patterns = arms ** size;
  const groups = Math.ceil(posts / size);
  const tables = distances.map((matrix) => pairTables(matrix, weights, { posts, arms, size, groups, patterns }));
  const pattern = new Int32Array(groups);
  const sums = new Float64Array(distances.length);
  return (labels) => {
    for (let group = 0; group < groups; group++) {
      let code = 0;
      for (let post = Math.min(posts, (group + 1) * size) - 1; post >= group * size; post--) code = code * arms + labels[post]!;
      pattern[group] = code;
    }
    for (let matrix = 0; matrix < tables.length; matrix++) {
      const table = tables[matrix]!;
      let sum = 0;
      let at = 0;
      for (let group = 0; group < groups; group++) {
        const row = pattern[group]! * patterns;
        for (let other = 0; other <= group; other++, at += patterns * patterns) sum += table[at + row + pattern[other]!]!;
      }
      sums[matrix] = sum;
    }
    return sums;
  };
}

function groupSize(posts: number, arms: number): number {
  let size = 1;
  const entries = (of: number) => (Math.ceil(posts / of) ** 2 / 2) * arms ** (2 * of);
  while (arms ** (size + 1) <= patternsMax && size < posts && entries(size + 1) <= Math.max(entriesMax, entries(1))) size++;
  return size;
}

interface Grouping {
  readonly posts: number;
  readonly arms: number;
  readonly size: number;
  readonly groups: number;
  readonly patterns: number;
}

/** For each pair of groups (the second no later than the first): labelling of the first x labelling of the second. O(entries). */
function pairTables(matrix: Float64Array, weights: Float64Array, { posts, arms, size, groups, patterns }: Grouping): Float64Array {
  const table = new Float64Array(((groups * (groups + 1)) / 2) * patterns * patterns);
  /** What one post in one arm adds, for each labelling of the second group. */
  const added = new Float64Array(patterns);
  let start = 0;
  for (let group = 0; group < groups; group++)
    for (let other = 0; other <= group; other++, start += patterns * patterns) {
      let known = 1;
      for (let post = group * size; post < Math.min(posts, (group + 1) * size); post++, known *= arms)
        // Arm 0 last: its rows are those that the others are made from.
        for (let arm = arms - 1; arm >= 0; arm--) {
          added[0] = 0;
          let mates = 1;
          for (let mate = other * size; mate < Math.min(posts, (other + 1) * size); mate++, mates *= arms)
            for (let label = arms - 1; label >= 0; label--) {
              const more = mate < post ? weights[arm * arms + label]! * matrix[post * posts + mate]! : 0;
              for (let code = 0; code < mates; code++) added[label * mates + code] = added[code]! + more;
            }
          for (let before = 0; before < known; before++) {
            const from = start + before * patterns;
            const to = start + (arm * known + before) * patterns;
            for (let code = 0; code < mates; code++) table[to + code] = table[from + code]! + added[code]!;
          }
        }
    }
  return table;
}
