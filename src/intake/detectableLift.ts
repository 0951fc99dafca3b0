// How large an effect an experiment of this size can find, told before anyone approves it (validity note 2.4).
import { blocksNeeded, detectableLift as liftOf } from "../stats/index.ts";

/** Log units per post for a count of views, shares or comments; an assumption until the account has history of its own. */
export const assumedLogSd = { value: 1, unit: "log units", source: "validity note 2.3, counts", tier: "assumption" } as const;

/** Lifts for which people ask how long they would have to test. */
const askedLifts = [1.5, 2, 3] as const;

export interface DetectableLift {
  /** Ratio of test to control that is found four times in five, such as 3.47. */
  readonly ratio: number;
  /** Deviation of one post in log units, the sigma of the formula. */
  readonly sigma: number;
  readonly sigmaSource: string;
  /** N: blocks, which are posts per variant. */
  readonly blocks: number;
  readonly formula: string;
  /** Blocks that would find a smaller or larger lift. */
  readonly blocksNeeded: readonly { readonly ratio: number; readonly blocks: number }[];
}

/**
 * exp(2.49 sigma sqrt(2/N)): one-sided .05, power .8, paired blocks.
 * @throws DomainError `stats-argument` for a size or deviation that is none.
 */
export function detectableLift(postsPerVariant: number, logSd: number = assumedLogSd.value): DetectableLift {
  return {
    ratio: liftOf(logSd, postsPerVariant),
    sigma: logSd,
    sigmaSource: logSd === assumedLogSd.value ? `${assumedLogSd.tier}: ${assumedLogSd.source}` : "given",
    blocks: postsPerVariant,
    formula: "exp(2.49 sigma sqrt(2 / N))",
    blocksNeeded: askedLifts.map((ratio) => ({ ratio, blocks: blocksNeeded(logSd, Math.log(ratio)) })),
  };
}
