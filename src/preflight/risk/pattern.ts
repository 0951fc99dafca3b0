// The pattern language of rule packs: regular expressions in which a space is any gap between words; they are matched against texts with plain gaps.
// Read into a tree, so that every repeat can be bounded (a pattern reads a bounded piece of text, which keeps matching linear) and the letters a
// match can begin with are known beforehand.

export interface Pattern {
  /** Sticky; the caller tries it only where a word begins. Compiled when first asked for. */
  readonly text: RegExp;
  /** The same where gaps are lost, as in a hashtag. */
  readonly runTogether: RegExp;
  /** What a match begins with, at most `openingLength` units each, without its gaps; null where it may be anything. */
  readonly openings: readonly string[] | null;
}

export const openingLength = 6;

export interface PlainGaps {
  /** The text with one space for each gap: spaces, line ends, hyphens and the signs that people put around words. */
  readonly text: string;
  /** Where each unit of it stands in the text it was made of. */
  readonly at: Uint32Array;
}

/** O(length). */
export function withPlainGaps(text: string): PlainGaps {
  const at = new Uint32Array(text.length);
  let plain = "";
  let from = 0;
  for (let place = 0; place < text.length; place++) {
    if (!isGap(text.charCodeAt(place))) at[plain.length + place - from] = place;
    else {
      plain += text.slice(from, place);
      from = place + 1;
      if (plain.endsWith(" ")) continue;
      at[plain.length] = place;
      plain += " ";
    }
  }
  return { text: plain + text.slice(from), at };
}

const gapSigns = " \t\n\v\f\r_*~\"'-";
const gapUnits = new Set(Array.from(gapSigns, (sign) => sign.charCodeAt(0)));

function isGap(unit: number): boolean {
  return unit < 128 ? gapUnits.has(unit) : unit === 0xa0 || unit === 0x2028 || unit === 0x2029;
}

/** The patterns of a list, as `{name}` inside a pattern stands for one of them. */
export type NamedAlternatives = (name: string) => Alternatives;

const noLists: NamedAlternatives = (name) => {
  throw new SyntaxError(`there is no list {${name}}`);
};

/** @throws SyntaxError where the pattern is not one. Expressions are compiled when they are first used. */
export function readPattern(source: string, listed: NamedAlternatives = noLists): Pattern {
  return patternOf(readAlternatives(source, listed));
}

/** @throws SyntaxError */
export function readAlternatives(source: string, listed: NamedAlternatives = noLists): Alternatives {
  return new PatternReader(source, listed).read();
}

function patternOf(tree: Alternatives): Pattern {
  const compile = (gap: string): RegExp => {
    const source = `(?:${alternativesSource(tree, gap)})${wordEnd}`;
    // Code points cost several times as much to compile as units do, and few patterns need them.
    return new RegExp(source, /\\p|[\ud800-\udfff]/i.test(source) ? "uy" : "y");
  };
  let text: RegExp | undefined;
  let runTogether: RegExp | undefined;
  return {
    get text() {
      return (text ??= compile(" "));
    },
    get runTogether() {
      return (runTogether ??= compile(" ?"));
    },
    get openings() {
      return openingsOf(tree);
    },
  };
}

/** True for letters and digits: a match begins and ends beside none. Letters outside Latin lie in these blocks too; punctuation does not. */
export function isWordUnit(unit: number): boolean {
  return (
    (unit >= 97 && unit <= 122) ||
    (unit >= 48 && unit <= 57) ||
    (unit >= 0xc0 && unit < 0x2000) ||
    (unit >= 0x2c00 && unit < 0x3000) ||
    (unit >= 0x3040 && unit < 0xe000)
  );
}
const wordEnd = "(?![a-z0-9\u00c0-\u1fff\u2c00-\u2fff\u3040-\udfff])";

/** What `*` and `+` stand for: so many characters of a class, so many rounds of a group. */
const unitsMax = 40;
const roundsMax = 6;

type Node =
  | { readonly kind: "unit"; readonly source: string; readonly letters: readonly string[] | null }
  | { readonly kind: "gap" }
  | { readonly kind: "assertion"; readonly source: string }
  | { readonly kind: "group"; readonly open: string; readonly alternatives: Alternatives }
  | { readonly kind: "repeat"; readonly node: Node; readonly min: number; readonly max: number; readonly lazy: string };
export type Alternatives = readonly (readonly Node[])[];

class PatternReader {
  private at = 0;
  private readonly source: string;
  private readonly listed: NamedAlternatives;

