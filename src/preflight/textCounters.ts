// How platforms count text (platforms note section 4): X weighs, TikTok counts UTF-16 units, Threads counts emoji as UTF-8 bytes.
import type { SurfaceLimit } from "./rules/surfaceLimits.ts";

type TextCounter = SurfaceLimit["counter"];

/** Length of a text in the units of a limit. */
export function countText(text: string, counter: TextCounter): number {
  switch (counter) {
    case "utf16":
      return text.length;
    case "utf8Bytes":
      return utf8Bytes(text);
    case "xWeighted":
      return xWeight(text);
    case "threadsChars":
      return text.replace(emoji, (found) => "x".repeat(utf8Bytes(found))).length;
    default:
      return Array.from(text).length;
  }
}

const emoji = /\p{RGI_Emoji}/gv;
const url = /https?:\/\/\S+/g;

/** X: NFC first; a URL weighs 23, an emoji 2, code points outside the Latin-like ranges 2, others 1. */
function xWeight(text: string): number {
  const urls = text.match(url) ?? [];
  const withoutUrls = text.normalize("NFC").replace(url, "");
  const emojis = withoutUrls.match(emoji) ?? [];
  const plain = Array.from(withoutUrls.replace(emoji, ""));
  return urls.length * 23 + emojis.length * 2 + plain.reduce((sum, character) => sum + (isLight(character.codePointAt(0)!) ? 1 : 2), 0);
}

/** The ranges of weight 100 in X's published counting configuration. */
function isLight(point: number): boolean {
  return point <= 4351 || (point >= 8192 && point <= 8205) || (point >= 8208 && point <= 8223) || (point >= 8242 && point <= 8247);
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
