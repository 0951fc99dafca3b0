// Whether a hit is denied by its own sentence: "returns are not guaranteed", "beware of guaranteed returns", "guaranteed returns are a scam". A
// denied hit is downgraded and never dropped, since "no, you can't lose" is a claim behind a negator (preflight note 2.5).
import { compilePatterns, type Hit, hitsOf } from "./pattern.ts";
import { type Layout, wordsBetween } from "./sentences.ts";
import type { RiskPack } from "./packSchema.ts";

export interface NegationReader {
  /** Places of the text where something is denied; read once per text. */
  read(text: string): NegationCues;
}

export interface NegationCues {
  /** @param inner places inside the hit where words lie between its two halves: a negator there denies too. */
  denies(hit: Hit, inner: readonly Hit[], layout: Layout): boolean;
}

export function negationReader({ engine }: Pick<RiskPack, "engine">): NegationReader {
  const { negationWindowWords, fillers = [], notNegating = [], leadIns = [], leadInWindowWords = 12, denialsAfter = [] } = engine;
  const negator = compilePatterns([...engine.negators, "\\w+n't"]);
  const exception = notNegating.length === 0 ? null : compilePatterns(notNegating);
  const leadIn = leadIns.length === 0 ? null : compilePatterns(leadIns);
  const after = denialsAfter.length === 0 ? null : compilePatterns(denialsAfter);
  const filler = new Set(fillers);

  return {
    read(text) {
      const exceptions = exception === null ? [] : hitsOf(exception, text);
      const negators = hitsOf(negator, text).filter(([from, to]) => !exceptions.some((other) => other[0] <= from && to <= other[1]));
      const leads = leadIn === null ? [] : hitsOf(leadIn, text);
      const afters = after === null ? [] : hitsOf(after, text);
      const breaks = clauseBreaks(text);
      const breakBetween = (from: number, to: number): boolean => breaks.some((at) => from <= at && at < to);
      const contentWords = (from: number, to: number): number =>
        text
          .slice(from, to)
          .match(wordPattern)
          ?.filter((word) => !filler.has(word)).length ?? 0;

      return {
        denies([from, to], inner, layout) {
          const sentence = layout.sentence[from];
          const same = (at: number): boolean => layout.sentence[at] === sentence;
          const before = negators.some(
            ([start, end]) =>
              end <= from &&
              same(start) &&
              wordsBetween(layout, end, from) <= 3 * negationWindowWords &&
              contentWords(end, from) <= negationWindowWords &&
              !breakBetween(end, from),
          );
          const within = inner.some(([innerFrom, innerTo]) =>
            negators.some(([start, end]) => innerFrom <= start && end <= innerTo && !breakBetween(end, innerTo)),
          );
          const led = leads.some(
            ([start, end]) => end <= to && start < from && same(start) && wordsBetween(layout, end, from) <= leadInWindowWords,
          );
          const followed = afters.some(
            ([start]) => start >= to && same(start) && wordsBetween(layout, to, start) <= 3 && !breakBetween(to, start),
          );
          return before || within || led || followed;
        },
      };
    },
  };
}

const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}'%]*/gu;

/** A list of single words closed by "or" or "nor" is one clause: "not intended to diagnose, treat, cure, or prevent". */
const wordList = /(?:[\p{L}'-]+, )+(?:[\p{L}'-]+,? )?n?or\b/gu;
const clauseBreak = /[,;:\n—()]| - |\b(?:but|however|yet|because|so that|instead)\b/gu;

/** "No, you can't lose": the answer "no" reaches over its comma, so that the claim behind it is downgraded and stays in sight (note 2.5). */
const answer = /(?<=^|[.!?\n]\s*)no,/gu;

/** Where the reach of a negator ends. */
function clauseBreaks(text: string): number[] {
  const lists = [...hitsOf(wordList, text), ...hitsOf(answer, text)];
  return [...text.matchAll(clauseBreak)]
    .map(({ index }) => index)
    .filter((at) => !(text[at] === "," && lists.some(([from, to]) => from <= at && at < to)));
}
