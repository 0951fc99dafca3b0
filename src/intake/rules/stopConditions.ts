// Stop conditions: each kind once, and none that can never come true.
import { type BriefRule, briefRule, type Issue } from "../../domain/index.ts";

export const stopConditionsOnce: BriefRule = briefRule(["stopConditions"], ({ stopConditions }) =>
  stopConditions.flatMap(({ kind }, at): Issue[] =>
    stopConditions.findIndex((other) => other.kind === kind) === at
      ? []
      : [
          {
            code: "named-twice",
            path: `stopConditions[${at}].kind`,
            message: `${kind} is a stop condition already`,
            fix: "Keep one of the two.",
          },
        ],
  ),
);

export const breachCanStop: BriefRule = briefRule(["stopConditions", "guardrails"], ({ stopConditions, guardrails }) => {
  const at = stopConditions.findIndex(({ kind }) => kind === "guardrailBreach");
  return at < 0 || guardrails.length === 0 || guardrails.some(({ action }) => action === "pause")
    ? []
    : [
        {
          code: "stop-condition-idle",
          path: `stopConditions[${at}]`,
          message: "a breach of a guardrail whose action is pause stops the run, and no guardrail pauses",
          fix: "Let one guardrail pause, or remove the stop condition.",
        },
      ];
});
