// Frames of a clip as small grey pictures. Behind a port, since a decoder is a program of its own that a machine may not have.
import { spawn } from "node:child_process";

export interface FrameRequest {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly framesPerSecond: number;
  /** From the beginning on; left out, to the end. */
  readonly seconds?: number;
}

export interface FrameDecoder {
  /** @returns frames in order, a byte for each pixel, row by row; or why there are none, for people. */
  frames(location: string, request: FrameRequest): Promise<readonly Uint8Array[] | string>;
}

const decodeMsMax = 120_000;
const framesMax = 4 * 3600;

/** Decodes with ffmpeg where it is installed; its absence is found out when the first clip comes. */
export function ffmpegDecoder(command = "ffmpeg"): FrameDecoder {
  return {
    frames(location, { widthPx, heightPx, framesPerSecond, seconds }) {
      const frameBytes = widthPx * heightPx;
      const filter = `fps=${framesPerSecond},scale=${widthPx}:${heightPx}:flags=area,format=gray`;
      const span = seconds === undefined ? [] : ["-t", String(seconds)];
      // `file:` keeps a name from being read as an address or an option.
      const source = ["-v", "error", "-nostdin", "-i", `file:${location}`, "-an", ...span, "-vf", filter, "-f", "rawvideo", "-"];
      return new Promise((resolve) => {
        const child = spawn(command, source, { stdio: ["ignore", "pipe", "ignore"], timeout: decodeMsMax });
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
    },
  };
}
