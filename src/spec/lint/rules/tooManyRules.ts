// Targeting is used sparingly (best practice 4); 3 is a judgement.
import { type LintRule, rulesOf } from "../rule.ts";

export const tooManyRules: LintRule = {
  id: "too-many-rules",
  severity: "warn",
  meaning: "at most three targeting rules",
  check: (experiment) =>
    rulesOf(experiment).length > rulesMax
      ? [
          {
            path: "allocation.rules",
            message: `${rulesOf(experiment).length} rules are hard to reason about`,
            fix: `Use at most ${rulesMax}, or split the experiment.`,
          },
        ]
      : [],
};

const rulesMax = 3;
