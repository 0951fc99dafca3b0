// Every document that `expos schema` serves: the nouns of the domain, and what single rooms read. A room's document is added here by one line.
import { type PublishedSchema, publishedSchemas } from "../domain/index.ts";
import { decisionInputSchema, decisionPolicySchema } from "../decision/index.ts";
import { validityInputSchema, validityPolicySchema } from "../erm/index.ts";
import { experimentSpecSchema } from "../spec/index.ts";

export const servedSchemas: Readonly<Record<string, PublishedSchema>> = {
  ...publishedSchemas,
  "validity-input": {
    meaning: "an experiment with its plan, posts, readings and history, for expos validity",
    schema: validityInputSchema,
  },
  "validity-policy": { meaning: "the thresholds of the validity checks", schema: validityPolicySchema },
  "decision-input": {
    meaning: "a validity input with its validity report, looks and review, for expos decide",
    schema: decisionInputSchema,
  },
  "decision-policy": { meaning: "the presets and thresholds of the decision rules", schema: decisionPolicySchema },
  "experiment-spec": {
    meaning: "an experiment in software: variants, allocation, targeting, overrides, metrics",
    schema: experimentSpecSchema,
  },
};
