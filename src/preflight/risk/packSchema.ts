// The shape of a RiskScan rule pack: a dated, versioned document of rules by kind. Unknown keys are refused, every pattern is compiled, and the
// samples of every rule are tried when a pack is loaded (see compilePack.ts).
import { z } from "zod";

const patternSchema = z.string().min(1).max(1200);
/** Patterns, or `@name` for one of the pack's lists. */
const patternsSchema = z.array(patternSchema).min(1).max(400);

const ruleBase = {
  id: z.string().regex(/^[a-z0-9.-]+$/, { error: "a rule id holds small letters, digits, dots and hyphens" }),
  domain: z.string().min(1),
  severity: z.enum(["block", "review", "warn"]),
  /** A denied hit becomes a warning; without this it keeps its severity. */
  unlessNegated: z.boolean().exactOptional(),
  /** The platform demotes such posts, so the experiment is confounded too; the validity checks hear of it. */
  confoundsExperiment: z.boolean().exactOptional(),
  message: z.string().min(1),
  fix: z.string().min(1),
  basis: z.string().min(1),
  /** The day on which the basis was looked up; where absent the pack's own. */
  asOf: z.iso.date().exactOptional(),
  basisConfidence: z.enum(["official", "official-via-digest", "peer-code", "secondary", "memory"]),
  /** Sentences that this rule has to find, and that it has to leave alone; tried whenever the pack is loaded. */
  samples: z.strictObject({ hits: z.array(z.string().min(1)).min(1), misses: z.array(z.string().min(1)).min(1) }).exactOptional(),
};

/** Words in whose sentence the rule does not speak, since there the others mean something else: "a bag lost 200 grams". */
const unlessField = { unless: patternsSchema.exactOptional() };

/** `path === literal` over metadata, such as `post.materialConnection === true`. */
const metaConditionSchema = z.string().regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)* === (true|false|\d+|'[^']*'|"[^"]*")$/, {
  error: "a condition on metadata looks like post.materialConnection === true",
});

export const riskRuleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...ruleBase, kind: z.literal("existence"), any: patternsSchema, ...unlessField }),
  z.strictObject({ ...ruleBase, kind: z.literal("pattern"), any: patternsSchema, ...unlessField }),
  z.strictObject({
    ...ruleBase,
    kind: z.literal("near"),
    left: patternsSchema,
    right: patternsSchema,
    /** Words between the two, in one sentence, in either order. */
    within: z.int().min(0).max(50),
    ...unlessField,
  }),
  z.strictObject({
    ...ruleBase,
    kind: z.literal("together"),
    /** Word classes: one hit of each, in one sentence, in any order. */
    all: z.array(patternsSchema).min(2).max(4),
    /** Words between the first class and each of the others. */
    within: z.int().min(0).max(50),
    ...unlessField,
  }),
  z
    .strictObject({
      ...ruleBase,
      kind: z.literal("evidence"),
      /** What is spoken of. */
      topic: patternsSchema,
      /** Classes of signs that somebody promises something of it: certainty, ease, speed, everyone, secrets. */
      signs: z.array(patternsSchema).min(1).max(10),
      /** So many different classes, besides the topic. */
      atLeast: z.int().min(1).max(5),
      /** Words between the topic and each sign; sentences may end between them. */
      within: z.int().min(0).max(50),
      ...unlessField,
    })
    .refine(({ signs, atLeast }) => atLeast <= signs.length, { path: ["atLeast"], error: "there are not so many classes of signs" }),
  z
    .strictObject({
      ...ruleBase,
      kind: z.literal("conditional"),
      if: patternsSchema.exactOptional(),
      and: patternsSchema.exactOptional(),
      ifMeta: metaConditionSchema.exactOptional(),
      /** All of these in the text. */
      require: patternsSchema.exactOptional(),
      /** One of these in the text. */
      requireAny: patternsSchema.exactOptional(),
      withinFirstChars: z.int().min(1).exactOptional(),
      requireMeta: metaConditionSchema.exactOptional(),
      /** The platform's own flag that has to be true. */
      requireMetaByPlatform: z.record(z.string().min(1), z.string().min(1)).exactOptional(),
    })
    .refine((rule) => rule.if !== undefined || rule.ifMeta !== undefined, { path: ["if"], error: "a conditional rule needs if or ifMeta" })
    .refine(
      (rule) =>
        rule.require !== undefined ||
        rule.requireAny !== undefined ||
        rule.requireMeta !== undefined ||
        rule.requireMetaByPlatform !== undefined,
      { path: ["require"], error: "a conditional rule requires something: text or metadata" },
    ),
  z.strictObject({
    ...ruleBase,
    kind: z.literal("position"),
    any: patternsSchema,
    /** The pattern has to begin within so many lines. */
    maxFirstLines: z.int().min(1),
    /** And not stand in a run of so many hashtags. */
    notInsideHashtagRunOf: z.int().min(2).exactOptional(),
  }),
]);
export type RiskRule = z.infer<typeof riskRuleSchema>;

export const riskPackSchema = z.strictObject({
  packVersion: z.string().min(1),
  retrieved: z.iso.date(),
  /** The first day on which the pack may no longer be used, UTC: law and platforms move, and somebody has to look again. */
  expires: z.iso.date().exactOptional(),
  /** The language of the patterns, as in BCP 47. */
  language: z.string().min(2).default("en"),
  about: z.string(),
  severity: z.record(z.enum(["block", "review", "warn"]), z.string()).exactOptional(),
  kinds: z.record(z.string(), z.string()).exactOptional(),
  engine: z.strictObject({
    normalise: z.array(z.string()).exactOptional(),
    patternSyntax: z.string().exactOptional(),
    negationWindowWords: z.int().min(1).max(20),
    negators: z.array(patternSchema).min(1),
    negatedHit: z.string().exactOptional(),
    sentenceScoped: z.literal(true),
    /** Words that do not count in the window. */
    fillers: z.array(z.string().min(1)).exactOptional(),
    /** Phrases that hold a negator and deny nothing, such as "not only". */
    notNegating: z.array(patternSchema).exactOptional(),
    /** Phrases before a hit that report or warn instead of claiming, such as "beware of". */
    leadIns: z.array(patternSchema).exactOptional(),
    leadInWindowWords: z.int().min(1).max(30).exactOptional(),
    /** Phrases right after a hit that deny it, such as "do not exist". */
    denialsAfter: z.array(patternSchema).exactOptional(),
    /** Words that make their whole sentence a report, a warning or a story about claims. */
    frames: z.array(patternSchema).exactOptional(),
    /** The same for the sentences before and after too. */
    framesBeside: z.array(patternSchema).exactOptional(),
    /** How a question begins that asks about a claim instead of making one: "does garlic ...?". */
    questionOpeners: z.array(patternSchema).exactOptional(),
    /** How the next sentence begins where the question was a claim after all. */
    yes: z.array(patternSchema).exactOptional(),
    /** And where any question is answered with a denial. */
    no: z.array(patternSchema).exactOptional(),
  }),
  knownIssues: z.array(z.string()).exactOptional(),
  /** Patterns that several rules share, used as `@name`, or as `{name}` inside a pattern. */
  lists: z.record(z.string().min(1), patternsSchema).exactOptional(),
  rules: z.array(riskRuleSchema).min(1).max(500),
});
export type RiskPack = z.infer<typeof riskPackSchema>;
