// Rule documents: what is allowed, denied or required, when, and why, as data (preflight note 2.1). One shape for policies of the product, of a
// client and of an account.
import { z } from "zod";

const factSchema = z.union([z.string().min(1), z.boolean(), z.number()]);

/** One value, or a list of which one has to hold. */
const conditionSchema = z.union([factSchema, z.array(factSchema).min(1)]);

/** Attribute to condition; all have to hold. */
const conditionsSchema = z.record(z.string().min(1), conditionSchema);

export const ruleDocumentSchema = z
  .strictObject({
    id: z.string().min(1).max(128),
    when: conditionsSchema,
    /** Lifts the rule where all of these hold. */
    unless: conditionsSchema.exactOptional(),
    effect: z.enum(["allow", "deny", "require", "warn"]),
    /** What a `require` asks for, such as `humanApproval`; each has to be met. */
    obligations: z.array(z.string().min(1)).exactOptional(),
    /** The field a person has to look at. */
    field: z.string(),
    reason: z.string().min(1),
    fix: z.string().min(1),
    source: z.string().min(1),
    confidence: z.enum(["official", "official-via-digest", "peer-code", "secondary", "memory", "judgement"]).exactOptional(),
    /** The first day on which the rule no longer speaks, UTC. */
    expires: z.iso.date().exactOptional(),
  })
  .refine((rule) => (rule.effect === "require") === (rule.obligations !== undefined && rule.obligations.length > 0), {
    path: ["obligations"],
    error: "a require names its obligations, and no other effect has any",
    params: { fix: "List what has to be met, such as humanApproval, or use another effect." },
  });
export type RuleDocument = z.infer<typeof ruleDocumentSchema>;

export const ruleSetSchema = z
  .strictObject({
    version: z.string().min(1),
    asOf: z.iso.date(),
    about: z.string().exactOptional(),
    rules: z.array(ruleDocumentSchema).min(1).max(2000),
  })
  .superRefine(({ rules }, context) => {
    const seen = new Set<string>();
    rules.forEach(({ id }, at) => {
      if (seen.has(id))
        context.addIssue({
          code: "custom",
          path: ["rules", at, "id"],
          message: `another rule is already called "${id}"`,
          params: { fix: "Give each rule its own id." },
        });
      seen.add(id);
    });
  });
export type RuleSet = z.infer<typeof ruleSetSchema>;
