// A text with everything a pack's index finds in it: each reading is searched once, whatever number of rules asks.
import type { NegationCues, NegationReader } from "./negation.ts";
import type { Reading } from "./normalise.ts";
import type { PatternHits, PatternIndex } from "./patternIndex.ts";
import type { Layout } from "./sentences.ts";
import type { ReadingWithLayout, TextView } from "./textView.ts";

export interface SearchedReading {
  readonly reading: Reading;
  readonly layout: Layout;
  readonly hits: PatternHits;
  /** Where something is denied or reported; read when the first rule asks. */
  cues(): NegationCues;
}

export interface SearchedText {
  readonly view: TextView;
  readonly plain: SearchedReading;
  /** The plain reading and those without disguises. */
  readonly spaced: readonly SearchedReading[];
  /** Where gaps between words are lost. */
  readonly runTogether: readonly SearchedReading[];
}

export function searchText(view: TextView, { index, negation }: { index: PatternIndex; negation: NegationReader }): SearchedText {
  const search = ({ reading, layout }: ReadingWithLayout, spaces?: "runTogether"): SearchedReading => {
    const hits = index.search(reading.text, spaces);
    let cues: NegationCues | undefined;
    return { reading, layout, hits, cues: () => (cues ??= negation(reading.text, layout, hits)) };
  };
  const plain = search(view.plain);
  return {
    view,
    plain,
    spaced: [plain, ...view.others.map((other) => search(other))],
    runTogether: view.runTogether.map((joined) => search(joined, "runTogether")),
  };
}
