// Without a store, an edit of arms, weights or rules moves people who have seen another arm (assignment note 2.6): three arms from two move half.
import { assignmentFingerprint } from "../fingerprint.ts";
import type { LintRule } from "../rule.ts";

export const unitsWouldMove: LintRule = {
  id: "units-would-move",
  severity: "error",
  meaning: "an experiment that is edited while live has a store, or deals anew",
  check: (experiment, { baseline = {}, hasStore = false }) => {
    const known = baseline[experiment.meta.name];
    if (known?.bucketingVersion === undefined || hasStore || known.bucketingVersion !== (experiment.bucketingVersion ?? 1)) return [];
    if (known.fingerprint === assignmentFingerprint(experiment)) return [];
    return [
      {
        path: "bucketingVersion",
        message: "what assigns has changed, and units that were assigned before would move",
        fix: "Use an assignment store, or raise bucketingVersion and start the analysis anew.",
      },
    ];
  },
};
