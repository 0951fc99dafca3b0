// The pattern language of rule packs: regular expressions in which a space is any gap between words. Read into a tree, so that every repeat can be
// bounded (a pattern reads a bounded piece of text, which keeps matching linear) and the letters a match can begin with are known beforehand.

export interface Pattern {
  /** Sticky; the caller tries it only where a word begins. */
  readonly text: RegExp;
  /** The same where gaps are lost, as in a hashtag. */
  readonly runTogether: RegExp;
  /** What a match begins with, at most four units each, any gap written as a space; null where it may be anything. */
  readonly openings: readonly string[] | null;
}

export const openingLength = 4;

/** A text with every sign that may stand in a gap as a space, unit for unit, so that openings can be looked up in it. */
export function withPlainGaps(text: string): string {
  return text.replace(gapUnits, " ");
}

/** @throws SyntaxError where the pattern is not one. Expressions are compiled when they are first used. */
export function readPattern(source: string): Pattern {
  const tree = new PatternReader(source).read();
  const compile = (gap: string): RegExp => new RegExp(`(?:${alternativesSource(tree, gap)})${wordEnd}`, "uy");
  let text: RegExp | undefined;
  let runTogether: RegExp | undefined;
  return {
    get text() {
      return (text ??= compile(`${gapClass}{1,${gapMax}}`));
    },
    get runTogether() {
      return (runTogether ??= compile(`${gapClass}{0,${gapMax}}`));
    },
    openings: openingsOf(tree),
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
const wordEnd = String.raw`(?![a-z0-9\u00c0-\u1fff\u2c00-\u2fff\u3040-\ud7ff\u{10000}-\u{10ffff}])`;

/** Between words: spaces, line ends, hyphens and the signs that people put around words. */
const gapClass = String.raw`[\s_*~"'-]`;
const gapUnits = new RegExp(gapClass, "gu");
const gapMax = 8;
/** What `*` and `+` stand for: so many characters of a class, so many rounds of a group. */
const unitsMax = 40;
const roundsMax = 6;

type Node =
  | { readonly kind: "unit"; readonly source: string; readonly letters: readonly string[] | null }
  | { readonly kind: "gap" }
  | { readonly kind: "assertion"; readonly source: string }
  | { readonly kind: "group"; readonly open: string; readonly alternatives: Alternatives }
  | { readonly kind: "repeat"; readonly node: Node; readonly min: number; readonly max: number; readonly lazy: string };
type Alternatives = readonly (readonly Node[])[];

class PatternReader {
  private at = 0;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
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
      } else all.at(-1)!.push(this.repeated(this.item()));
    }
    return all;
  }

  private item(): Node {
    const character = String.fromCodePoint(this.source.codePointAt(this.at)!);
    this.at += character.length;
    if (character === " ") return { kind: "gap" };
    if (character === "^" || character === "$") return { kind: "assertion", source: character };
    if (character === ".") return { kind: "unit", source: character, letters: null };
    if (character === "\\") return this.escaped();
    if (character === "[") return this.unitClass();
    if (character === "(") return this.group();
    if ("*+?{}]".includes(character)) throw this.error(`nothing to repeat before ${character}`);
    return { kind: "unit", source: character, letters: [character] };
  }

  private escaped(): Node {
    const brace = /^[pP]\{/.test(this.source.slice(this.at, this.at + 2)) ? this.source.indexOf("}", this.at) - this.at : 0;
    const name = this.source.slice(this.at, this.at + 1 + brace);
    this.at += name.length;
    if (name === "" || /[1-9kxuc]/.test(name[0]!)) throw this.error(`\\${name} is not read here`);
    if (name === "b" || name === "B") return { kind: "assertion", source: `\\${name}` };
    const letters = name === "d" ? Array.from("0123456789") : /[a-zA-Z]/.test(name[0]!) ? null : [name];
    return { kind: "unit", source: requireValid(`\\${name}`), letters };
  }

  private unitClass(): Node {
    const from = this.at;
    while (this.at < this.source.length && this.source[this.at] !== "]") this.at += this.source[this.at] === "\\" ? 2 : 1;
    if (this.at >= this.source.length) throw this.error("a class is not closed");
    const body = this.source.slice(from, this.at++);
    const isPlain = !/^\^|\\|.-./.test(body);
    return { kind: "unit", source: isPlain ? `[${body}]` : requireValid(`[${body}]`), letters: isPlain ? Array.from(body) : null };
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
      return node.node.kind === "gap" ? `(?:${gap})?` : `${nodeSource(node.node, gap)}{${node.min},${node.max}}${node.lazy}`;
    default:
      return node satisfies never;
  }
}

/** A beginning of a match; closed where it is long enough or nothing is known of what follows. */
interface Opening {
  readonly letters: string;
  readonly isClosed: boolean;
}
/** So many openings a unit may make of those before it, and so many a pattern may have. */
const growthMax = 40;
const openingsMax = 1000;

function openingsOf(tree: Alternatives): readonly string[] | null {
  const found = [...new Set(openingsOfAlternatives(tree, [{ letters: "", isClosed: false }]).map(({ letters }) => letters))];
  return found.includes("") || found.length > openingsMax ? null : found;
}

function openingsOfAlternatives(alternatives: Alternatives, before: readonly Opening[]): readonly Opening[] {
  return alternatives.flatMap((nodes) => nodes.reduce((openings, node) => grown(openings, node), before));
}

function grown(openings: readonly Opening[], node: Node): readonly Opening[] {
  const open = openings.filter(({ isClosed }) => !isClosed);
  if (open.length === 0) return openings;
  return [...openings.filter(({ isClosed }) => isClosed), ...grownOpen(open, node)];
}

function grownOpen(open: readonly Opening[], node: Node): readonly Opening[] {
  const close = (more = ""): Opening[] => open.map(({ letters }) => ({ letters: letters + more, isClosed: true }));
  switch (node.kind) {
    case "assertion":
      return open;
    case "gap":
      // Of a gap the first unit is known, and not how long it is.
      return close(" ");
    case "unit":
      if (node.letters === null || open.length * node.letters.length > growthMax) return close();
      return node.letters
        .map(withPlainGaps)
        .flatMap((letter) =>
          open.map(({ letters }) => ({ letters: letters + letter, isClosed: letters.length + letter.length >= openingLength })),
        );
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
