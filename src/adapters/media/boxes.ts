// Walks the boxes of an MP4 or MOV file and the elements of a WebM file as far as no player needs and every platform asks: is the index before
// the data, does an edit list shift a track, does the file end where it says (ISO/IEC 14496-12; RFC 8794 and 9559).
import { closeSync, openSync, readSync } from "node:fs";

export interface BoxFacts {
  readonly moovFirst: boolean;
  readonly editList: boolean;
  readonly truncated: boolean;
  readonly hasIndex: boolean;
}

interface Box {
  readonly type: string;
  /** Where the content begins and ends; the end may lie behind the end of the file. */
  readonly start: number;
  readonly end: number;
}

const containers = new Set(["moov", "trak", "edts"]);
/** Files with more top-level boxes than this are fragmented streams or broken. */
const boxesMax = 100_000;

/** @param bytes length of the file. O(number of boxes). */
export function walkBoxes(location: string, bytes: number): BoxFacts {
  return withFile(location, (read) => {
    const top = [...boxes(read, 0, bytes)];
    const moov = top.find(({ type }) => type === "moov");
    const mdat = top.findIndex(({ type }) => type === "mdat");
    const at = moov === undefined ? -1 : top.indexOf(moov);
    return {
      hasIndex: moov !== undefined,
      moovFirst: at >= 0 && (mdat < 0 || at < mdat),
      editList: moov !== undefined && moov.end <= bytes && hasEditList(read, moov),
      truncated: top.some(({ end }) => end > bytes) || (top.at(-1)?.end ?? 0) < bytes,
    };
  });
}

type Reader = (position: number, length: number) => Buffer;

function withFile<Result>(location: string, work: (read: Reader) => Result): Result {
  const file = openSync(location, "r");
  try {
    return work((position, length) => {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, readSync(file, buffer, 0, length, position));
    });
  } finally {
    closeSync(file);
  }
}

function* boxes(read: Reader, from: number, until: number): Generator<Box> {
  for (let at = from, count = 0; at + 8 <= until && count < boxesMax; count++) {
    const head = read(at, 16);
    if (head.length < 8) return;
    const short = head.readUInt32BE(0);
    const type = head.toString("latin1", 4, 8);
    const isLong = short === 1 && head.length === 16;
    const size = isLong ? Number(head.readBigUInt64BE(8)) : short === 0 ? until - at : short;
    const start = at + (isLong ? 16 : 8);
    if (size < start - at) return;
    yield { type, start, end: at + size };
    at += size;
  }
}

/** One entry that begins at 0 at normal speed changes nothing; anything else is an edit. */
function hasEditList(read: Reader, parent: Box): boolean {
  for (const box of boxes(read, parent.start, parent.end)) {
    if (box.type === "elst" && !isPlain(read(box.start, Math.min(box.end - box.start, 64)))) return true;
    if (containers.has(box.type) && hasEditList(read, box)) return true;
  }
  return false;
}

function isPlain(elst: Buffer): boolean {
  if (elst.length < 8) return true;
  const version = elst[0];
  const entries = elst.readUInt32BE(4);
  if (entries === 0) return true;
  if (entries > 1 || elst.length < (version === 1 ? 28 : 20)) return false;
  const mediaTime = version === 1 ? elst.readBigInt64BE(16) : BigInt(elst.readInt32BE(12));
  const rate = elst.readUInt32BE(version === 1 ? 24 : 16);
  return mediaTime === 0n && rate === 0x0001_0000;
}

/** True if a WebM or Matroska file is shorter than its segment says. A segment of unknown size says nothing. */
export function isTruncatedWebm(location: string, bytes: number): boolean {
  return withFile(location, (read) => {
    const head = element(read, 0);
    if (head === null || head.size === null) return true;
    const segment = element(read, head.start + head.size);
    return segment === null || (segment.size !== null && segment.start + segment.size > bytes);
  });
}

function element(read: Reader, at: number): { start: number; size: number | null } | null {
  const head = read(at, 12);
  const idLength = lengthOf(head[0]);
  if (idLength === null || idLength > 4 || head.length < idLength + 1) return null;
  const sizeLength = lengthOf(head[idLength]);
  if (sizeLength === null || head.length < idLength + sizeLength) return null;
  let size = BigInt(head[idLength]! & (0xff >> sizeLength));
  let isUnknown = size === BigInt(0xff >> sizeLength);
  for (let byte = 1; byte < sizeLength; byte++) {
    const next = head[idLength + byte]!;
    if (next !== 0xff) isUnknown = false;
    size = (size << 8n) | BigInt(next);
  }
  return { start: at + idLength + sizeLength, size: isUnknown ? null : Number(size) };
}

/** Length of a variable-length integer by its first byte. */
function lengthOf(first: number | undefined): number | null {
  return first === undefined || first === 0 ? null : Math.clz32(first) - 23;
}
