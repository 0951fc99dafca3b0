// Units a rule takes whole have no counterpart to be compared with (assignment note 2.4).
import { type LintRule, rulesOf } from "../rule.ts";

export const targetedNotRandomised: LintRule = {
  id: "targeted-not-randomised",
  severity: "warn",
  meaning: "rules admit a share, so that both arms exist among matching units",
  check: (experiment) =>
    rulesOf(experiment).flatMap(({ percentage = 1, variantId }, at) =>
      percentage >= 1
        ? [
            {
              path: `allocation.rules[${at}].percentage`,
              message: `every matching unit gets ${variantId}; none can be compared`,
              fix: "Set percentage below 1, or leave matching units out of the analysis.",
            },
          ]
        : [],
    ),
};
