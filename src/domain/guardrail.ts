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
    /** `account`: signals; `publish`: attempts of the lane; `metric`: snapshots; `manual`: figures typed in by a person, such as hides. */
    source: z.enum(["account", "publish", "metric", "manual"]),
    /** A signal, a publish statistic, or a metric name, by source. A metric is a mean per post, or summed over `per` where that is given. */
    statistic: metricNameSchema,
    /** Denominator of a metric guardrail, such as `reach`. */
    per: metricNameSchema.exactOptional(),
    /** Breached when `statistic comparator threshold` holds. */
    comparator: z.enum([">", ">=", "<", "<="]),
    threshold: z.number(),
    window: guardrailWindowSchema,
    /** Time after a post's publication in which a statistical guardrail at most warns: the platform's metric latency. */
    grace: z.strictObject({ hours: hoursSchema }),
    /** Below this many posts with data the guardrail does not speak. */
    minPosts: countSchema,
    action: z.enum(["warn", "hold", "pause"]),
    /** Who lifts the action. */
    resume: z.enum(["human", "automatic"]),
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
