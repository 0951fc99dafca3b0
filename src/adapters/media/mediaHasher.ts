// Reads what a media file looks like: 64-bit difference hashes of pictures by sharp, of frames by ffmpeg. Both are optional; where one is missing
// the fingerprint is "none" with its reason, and the guard says `unverified`.
import { spawn } from "node:child_process";
import type Sharp from "sharp";
import type { Fingerprint, ImageFingerprint, MediaFacts, MediaHasher } from "../../preflight/index.ts";
import type { AssetFolder } from "./assetFolder.ts";

export interface HasherOptions {
  /** The ffmpeg command; its absence is found out when the first clip comes. */
  readonly ffmpeg?: string;
}

const columns = 9;
const rows = 8;
const frameBytes = columns * rows;

export function createMediaHasher(folder: AssetFolder, { ffmpeg = "ffmpeg" }: HasherOptions = {}): MediaHasher {
  return {
    version: "dhash-9x8.1",
    fingerprint: (path, facts) => {
      const { location } = folder.find(path);
      return fingerprint(location, facts, ffmpeg);
    },
  };
}

async function fingerprint(location: string, facts: MediaFacts, ffmpeg: string): Promise<Fingerprint> {
  switch (facts.kind) {
    case "image":
      return picture(location);
    case "video":
      return clip(location, ffmpeg);
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

async function clip(location: string, ffmpeg: string): Promise<Fingerprint> {
  const frames = await greyFrames(ffmpeg, location, ["-vf", `fps=1,scale=${columns}:${rows}:flags=area,format=gray`]);
  if (typeof frames === "string") return none(frames);
  const hook = await greyFrames(ffmpeg, location, ["-t", "3", "-vf", `fps=4,scale=${columns}:${rows}:flags=area,format=gray`]);
  if (typeof hook === "string") return none(hook);
  return { kind: "video", video: { frames: frames.map(fingerprintOf), hookFrames: hook.map(fingerprintOf) } };
}

const decodeMsMax = 120_000;
const framesMax = 4 * 3600;

/** @returns the frames, or why there are none. */
function greyFrames(ffmpeg: string, location: string, options: readonly string[]): Promise<Uint8Array[] | string> {
  return new Promise((resolve) => {
    // `file:` keeps a name from being read as an address or an option.
    const child = spawn(ffmpeg, ["-v", "error", "-nostdin", "-i", `file:${location}`, "-an", ...options, "-f", "rawvideo", "-"], {
      stdio: ["ignore", "pipe", "ignore"],
      timeout: decodeMsMax,
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= framesMax * frameBytes) chunks.push(chunk);
    });
    child.on("error", () => resolve("ffmpeg is not installed, so frames cannot be compared"));
    child.on("close", (code) => {
      const all = Buffer.concat(chunks);
      const count = Math.floor(all.length / frameBytes);
      if (code !== 0 || count === 0) resolve("the clip cannot be decoded");
      else resolve(Array.from({ length: count }, (_, at) => all.subarray(at * frameBytes, (at + 1) * frameBytes)));
    });
  });
}
