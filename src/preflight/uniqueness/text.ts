// How alike two captions are: exact Jaccard over 5-character shingles of the normalised texts (preflight note 2.4). Below 10,000 captions an
// account nothing cleverer pays (MinHash and SimHash cost 13 times as much and find less; note section 4).
import { readText } from "../risk/normalise.ts";

const shingleLength = 5;
/** Shorter texts are compared for equality alone. */
const lengthMin = 30;

/** A caption made ready for comparison. */
export interface CaptionPrint {
  readonly text: string;
  readonly shingles: ReadonlySet<string>;
}

/** Look-alike letters and invisible characters folded; addresses, hashtags, mentions, emoji and punctuation dropped. O(length). */
export function captionPrint(caption: string): CaptionPrint {
  const text = readText(caption)
    .text.replace(/https?:\/\/\S+|www\.\S+/g, " ")
    .replace(/[#@][\p{L}\p{N}_.]+/gu, " ")
    .replace(/[^\p{L}\p{N}\s]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  const shingles = new Set<string>();
  for (let at = 0; at + shingleLength <= text.length; at++) shingles.add(text.slice(at, at + shingleLength));
  return { text, shingles };
}

/** |A and B| / |A or B|; 0 where one has no text, 0 or 1 where one is short. */
export function printSimilarity(one: CaptionPrint, other: CaptionPrint): number {
  if (one.text === "" || other.text === "") return 0;
  if (Math.min(one.text.length, other.text.length) < lengthMin) return one.text === other.text ? 1 : 0;
  const [small, large] = one.shingles.size <= other.shingles.size ? [one.shingles, other.shingles] : [other.shingles, one.shingles];
  let shared = 0;
  for (const shingle of small) if (large.has(shingle)) shared++;
  return shared / (small.size + large.size - shared);
}

/** Similarity of two captions, 0 to 1. */
export function textSimilarity(one: string, other: string): number {
  return printSimilarity(captionPrint(one), captionPrint(other));
}
