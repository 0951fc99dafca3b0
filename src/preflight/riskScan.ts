// RiskScan: regulated claims, unclear disclosures and engagement bait, by rule packs (preflight note 2.5). Every hit names its rule and its span
// in the original text; a denied hit is a warning and does not vanish; a language without a pack is reported as not scanned.
import { type GuardIssue, type GuardVerdict, platformOf, type Variant } from "../domain/index.ts";
import type { Guard } from "./guard.ts";
import type { PreflightInput } from "./input.ts";
import type { GuardContext } from "./ports.ts";
import { type CompiledPack, requireCurrent } from "./risk/compilePack.ts";
import type { CompiledRule } from "./risk/compiledRule.ts";
import { type Finding, findRule, type RuleContext } from "./risk/findRule.ts";
import { otherLanguage } from "./risk/language.ts";
import type { Meta } from "./risk/metaCondition.ts";
import { profanitySpans, profanityVersion } from "./risk/profanity.ts";
import { type SearchedText, searchText } from "./risk/searchedText.ts";
import { type TextView, textView } from "./risk/textView.ts";

export const riskScan: Guard = {
  name: "RiskScan",
  isContentGuard: true,
  versions: ({ riskPacks }) => ({ riskPack: riskPacks.map(({ version }) => version).join("+"), profanity: profanityVersion }),
  check(input, { riskPacks }) {
    for (const pack of riskPacks) requireCurrent(pack, input.nowMs);
    return {
      ruleIds: [...riskPacks.flatMap(({ rules }) => rules.map(({ rule }) => rule.id)), "risk.profanity", "risk.language", "risk.media"],
      issues: input.variants.flatMap((variant) => scanVariant(variant, input, riskPacks)),
    };
  },
};

/** True if a rule that a platform demotes for spoke: the experiment is confounded, and the validity checks have to know. */
export function confoundingRuleIds(issues: readonly GuardIssue[], { riskPacks }: Pick<GuardContext, "riskPacks">): string[] {
  const confounding = new Set(
    riskPacks.flatMap(({ rules }) => rules.filter(({ rule }) => rule.confoundsExperiment === true).map(({ rule }) => rule.id)),
  );
  return [...new Set(issues.map(({ ruleId }) => ruleId).filter((ruleId) => confounding.has(ruleId)))];
}

interface ScannedText {
  readonly field: string;
  readonly view: TextView;
  /** The whole text that the audience reads together; rules on position and disclosure look at it alone. */
  readonly isCaption: boolean;
}

function scanVariant(variant: Variant, input: PreflightInput, packs: readonly CompiledPack[]): GuardIssue[] {
  const texts = textsOf(variant);
  const platforms = input.brief.surfaces.map(platformOf);
  const meta = metaOf(input, variant);
  return [
    ...packs.flatMap((pack) => {
      const searched = texts.map((text) => ({ ...text, searched: searchText(text.view, pack) }));
      return pack.rules.flatMap((compiled) => ruleIssues(compiled, searched, { meta, platforms }, variant.variantId));
    }),
    ...profanity(texts, variant.variantId),
    ...languages(texts, input, packs, variant.variantId),
    ...unheard(variant),
  ];
}

function textsOf({ content: { parts, altText }, renderings }: Variant): ScannedText[] {
  const read = (field: string, text: string | undefined, isCaption: boolean): ScannedText[] =>
    text === undefined || text === "" ? [] : [{ field, view: textView(text), isCaption }];
  const captions = renderings.flatMap(({ captionAsSent }, at) =>
    // Surfaces are mostly sent the same caption: once is enough.
    renderings.findIndex((other) => other.captionAsSent === captionAsSent) < at
      ? []
      : read(`renderings[${at}].captionAsSent`, captionAsSent, true),
  );
  const { hook, body, cta, title, reply } = parts;
  return [
    ...read("parts.hook", hook, false),
    ...read("parts.body", body, false),
    ...read("parts.cta", cta, false),
    ...read("parts.title", title, false),
    ...read("parts.reply", reply, false),
    ...read("altText", altText, false),
    ...captions,
  ];
}

function ruleIssues(
  compiled: CompiledRule,
  texts: readonly (ScannedText & { searched: SearchedText })[],
  context: RuleContext,
  variantId: string,
): GuardIssue[] {
  const { rule } = compiled;
  const isOfCaption = rule.kind === "conditional" || rule.kind === "position";
  const known = new Set<string>();
  return texts
    .filter(({ isCaption }) => isCaption || !isOfCaption)
    .flatMap(({ field, view, isCaption, searched }) =>
      findRule(compiled, searched, context).flatMap((finding): GuardIssue[] => {
        const words = finding.span === undefined ? "" : view.original.slice(...finding.span);
        // What a part says, the caption made of it says again.
        const key = `${words} ${finding.isDenied}`;
        if (isCaption && !isOfCaption && known.has(key)) return [];
        known.add(key);
        return [issueOf(compiled, finding, field, words, variantId)];
      }),
    );
}

