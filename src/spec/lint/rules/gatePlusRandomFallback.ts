// Behind a gate p the random fallback adds its share f: the arm gets p + (1 - p) f (assignment note 2.4).
import type { LintRule } from "../rule.ts";

export const gatePlusRandomFallback: LintRule = {
  id: "gate-plus-random-fallback",
  severity: "info",
  meaning: "the share an arm really gets is known",
  check: (experiment) => {
    const { allocation, variants } = experiment;
    if (allocation.type !== "targeted" || allocation.fallback !== "random") return [];
    const total = variants.reduce((sum, { weight = 1 }) => sum + weight, 0);
    return allocation.rules.flatMap(({ percentage = 1, variantId }, at) => {
      if (percentage <= 0 || percentage >= 1) return [];
      const share = (variants.find(({ id }) => id === variantId)?.weight ?? 1) / total;
      const real = percentage + (1 - percentage) * share;
      return [
        {
          path: `allocation.rules[${at}].percentage`,
          message: `matching units get ${variantId} with probability ${Number(real.toFixed(4))}, not ${percentage}`,
          fix: 'Use fallback "control", or expect that share.',
        },
      ];
    });
  },
};
