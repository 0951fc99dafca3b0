// The starting rule pack of RiskScan: nine rules on claims, disclosure and engagement bait. Phrases were written for this product; the legal basis
// is recalled where its confidence says memory, and a lawyer of the client's market has to review a pack before it gates a live account.
import { z } from "zod";

const patternSchema = z.string().min(1).refine(compiles, { error: "the pattern does not compile" });

const riskRuleSchema = z.strictObject({
  id: z.string().min(1),
  domain: z.string().min(1),
  severity: z.enum(["warn", "review", "block"]),
  match: z.discriminatedUnion("kind", [
    /** Any of the patterns. */
    z.strictObject({ kind: z.literal("any"), patterns: z.array(patternSchema).min(1) }),
    /** A left and a right pattern within so many words of one sentence. */
    z.strictObject({
      kind: z.literal("near"),
      left: z.array(patternSchema).min(1),
      right: z.array(patternSchema).min(1),
      withinWords: z.int().min(1),
    }),
  ]),
  /** A negated hit becomes a warning; it does not vanish, since "no, you can't lose" is a claim too. */
  unlessNegated: z.boolean(),
  /** The platform itself demotes such posts, so that the experiment is confounded as well. */
  confoundsExperiment: z.boolean().exactOptional(),
  message: z.string().min(1),
  fix: z.string().min(1),
  basis: z.string().min(1),
  basisConfidence: z.enum(["official", "official-via-digest", "secondary", "memory"]),
});
export type RiskRule = z.infer<typeof riskRuleSchema>;

const riskPackSchema = z.strictObject({
  packVersion: z.string().min(1),
  asOf: z.iso.date(),
  language: z.string().min(2),
  negators: z.array(z.string().min(1)),
  negationWindowWords: z.int().min(1),
  rules: z.array(riskRuleSchema).min(1),
});

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

export const riskPack = riskPackSchema.parse({
  packVersion: "2026-11-22.1",
  asOf: "2026-11-22",
  language: "en",
  negators: ["no", "not", "never", "without", "isn't", "aren't", "don't", "cannot"],
  negationWindowWords: 4,
  rules: [
    {
      id: "fin.guaranteed-return",
      domain: "finance",
      severity: "block",
      match: {
        kind: "any",
        patterns: [
          "guaranteed return",
          "guaranteed returns",
          "guaranteed profit",
          "risk[- ]free (return|investment|profit)",
          "can'?t lose",
          "double your money",
        ],
      },
      unlessNegated: true,
      message: "Promises a return",
      fix: "State that value can fall and drop the guarantee",
      basis: "FINRA 2210(d)(1)(B),(F); FCA COBS 4.2.1R fair, clear, not misleading",
      basisConfidence: "memory",
    },
    {
      id: "fin.performance-projection",
      domain: "finance",
      severity: "review",
      match: { kind: "any", patterns: ["\\b\\d{2,}\\s?% (a|per) (month|year|week)\\b", "\\b(10|100)x (your|returns?)\\b"] },
      unlessNegated: false,
      message: "Projects performance",
      fix: "Remove the figure or cite the record and its limits",
      basis: "FINRA 2210(d)(1)(F)",
      basisConfidence: "memory",
    },
    {
      id: "health.disease-claim",
      domain: "health",
      severity: "block",
      match: {
        kind: "near",
        left: ["cure", "cures", "treat", "treats", "prevent", "prevents", "reverse", "heal", "heals"],
        right: ["cancer", "diabetes", "covid", "arthritis", "depression", "alzheimer'?s", "adhd", "anxiety disorder"],
        withinWords: 6,
      },
      unlessNegated: true,
      message: "Disease claim",
      fix: "Remove the disease claim or send it to legal review",
      basis: "FDCA 21 USC 343(r)(6); FTC Health Products Compliance Guidance",
      basisConfidence: "memory",
    },
    {
      id: "health.fast-weight-loss",
      domain: "health",
      severity: "review",
      match: { kind: "any", patterns: ["lose \\d+ ?(lb|lbs|pounds|kg|kilos) in \\d+ (day|days|week|weeks)"] },
      unlessNegated: false,
      message: "Promises a fast, exact weight loss",
      fix: "Remove the figure or attach substantiation",
      basis: "FTC 'gut check' claims",
      basisConfidence: "memory",
    },
    {
      id: "endorse.weak-disclosure",
      domain: "endorsement",
      severity: "review",
      match: { kind: "any", patterns: ["#sp\\b", "#spon\\b", "#collab\\b", "#partner\\b", "#ambassador\\b", "thanks? @\\w+ for"] },
      unlessNegated: false,
      message: "Disclosure wording the regulator calls unclear",
      fix: "Use #ad, #sponsored or a paid-partnership label",
      basis: "FTC 2017 letters: '#sp', 'Thanks [Brand]', '#partner' are not clear",
      basisConfidence: "secondary",
    },
    {
      id: "alcohol.excess",
      domain: "alcohol",
      severity: "block",
      match: { kind: "any", patterns: ["get (wasted|hammered|drunk)", "drink and drive"] },
      unlessNegated: false,
      message: "Encourages excessive drinking",
      fix: "Remove the phrase",
      basis: "platform alcohol policies",
      basisConfidence: "memory",
    },
    {
      id: "gambling.sure-win",
      domain: "gambling",
      severity: "block",
      match: { kind: "any", patterns: ["sure win", "can'?t lose bet", "guaranteed win", "risk[- ]free bet"] },
      unlessNegated: true,
      message: "Promises a win",
      fix: "Remove the promise",
      basis: "UK CAP 16; platform gambling policies",
      basisConfidence: "memory",
    },
    {
      id: "claim.superlative",
      domain: "general",
      severity: "review",
      match: {
        kind: "any",
        patterns: ["(?<!\\w)#1\\b", "the best in the world", "clinically proven", "doctor recommended", "scientifically proven"],
      },
      unlessNegated: false,
      message: "Claim that needs substantiation",
      fix: "Attach substantiation ref",
      basis: "FTC substantiation doctrine",
      basisConfidence: "memory",
    },
    {
      id: "manipulation.engagement-bait",
      domain: "platform",
      severity: "warn",
      match: { kind: "any", patterns: ["tag \\d+ friends", "like (and|&) share to win", "comment yes", "share if you agree"] },
      unlessNegated: false,
      confoundsExperiment: true,
      message: "Engagement bait: demoted by the platform, so it also confounds the experiment",
      fix: "Ask a real question instead",
      basis: "Meta engagement-bait demotion (2017)",
      basisConfidence: "memory",
    },
  ],
});