function issueOf(
  { rule }: CompiledRule,
  { span, isDenied, unknownMeta }: Finding,
  field: string,
  words: string,
  variantId: string,
): GuardIssue {
  const isMild = isDenied && rule.unlessNegated === true;
  const verdict: GuardVerdict = unknownMeta !== undefined ? "review" : isMild ? "warn" : rule.severity;
  return {
    ruleId: rule.id,
    verdict,
    variantId,
    field: unknownMeta === undefined ? field : `meta.${unknownMeta}`,
    ...(words !== "" && { actual: words }),
    source: rule.basis,
    confidence: rule.basisConfidence,
    message:
      unknownMeta !== undefined
        ? `Nobody said whether ${unknownMeta} holds: ${rule.message}`
        : `${rule.message}${isMild ? ", though the sentence denies it" : ""}${rule.confoundsExperiment === true && !rule.message.includes("confounds") ? "; it confounds the experiment" : ""}`,
    fix: unknownMeta !== undefined ? `Say it in meta.${unknownMeta}, or accept it. ${rule.fix}` : rule.fix,
    ...(span !== undefined && unknownMeta === undefined && { span: [span[0], span[1]] }),
  };
}

/** Metadata of the brief's input, and the platform's flags as the content sets them. */
function metaOf({ meta }: PreflightInput, { content: { flags } }: Variant): Meta {
  const known: Record<string, boolean | undefined> = {
    "post.materialConnection": flags.paidPartnership === true || flags.brandContent === true || meta?.post.materialConnection,
    "post.replyConsent": meta?.post.replyConsent,
    "account.ageGate": meta?.account.ageGate,
    "asset.synthetic": flags.aiGenerated === true || flags.syntheticMedia === true || meta?.asset.synthetic,
    "asset.overlay": meta?.asset.overlay,
    // A flag that is not set is not made.
    is_aigc: flags.aiGenerated === true,
    containsSyntheticMedia: flags.syntheticMedia === true,
  };
  return Object.fromEntries(Object.entries(known).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

function profanity(texts: readonly ScannedText[], variantId: string): GuardIssue[] {
  const known = new Set<string>();
  return texts.flatMap(({ field, view, isCaption }) =>
    profanitySpans(view).flatMap(([from, to]): GuardIssue[] => {
      const words = view.original.slice(from, to);
      if (isCaption && known.has(words)) return [];
      known.add(words);
      return [
        {
          ruleId: "risk.profanity",
          verdict: "warn",
          variantId,
          field,
          actual: words,
          source: profanityVersion,
          confidence: "peer-code",
          message: "A coarse word, or one that reads like it",
          fix: "Use another word, or accept it.",
          span: [from, to],
        },
      ];
    }),
  );
}

function languages(
  texts: readonly ScannedText[],
  { language }: PreflightInput,
  packs: readonly CompiledPack[],
  variantId: string,
): GuardIssue[] {
  const covered = new Set(packs.map((pack) => primary(pack.language)));
  const expected = [...covered][0] ?? "en";
  const foreign = texts.flatMap(({ field, view }) => {
    const found = language === undefined ? otherLanguage(view.original, expected) : primary(language);
    return found === null || covered.has(found) ? [] : [{ field, found }];
  });
  const [first] = foreign;
  if (first === undefined) return [];
  return [
    {
      ruleId: "risk.language",
      verdict: "unverified",
      variantId,
      field: first.field,
      actual: first.found,
      limit: [...covered],
      unit: "language",
      message: `The text was not scanned for claims: there is no rule pack for ${first.found === "und" ? "its language" : first.found}`,
      fix: "Add a pack for this language, or let somebody who speaks it read the text.",
    },
  ];
}

function primary(language: string): string {
  return language.toLowerCase().split("-")[0]!;
}

/** Speech and words on the screen are heard and read by the audience, and by nobody here. */
function unheard({ variantId, content: { media } }: Variant): GuardIssue[] {
  const clips = [...media.renditions, media.first3s, media.rest, media.audio].filter((ref) => ref !== undefined);
  const clip = clips.find(({ path }) => /\.(mp4|mov|m4v|webm|mkv|m4a|mp3|aac|wav)$/i.test(path));
  if (clip === undefined) return [];
  return [
    {
      ruleId: "risk.media",
      verdict: "unverified",
      variantId,
      field: "media",
      actual: clip.path,
      message: "Speech and words on the screen were not scanned",
      fix: "Have the clip watched for claims before it is approved.",
    },
  ];
}
