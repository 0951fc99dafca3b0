// Identifiers as UUID version 7 (RFC 9562) from an injected clock and stream: sorted by time, and the same again on replay.
import { v7 } from "uuid";
import { requireInteger } from "./arguments.ts";
import type { Rng } from "./rng.ts";

export interface IdSourceOptions {
  /** Chance for the ids alone: give a fork of its own, such as `rng.fork("ids")`. */
  readonly rng: Rng;
  /** Epoch milliseconds UTC; read once for each id. */
  readonly now: () => number;
}

/** Makes the next id. */
export type IdSource = () => string;

const sequenceEnd = 2 ** 32;

/**
 * A source of UUIDv7 ids. Each id sorts after the one before, within a millisecond (a counter) and when the clock stands or steps back
 * (the last time is kept). Same stream and same times give the same ids.
 * The source throws a DomainError when the clock gives anything but whole milliseconds from 0 to 2^48 - 1.
 */
export function createIdSource({ rng, now }: IdSourceOptions): IdSource {
  let msecs = -1;
  let seq = 0;
  return () => {
    const timeMs = now();
    requireInteger("now()", timeMs, 0, 2 ** 48 - 1);
    if (timeMs > msecs) {
      msecs = timeMs;
      // Half the range stays free, so that the counter of a millisecond cannot run over.
      seq = Math.floor(rng.next() * (sequenceEnd / 2));
    } else if (++seq === sequenceEnd) {
      msecs++;
      seq = 0;
    }
    return v7({ msecs, seq, random: randomBytes(rng) });
  };
}

function randomBytes(rng: Rng): Uint8Array {
  const words = Uint32Array.from({ length: 4 }, () => rng.next() * 2 ** 32);
  return Uint8Array.from({ length: 16 }, (_, at) => words[at >> 2]! >>> (8 * (at & 3)));
}
