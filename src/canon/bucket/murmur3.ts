// MurmurHash3 x86 32-bit (Austin Appleby, SMHasher, public domain) over the UTF-8 bytes of a string, with a state that can be kept after a
// common prefix: assignment keys of one experiment differ only in their tail, so the head is hashed once.

/** A hash that has read some bytes: `h` of all whole words, up to three waiting bytes in `word`, and the count of bytes. */
export interface Murmur3State {
  readonly h: number;
  readonly word: number;
  readonly byteCount: number;
}

/** The hash of a text as an unsigned 32-bit integer. Lone surrogates count as U+FFFD, as `TextEncoder` writes them. O(length). */
export function murmur3(text: string, seed = 0): number {
  return murmur3After(murmur3Prefix("", seed), text);
}

/** The state after `prefix`; the prefix must not end in the first half of a surrogate pair. */
export function murmur3Prefix(prefix: string, seed = 0): Murmur3State {
  return absorb({ h: seed | 0, word: 0, byteCount: 0 }, prefix);
}

/** `murmur3(prefix + text)` for the state after that prefix. */
export function murmur3After(state: Murmur3State, text: string): number {
  let { h, word } = state;
  const { byteCount } = state;
  const length = text.length;
  const waiting = byteCount & 3;
  let seen = 0;
  let at = 0;
  // ASCII, the usual unit id, goes four characters a step; anything else is seen in `seen` and hashed again byte by byte.
  if (waiting > 0) {
    for (let offset = waiting; offset < 4 && at < length; offset++, at++) {
      const code = text.charCodeAt(at);
      seen |= code;
      word |= code << (offset << 3);
    }
    if (waiting + at === 4) {
      h = mixWord(h, word);
      word = 0;
    }
  }
  for (; at + 4 <= length; at += 4) {
    const a = text.charCodeAt(at);
    const b = text.charCodeAt(at + 1);
    const c = text.charCodeAt(at + 2);
    const d = text.charCodeAt(at + 3);
    seen |= a | b | c | d;
    h = mixWord(h, a | (b << 8) | (c << 16) | (d << 24));
  }
  for (let shift = 0; at < length; at++, shift += 8) {
    const code = text.charCodeAt(at);
    seen |= code;
    word |= code << shift;
  }
  if (seen > 127) return finish(absorb(state, text));
  return avalanche(mixTail(h, word) ^ (byteCount + length));
}

/** The hash of raw bytes, for SMHasher's verification value and for callers that hold bytes. */
export function murmur3Bytes(bytes: Uint8Array, seed = 0): number {
  let h = seed | 0;
  let word = 0;
  for (let at = 0; at < bytes.length; at++) {
    word |= bytes[at]! << ((at & 3) << 3);
    if ((at & 3) === 3) {
      h = mixWord(h, word);
      word = 0;
    }
  }
  return finish({ h, word, byteCount: bytes.length });
}

function finish({ h, word, byteCount }: Murmur3State): number {
  return avalanche(mixTail(h, word) ^ byteCount);
}

/** Reads the UTF-8 bytes of any text into the state. */
function absorb(state: Murmur3State, text: string): Murmur3State {
  let { h, word, byteCount } = state;
  const push = (byte: number): void => {
    word |= byte << ((byteCount & 3) << 3);
    byteCount++;
    if ((byteCount & 3) === 0) {
      h = mixWord(h, word);
      word = 0;
    }
  };
  for (const character of text) {
    const point = character.codePointAt(0)!;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) push(code);
    else if (code < 0x800) {
      push(0xc0 | (code >> 6));
      push(0x80 | (code & 63));
    } else if (code < 0x10000) {
      push(0xe0 | (code >> 12));
      push(0x80 | ((code >> 6) & 63));
      push(0x80 | (code & 63));
    } else {
      push(0xf0 | (code >> 18));
      push(0x80 | ((code >> 12) & 63));
      push(0x80 | ((code >> 6) & 63));
      push(0x80 | (code & 63));
    }
  }
  return { h, word, byteCount };
}

function mixWord(h: number, word: number): number {
  const mixed = mixTail(h, word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** An empty tail leaves `h` as it is, since 0 mixes to 0. */
function mixTail(h: number, word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  return h ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

function avalanche(h: number): number {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
