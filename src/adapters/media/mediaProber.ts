// Reads what a media file is: image-size for pictures, clips.ts for the rest, loaded when the first clip comes (a tenth of a second). A bad file is a
// fact and never an exception.
import { closeSync, openSync, readSync } from "node:fs";
import { isDomainError } from "../../domain/index.ts";
import type { MediaFacts, MediaProber } from "../../preflight/index.ts";
import type { AssetFolder } from "./assetFolder.ts";
import { pictureFormat, readPicture } from "./pictures.ts";
import { corrupt, truncated } from "./unreadable.ts";

/** A prober of the files of a folder. */
export function createMediaProber(folder: AssetFolder): MediaProber {
  return { version: "mediabunny-1.61.0+image-size-2.1.0+boxes-1+headers-1", probe: (path) => probe(folder, path) };
}

async function probe(folder: AssetFolder, path: string): Promise<MediaFacts> {
  let file: { location: string; bytes: number };
  try {
    file = folder.find(path);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { kind: "unreadable", reason: error.code === "asset-outside" ? "outside" : "missing", message: error.message };
  }
  if (file.bytes === 0) return corrupt("the file is empty");
  const head = headOf(file.location);
  const base = { bytes: file.bytes, sha256: await folder.sha256(path) };
  const format = pictureFormat(head);
  if (format !== null) {
    const picture = readPicture(file.location, file.bytes, format);
    if (picture.kind === "corrupt") return corrupt(picture.message);
    if (picture.truncated) return truncated("the picture ends before its end");
    return { kind: "image", ...base, mime: picture.mime, widthPx: picture.widthPx, heightPx: picture.heightPx };
  }
  const { probeClip } = await import("./clips.ts");
  return probeClip(file, head, base);
}

function headOf(location: string): Buffer {
  const file = openSync(location, "r");
  try {
    const head = Buffer.alloc(64);
    return head.subarray(0, readSync(file, head, 0, head.length, 0));
  } finally {
    closeSync(file);
  }
}
