// Experiments are short-lived (best practice 1); 28 days is a judgement.
import type { LintRule } from "../rule.ts";

export const windowTooLong: LintRule = {
  id: "window-too-long",
  severity: "warn",
  meaning: "the experiment runs at most 28 days",
  check: ({ window }) =>
    window?.startMs !== undefined && window.endMs !== undefined && window.endMs - window.startMs > daysMax * msPerDay
      ? [
          {
            path: "window.endMs",
            message: `the window is ${Math.ceil((window.endMs - window.startMs) / msPerDay)} days long`,
            fix: `End it within ${daysMax} days, or split the question.`,
          },
        ]
      : [],
};

const daysMax = 28;
const msPerDay = 86_400_000;
