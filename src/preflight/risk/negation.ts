// Whether a hit is denied or only reported by the text around it: "returns are not guaranteed", "beware of guaranteed returns", "the court fined a
// man who promised ...". Such a hit is downgraded and never dropped, since "no, you can't lose" is a claim behind a negator (preflight note 2.5).
import type { RiskPack } from "./packSchema.ts";
import type { ListReader } from "./packLists.ts";
import type { PatternList } from "./indexData.ts";
import type { Hit, PatternHits } from "./patternIndex.ts";
import { type Layout, wordsBetween } from "./sentences.ts";

export interface NegationCues {
  /** @param parts hits that make the finding together, in order: a negator between them denies too. */
  denies(parts: readonly Hit[]): boolean;
}

const contractions = ["(?:is|are|was|were|do|does|did|has|have|had|ca|could|wo|would|sha|should|must|might|need|ai)n't"];

/** Reads the places of a text where something is denied or reported. O(length). */
export type NegationReader = (text: string, layout: Layout, hits: PatternHits) => NegationCues;

type CueKey = "notNegating" | "leadIns" | "denialsAfter" | "frames" | "framesBeside" | "questionOpeners" | "yes" | "no";

/** Words between a hit and what denies it after it: "guaranteed returns, they say, do not exist". */
const afterWindowWords = 3;

