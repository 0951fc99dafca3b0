// All patterns of a pack in one index by the letters a match begins with: one pass over a text tries at each word the few patterns that can begin
// there, and a pattern is compiled when its first letters are first seen. O(words x patterns per opening); each try reads a bounded piece.
import { isWordUnit, openingLength, type Pattern, readPattern, withPlainGaps } from "./pattern.ts";

export type Hit = readonly [from: number, to: number];

/** A list of a pack, by its number in the index. */
export type PatternList = number;

/** Where the lists of an index stand in one text. */
export interface PatternHits {
  /** In the order of the text; of those that overlap the first, and of those that begin together the longest. */
  of(list: PatternList): readonly Hit[];
}

interface IndexedPattern {
  readonly pattern: Pattern;
  /** The lists it stands in. */
  readonly lists: PatternList[];
}

export class PatternIndex {
  private readonly patterns = new Map<string, IndexedPattern>();
  private readonly lists = new Map<string, PatternList>();
  private readonly openings = { gaps: new OpeningTable(), runTogether: new OpeningTable() };

  /** @throws SyntaxError */
  add(sources: readonly string[]): PatternList {
    const key = JSON.stringify(sources);
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    const list = this.lists.size;
    for (const source of new Set(sources)) (this.patterns.get(source) ?? this.addPattern(source)).lists.push(list);
    this.lists.set(key, list);
    return list;
  }

  search(text: string, spaces: "gaps" | "runTogether" = "gaps"): PatternHits {
    const found = new Map<PatternList, Hit[]>();
    const keys = withPlainGaps(text);
    for (let from = 0; from < text.length; from++) {
      if (text.charCodeAt(from) <= 32 || (from > 0 && isWordUnit(text.charCodeAt(from - 1)))) continue;
      this.openings[spaces].each(keys, from, ({ pattern, lists }) => {
        const expression = pattern[spaces === "gaps" ? "text" : "runTogether"];
        expression.lastIndex = from;
        if (!expression.test(text) || expression.lastIndex === from) return;
        for (const list of lists) addHit(found, list, [from, expression.lastIndex]);
      });
    }
    return { of: (list) => found.get(list) ?? [] };
  }

  private addPattern(source: string): IndexedPattern {
    const pattern = readPattern(source);
    const indexed: IndexedPattern = { pattern, lists: [] };
    this.patterns.set(source, indexed);
    this.openings.gaps.add(pattern.openings, indexed);
    // Where gaps are lost, an opening ends at its first gap.
    this.openings.runTogether.add(pattern.openings?.map((opening) => opening.trimEnd()) ?? null, indexed);
    return indexed;
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

class OpeningTable {
  private readonly byOpening = new Map<string, IndexedPattern[]>();
  private readonly anywhere: IndexedPattern[] = [];

  add(openings: readonly string[] | null, pattern: IndexedPattern): void {
    if (openings === null || openings.includes("")) {
      this.anywhere.push(pattern);
      return;
    }
    for (const opening of new Set(openings)) {
      const known = this.byOpening.get(opening);
      if (known === undefined) this.byOpening.set(opening, [pattern]);
      else known.push(pattern);
    }
  }

  /** @param keys the text with plain gaps. */
  each(keys: string, from: number, attempt: (pattern: IndexedPattern) => void): void {
    const longest = Math.min(openingLength, keys.length - from);
    for (let length = 1; length <= longest; length++) this.byOpening.get(keys.slice(from, from + length))?.forEach(attempt);
    this.anywhere.forEach(attempt);
  }
}
