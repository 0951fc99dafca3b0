// How alike two pictures are: Hamming distance of their 64-bit difference hashes, mirrored ones too (preflight note 2.4; thresholds after
// imagededup's 10 of 64 and vPDQ's 80 % of frames).
import type { ImageFingerprint, VideoFingerprint } from "../mediaLibrary.ts";

export const duplicateDistanceMax = 4;
export const nearDistanceMax = 10;
/** A spread of grey levels below this makes a hash of noise: such pictures are not compared. */
export const flatGreySd = 12;
/** Share of frames that have to match. */
export const nearFrameShare = 0.8;

/** Of 64; both hashes are 16 hex digits. */
export function hammingDistance(one: string, other: string): number {
  let distance = 0;
  for (let at = 0; at < 16; at += 8)
    distance += bitCount(Number.parseInt(one.slice(at, at + 8), 16) ^ Number.parseInt(other.slice(at, at + 8), 16));
  return distance;
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The smaller of the distances as it is and mirrored. */
export function pictureDistance(one: Pick<ImageFingerprint, "dHash" | "mirrored">, otherDHash: string): number {
  return Math.min(hammingDistance(one.dHash, otherDHash), hammingDistance(one.mirrored, otherDHash));
}

export function isFlat({ greySd }: ImageFingerprint): boolean {
  return greySd < flatGreySd;
}

/**
 * Share of the frames of the shorter clip that the other clip has somewhere, flat frames left out.
 * @returns null where either clip has only flat frames.
 */
export function sharedFrames(one: readonly ImageFingerprint[], other: readonly ImageFingerprint[]): number | null {
  const a = one.filter((frame) => !isFlat(frame));
  const b = other.filter((frame) => !isFlat(frame));
  if (a.length === 0 || b.length === 0) return null;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const shared = short.filter((frame) => long.some(({ dHash }) => pictureDistance(frame, dHash) <= nearDistanceMax));
  return shared.length / short.length;
}

/** The frames after the hook. */
export function restFrames({ frames }: VideoFingerprint): readonly ImageFingerprint[] {
  return frames.slice(3);
}
