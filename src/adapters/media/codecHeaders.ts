// What the header of a video codec tells of its coding: scan type and chroma sampling. H.264: sequence parameter set (ITU-T H.264, 7.3.2.1.1) in the avcC
// record (ISO/IEC 14496-15, 5.3.3); HEVC: hvcC (8.3.3); VP9 and AV1: their codec strings and the av1C record. Nothing is guessed: what is not there is null.
import type { VideoFacts } from "../../preflight/index.ts";

export type Coding = Pick<VideoFacts, "scan" | "chroma">;

const unknown: Coding = { scan: null, chroma: null };
const chromaFormats = ["4:0:0", "4:2:0", "4:2:2", "4:4:4"] as const;

/** @param description the codec's configuration record, as decoders are given it. @param codecString as in RFC 6381, such as `vp09.00.10.08`. */
export function codingOf(codec: string | null, codecString: string | null, description: Uint8Array | undefined): Coding {
  switch (codec) {
    case "avc":
      return description === undefined ? unknown : ofAvc(description);
    case "hevc":
      return description === undefined ? unknown : ofHevc(description);
    // These have no interlaced coding.
    case "vp8":
      return { scan: "progressive", chroma: "4:2:0" };
    case "vp9":
      return { scan: "progressive", chroma: ofVp9(codecString) };
    case "av1":
      return { scan: "progressive", chroma: ofAv1(codecString, description) };
    default:
      return unknown;
  }
}

/** Whether a key packet begins a closed group of pictures; null where the codec or the packet does not tell. */
export function isClosedKey(codec: string | null, description: Uint8Array | undefined, packet: Uint8Array): boolean | null {
  if (codec === "vp8" || codec === "vp9" || codec === "av1") return true;
  if (description === undefined || (codec !== "avc" && codec !== "hevc")) return null;
  const lengthBytes = (description[codec === "avc" ? 4 : 21]! & 3) + 1;
  for (const first of nalHeaders(packet, lengthBytes)) {
    const type = codec === "avc" ? first & 0x1f : (first >> 1) & 0x3f;
    // The first slice says it: IDR pictures shut the door, a plain I slice or CRA leaves it open.
    if (codec === "avc" && (type === 1 || type === 5)) return type === 5;
    if (codec === "hevc" && type <= 21) return type === 19 || type === 20;
  }
  return null;
}

/** The first byte of each unit of a packet whose units are preceded by their lengths. */
function* nalHeaders(packet: Uint8Array, lengthBytes: number): Generator<number> {
  for (let at = 0; at + lengthBytes < packet.length;) {
    let length = 0;
    for (let byte = 0; byte < lengthBytes; byte++) length = length * 256 + packet[at + byte]!;
    yield packet[at + lengthBytes]!;
    at += lengthBytes + length;
  }
}

function ofAvc(record: Uint8Array): Coding {
  const count = (record[5] ?? 0) & 0x1f;
  const length = ((record[6] ?? 0) << 8) | (record[7] ?? 0);
  if (record[0] !== 1 || count === 0 || length < 4 || record.length < 8 + length) return unknown;
  const bits = createBitReader(withoutEmulation(record.subarray(9, 8 + length)));
  return ofSequence(bits) ?? unknown;
}

/** Profiles whose parameter set says its chroma; the others are always 4:2:0. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** @returns undefined for a parameter set that ends before it says it. */
function ofSequence(bits: BitReader): Coding | undefined {
  const profile = bits.read(8);
  bits.read(16);
  bits.unsigned();
  let chroma = 1;
  if (highProfiles.has(profile)) {
    chroma = bits.unsigned();
    if (chroma === 3) bits.read(1);
    bits.unsigned();
    bits.unsigned();
    bits.read(1);
    if (bits.read(1) === 1) skipScalingLists(bits, chroma === 3 ? 12 : 8);
  }
  bits.unsigned();
  const orderType = bits.unsigned();
  if (orderType === 0) bits.unsigned();
  else if (orderType === 1) {
    bits.read(1);
    bits.unsigned();
    bits.unsigned();
    const cycle = bits.unsigned();
    if (cycle > 255) return undefined;
    for (let at = 0; at < cycle; at++) bits.unsigned();
  }
  bits.unsigned();
  bits.read(1);
  bits.unsigned();
  bits.unsigned();
  const isFramesOnly = bits.read(1);
  return bits.isExhausted() || chroma > 3
    ? undefined
    : { scan: isFramesOnly === 1 ? "progressive" : "interlaced", chroma: chromaFormats[chroma]! };
}

function skipScalingLists(bits: BitReader, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (bits.read(1) === 0) continue;
    const size = list < 6 ? 16 : 64;
    let next = 8;
    let last = 8;
    for (let at = 0; at < size; at++) {
      if (next !== 0) next = (last + bits.signed() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}

function ofHevc(record: Uint8Array): Coding {
  if (record[0] !== 1 || record.length < 23) return unknown;
  const [isProgressive, isInterlaced] = [(record[6]! & 0x80) !== 0, (record[6]! & 0x40) !== 0];
  return {
    // Both or neither: the source is of both kinds, or nobody says.
    scan: isProgressive === isInterlaced ? null : isProgressive ? "progressive" : "interlaced",
    chroma: chromaFormats[record[16]! & 3]!,
  };
}

function ofVp9(codecString: string | null): Coding["chroma"] {
  const [, profile, , , sampling] = codecString?.split(".") ?? [];
  const named = ({ "00": "4:2:0", "01": "4:2:0", "02": "4:2:2", "03": "4:4:4" } as const)[sampling as "00"];
  // Profiles 0 and 2 know 4:2:0 alone.
  return named ?? (profile === "00" || profile === "02" ? "4:2:0" : null);
}

function ofAv1(codecString: string | null, record: Uint8Array | undefined): Coding["chroma"] {
  if (record !== undefined && record.length >= 4 && record[0] === 0x81) {
    const [monochrome, x, y] = [(record[2]! >> 4) & 1, (record[2]! >> 3) & 1, (record[2]! >> 2) & 1];
    return monochrome === 1 ? "4:0:0" : x === 0 ? "4:4:4" : y === 0 ? "4:2:2" : "4:2:0";
  }
  return codecString?.split(".")[1] === "1" ? "4:4:4" : null;
}

interface BitReader {
  read(bits: number): number;
  /** Exponential Golomb codes (9.1). */
  unsigned(): number;
  signed(): number;
  /** True if more was asked for than there is. */
  isExhausted(): boolean;
}

function createBitReader(bytes: Uint8Array): BitReader {
  let at = 0;
  const read = (count: number): number => {
    let value = 0;
    for (let bit = 0; bit < count; bit++, at++) value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return value;
  };
  const unsigned = (): number => {
    let zeros = 0;
    while (zeros < 32 && at < bytes.length * 8 && read(1) === 0) zeros++;
    return 2 ** zeros - 1 + read(zeros);
  };
  return {
    read,
    unsigned,
    signed() {
      const code = unsigned();
      return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
    },
    isExhausted: () => at > bytes.length * 8,
  };
}

/** Bytes 3 that keep a start code from appearing inside a unit are taken out (7.4.1). */
function withoutEmulation(unit: Uint8Array): Uint8Array {
  return unit.filter((byte, at) => !(byte === 3 && at >= 2 && unit[at - 1] === 0 && unit[at - 2] === 0));
}
