// Test arm against control on the composite index, slot block by slot block: the exact one-sided randomisation test, and the block differences
// that the sequential rules feed on. Source: validity note 2.3.
import { stratifiedPermutationTest, type MonteCarloOptions, type TestResult } from "../../stats/index.ts";
import { refuse, requireAllFinite, requireSameLength } from "./arguments.ts";

export interface ArmComparison {
  /** Composite index of each post; larger is better. */
  readonly index: readonly number[];
  /** Variant of each post. */
  readonly arm: readonly string[];
  readonly block: readonly string[];
  /** The two variants compared; posts of others are left aside. */
  readonly test: string;
  readonly control: string;
}

/**
 * T = sum v_b (mean of test - mean of control in b) / sum v_b, v_b = n_T n_C / (n_T + n_C); one-sided p, exact up to 65,536 arrangements, else
 * Monte Carlo (19,999 draws). `minP` is that of the observed magnitudes.
 * @throws DomainError when no block holds both arms, for figures that are not finite, or too many arrangements without an rng.
 */
export function slotStratifiedTest(comparison: ArmComparison, options: MonteCarloOptions = {}): TestResult {
  const posts = comparedPosts(comparison);
  return stratifiedPermutationTest(
    {
      y: posts.map((post) => comparison.index[post]!),
      arm: posts.map((post) => (comparison.arm[post] === comparison.test ? 1 : 0)),
      block: posts.map((post) => comparison.block[post]!),
    },
    { ...options, alternative: "greater" },
  );
}

export interface BlockDifferences {
  /** Blocks that hold both arms, in order of first appearance. */
  readonly blocks: readonly string[];
  /** Mean of test less mean of control in each. */
  readonly differences: readonly number[];
}

/**
 * Test less control in every block that holds both. O(posts).
 * @throws DomainError `statistics-argument` for lists of different length or figures that are not finite; no common block gives empty lists.
 */
export function blockDifferences(comparison: ArmComparison): BlockDifferences {
  const sums = new Map<string, { test: number; tests: number; control: number; controls: number }>();
  for (const post of comparedPosts(comparison)) {
    const key = comparison.block[post]!;
    const found = sums.get(key) ?? { test: 0, tests: 0, control: 0, controls: 0 };
    if (comparison.arm[post] === comparison.test) {
      found.test += comparison.index[post]!;
      found.tests++;
    } else {
      found.control += comparison.index[post]!;
      found.controls++;
    }
    sums.set(key, found);
  }
  const both = [...sums].filter(([, { tests, controls }]) => tests > 0 && controls > 0);
  return {
    blocks: both.map(([key]) => key),
    differences: both.map(([, { test, tests, control, controls }]) => test / tests - control / controls),
  };
}

function comparedPosts({ index, arm, block, test, control }: ArmComparison): number[] {
  requireAllFinite("index", index);
  requireSameLength("arm", arm, "index", index);
  requireSameLength("block", block, "index", index);
  if (test === control) refuse("test", "an arm cannot be compared with itself", "Name two variants.", test);
  return index.map((_, post) => post).filter((post) => arm[post] === test || arm[post] === control);
}
