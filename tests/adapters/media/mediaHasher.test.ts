import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import {
  createMediaHasher,
  createMediaProber,
  ffmpegDecoder,
  type FrameDecoder,
  type FrameRequest,
  openAssetFolder,
} from "../../../src/adapters/index.ts";
import { type Fingerprint, hammingDistance, type ImageFingerprint, pictureDistance } from "../../../src/preflight/index.ts";
import { testFolder } from "../../support/folder.ts";

const clips = "tests/fixtures/media";

async function fingerprint(folder: string, name: string, decoder?: FrameDecoder): Promise<Fingerprint> {
  const assets = openAssetFolder(folder);
  return createMediaHasher(assets, decoder === undefined ? {} : { decoder }).fingerprint(name, await createMediaProber(assets).probe(name));
}
async function picture(folder: string, name: string): Promise<ImageFingerprint> {
  const print = await fingerprint(folder, name);
  if (print.kind !== "image") throw new Error(JSON.stringify(print));
  return print.image;
}

describe("the media hasher", () => {
  test("one picture in three formats has nearly one hash", async () => {
    const [jpg, png, webp] = await Promise.all(["photo.jpg", "photo.png", "photo.webp"].map((name) => picture(clips, name)));
    expect(hammingDistance(jpg!.dHash, png!.dHash)).toBeLessThanOrEqual(10);
    expect(hammingDistance(jpg!.dHash, webp!.dHash)).toBeLessThanOrEqual(10);
  });

  test("the mirrored hash is that of the mirrored picture", async () => {
    const folder = testFolder();
    await sharp(join(clips, "photo.png")).flop().toFile(join(folder.path, "mirrored.png"));
    const [plain, mirrored] = [await picture(clips, "photo.png"), await picture(folder.path, "mirrored.png")];
    expect(hammingDistance(plain.mirrored, mirrored.dHash)).toBeLessThanOrEqual(4);
    expect(pictureDistance(mirrored, plain.dHash)).toBeLessThanOrEqual(4);
    expect(hammingDistance(plain.dHash, mirrored.dHash)).toBeGreaterThan(10);
  });

  test("the hash is the sign of the difference of neighbours on a 9 x 8 grid", async () => {
    const grey = Uint8Array.from({ length: 72 }, (_, at) => (at * 89) % 251);
    const folder = testFolder();
    await sharp(grey, { raw: { width: 9, height: 8, channels: 1 } })
      .png()
      .toFile(join(folder.path, "grid.png"));
    let bits = "";
    for (let row = 0; row < 8; row++)
      for (let column = 0; column < 8; column++) bits += grey[row * 9 + column]! < grey[row * 9 + column + 1]! ? "1" : "0";
    expect((await picture(folder.path, "grid.png")).dHash).toBe(BigInt(`0b${bits}`).toString(16).padStart(16, "0"));
  });

  test("a flat picture is known by its grey levels", async () => {
    const folder = testFolder();
    await sharp({ create: { width: 200, height: 200, channels: 3, background: "#888888" } })
      .png()
      .toFile(join(folder.path, "flat.png"));
    expect((await picture(folder.path, "flat.png")).greySd).toBeLessThan(12);
    expect((await picture(clips, "photo.png")).greySd).toBeGreaterThan(12);
  });

  test("without a decoder a clip has no fingerprint, and the reason is said", async () => {
    expect(await fingerprint(clips, "faststart.mp4", ffmpegDecoder("/nonexistent/ffmpeg"))).toEqual({
      kind: "none",
      reason: "ffmpeg is not installed, so frames cannot be compared",
    });
  });

  test("a clip is a frame a second, and its first three seconds four times as dense, whoever decodes it", async () => {
    const asked: FrameRequest[] = [];
    const ramp = Uint8Array.from({ length: 72 }, (_, at) => (at % 9) * 28);
    const decoder: FrameDecoder = {
      frames: (_, request) => {
        asked.push(request);
        return Promise.resolve(Array.from({ length: (request.seconds ?? 4) * request.framesPerSecond }, () => ramp));
      },
    };
    const print = await fingerprint(clips, "faststart.mp4", decoder);
    expect(asked).toEqual([
      { widthPx: 9, heightPx: 8, framesPerSecond: 1 },
      { widthPx: 9, heightPx: 8, framesPerSecond: 4, seconds: 3 },
    ]);
    if (print.kind !== "video") throw new Error(JSON.stringify(print));
    expect([print.video.frames.length, print.video.hookFrames.length]).toEqual([4, 12]);
    // Every pixel is lighter than the one before it: all bits are set, and none in the mirror.
    expect(print.video.frames[0]).toMatchObject({ dHash: "ffffffffffffffff", mirrored: "0000000000000000" });
  });

  test("what the decoder says against a clip is said on", async () => {
    const decoder: FrameDecoder = { frames: () => Promise.resolve("the clip cannot be decoded") };
    expect(await fingerprint(clips, "clip.webm", decoder)).toEqual({ kind: "none", reason: "the clip cannot be decoded" });
  });
});
