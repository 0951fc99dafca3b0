// When to stop before the planned end: each condition names the fact that ends the run (first brief, section 6.1).
import { z } from "zod";
import { refuse } from "./issue.ts";
import { countSchema } from "./scalars.ts";

const fact = <Kind extends string>(kind: Kind) => z.strictObject({ kind: z.literal(kind) });

export const stopConditionSchema = z.discriminatedUnion("kind", [
  fact("guardrailBreach").describe("a guardrail whose action is pause was breached"),
  z
    .strictObject({ kind: z.literal("publishFailures"), failuresMin: countSchema.min(1), attempts: countSchema.min(1) })
    .superRefine((condition, context) => {
      if (condition.failuresMin > condition.attempts)
        refuse(context, ["failuresMin"], "more failures are asked for than attempts are looked at", "Let failuresMin be at most attempts.");
    })
    .describe("so many of the last attempts failed"),
  fact("invalid").describe("the validity checks say that the comparison does not hold"),
  fact("harm").describe("a variant is worse than control beyond doubt"),
  fact("futility").describe("no variant can still win"),
]);
export type StopCondition = z.infer<typeof stopConditionSchema>;
