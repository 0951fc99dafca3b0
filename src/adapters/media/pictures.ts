// What a picture file is by its header: format and size by image-size, and whether the file ends where its format ends, since a header alone
// makes a cut file look whole.
import { closeSync, openSync, readSync } from "node:fs";
import { imageSize } from "image-size";

export type PictureFormat = "jpeg" | "png" | "webp" | "gif";

export type PictureHeader =
  | { readonly kind: "picture"; readonly mime: string; readonly widthPx: number; readonly heightPx: number; readonly truncated: boolean }
  | { readonly kind: "corrupt"; readonly message: string };

/** The format by the first bytes; null for anything else. */
export function pictureFormat(head: Uint8Array): PictureFormat | null {
  const latin = Buffer.from(head.subarray(0, 12)).toString("latin1");
  if (latin.startsWith("\u00FF\u00D8\u00FF")) return "jpeg";
  if (latin.startsWith("\u0089PNG\r\n\u001A\n")) return "png";
  if (latin.startsWith("RIFF") && latin.slice(8, 12) === "WEBP") return "webp";
  if (latin.startsWith("GIF8")) return "gif";
  return null;
}

/** JPEG headers hide behind thumbnails and profiles: this much is read, or the whole file where it is shorter. */
const headBytes = 1024 * 1024;
const tailBytes = 4096;
const turned = new Set([5, 6, 7, 8]);

export function readPicture(location: string, bytes: number, format: PictureFormat): PictureHeader {
  const file = openSync(location, "r");
  try {
    const head = Buffer.alloc(Math.min(bytes, headBytes));
    readSync(file, head, 0, head.length, 0);
    const tail = Buffer.alloc(Math.min(bytes, tailBytes));
    readSync(file, tail, 0, tail.length, bytes - tail.length);
    const { width, height, orientation } = imageSize(head);
    const isTurned = orientation !== undefined && turned.has(orientation);
    return {
      kind: "picture",
      mime: `image/${format}`,
      widthPx: isTurned ? height : width,
      heightPx: isTurned ? width : height,
      truncated: !endsWhole(format, head, tail, bytes),
    };
  } catch (error) {
    return { kind: "corrupt", message: `its header cannot be read (${(error as Error).message})` };
  } finally {
    closeSync(file);
  }
}

function endsWhole(format: PictureFormat, head: Buffer, tail: Buffer, bytes: number): boolean {
  switch (format) {
    case "jpeg":
      return tail.includes(Buffer.from([0xff, 0xd9]));
    case "png":
      return tail.includes("IEND");
    case "webp":
      return head.readUInt32LE(4) + 8 <= bytes;
    default:
      return tail.includes(0x3b, tail.length - 64);
  }
}
