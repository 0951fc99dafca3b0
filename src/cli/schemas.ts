// Every document that `expos schema` serves: the nouns of the domain, and what single rooms read. A room's document is added here by one line.
import { type PublishedSchema, publishedSchemas } from "../domain/index.ts";
import { validityInputSchema, validityPolicySchema } from "../erm/index.ts";
import { experimentSpecSchema } from "../spec/index.ts";

export const servedSchemas: Readonly<Record<string, PublishedSchema>> = {
  ...publishedSchemas,
  "validity-input": {
    meaning: "an experiment with its plan, posts, readings and history, for expos validity",
    schema: validityInputSchema,
  },
  "validity-policy": { meaning: "the thresholds of the validity checks", schema: validityPolicySchema },
  "experiment-spec": {
    meaning: "an experiment in software: variants, allocation, targeting, overrides, metrics",
    schema: experimentSpecSchema,
  },
};
