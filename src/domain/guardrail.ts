// A guardrail: a limit whose breach warns, holds or pauses. Semantics of warn, hold, pause, grace and precedence: validity note 2.6. Survival
// signals (login challenge, restriction, spam, policy warning) ignore grace and pause the whole account.
import { z } from "zod";
import { refuse } from "./issue.ts";
import { metricNameSchema } from "./proxy.ts";
import { countSchema, hoursSchema, idSchema } from "./scalars.ts";

/** Account signals after which nothing is published until a human has looked (law L5). */
export const survivalSignals = ["loginChallenge", "accountRestricted", "spamSignal", "policyWarning"] as const;
export const accountSignals = [...survivalSignals, "authExpired", "duplicate", "rateLimit", "reachRestriction"] as const;
export const accountSignalSchema = z.enum(accountSignals);
export type AccountSignal = z.infer<typeof accountSignalSchema>;

export function isSurvivalSignal(signal: AccountSignal): boolean {
  return (survivalSignals as readonly AccountSignal[]).includes(signal);
}

export const publishStatistics = ["failures", "failureShare", "consecutiveFailures"] as const;

/** One span to look back over. */
export const guardrailWindowSchema = z.union([
  z.strictObject({ hours: hoursSchema.positive() }),
  z.strictObject({ posts: countSchema.min(1) }),
  z.strictObject({ attempts: countSchema.min(1) }),
]);

export const guardrailSchema = z
  .strictObject({
    id: idSchema,
    source: z
      .enum(["account", "publish", "metric", "manual"])
      .describe("account: signals; publish: attempts; metric: snapshots; manual: figures a person types in, such as hides"),
    statistic: metricNameSchema.describe(
      "a signal, a publish statistic or a metric, by source; a metric is the mean per post, or the sum over the sum of per where that is given",
    ),
    per: metricNameSchema.exactOptional().describe("denominator of a metric, such as reach"),
    comparator: z.enum([">", ">=", "<", "<="]).describe("breached when: statistic comparator threshold"),
    threshold: z.number(),
    window: guardrailWindowSchema.describe("how far to look back"),
    grace: z
      .strictObject({ hours: hoursSchema })
      .describe("time after publication in which the guardrail at most warns: the platform's metric latency; survival signals ignore it"),
    minPosts: countSchema.describe("with data from fewer posts it does not speak"),
    action: z
      .enum(["warn", "hold", "pause"])
      .describe("warn: note it; hold: finish the open block, start nothing; pause: cancel unpublished posts and escalate"),
    resume: z.enum(["human", "automatic"]).describe("who lifts the action; a pause is lifted by a human"),
  })
  .superRefine((guardrail, context) => {
    if (guardrail.action === "pause" && guardrail.resume !== "human")
      refuse(context, ["resume"], "a pause is lifted by a human only", "Set resume to human, or the action to hold or warn.");
    const words = { account: accountSignals, publish: publishStatistics, metric: undefined, manual: undefined }[guardrail.source];
    if (words !== undefined && !(words as readonly string[]).includes(guardrail.statistic))
      refuse(
        context,
        ["statistic"],
        `the source ${guardrail.source} does not know "${guardrail.statistic}"`,
        `Use one of ${words.join(", ")}.`,
      );
    if (guardrail.per !== undefined && guardrail.source !== "metric" && guardrail.source !== "manual")
      refuse(context, ["per"], `a guardrail on ${guardrail.source} has no denominator`, "Remove per.");
  });
export type Guardrail = z.infer<typeof guardrailSchema>;
