// The published objects: what `expos schema` serves and what a reader of our files may rely on.
import { z } from "zod";
import { approvalSchema } from "./approval.ts";
import { briefSchema } from "./brief.ts";
import { checkSchema } from "./check.ts";
import { decisionSchema } from "./decision.ts";
import { DomainError } from "./errors.ts";
import { escalationSchema } from "./escalation.ts";
import { experimentSchema } from "./experiment.ts";
import { exposureRecordSchema } from "./exposure.ts";
import { preflightReportSchema } from "./guard.ts";
import { guardrailSchema } from "./guardrail.ts";
import { journalEventSchema } from "./journal.ts";
import { layerSchema } from "./layer.ts";
import { learningSchema } from "./learning.ts";
import { mappingSchema } from "./mapping.ts";
import { outcomeSnapshotSchema } from "./outcome.ts";
import { planSchema } from "./plan.ts";
import { planInputSchema } from "./planInput.ts";
import { postSchema } from "./post.ts";
import { experimentReportSchema } from "./report.ts";
import { preflightInputSchema } from "./preflightInput.ts";
import { scenarioSchema } from "./scenario.ts";
import { validityReportSchema } from "./validityReport.ts";
import { variantSchema } from "./variant.ts";

export interface PublishedSchema {
  /** One line for the list. */
  readonly meaning: string;
  readonly schema: z.ZodType;
}

export const publishedSchemas = {
  brief: { meaning: "what an experiment is to learn and within which limits", schema: briefSchema },
  experiment: { meaning: "an accepted brief and where it stands", schema: experimentSchema },
  variant: { meaning: "one arm with its whole content and its hash", schema: variantSchema },
  plan: { meaning: "variants by slots, in complete blocks", schema: planSchema },
  "plan-input": { meaning: "a brief with the account and its other posts, to plan in", schema: planInputSchema },
  post: { meaning: "one publication of a variant, with its slot, attempts and assignment", schema: postSchema },
  exposure: { meaning: "a post that was published", schema: exposureRecordSchema },
  outcome: { meaning: "a post's metrics at an age; null is missing", schema: outcomeSnapshotSchema },
  guardrail: { meaning: "a limit whose breach warns, holds or pauses", schema: guardrailSchema },
  "preflight-input": {
    meaning: "what the guards look at: the plan's input, metadata, quotas, the asset folder",
    schema: preflightInputSchema,
  },
  "preflight-report": { meaning: "what the guards said, with rules and fixes", schema: preflightReportSchema },
  check: { meaning: "what one validity check found", schema: checkSchema },
  "validity-report": { meaning: "what the validity checks say together", schema: validityReportSchema },
  decision: { meaning: "what to do, with reasons, evidence and thresholds", schema: decisionSchema },
  report: { meaning: "summary, validity, winner and next step of an experiment", schema: experimentReportSchema },
  approval: { meaning: "a person's word about exact content and plan hashes", schema: approvalSchema },
  escalation: { meaning: "something a human has to see", schema: escalationSchema },
  learning: { meaning: "what is remembered of an experiment", schema: learningSchema },
  layer: { meaning: "who holds client/surface/variable", schema: layerSchema },
  mapping: { meaning: "which columns of finished experiments mean what, for analyse", schema: mappingSchema },
  scenario: { meaning: "a synthetic world with its grid of cells, to try decision rules in", schema: scenarioSchema },
  "journal-event": { meaning: "one event of an experiment's journey", schema: journalEventSchema },
} as const satisfies Record<string, PublishedSchema>;

export type PublishedName = keyof typeof publishedSchemas;

export const publishedNames = Object.keys(publishedSchemas) as PublishedName[];

/**
 * The JSON Schema (2020-12) of a published object as one writes it: fields with a default are not required. Rules across fields
 * are not expressible there and are checked on reading.
 * @param schemas where to look; a command that serves the documents of several rooms passes them all.
 * @throws DomainError `schema-unknown` with the nearest names.
 */
export function jsonSchemaOf(name: string, schemas: Readonly<Record<string, PublishedSchema>> = publishedSchemas): Record<string, unknown> {
  const published = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (published === undefined) {
    const names = Object.keys(schemas);
    const near = names.filter((known) => editDistance(known, name) <= 3 || known.includes(name) || name.includes(known));
    throw new DomainError({
      code: "schema-unknown",
      path: "object",
      message: `no published object is called "${name}"`,
      fix: near.length > 0 ? `Did you mean ${near.join(" or ")}?` : `Use one of ${names.join(", ")}.`,
      value: name,
    });
  }
  const { meaning, schema } = published;
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-2020-12", io: "input" });
  return { $schema, title: name, description: meaning, ...rest };
}

/** Levenshtein distance; O(length product), for names. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[other.length]!;
}
