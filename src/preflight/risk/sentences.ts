// Where sentences, clauses and words lie in a normalised text.

/** Ends a sentence: a full stop, question or exclamation mark before a gap, an empty line or the next item of a list; not the point of an abbreviation. */
const sentenceEnd =
  /(?<![.!?…]|\b(?:nr|vs|dr|mr|mrs|ms|st|approx))(?!(?<=\bno)\. ?\d)[.!?…]+["')\]]*(?=\s|$)|\n\s*\n|\n(?=\s?(?:[-—•*·+]|\d{1,2}[.)]) )/gu;
const word = /[\p{L}\p{N}][\p{L}\p{N}'%]*/gu;

export interface Layout {
  /** For each position, how many words began before it. */
  readonly wordsBefore: Uint32Array;
  /** For each position, the number of its sentence. */
  readonly sentence: Uint32Array;
  readonly sentenceStarts: readonly number[];
  readonly sentenceEnds: readonly number[];
}

export function layoutOf(text: string): Layout {
  const wordsBefore = new Uint32Array(text.length + 1);
  const sentence = new Uint32Array(text.length + 1);
  for (const { index } of text.matchAll(word)) wordsBefore[index + 1] = 1;
  for (let at = 1; at <= text.length; at++) wordsBefore[at]! += wordsBefore[at - 1]!;
  const cuts = [...text.matchAll(sentenceEnd)].map((found) => found.index + found[0].length).filter((cut) => cut < text.length);
  for (const cut of cuts) sentence[cut] = 1;
  for (let at = 1; at <= text.length; at++) sentence[at]! += sentence[at - 1]!;
  return { wordsBefore, sentence, sentenceStarts: [0, ...cuts], sentenceEnds: [...cuts, text.length] };
}

/** Words that lie wholly between two positions. */
export function wordsBetween({ wordsBefore }: Layout, from: number, to: number): number {
  return Math.max(0, wordsBefore[to]! - wordsBefore[from]!);
}
