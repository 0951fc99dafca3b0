import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createMediaProber, openAssetFolder, pinAssets } from "../../../src/adapters/index.ts";
import { formatGuard, gatherMedia, type MediaFacts, runGuard } from "../../../src/preflight/index.ts";
import { contextOf } from "../../../src/preflight/ports.ts";
import { briefOf, inputOf } from "../../preflight/inputs.ts";
import { testFolder } from "../../support/folder.ts";
import { refusalOf } from "../../support/refusal.ts";

const clips = "tests/fixtures/media";
const bytesOf = (name: string): Buffer => readFileSync(join(clips, name));
const probe = (folder: string, name: string): Promise<MediaFacts> => createMediaProber(openAssetFolder(folder)).probe(name);

/** The facts of a changed copy of a clip. */
function probeChanged(name: string, change: (bytes: Buffer) => Buffer): Promise<MediaFacts> {
  const folder = testFolder();
  folder.file(name, change(Buffer.from(bytesOf(name))));
  return probe(folder.path, name);
}

describe("the media prober", () => {
  test.each([
    [
      "faststart.mp4",
      {
        container: "mp4",
        mime: "video/mp4",
        widthPx: 540,
        heightPx: 960,
        fps: 24,
        videoCodec: "h264",
        scan: "progressive",
        chroma: "4:2:0",
        closedGop: true,
        moovFirst: true,
        editList: false,
        rotationDegrees: 0,
      },
    ],
    ["index-last.mp4", { container: "mp4", moovFirst: false }],
    ["edit-list.mp4", { container: "mp4", moovFirst: true, editList: true }],
    ["rotated.mp4", { widthPx: 960, heightPx: 540, codedWidthPx: 540, codedHeightPx: 960, rotationDegrees: 270 }],
    ["silent-12fps.mp4", { fps: 12, audio: null }],
    ["clip.mov", { container: "mov", mime: "video/quicktime", videoCodec: "h264", moovFirst: true }],
    [
      "clip.webm",
      {
        container: "webm",
        mime: "video/webm",
        videoCodec: "vp9",
        scan: "progressive",
        chroma: "4:2:0",
        closedGop: true,
        fps: 24,
        moovFirst: null,
        editList: null,
      },
    ],
  ])("reads %s", async (name, expected) => {
    const facts = await probe(clips, name);
    expect(facts).toMatchObject({ kind: "video", ...expected, bytes: bytesOf(name).length });
    expect((facts as { durationSeconds: number }).durationSeconds).toBeCloseTo(4.1, 0);
  });

  test("reads sound", async () => {
    expect(await probe(clips, "faststart.mp4")).toMatchObject({
      audio: { codec: "aac", codecString: "mp4a.40.2", sampleRateHz: 16_000, channels: 1 },
    });
    expect(await probe(clips, "clip.webm")).toMatchObject({ audio: { codec: "opus", sampleRateHz: 48_000 } });
  });

  test.each([
    ["photo.jpg", { mime: "image/jpeg", widthPx: 400, heightPx: 500 }],
    ["photo.png", { mime: "image/png", widthPx: 400, heightPx: 500 }],
    ["photo.webp", { mime: "image/webp", widthPx: 400, heightPx: 500 }],
    ["photo-turned.jpg", { mime: "image/jpeg", widthPx: 375, heightPx: 300 }],
  ])("reads %s as it is shown", async (name, expected) => {
    expect(await probe(clips, name)).toMatchObject({ kind: "image", ...expected });
  });

  test.each(["faststart.mp4", "index-last.mp4", "rotated.mp4", "clip.mov", "clip.webm", "photo.jpg", "photo.png", "photo.webp"])(
    "%s cut anywhere is never taken for whole",
    async (name) => {
      const { length } = bytesOf(name);
      for (const share of [0.02, 0.3, 0.6, 0.9, 0.99]) {
        const facts = await probeChanged(name, (bytes) => bytes.subarray(0, Math.floor(length * share)));
        expect(facts).toMatchObject({ kind: "unreadable" });
        expect(["corrupt", "truncated", "unknownFormat"]).toContain((facts as { reason: string }).reason);
      }
    },
  );

  test.each(["faststart.mp4", "clip.mov", "clip.webm", "photo.jpg", "photo.png", "photo.webp"])(
    "%s with a broken head is unreadable",
    async (name) => {
      expect(await probeChanged(name, (bytes) => bytes.fill(0x00, 4, 64))).toMatchObject({ kind: "unreadable" });
    },
  );

  test("an index full of noise is a fact, not an exception", async () => {
    const facts = await probeChanged("faststart.mp4", (bytes) => bytes.fill(0xa5, bytes.indexOf("moov") + 4, bytes.indexOf("mdat") - 8));
    expect(facts).toMatchObject({ kind: "unreadable" });
  });

  test.each([
    ["an empty file", Buffer.alloc(0), "corrupt"],
    ["a text called mp4", Buffer.from("Dear reader, this is no film."), "unknownFormat"],
    ["noise", Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 7919) % 251)), "unknownFormat"],
  ])("%s is told from a film", async (_what, bytes, reason) => {
    const folder = testFolder();
    folder.file("a.mp4", bytes);
    expect(await probe(folder.path, "a.mp4")).toMatchObject({ kind: "unreadable", reason });
  });
});

