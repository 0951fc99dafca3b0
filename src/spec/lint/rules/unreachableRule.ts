// A rule behind one that takes everybody, or that admits nobody, never decides.
import { isBare, type LintRule, rulesOf } from "../rule.ts";

export const unreachableRule: LintRule = {
  id: "unreachable-rule",
  severity: "error",
  meaning: "every rule can decide",
  check: (experiment) => {
    const rules = rulesOf(experiment);
    const taker = rules.findIndex(isBare);
    return rules.flatMap(({ percentage = 1 }, at) => {
      const path = `allocation.rules[${at}]`;
      if (taker !== -1 && at > taker)
        return [{ path, message: `rules[${taker}] takes everybody before it`, fix: `Remove it, or narrow rules[${taker}].` }];
      return percentage === 0
        ? [{ path: `${path}.percentage`, message: "the rule admits nobody", fix: "Raise percentage above 0, or remove the rule." }]
        : [];
    });
  },
};
