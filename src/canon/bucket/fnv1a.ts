// FNV-1a, 32 bits (Fowler, Noll, Vo), over UTF-16 code units as GrowthBook's SDKs have it: kept for compatibility only, since a salt appended to
// it leaves experiments correlated.

/** The hash of a text as an unsigned 32-bit integer; `state` continues from an earlier text. O(length). */
export function fnv1a(text: string, state = 0x811c9dc5): number {
  let h = state | 0;
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193);
  return h >>> 0;
}