describe("the asset folder", () => {
  function assets() {
    const folder = testFolder();
    mkdirSync(join(folder.path, "library/inner"), { recursive: true });
    writeFileSync(join(folder.path, "secret.txt"), "not for you");
    copyFileSync(join(clips, "photo.jpg"), join(folder.path, "library/inner/photo.jpg"));
    return { root: join(folder.path, "library"), secret: join(folder.path, "secret.txt") };
  }

  test.each(["../secret.txt", "inner/../../secret.txt", "/etc/passwd", "C:\\secret.txt", "..\\secret.txt", "inner/\0photo.jpg"])(
    "%j is refused, with its path and a fix",
    (path) => {
      expect(refusalOf(() => openAssetFolder(assets().root).find(path))).toMatchObject({ code: "asset-outside", path });
    },
  );

  test("a link that leads out is refused, one that stays inside is not", () => {
    const { root, secret } = assets();
    symlinkSync(secret, join(root, "out.txt"));
    symlinkSync(join(root, "inner"), join(root, "in"));
    expect(refusalOf(() => openAssetFolder(root).find("out.txt"))).toMatchObject({ code: "asset-outside" });
    expect(openAssetFolder(root).find("in/photo.jpg").bytes).toBe(bytesOf("photo.jpg").length);
  });

  test("a missing file and a folder are no files", () => {
    const { root } = assets();
    expect(refusalOf(() => openAssetFolder(root).find("nothing.jpg"))).toMatchObject({ code: "asset-missing", path: "nothing.jpg" });
    expect(refusalOf(() => openAssetFolder(root).find("inner"))).toMatchObject({ code: "asset-not-a-file" });
    expect(refusalOf(() => openAssetFolder(join(root, "nowhere")))).toMatchObject({ code: "assets-unreadable" });
  });

  test("pins the bytes that the brief leaves open, and keeps those it states", async () => {
    const { root } = assets();
    const stated = "c".repeat(64);
    const brief = briefOf("instagram.feed", { renditions: [{ path: "inner/photo.jpg" }, { path: "inner/photo.jpg", sha256: stated }] });
    const folder = openAssetFolder(root);
    const pinned = await pinAssets(brief, folder);
    expect(pinned.control.content.media.renditions.map(({ sha256 }) => sha256)).toEqual([await folder.sha256("inner/photo.jpg"), stated]);
    expect(brief.control.content.media.renditions[0]!.sha256).toBeUndefined();
  });
});

describe("FormatGuard on real files", () => {
  async function judged(
    surface: "instagram.reels" | "tiktok.video" | "facebook.reels" | "instagram.feed",
    name: string,
  ): Promise<string[]> {
    const folder = openAssetFolder(clips);
    const brief = await pinAssets(briefOf(surface, { renditions: [{ path: name }] }), folder);
    const input = inputOf(brief);
    const media = await gatherMedia(input, { prober: createMediaProber(folder) });
    return runGuard(formatGuard, input, contextOf({ media }))
      .issues.filter(({ variantId }) => variantId === "control")
      .map(({ ruleId, verdict }) => `${ruleId.split(".").slice(-1)[0]} ${verdict}`);
  }

  test.each([
    ["faststart.mp4", []],
    ["clip.mov", []],
    ["index-last.mp4", ["moovAtomFirst block"]],
    ["edit-list.mp4", ["noEditLists warn"]],
    ["rotated.mp4", ["aspectRecommended warn"]],
    ["silent-12fps.mp4", ["fpsMin block"]],
    ["clip.webm", ["container block", "videoCodecs block", "audioCodec block"]],
    ["photo.jpg", ["kind block"]],
  ])("%s as a reel", async (name, expected) => {
    expect(await judged("instagram.reels", name)).toEqual(expected);
  });

  test("other surfaces take what the reel does not", async () => {
    expect(await judged("tiktok.video", "clip.webm")).toEqual([]);
    expect(await judged("facebook.reels", "faststart.mp4")).toEqual([]);
    expect(await judged("facebook.reels", "rotated.mp4")).toEqual(["aspect block", "heightMin block"]);
    expect(await judged("instagram.feed", "photo.jpg")).toEqual([]);
    expect(await judged("instagram.feed", "photo.png")).toEqual(["mime block"]);
  });
});
