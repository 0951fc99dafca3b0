// The text as rules read it: one letter form, no invisible characters, straight quotes, single spaces, lower case; every unit knows where it came
// from, so that a hit points at the original (preflight note 2.5).
import { confusables } from "./confusables.ts";

/** A reading of a text. `starts[i]` and `ends[i]` are the span of the original that unit `i` of `text` stands for. */
export interface Reading {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** The span of the original, in UTF-16 units, half-open, that units [from, to) of a reading stand for. */
export function originalSpan({ starts, ends }: Reading, from: number, to: number): [number, number] {
  return [starts[from]!, ends[to - 1]!];
}

const invisible = /\p{Default_Ignorable_Code_Point}/u;
const mark = /\p{M}/u;
const marks = /\p{M}/gu;
const pictograph = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]/u;
const space = /\s/u;
const asciiPrintable = /^[!-~]$/;

/**
 * Reads a text. Pure, O(length).
 *
 * Newlines stay, since rules on position need them; emoji become spaces; an en dash between letters is a hyphen, any other long dash a break.
 */
export function readText(original: string): Reading {
  const writer = new ReadingWriter();
  let at = 0;
  for (const character of original) {
    const end = at + character.length;
    if (character === "\n") writer.put("\n", at, end);
    else if (asciiPrintable.test(character)) writer.put(character.toLowerCase(), at, end);
    // Before spaces: the byte order mark is both.
    else if (!invisible.test(character) && !mark.test(character)) {
      if (space.test(character) || (pictograph.test(character) && !confusables.has(character))) writer.space(at, end);
      else writer.put(plain(character, original, at), at, end);
    }
    at = end;
  }
  return writer.reading;
}

const signs: ReadonlyMap<string, string> = new Map([
  ...Array.from("\u2018\u2019\u201B\u2032\u02BC\u02B9\u00B4\u0060\uFF07", (sign): [string, string] => [sign, "'"]),
  ...Array.from("\u201C\u201D\u201E\u2033\u00AB\u00BB", (sign): [string, string] => [sign, '"']),
  ...Array.from("\u2010\u2011\u2012\u2212\uFE63\uFF0D", (sign): [string, string] => [sign, "-"]),
]);

function plain(character: string, original: string, at: number): string {
  const sign = signs.get(character);
  if (sign !== undefined) return sign;
  if (character === "–") return /\p{L}/u.test(original[at - 1] ?? "") && /\p{L}/u.test(original[at + 1] ?? "") ? "-" : "—";
  const direct = confusables.get(character);
  if (direct !== undefined) return direct;
  const letters = Array.from(character.normalize("NFKD").replace(marks, ""));
  return letters.map((letter) => confusables.get(letter) ?? letter.toLowerCase()).join("");
}

class ReadingWriter {
  private text = "";
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  put(plain: string, start: number, end: number): void {
    for (let unit = 0; unit < plain.length; unit++) {
      this.starts.push(start);
      this.ends.push(end);
    }
    this.text += plain;
  }

  /** Runs of spaces are one; none stand beside a newline. */
  space(start: number, end: number): void {
    const last = this.text.at(-1);
    if (last === " " || last === "\n") this.ends[this.ends.length - 1] = last === " " ? end : this.ends.at(-1)!;
    else this.put(" ", start, end);
  }

  get reading(): Reading {
    return { text: this.text, starts: this.starts, ends: this.ends };
  }
}

const digitLetters: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "@": "a",
  $: "s",
  "!": "i",
};
const spelledOut = /(?<![\p{L}\p{N}])(?:\p{L}[ .*_-]{1,3}){3,}\p{L}(?![\p{L}\p{N}])/gu;
const disguisedLetter =
  /(?<=\p{L}[013457@$!8]?)[013457@$!8](?=[013457@$!8]?\p{L})|(?<![\p{L}\p{N}$@#])[@$](?=\p{L}{2})|(?<=\p{L}{2}[0134578]?)[0134578](?=[0134578]?(?:[^\p{L}\p{N}]|$))/gu;

/**
 * The same text with disguises taken off: `pr0fits` as `profits`, `r i s k` as `risk`, `ri-sk` and `gu*arantee` without the sign.
 * @returns no reading where there is no disguise. The length may shrink; spans still point at the original.
 */
export function undisguised({ text, starts, ends }: Reading): Reading[] {
  const letters = text.replace(disguisedLetter, (found) => digitLetters[found] ?? found);
  const dropped = new Set<number>();
  for (const run of letters.matchAll(spelledOut)) {
    // `c.u.r.e.s c.o.l.d.s`: where signs part the letters, spaces part the words.
    const between = /\p{L}[.*_-]\p{L}/u.test(run[0]) ? /[.*_-]/ : /[ .*_-]/;
    for (let at = 0; at < run[0].length; at++) {
      // `r i s k - f r e e`: the hyphen between two spaces belongs to the word.
      const isHyphen = run[0][at] === "-" && run[0][at - 1] === " " && run[0][at + 1] === " ";
      if (between.test(run[0][at]!) && !isHyphen) dropped.add(run.index + at);
    }
  }
  for (const { index } of letters.matchAll(signInWord)) dropped.add(index);
  if (letters === text && dropped.size === 0) return [];
  const kept = Array.from({ length: text.length }, (_, at) => at).filter((at) => !dropped.has(at));
  return [{ text: kept.map((at) => letters[at]!).join(""), starts: kept.map((at) => starts[at]!), ends: kept.map((at) => ends[at]!) }];
}

/** A sign in the middle of a word, or a hyphen with a piece beside it too short to be a word. */
const signInWord = /(?<=\p{L})[*·•|!](?=\p{L})|(?<=(?<!\p{L})\p{L}{1,3})-(?=\p{L})|(?<=\p{L})-(?=\p{L}{1,3}(?!\p{L}))/gu;

/** Letters written apart, one reading for each run, all of them together: where one word ends cannot be seen. */
export function spelledOutRuns({ text, starts, ends }: Reading): Reading[] {
  return [...text.matchAll(spelledOut)].map((run) => {
    const letters = Array.from({ length: run[0].length }, (_, at) => run.index + at).filter((at) => /\p{L}/u.test(text[at]!));
    return {
      text: letters.map((at) => text[at]!).join(""),
      starts: letters.map((at) => starts[at]!),
      ends: letters.map((at) => ends[at]!),
    };
  });
}

/** Words run together behind a #, cut where the case changes: `#GuaranteedReturns` reads as `guaranteed returns`. */
export function hashtagWords(original: string): Reading[] {
  return [...original.matchAll(/[#＃]([\p{L}\p{N}_]{4,})/gu)].map((found) => {
    const body = found[1]!;
    const offset = found.index + found[0].length - body.length;
    const cuts = new Set([...body.matchAll(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})|_/gu)].map(({ index }) => index));
    const words = readText(body);
    const text: string[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    for (let unit = 0; unit < words.text.length; unit++) {
      const from = words.starts[unit]!;
      if (unit > 0 && cuts.has(from) && words.starts[unit - 1]! < from) {
        text.push(" ");
        starts.push(offset + from);
        ends.push(offset + from);
      }
      text.push(words.text[unit]!);
      starts.push(offset + from);
      ends.push(offset + words.ends[unit]!);
    }
    return { text: text.join(""), starts, ends };
  });
}
