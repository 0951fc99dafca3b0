// How platforms count text (platforms note section 4): X weighs, TikTok counts UTF-16 units, YouTube bytes, Threads emoji as UTF-8 bytes, LinkedIn
// after escaping its reserved characters. Nothing is ever cut to fit.
import { addressesIn, withoutAddresses } from "../../catalogue/index.ts";

export type TextCounter = "codePoints" | "utf16" | "utf8Bytes" | "xWeighted" | "threadsChars" | "linkedinEscaped";

/** Length of a text in the units of a platform. O(length). */
export function countText(text: string, counter: TextCounter): number {
  switch (counter) {
    case "codePoints":
      return codePoints(text);
    case "utf16":
      return text.length;
    case "utf8Bytes":
      return utf8Bytes(text);
    case "xWeighted":
      return xWeight(text);
    case "threadsChars":
      return codePoints(text.replace(emoji, (found) => "x".repeat(utf8Bytes(found))));
    case "linkedinEscaped":
      return codePoints(text) + (text.match(linkedinReserved)?.length ?? 0);
    default:
      return counter satisfies never;
  }
}

const emoji = /\p{RGI_Emoji}/gv;
/** LinkedIn's little text format escapes these with a backslash (li-digest). */
const linkedinReserved = /[|{}@[\]()<>#\\*_~]/g;

const xAddressWeight = 23;

/** X: NFC first; an address weighs 23, an emoji 2, code points outside the Latin-like ranges 2, others 1 (x-count). */
function xWeight(text: string): number {
  const composed = text.normalize("NFC");
  const plain = withoutAddresses(composed);
  const emojis = plain.match(emoji)?.length ?? 0;
  let weight = addressesIn(composed).length * xAddressWeight + emojis * 2;
  for (const character of plain.replace(emoji, "")) weight += isLight(character.codePointAt(0)!) ? 1 : 2;
  return weight;
}

/** The ranges of weight 100 in X's published counting configuration. */
function isLight(point: number): boolean {
  return point <= 4351 || (point >= 8192 && point <= 8205) || (point >= 8208 && point <= 8223) || (point >= 8242 && point <= 8247);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
