// Everything a rule may read of one text, worked out once: the plain reading, the reading without disguises, hashtags as words, sentences.
import { hashtagWords, readText, type Reading, spelledOutRuns, undisguised } from "./normalise.ts";
import { type Layout, layoutOf } from "./sentences.ts";

export interface ReadingWithLayout {
  readonly reading: Reading;
  readonly layout: Layout;
}

export interface TextView {
  readonly original: string;
  readonly plain: ReadingWithLayout;
  /** Other readings of the same text in which words may appear that the plain one hides. */
  readonly others: readonly ReadingWithLayout[];
  /** Hashtags, and letters written apart: gaps between words are lost there. */
  readonly runTogether: readonly ReadingWithLayout[];
}

/** O(length of the text). */
export function textView(original: string): TextView {
  const withLayout = (reading: Reading): ReadingWithLayout => ({ reading, layout: layoutOf(reading.text) });
  const reading = readText(original);
  const hashtags = hashtagWords(original);
  const open = undisguised(reading);
  return {
    original,
    plain: withLayout(reading),
    // Where the case shows the words of a hashtag, it is a sentence like any other.
    others: [...open, ...hashtags.filter(({ text }) => text.includes(" "))].map(withLayout),
    runTogether: [...hashtags, ...spelledOutRuns(reading), ...open].map(withLayout),
  };
}