  constructor(source: string, listed: NamedAlternatives) {
    this.source = source;
    this.listed = listed;
  }

  read(): Alternatives {
    const tree = this.alternatives();
    if (this.at < this.source.length) throw this.error("a group is closed that was not opened");
    return tree;
  }

  private alternatives(): Alternatives {
    const all: Node[][] = [[]];
    while (this.at < this.source.length && this.source[this.at] !== ")") {
      if (this.source[this.at] === "|") {
        this.at++;
        all.push([]);
      } else {
        const [nodes, node] = [all.at(-1)!, this.repeated(this.item())];
        // A gap is as long as it is: another one behind it says nothing.
        if (node.kind !== "gap" || nodes.at(-1)?.kind !== "gap") nodes.push(node);
      }
    }
    return all;
  }

  private item(): Node {
    const character = String.fromCodePoint(this.source.codePointAt(this.at)!);
    this.at += character.length;
    if (gapSigns.includes(character) && character !== "*") return { kind: "gap" };
    if (character === "^" || character === "$") return { kind: "assertion", source: character };
    if (character === ".") return { kind: "unit", source: character, letters: null };
    if (character === "\\") return this.escaped();
    if (character === "[") return this.unitClass();
    if (character === "(") return this.group();
    if (character === "{") return this.named();
    if ("*+?{}]".includes(character)) throw this.error(`nothing to repeat before ${character}`);
    return { kind: "unit", source: character, letters: [character] };
  }

  private escaped(): Node {
    const brace = /^[pP]\{/.test(this.source.slice(this.at, this.at + 2)) ? this.source.indexOf("}", this.at) - this.at : 0;
    const name = this.source.slice(this.at, this.at + 1 + brace);
    this.at += name.length;
    if (name === "" || /[1-9kxuc]/.test(name[0]!)) throw this.error(`\\${name} is not read here`);
    if (name === "b" || name === "B") return { kind: "assertion", source: `\\${name}` };
    if (gapSigns.includes(name)) return { kind: "gap" };
    const letters = name === "d" ? Array.from("0123456789") : /[a-zA-Z]/.test(name[0]!) ? null : [name];
    return { kind: "unit", source: requireValid(`\\${name}`), letters };
  }

  private unitClass(): Node {
    const from = this.at;
    while (this.at < this.source.length && this.source[this.at] !== "]") this.at += this.source[this.at] === "\\" ? 2 : 1;
    if (this.at >= this.source.length) throw this.error("a class is not closed");
    const body = this.source.slice(from, this.at++);
    const isPlain = !/^\^|\\|.-./.test(body);
    const source = isPlain ? `[${body}]` : requireValid(`[${body}]`);
    const gaps = Array.from(gapSigns).some((sign) => new RegExp(source, "u").test(sign));
    const plain = isPlain ? Array.from(body).filter((letter) => !gapSigns.includes(letter)) : null;
    if (plain?.length === 0) return { kind: "gap" };
    if (!gaps || body.startsWith("^")) return { kind: "unit", source, letters: plain };
    return { kind: "unit", source: `[ ${body}]`, letters: plain && [...plain, " "] };
  }

  private group(): Node {
    const open = /^(?:\?(?::|<?[=!]))?/.exec(this.source.slice(this.at, this.at + 3))![0];
    if (open === "" && this.source[this.at] === "?") throw this.error("named groups and modifiers are not read here");
    this.at += open.length;
    const alternatives = this.alternatives();
    if (this.source[this.at] !== ")") throw this.error("a group is not closed");
    this.at++;
    return { kind: "group", open: open === "" ? "?:" : open, alternatives };
  }

  private named(): Node {
    const name = /^([a-z]\w*)\}/i.exec(this.source.slice(this.at, this.at + 60))?.[1];
    if (name === undefined) throw this.error("nothing to repeat before {");
    this.at += name.length + 1;
    return { kind: "group", open: "?:", alternatives: this.listed(name) };
  }

  private repeated(node: Node): Node {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})(\??)/.exec(this.source.slice(this.at, this.at + 12));
    if (found === null) return node;
    if (node.kind === "assertion") throw this.error("an assertion is not repeated");
    this.at += found[0].length;
    const [min, max] = this.bounds(found, node.kind === "unit" ? unitsMax : roundsMax);
    // A gap is any number of spaces already.
    if (node.kind === "gap" && min > 0) return node;
    return { kind: "repeat", node, min, max, lazy: found[4]! };
  }

  private bounds([sign, least, comma, most]: RegExpExecArray, many: number): [min: number, max: number] {
    if (least === undefined) return [sign.startsWith("+") ? 1 : 0, sign.startsWith("?") ? 1 : many];
    const min = Number(least);
    const max = comma === "" ? min : most === "" ? Math.max(min, many) : Number(most);
    if (max > unitsMax || min > max) throw this.error(`repeats between 0 and ${unitsMax} times`);
    return [min, max];
  }

  private error(message: string): SyntaxError {
    return new SyntaxError(`${message}, at ${this.at} of ${this.source}`);
  }
}

