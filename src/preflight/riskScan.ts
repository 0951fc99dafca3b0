// RiskScan: regulated claims, unclear disclosures and engagement bait, by a rule pack (preflight note 2.5). Every hit names its rule and its span
// in the original text; a negated hit is a warning and does not vanish.
import type { GuardIssue, Variant } from "../domain/index.ts";
import type { Guard } from "./guard.ts";
import { riskPack, type RiskRule } from "./rules/riskPack.ts";

export const riskScan: Guard = {
  name: "RiskScan",
  versions: { riskPack: riskPack.packVersion },
  ruleIds: () => riskPack.rules.map(({ id }) => id),
  check: ({ variants }) =>
    variants.flatMap((variant) => scanned(variant).flatMap(({ field, text }) => scanText(variant.variantId, field, text))),
};

/** The texts of a variant that an audience reads. */
function scanned({ content }: Variant): { field: string; text: string }[] {
  const { hook, body, cta, title, reply, hashtags } = content.parts;
  return [
    { field: "parts.hook", text: hook },
    { field: "parts.body", text: body },
    { field: "parts.cta", text: cta },
    { field: "parts.title", text: title },
    { field: "parts.reply", text: reply },
    { field: "parts.hashtags", text: hashtags.map((tag) => `#${tag}`).join(" ") },
    { field: "altText", text: content.altText },
  ].flatMap(({ field, text }) => (text === undefined || text === "" ? [] : [{ field, text }]));
}

function scanText(variantId: string, field: string, text: string): GuardIssue[] {
  const normal = normalise(text);
  return compiledRules.flatMap(({ rule, hits }) =>
    hits(normal.text).map(([from, to]): GuardIssue => {
      const isNegated = rule.unlessNegated && negatedAt(normal.text, from);
      return {
        ruleId: rule.id,
        verdict: isNegated ? "warn" : rule.severity,
        variantId,
        field,
        source: rule.basis,
        confidence: rule.basisConfidence,
        message: isNegated ? `${rule.message}, though negated` : rule.message,
        fix: rule.fix,
        span: [normal.origin[from]!, normal.origin[to - 1]! + normal.width[to - 1]!],
      };
    }),
  );
}

interface Normal {
  readonly text: string;
  /** For each UTF-16 unit of `text`: where it came from in the original, and how wide that code point was there. */
  readonly origin: number[];
  readonly width: number[];
}

/** NFKC, zero-width characters dropped, straight quotes, lower case; code point by code point, so that spans map back. */
function normalise(original: string): Normal {
  const normal: { text: string; origin: number[]; width: number[] } = { text: "", origin: [], width: [] };
  let at = 0;
  for (const character of original) {
    const plain = character
      .normalize("NFKC")
      .replace(/[\u200B-\u200D\uFEFF]/, "")
      .replace(/[\u2018\u2019\u02BC]/, "'")
      .replace(/[\u201C\u201D]/, '"')
      .toLowerCase();
    for (let unit = 0; unit < plain.length; unit++) {
      normal.origin.push(at);
      normal.width.push(character.length);
    }
    normal.text += plain;
    at += character.length;
  }
  return normal;
}

type Span = readonly [from: number, to: number];

const compiledRules = riskPack.rules.map((rule) => ({ rule, hits: compile(rule) }));

function compile({ match }: RiskRule): (text: string) => Span[] {
  if (match.kind === "any") {
    const pattern = anyOf(match.patterns);
    return (text) => spans(pattern, text);
  }
  const [left, right] = [anyOf(match.left), anyOf(match.right)];
  return (text) => {
    const rights = spans(right, text);
    return spans(left, text).flatMap((from) => {
      const near = rights.find((to) => wordsBetween(text, from, to) <= match.withinWords);
      return near === undefined ? [] : [[Math.min(from[0], near[0]), Math.max(from[1], near[1])] as const];
    });
  };
}

/** A letter or digit on either side prevents a match; patterns that start with a sign bring their own boundary. */
function anyOf(patterns: readonly string[]): RegExp {
  return new RegExp(patterns.map((pattern) => `(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`).join("|"), "gu");
}

function spans(pattern: RegExp, text: string): Span[] {
  return [...text.matchAll(pattern)].map((found) => [found.index, found.index + found[0].length]);
}

/** Infinity across sentences. */
function wordsBetween(text: string, one: Span, other: Span): number {
  const gap = one[0] <= other[0] ? text.slice(one[1], other[0]) : text.slice(other[1], one[0]);
  return /[.!?\n]/.test(gap) ? Infinity : gap.split(/\s+/).filter((word) => word !== "").length;
}

function negatedAt(text: string, from: number): boolean {
  const sentence = text
    .slice(0, from)
    .split(/[.!?\n]/)
    .at(-1)!;
  const words = sentence.split(/[^\p{L}\p{N}']+/u).filter((word) => word !== "");
  return words.slice(-riskPack.negationWindowWords).some((word) => riskPack.negators.includes(word));
}
