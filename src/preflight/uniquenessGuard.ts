// UniquenessGuard: one module, three verdicts (preflight note 2.4): against the account's history likeness is a hazard; between siblings it is
// intended, up to equality; and what is not under test has to be equal.
import type { Guard } from "./guard.ts";
import { againstHistory, historyRuleIds } from "./uniqueness/history.ts";
import { betweenSiblings, siblingRuleIds } from "./uniqueness/siblings.ts";

export const uniquenessGuard: Guard = {
  name: "UniquenessGuard",
  isContentGuard: true,
  versions: ({ media }) => ({ text: "jaccard-5.2", ...(media.versions["hasher"] !== undefined && { hasher: media.versions["hasher"] }) }),
  check: (input, { media }) => ({
    ruleIds: [...historyRuleIds, ...siblingRuleIds],
    issues: [...againstHistory(input, media), ...betweenSiblings(input, media)],
  }),
};
