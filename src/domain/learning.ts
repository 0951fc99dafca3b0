// What is remembered of an experiment. An invalid one leaves its reason and nothing that could update a prior (law L6).
import { z } from "zod";
import { refuse } from "./issue.ts";
import { idSchema, instantMsSchema } from "./scalars.ts";
import { surfaceSchema } from "./surface.ts";
import { variableNameSchema } from "./variables.ts";
import { decisionKindSchema, verdictSchema } from "./verdict.ts";

export const learningSchema = z
  .strictObject({
    learningId: idSchema,
    experimentId: idSchema,
    clientId: idSchema,
    surface: surfaceSchema,
    variableUnderTest: variableNameSchema,
    validity: verdictSchema,
    decision: decisionKindSchema,
    statement: z.string().min(1),
    /** Raw mean log lift of each test arm with its standard error and blocks; what later priors are made of. */
    effects: z.array(
      z.strictObject({ variantId: idSchema, logLift: z.number(), standardError: z.number().positive(), blocks: z.int().min(1) }),
    ),
    informationalOnly: z.boolean(),
    atMs: instantMsSchema,
  })
  .superRefine((learning, context) => {
    if (learning.validity !== "invalid") return;
    if (!learning.informationalOnly)
      refuse(context, ["informationalOnly"], "an invalid experiment is informational only", "Set informationalOnly to true.");
    if (learning.effects.length > 0)
      refuse(context, ["effects"], "an invalid experiment leaves no effects", "Remove the effects; keep the reason in statement.");
  });
export type Learning = z.infer<typeof learningSchema>;
