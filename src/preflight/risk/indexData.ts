// Works out the index of a pack's patterns as data, so that what ships need not be worked out anew at every start (patternIndex.ts reads it).
import { type NamedAlternatives, readPattern } from "./pattern.ts";

/** A list of a pack, by its number in the index. */
export type PatternList = number;

export interface IndexData {
  /** A pattern a line. */
  readonly patterns: string;
  /** The lists each pattern stands in, a pattern a line. */
  readonly lists: string;
  /** An opening a line, and behind a tab the patterns by their number; behind an empty opening those that may begin with anything. */
  readonly openings: string;
}

export class IndexBuilder {
  private readonly patterns = new Map<string, number>();
  private readonly listsOf: PatternList[][] = [];
  private readonly lists = new Map<string, PatternList>();
  private readonly byOpening = new Map<string, number[]>();
  private readonly listed: NamedAlternatives | undefined;

  constructor(listed?: NamedAlternatives) {
    this.listed = listed;
  }

  /**
   * @param key the same for equal lists.
   * @throws SyntaxError
   */
  add(key: string, sources: () => readonly string[]): PatternList {
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    const list = this.lists.size;
    this.lists.set(key, list);
    for (const source of sources()) {
      const lists = this.listsOf[this.patterns.get(source) ?? this.addPattern(source)]!;
      if (lists.at(-1) !== list) lists.push(list);
    }
    return list;
  }

  data(): IndexData {
    return {
      patterns: [...this.patterns.keys()].join("\n"),
      lists: this.listsOf.map((lists) => lists.join(" ")).join("\n"),
      openings: [...this.byOpening].map(([opening, patterns]) => `${opening}\t${patterns.join(" ")}`).join("\n"),
    };
  }

  private addPattern(source: string): number {
    const number = this.patterns.size;
    this.patterns.set(source, number);
    this.listsOf.push([]);
    for (const opening of readPattern(source, this.listed).openings ?? [""]) {
      const known = this.byOpening.get(opening);
      if (known === undefined) this.byOpening.set(opening, [number]);
      else known.push(number);
    }
    return number;
  }
}
