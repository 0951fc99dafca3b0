// UniquenessGuard on text: exact Jaccard over 5-character shingles (preflight note 2.4). Against the account's recent posts similarity is a
// hazard; between siblings near-equality is intended, equality of everything means that nothing is under test.
import type { GuardIssue, Variant } from "../domain/index.ts";
import type { Guard } from "./guard.ts";

const blockFrom = 0.8;
const warnFrom = 0.5;
const shingleLength = 5;
/** Shorter texts are compared for equality alone. */
const lengthMin = 30;
const lookBackMs = 90 * 24 * 3_600_000;

export const uniquenessGuard: Guard = {
  name: "UniquenessGuard",
  versions: { hasher: "jaccard-5" },
  ruleIds: () => ["uniqueness.recentPost", "uniqueness.sibling"],
  check: ({ variants, recentPosts, nowMs }) => [
    ...variants.flatMap((variant) =>
      recentPosts
        .filter(({ publishedMs }) => nowMs - publishedMs <= lookBackMs)
        .flatMap(({ postId, caption }) => nearDuplicate(variant, postId, caption)),
    ),
    ...twins(variants),
  ],
};

/** |A and B| / |A or B| over the sets of 5-character shingles of the normalised texts; 0 where one has no text. */
export function textSimilarity(one: string, other: string): number {
  const [a, b] = [normalised(one), normalised(other)];
  if (a === "" || b === "") return 0;
  if (Math.min(a.length, b.length) < lengthMin) return a === b ? 1 : 0;
  const [first, second] = [shingles(a), shingles(b)];
  let shared = 0;
  for (const shingle of first) if (second.has(shingle)) shared++;
  return shared / (first.size + second.size - shared);
}

function nearDuplicate(variant: Variant, postId: string, caption: string): GuardIssue[] {
  const similarity = Math.max(...variant.renderings.map(({ captionAsSent }) => textSimilarity(captionAsSent, caption)));
  if (similarity < warnFrom) return [];
  return [
    {
      ruleId: "uniqueness.recentPost",
      verdict: similarity >= blockFrom ? "block" : "warn",
      variantId: variant.variantId,
      field: "renderings.captionAsSent",
      actual: similarity,
      limit: similarity >= blockFrom ? blockFrom : warnFrom,
      unit: "Jaccard-5",
      confidence: "judgement",
      message: `The caption is ${Math.round(similarity * 100)} % the same as post ${postId} of the last 90 days`,
      fix: "Write it differently, or wait.",
    },
  ];
}

function twins(variants: readonly Variant[]): GuardIssue[] {
  return variants.flatMap((variant, at) =>
    variants.slice(0, at).some(({ contentHash }) => contentHash === variant.contentHash)
      ? [
          {
            ruleId: "uniqueness.sibling",
            verdict: "block" as const,
            variantId: variant.variantId,
            field: "contentHash",
            message: "The variant publishes exactly what a sibling publishes: nothing is under test",
            fix: "Change the variable under test.",
          },
        ]
      : [],
  );
}

function normalised(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\u200B-\u200D\uFEFF]/g, "")
    .toLowerCase()
    .replace(/https?:\/\/\S+/g, " ")
    .replace(/[#@][\p{L}\p{N}_]+/gu, " ")
    .replace(/[^\p{L}\p{N}\s]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}

function shingles(text: string): Set<string> {
  const set = new Set<string>();
  for (let at = 0; at + shingleLength <= text.length; at++) set.add(text.slice(at, at + shingleLength));
  return set;
}
