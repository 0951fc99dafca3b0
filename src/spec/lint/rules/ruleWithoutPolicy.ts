// Rules go with policies, so that nobody is exposed who may not be (best practice 4).
import { StabilityEnum } from "../../stability.ts";
import { type LintRule, rulesOf } from "../rule.ts";

export const ruleWithoutPolicy: LintRule = {
  id: "rule-without-policy",
  severity: "warn",
  meaning: "outside experimental stability every rule names a policy",
  check: (experiment) =>
    experimental.some((stability) => stability === experiment.meta.stability)
      ? []
      : rulesOf(experiment).flatMap(({ policy }, at) =>
          policy === undefined
            ? [
                {
                  path: `allocation.rules[${at}].policy`,
                  message: "anybody may be exposed by this rule",
                  fix: "Name a policy that allows the exposure.",
                },
              ]
            : [],
        ),
};

const experimental = [StabilityEnum.Idea, StabilityEnum.InCreation, StabilityEnum.Experimental];