export function negationReader({ engine }: Pick<RiskPack, "engine">, listed: ListReader): NegationReader {
  const { negationWindowWords, leadInWindowWords = 12 } = engine;
  const list = (key: CueKey): PatternList => listed(engine[key] ?? [], `engine.${key}`);
  const negatorList = listed([...engine.negators, ...contractions], "engine.negators");
  const exceptionList = list("notNegating");
  const leadInList = list("leadIns");
  const afterList = list("denialsAfter");
  const frameList = list("frames");
  const besideList = list("framesBeside");
  const openerList = list("questionOpeners");
  const yesList = list("yes");
  const noList = list("no");
  const fillers = new Set(engine.fillers);

  return (text, layout, hits) => {
    const exceptions = hits.of(exceptionList);
    const isException = within(exceptions);
    const negators = hits.of(negatorList).filter((hit) => !isException(hit));
    const afters = hits.of(afterList);
    const breakBefore = clauseBreaks(text);
    const breakBetween = (from: number, to: number): boolean => breakBefore[to]! > breakBefore[from]!;
    const sentenceOf = ([from]: Hit): number => layout.sentence[from]!;
    const contentWords = (from: number, to: number): number =>
      text
        .slice(from, to)
        .match(wordPattern)
        ?.filter((word) => !fillers.has(word)).length ?? 0;

    const isNegated = (hit: Hit): boolean =>
      before(negators, hit[0], (negator) => {
        if (sentenceOf(negator) !== sentenceOf(hit) || wordsBetween(layout, negator[1], hit[0]) > 3 * negationWindowWords) return "stop";
        return contentWords(negator[1], hit[0]) <= negationWindowWords && !breakBetween(negator[1], hit[0]);
      });
    // "Not a scam" reports nothing.
    const isAffirmed = (frame: Hit): boolean =>
      !before(negators, frame[0], (negator) =>
        wordsBetween(layout, negator[1], frame[0]) > 2 ? "stop" : sentenceOf(negator) === sentenceOf(frame),
      );
    const leads = hits.of(leadInList).filter(isAffirmed);
    const framed = new Set(hits.of(frameList).filter(isAffirmed).map(sentenceOf));
    for (const sentence of hits.of(besideList).filter(isAffirmed).map(sentenceOf))
      for (const beside of [sentence - 1, sentence, sentence + 1]) framed.add(beside);
    const opens = (found: readonly Hit[]): Set<number> =>
      new Set(found.filter((hit) => wordsBetween(layout, layout.sentenceStarts[sentenceOf(hit)]!, hit[0]) === 0).map(sentenceOf));
    const isQuestion = (sentence: number): boolean =>
      /\?["')\]]*$/.test(text.slice(layout.sentenceStarts[sentence], layout.sentenceEnds[sentence]));
    const affirmed = opens(hits.of(yesList));
    for (const sentence of opens(hits.of(openerList))) if (isQuestion(sentence) && !affirmed.has(sentence + 1)) framed.add(sentence);
    for (const answering of opens(hits.of(noList))) if (isQuestion(answering - 1)) framed.add(answering - 1);

    return {
      denies(parts) {
        const [first, last] = [parts[0]!, parts.at(-1)!];
        if (parts.some((part) => framed.has(sentenceOf(part))) || isNegated(first)) return true;
        const inside = parts.slice(1).some((part, at) => {
          const from = parts[at]![1];
          return before(negators, part[0], (negator) => (negator[0] < from ? "stop" : !breakBetween(negator[1], part[0])));
        });
        if (inside) return true;
        const led = before(leads, last[1], (lead) => {
          if (sentenceOf(lead) !== sentenceOf(first) || wordsBetween(layout, lead[1], first[0]) > leadInWindowWords) return "stop";
          return lead[0] < first[0];
        });
        return (
          led ||
          after(afters, last[1], (denial) => {
            if (sentenceOf(denial) !== sentenceOf(first) || wordsBetween(layout, last[1], denial[0]) > afterWindowWords) return "stop";
            return !breakBetween(last[1], denial[0]);
          })
        );
      },
    };
  };
}

type Answer = boolean | "stop";

/** True if one of the hits that end before a place is wanted; goes backwards until told to stop. */
function before(hits: readonly Hit[], place: number, wanted: (hit: Hit) => Answer): boolean {
  for (let at = firstFrom(hits, place) - 1; at >= 0; at--) {
    const hit = hits[at]!;
    if (hit[1] > place) continue;
    const answer = wanted(hit);
    if (answer !== false) return answer === true;
  }
  return false;
}

/** True if one of the hits that begin at or after a place is wanted. */
function after(hits: readonly Hit[], place: number, wanted: (hit: Hit) => Answer): boolean {
  for (let at = firstFrom(hits, place); at < hits.length; at++) {
    const answer = wanted(hits[at]!);
    if (answer !== false) return answer === true;
  }
  return false;
}

/** The first of the sorted hits that begins at or after a place. */
function firstFrom(hits: readonly Hit[], place: number): number {
  let [low, high] = [0, hits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (hits[middle]![0] < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a hit lies in one of these. */
function within(ranges: readonly Hit[]): (hit: Hit) => boolean {
  return ([from, to]) => {
    const range = ranges[firstFrom(ranges, from + 1) - 1];
    return range !== undefined && to <= range[1];
  };
}

const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}'%]*/gu;

/** A list of single words closed by "or" or "nor" is one clause: "not intended to diagnose, treat, cure, or prevent". */
const wordList = /(?<![\p{L}'-])(?:[\p{L}'-]{1,30}, ){1,12}(?:[\p{L}'-]{1,30},? )?n?or\b/gu;
const clauseBreak = /[,;:\n—()]| - |\b(?:but|however|yet|because|so that|instead)\b/gu;

/** "No, you can't lose": the answer "no" reaches over its comma, so that the claim behind it is downgraded and stays in sight (note 2.5). */
const answer = /(?<=^|[.!?\n]\s?)no,/gu;

/** For each position, how many ends of a negator's reach lie before it. */
function clauseBreaks(text: string): Uint32Array {
  const breaks = new Uint32Array(text.length + 1);
  for (const { index } of text.matchAll(clauseBreak)) breaks[index + 1] = 1;
  for (const pattern of [wordList, answer])
    for (const { 0: words, index } of text.matchAll(pattern))
      for (let at = index; at < index + words.length; at++) if (text[at] === ",") breaks[at + 1] = 0;
  for (let at = 1; at <= text.length; at++) breaks[at]! += breaks[at - 1]!;
  return breaks;
}
