// Coarse words, by obscenity's English data set on the normalised text (look-alikes folded first, since its own folding misses Cyrillic ones).
import { englishDataset, englishRecommendedTransformers, RegExpMatcher } from "obscenity";
import { originalSpan } from "./normalise.ts";
import type { TextView } from "./textView.ts";

export const profanityVersion = "obscenity-0.4.6-en";

let matcher: RegExpMatcher | undefined;

/** Spans in the original text. The matcher is built when the first text comes. */
export function profanitySpans({ plain: { reading } }: TextView): [number, number][] {
  matcher ??= new RegExpMatcher({ ...englishDataset.build(), ...englishRecommendedTransformers });
  return matcher.getAllMatches(reading.text, true).map(({ startIndex, endIndex }) => originalSpan(reading, startIndex, endIndex + 1));
}
