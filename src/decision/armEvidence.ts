// What the blocks say about one test arm: the exact test within blocks, the shrunken lift and what shipping it might cost (validity note 2.3, 2.4).
import type { ArmEvidence, Proxy } from "../domain/index.ts";
import type { ComparableBlock } from "../erm/index.ts";
import type { Rng } from "../random/index.ts";
import { blockEffect, normalNormalShrinkage, stratifiedPermutationTest } from "../stats/index.ts";
import type { IndexedPost } from "./composite.ts";

/** Fewer blocks have no usable variance. */
const blocksForEffectMin = 4;

export interface BlockFigures extends ArmEvidence {
  /** Standard error of the raw log lift; null below four blocks. */
  readonly standardError: number | null;
}

/**
 * @param index the composite over all arms of the complete blocks.
 * @param rng drawn from only where the arrangements are too many to enumerate.
 */
export function armEvidence(
  variantId: string,
  controlId: string,
  blocks: readonly ComparableBlock[],
  index: readonly IndexedPost[],
  proxies: readonly Proxy[],
  tau: number,
  rng: Rng,
): BlockFigures {
  const nothing = {
    logLift: null,
    shrunkenLogLift: null,
    interval: null,
    pBetter: null,
    expectedLoss: null,
    p: null,
    minP: null,
    standardError: null,
  };
  const bare = { variantId, blocks: blocks.length, leads: [], harmE: null, futility: null };
  if (blocks.length === 0) return { ...bare, ...nothing };

  const pair = index.filter((post) => post.variantId === variantId || post.variantId === controlId);
  const test = stratifiedPermutationTest(
    {
      y: pair.map(({ z }) => z),
      arm: pair.map((post) => (post.variantId === variantId ? 1 : 0)),
      block: pair.map(({ block }) => block),
    },
    { rng: rng.fork(["permutation", variantId]) },
  );
  const lifts = blocks.map(({ block }) => {
    const of = (id: string): readonly number[] => pair.find((post) => post.block === block && post.variantId === id)!.logs;
    return proxies.map((_, at) => of(variantId)[at]! - of(controlId)[at]!);
  });
  const leads = proxies.filter((_, at) => lifts.reduce((sum, values) => sum + values[at]!, 0) > 0).map(({ metric }) => metric);
  const weights = proxies.reduce((sum, { weight }) => sum + weight, 0);
  const differences = lifts.map((values) => values.reduce((sum, value, at) => sum + (proxies[at]!.weight * value) / weights, 0));
  const logLift = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const tested = { ...bare, ...nothing, leads, p: test.p, minP: test.minP, logLift };
  if (blocks.length < blocksForEffectMin) return tested;

  const effect = blockEffect(differences);
  const shrunken = normalNormalShrinkage(effect, tau);
  return {
    ...tested,
    standardError: effect.standardError,
    shrunkenLogLift: shrunken.mean,
    interval: [shrunken.interval[0], shrunken.interval[1]],
    pBetter: shrunken.pBetter,
    expectedLoss: shrunken.expectedLoss,
  };
}