/** @throws SyntaxError where an escape or a class means nothing. */
function requireValid(unit: string): string {
  return new RegExp(unit, "u").source;
}

function alternativesSource(alternatives: Alternatives, gap: string): string {
  return alternatives.map((nodes) => nodes.map((node) => nodeSource(node, gap)).join("")).join("|");
}

function nodeSource(node: Node, gap: string): string {
  switch (node.kind) {
    case "unit":
    case "assertion":
      return node.source;
    case "gap":
      return gap;
    case "group":
      return `(${node.open}${alternativesSource(node.alternatives, gap)})`;
    case "repeat":
      return node.node.kind === "gap" ? " ?" : `${nodeSource(node.node, gap)}${quantifier(node.min, node.max)}${node.lazy}`;
    default:
      return node satisfies never;
  }
}

function quantifier(min: number, max: number): string {
  return min === 0 && max === 1 ? "?" : `{${min},${max}}`;
}

/** A beginning of a match; closed where it is long enough or nothing is known of what follows. */
interface Opening {
  readonly letters: string;
  readonly isClosed: boolean;
}
/** So many openings a unit may make of those before it, and so many a pattern may have. */
const growthMax = 40;
const openingsMax = 200;

/** Where there are too many, all of them are cut shorter. */
function openingsOf(tree: Alternatives): readonly string[] | null {
  let found = shortest(openingsOfAlternatives(tree, start).map(({ letters }) => letters));
  for (let length = openingLength - 1; found.length > openingsMax && length > 0; length--)
    found = shortest(found.map((letters) => letters.slice(0, length)));
  return found.includes("") ? null : found;
}

/** What begins with another opening is found by that one. */
function shortest(openings: readonly string[]): string[] {
  const kept: string[] = [];
  for (const letters of openings.toSorted()) if (kept.length === 0 || !letters.startsWith(kept.at(-1)!)) kept.push(letters);
  return kept;
}

/** Of lists, which many patterns begin with. */
const openingsFromStart = new WeakMap<Alternatives, readonly Opening[]>();
const start: readonly Opening[] = [{ letters: "", isClosed: false }];

function openingsOfAlternatives(alternatives: Alternatives, before: readonly Opening[]): readonly Opening[] {
  if (before !== start) return grownBy(alternatives, before);
  const known = openingsFromStart.get(alternatives) ?? grownBy(alternatives, start);
  openingsFromStart.set(alternatives, known);
  return known;
}

function grownBy(alternatives: Alternatives, before: readonly Opening[]): readonly Opening[] {
  return alternatives.flatMap((nodes) => nodes.reduce((openings, node) => grown(openings, node), before));
}

function grown(openings: readonly Opening[], node: Node): readonly Opening[] {
  if (openings === start) return grownOpen(start, node);
  const open = openings.filter(({ isClosed }) => !isClosed);
  if (open.length === 0) return openings;
  return [...openings.filter(({ isClosed }) => isClosed), ...grownOpen(open, node)];
}

function lengthened(opening: Opening, letter: string): Opening {
  if (letter === " ") return opening;
  const letters = opening.letters + letter;
  return { letters, isClosed: letters.length >= openingLength };
}

function grownOpen(open: readonly Opening[], node: Node): readonly Opening[] {
  switch (node.kind) {
    case "assertion":
      return open;
    case "gap":
      return open;
    case "unit":
      if (node.letters === null || open.length * node.letters.length > growthMax)
        return open.map(({ letters }) => ({ letters, isClosed: true }));
      return node.letters.flatMap((letter) => open.map((opening) => lengthened(opening, letter)));
    case "group":
      return node.open === "?:" ? openingsOfAlternatives(node.alternatives, open) : open;
    case "repeat": {
      const once = grownOpen(open, node.node);
      const more = node.max > 1 ? once.map(({ letters }) => ({ letters, isClosed: true })) : once;
      return node.min === 0 ? [...open, ...more] : more;
    }
    default:
      return node satisfies never;
  }
}
