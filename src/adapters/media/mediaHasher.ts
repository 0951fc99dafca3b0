// Reads what a media file looks like: 64-bit difference hashes of pictures by sharp, of frames by ffmpeg. Both are optional; where one is missing
// the fingerprint is "none" with its reason, and the guard says `unverified`.
import type Sharp from "sharp";
import type { Fingerprint, ImageFingerprint, MediaFacts, MediaHasher } from "../../preflight/index.ts";
import type { AssetFolder } from "./assetFolder.ts";
import { type FrameDecoder, ffmpegDecoder } from "./frameDecoder.ts";

export interface HasherOptions {
  /** Left out, ffmpeg where it is installed. */
  readonly decoder?: FrameDecoder;
}

const columns = 9;
const rows = 8;

export function createMediaHasher(folder: AssetFolder, { decoder = ffmpegDecoder() }: HasherOptions = {}): MediaHasher {
  return {
    version: "dhash-9x8.1",
    fingerprint: (path, facts) => {
      const { location } = folder.find(path);
      return fingerprint(location, facts, decoder);
    },
  };
}

async function fingerprint(location: string, facts: MediaFacts, decoder: FrameDecoder): Promise<Fingerprint> {
  switch (facts.kind) {
    case "image":
      return picture(location);
    case "video":
      return clip(location, decoder);
    case "audio":
      return none("sound is not compared by its looks");
    default:
      return none("the file cannot be read");
  }
}

function none(reason: string): Fingerprint {
  return { kind: "none", reason };
}

let sharpLoaded: Promise<typeof Sharp | null> | undefined;

/** Optional: a machine without it loses picture comparison and nothing else. */
function loadSharp(): Promise<typeof Sharp | null> {
  return (sharpLoaded ??= import("sharp").then(
    (module) => module.default,
    () => null,
  ));
}

async function picture(location: string): Promise<Fingerprint> {
  const sharp = await loadSharp();
  if (sharp === null) return none("sharp is not installed, so pictures cannot be compared");
  try {
    // Orientation first, so that a turned file and an upright copy are the same picture; transparency on white, as a feed shows it.
    const grey = sharp(location, { failOn: "error" }).rotate().flatten({ background: "white" }).greyscale();
    const pixels = await grey.resize(columns, rows, { fit: "fill" }).raw().toBuffer();
    return { kind: "image", image: fingerprintOf(pixels) };
  } catch (error) {
    return none(`the picture cannot be decoded (${(error as Error).message.split("\n")[0]})`);
  }
}

/** Bit = left is darker than right, row by row; the mirrored hash is that of the picture seen in a mirror. */
export function fingerprintOf(grey: Uint8Array): ImageFingerprint {
  let dHash = "";
  let mirrored = "";
  for (let row = 0; row < rows; row++) {
    let byte = 0;
    let mirroredByte = 0;
    for (let column = 0; column < columns - 1; column++) {
      const left = grey[row * columns + column]!;
      const right = grey[row * columns + column + 1]!;
      byte = (byte << 1) | (left < right ? 1 : 0);
      // Seen in a mirror the order is reversed, and each pair is too.
      if (right < left) mirroredByte |= 1 << column;
    }
    dHash += byte.toString(16).padStart(2, "0");
    mirrored += mirroredByte.toString(16).padStart(2, "0");
  }
  return { dHash, mirrored, greySd: spread(grey) };
}

function spread(grey: Uint8Array): number {
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  const variance = grey.reduce((sum, value) => sum + (value - mean) ** 2, 0) / grey.length;
  return Number(Math.sqrt(variance).toFixed(2));
}

async function clip(location: string, decoder: FrameDecoder): Promise<Fingerprint> {
  const size = { widthPx: columns, heightPx: rows };
  const frames = await decoder.frames(location, { ...size, framesPerSecond: 1 });
  if (typeof frames === "string") return none(frames);
  const hook = await decoder.frames(location, { ...size, framesPerSecond: 4, seconds: 3 });
  if (typeof hook === "string") return none(hook);
  return { kind: "video", video: { frames: frames.map(fingerprintOf), hookFrames: hook.map(fingerprintOf) } };
}
