// All patterns of a pack in one index by the letters a match begins with: one pass over a text tries at each word the few patterns that can begin
// there, and a pattern is read when its first letters are first seen. O(words x patterns per opening); each try reads a bounded piece.
import type { IndexData, PatternList } from "./indexData.ts";
import { isWordUnit, type NamedAlternatives, openingLength, type Pattern, readPattern, withPlainGaps } from "./pattern.ts";

export type Hit = readonly [from: number, to: number];

/** Where the lists of an index stand in one text. */
export interface PatternHits {
  /** In the order of the text; of those that overlap the first, and of those that begin together the longest. */
  of(list: PatternList): readonly Hit[];
}

interface IndexedPattern {
  readonly pattern: Pattern;
  /** The lists it stands in. */
  readonly lists: readonly PatternList[];
}

export class PatternIndex {
  private readonly sources: readonly string[];
  private readonly lists: readonly string[];
  private readonly rows: ReadonlyMap<string, string>;
  private readonly listed: NamedAlternatives | undefined;
  private readonly read = new Map<number, IndexedPattern>();
  private readonly byOpening = new Map<string, readonly IndexedPattern[]>();

  /** O(openings): no pattern is read before a text holds its opening. */
  constructor(data: IndexData, listed?: NamedAlternatives) {
    this.sources = data.patterns.split("\n");
    this.lists = data.lists.split("\n");
    this.listed = listed;
    const rows = new Map<string, string>();
    for (const line of data.openings.split("\n")) {
      const tab = line.indexOf("\t");
      rows.set(line.slice(0, tab), line.slice(tab + 1));
    }
    this.rows = rows;
  }

  search(text: string, spaces: "gaps" | "runTogether" = "gaps"): PatternHits {
    const found = new Map<PatternList, Hit[]>();
    const plain = withPlainGaps(text);
    const letters = plain.text.replaceAll(" ", "");
    let letter = 0;
    for (let from = 0; from < plain.text.length; from++) {
      if (plain.text[from] === " ") continue;
      const at = letter++;
      if (from > 0 && isWordUnit(plain.text.charCodeAt(from - 1))) continue;
      // Openings hold no gaps, so that the same ones serve where gaps are lost.
      for (let length = 0; length <= openingLength; length++)
        for (const { pattern, lists } of this.beginningWith(letters.slice(at, at + length))) {
          const expression = spaces === "gaps" ? pattern.text : pattern.runTogether;
          expression.lastIndex = from;
          if (!expression.test(plain.text) || expression.lastIndex === from) continue;
          for (const list of lists) addHit(found, list, [plain.at[from]!, plain.at[expression.lastIndex - 1]! + 1]);
        }
    }
    return { of: (list) => found.get(list) ?? [] };
  }

  private beginningWith(opening: string): readonly IndexedPattern[] {
    const known = this.byOpening.get(opening);
    if (known !== undefined) return known;
    const row = this.rows.get(opening);
    if (row === undefined) return [];
    const patterns = row.split(" ").map((number) => this.patternAt(Number(number)));
    this.byOpening.set(opening, patterns);
    return patterns;
  }

  private patternAt(number: number): IndexedPattern {
    const known = this.read.get(number) ?? {
      pattern: readPattern(this.sources[number]!, this.listed),
      lists: this.lists[number]!.split(" ").map(Number),
    };
    this.read.set(number, known);
    return known;
  }
}

/** Hits come in the order of the text. */
function addHit(found: Map<PatternList, Hit[]>, list: PatternList, hit: Hit): void {
  const hits = found.get(list);
  if (hits === undefined) {
    found.set(list, [hit]);
    return;
  }
  const last = hits.at(-1)!;
  if (hit[0] >= last[1]) hits.push(hit);
  else if (hit[0] === last[0] && hit[1] > last[1]) hits[hits.length - 1] = hit;
}
