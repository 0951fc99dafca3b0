// How large an effect an experiment of this size can find, told before anyone approves it (validity note 2.4).

/** Log units per post for a count of views, shares or comments; an assumption until the account has history of its own. */
export const assumedLogSd = { value: 1, unit: "log units", source: "validity note 2.3, counts", tier: "assumption" } as const;

export interface DetectableLift {
  /** Ratio of test to control that is found four times in five, such as 3.47. */
  readonly ratio: number;
  readonly logSd: number;
  readonly postsPerVariant: number;
}

/** exp(2.49 sigma sqrt(2/N)): one-sided .05, power .8. */
export function detectableLift(postsPerVariant: number, logSd: number = assumedLogSd.value): DetectableLift {
  return { ratio: Math.exp(2.49 * logSd * Math.sqrt(2 / postsPerVariant)), logSd, postsPerVariant };
}
