import { describe, expect, test } from "vitest";
import { type Brief, guardVerdicts, type Surface, surfaceNames } from "../../src/domain/index.ts";
import {
  formatGuard,
  type MediaFacts,
  type MediaLibrary,
  type PreflightInput,
  runGuard,
  type VideoFacts,
} from "../../src/preflight/index.ts";
import { limitsOf } from "../../src/preflight/format/limits.ts";
import { contextOf } from "../../src/preflight/ports.ts";
import { briefOf, inputOf } from "./inputs.ts";

const sha256 = "a".repeat(64);
const library = (facts: Record<string, MediaFacts>): MediaLibrary => ({
  versions: { prober: "test" },
  facts: (path) => facts[path],
  fingerprint: () => undefined,
});
function judged(brief: Brief, facts: Record<string, MediaFacts> = {}, more: Partial<PreflightInput> = {}): string[] {
  return runGuard(formatGuard, inputOf(brief, more), contextOf({ media: library(facts) }))
    .issues.filter(({ variantId }) => variantId !== "test")
    .map(({ ruleId, verdict }) => `${ruleId} ${verdict}`);
}

const video: VideoFacts = {
  kind: "video",
  bytes: 20_000_000,
  sha256,
  mime: "video/mp4",
  container: "mp4",
  durationSeconds: 20,
  widthPx: 1080,
  heightPx: 1920,
  codedWidthPx: 1080,
  codedHeightPx: 1920,
  rotationDegrees: 0,
  fps: 30,
  videoCodec: "h264",
  scan: "progressive",
  chroma: "4:2:0",
  closedGop: true,
  videoBitrate: 8_000_000,
  audio: { codec: "aac", codecString: "mp4a.40.2", sampleRateHz: 44_100, channels: 2, bitrate: 120_000 },
  moovFirst: true,
  editList: false,
};
const image: MediaFacts = { kind: "image", bytes: 500_000, sha256, mime: "image/jpeg", widthPx: 1080, heightPx: 1350 };
const upload = (surface: Surface, path = "a.mp4") => briefOf(surface, { renditions: [{ path, sha256 }] });
const withVideo = (surface: Surface, change: Partial<VideoFacts>) => judged(upload(surface), { "a.mp4": { ...video, ...change } });
const hashtags = (count: number) => Array.from({ length: count }, (_, at) => `tag${at}`);

describe("FormatGuard on texts", () => {
  test.each<[Surface, string, string]>([
    ["instagram.feed", "a".repeat(2300), "format.instagram.feed.caption.maxChars block"],
    ["tiktok.video", "👨‍👩‍👧‍👦".repeat(201), "format.tiktok.video.caption.maxUtf16 block"],
    ["x.post", "咖".repeat(141), "format.x.post.text.maxWeighted block"],
    ["threads.post", "👨‍👩‍👧‍👦".repeat(21), "format.threads.post.text.maxChars block"],
    ["linkedin.post", "#".repeat(1501), "format.linkedin.post.text.maxChars block"],
    ["youtube.shorts", "ü".repeat(2501), "format.youtube.shorts.description.maxBytes block"],
    ["facebook.feed", "a".repeat(63_300), "format.facebook.feed.text.maxChars block"],
  ])("%s refuses what is too long as it counts", (surface, hook, expected) => {
    expect(judged(briefOf(surface, { hook }))).toContain(expected);
  });

  test.each<[Surface, string]>([
    ["instagram.feed", "a".repeat(2200)],
    ["tiktok.video", "👨‍👩‍👧‍👦".repeat(200)],
    ["x.post", `${"a".repeat(256)} https://example.com/${"long/".repeat(40)}x`],
    ["threads.post", "👨‍👩‍👧‍👦".repeat(20)],
    ["youtube.shorts", "ü".repeat(2500)],
  ])("%s takes the longest text there is", (surface, hook) => {
    expect(judged(briefOf(surface, { hook }))).toEqual([]);
  });

  test("one source that is not the platform warns: YouTube's title", () => {
    expect(judged(briefOf("youtube.shorts", { title: "t".repeat(101) }))).toEqual(["format.youtube.shorts.title.maxChars warn"]);
  });

  test("where sources disagree the looser number blocks and the stricter one warns: Instagram's hashtags", () => {
    const found = (count: number) => judged(briefOf("instagram.feed", { hashtags: hashtags(count) }));
    expect(found(5)).toEqual([]);
    expect(found(6)).toEqual(["format.instagram.feed.caption.warnHashtags warn"]);
    expect(found(31)).toEqual(["format.instagram.feed.caption.maxHashtags block", "format.instagram.feed.caption.warnHashtags warn"]);
    expect(
      judged(
        briefOf("instagram.feed", {
          hook: hashtags(31)
            .map((tag) => `#${tag}`)
            .join(" "),
        }),
      ),
    ).toContain("format.instagram.feed.caption.maxHashtags block");
  });

  test("a caption nobody will see warns: Instagram stories", () => {
    expect(judged(briefOf("instagram.stories", {}))).toEqual(["format.instagram.stories.caption.supported warn"]);
  });
});

describe("FormatGuard on files", () => {
  test("takes a good reel, and says what its file does not tell", () => {
    expect(withVideo("instagram.reels", {})).toEqual([]);
    for (const untold of [{ scan: null }, { chroma: null }, { closedGop: null }])
      expect(withVideo("instagram.reels", untold)).toEqual(["format.instagram.reels.video.scan unverified"]);
    expect(withVideo("instagram.reels", { scan: "interlaced", closedGop: null })).toEqual([
      "format.instagram.reels.video.scan block",
      "format.instagram.reels.video.scan unverified",
    ]);
  });

  test.each<[string, Surface, Partial<VideoFacts>, string]>([
    ["another container", "instagram.reels", { container: "webm" }, "video.container block"],
    ["another codec", "instagram.reels", { videoCodec: "vp9" }, "video.videoCodecs block"],
    ["a codec nobody knows", "instagram.reels", { videoCodec: null }, "video.videoCodecs unverified"],
    ["the index behind the data", "instagram.reels", { moovFirst: false }, "video.moovAtomFirst block"],
    ["an edit list, by a second-hand source", "instagram.reels", { editList: true }, "video.noEditLists warn"],
    ["fields instead of frames", "instagram.reels", { scan: "interlaced" }, "video.scan block"],
    ["colours in full", "instagram.reels", { chroma: "4:4:4" }, "video.scan block"],
    ["open groups of pictures", "instagram.reels", { closedGop: false }, "video.scan block"],
    ["too few frames", "instagram.reels", { fps: 12 }, "video.fpsMin block"],
    ["too many frames", "instagram.reels", { fps: 120 }, "video.fpsMax block"],
    ["too wide", "instagram.reels", { widthPx: 2160, heightPx: 3840 }, "video.maxColumns block"],
    ["too short", "instagram.reels", { durationSeconds: 2 }, "video.durationMin block"],
    ["too long", "instagram.reels", { durationSeconds: 901 }, "video.durationMax block"],
    ["above the stricter of two sizes", "instagram.reels", { bytes: 400_000_000 }, "video.maxBytes warn"],
    ["above the looser of two sizes", "instagram.reels", { bytes: 1_200_000_000 }, "video.maxBytes block"],
    ["too many bits", "instagram.reels", { videoBitrate: 26_000_000 }, "video.maxVideoBitrate block"],
    ["sound of another codec", "instagram.reels", { audio: { ...video.audio!, codec: "opus" } }, "video.audioCodec block"],
    ["sound at a high rate", "instagram.reels", { audio: { ...video.audio!, sampleRateHz: 96_000 } }, "video.audioMaxHz block"],
    ["lying down", "facebook.reels", { widthPx: 1920, heightPx: 1080 }, "video.aspect block"],
    ["lying down, by peers' code", "youtube.shorts", { widthPx: 1920, heightPx: 1080 }, "video.aspect warn"],
    ["too small a side", "tiktok.video", { widthPx: 300, heightPx: 600 }, "video.sideMin block"],
    ["too long by peers' code and memory", "youtube.shorts", { durationSeconds: 200 }, "video.durationMax warn"],
    ["too long by two that agree", "instagram.stories", { durationSeconds: 61 }, "video.durationMax block"],
    [
      "AAC of another profile",
      "x.post",
      { widthPx: 720, heightPx: 1024, audio: { ...video.audio!, codecString: "mp4a.40.5" } },
      "video.audioCodec block",
    ],
    ["above the stricter of two durations", "linkedin.post", { durationSeconds: 700 }, "video.durationMax warn"],
    ["above the looser of two durations", "linkedin.post", { durationSeconds: 1801 }, "video.durationMax block"],
    ["too few bytes", "linkedin.post", { bytes: 1000 }, "video.minBytes block"],
  ])("a video with %s on %s", (_what, surface, change, expected) => {
    expect(withVideo(surface, change)).toContain(`format.${surface}.${expected}`);
  });

  test("a silent video is not held against sound", () => {
    expect(withVideo("instagram.reels", { audio: null })).toEqual([]);
  });

  test.each<[string, Surface, Partial<MediaFacts>, string]>([
    ["another format", "instagram.feed", { mime: "image/png" }, "image.mime block"],
    ["too many bytes", "instagram.feed", { bytes: 9_000_000 }, "image.maxBytes block"],
    ["too tall", "instagram.feed", { heightPx: 2000 }, "image.aspectMin block"],
    ["too narrow a picture", "instagram.feed", { widthPx: 300, heightPx: 300 }, "image.widthMin block"],
    ["more bytes than the stricter of two", "facebook.feed", { bytes: 5_000_000 }, "image.maxBytes warn"],
    ["more bytes than the looser of two", "facebook.feed", { bytes: 11_000_000 }, "image.maxBytes block"],
    ["too many pixels", "linkedin.post", { widthPx: 7000, heightPx: 6000 }, "image.maxPixels block"],
  ])("a picture with %s on %s", (_what, surface, change, expected) => {
    const facts = { ...image, ...change } as MediaFacts;
    expect(judged(upload(surface, "a.jpg"), { "a.jpg": facts })).toContain(`format.${surface}.${expected}`);
  });

  test("a carousel has limits of its own", () => {
    const carousel = (count: number) => {
      const renditions = Array.from({ length: count }, (_, at) => ({ path: `${at}.jpg`, sha256 }));
      return judged(briefOf("instagram.feed", { renditions }), Object.fromEntries(renditions.map(({ path }) => [path, image])));
    };
    expect(carousel(10)).toEqual([]);
    expect(carousel(11)).toEqual(["format.instagram.feed.carousel.maxItems warn"]);
  });

  test("a picture is no reel", () => {
    expect(judged(upload("instagram.reels", "a.jpg"), { "a.jpg": image })).toContain("format.instagram.reels.media.kind block");
  });

  test("what nobody opened is unverified; what is broken, missing or outside blocks; what is unknown is looked at", () => {
    expect(judged(upload("instagram.reels"))).toEqual(["format.media.unread unverified"]);
    for (const reason of ["corrupt", "truncated", "missing", "outside"] as const)
      expect(judged(upload("instagram.reels"), { "a.mp4": { kind: "unreadable", reason, message: "m" } })).toEqual([
        "format.media.unreadable block",
      ]);
    for (const reason of ["unknownFormat", "tooLarge"] as const)
      expect(judged(upload("instagram.reels"), { "a.mp4": { kind: "unreadable", reason, message: "m" } })).toEqual([
        "format.media.unreadable unverified",
      ]);
  });

  test("other bytes than the approved ones block", () => {
    expect(withVideo("instagram.reels", { sha256: "b".repeat(64) })).toContain("format.media.hash block");
  });

  test("a declared duration counts until the file is read, and is compared then", () => {
    const declared = (durationMs: number) => briefOf("instagram.reels", { renditions: [{ path: "a.mp4", sha256, durationMs }] });
    expect(judged(declared(1000))).toEqual(["format.media.unread unverified", "format.instagram.reels.video.durationMin block"]);
    expect(judged(declared(60_000), { "a.mp4": video })).toContain("format.media.duration warn");
  });

  const official = surfaceNames.flatMap((surface) =>
    limitsOf(surface)
      .filter(({ confidence, key, group }) => confidence === "official" && key === "durationMax" && group === "video")
      .map(({ ruleId, value }) => [surface, ruleId, Number(value)] as const),
  );

  test.each(official)("law: an official limit broken blocks: %s", (surface, ruleId, seconds) => {
    expect(withVideo(surface, { durationSeconds: seconds + 1 })).toContain(`${ruleId} block`);
  });

  test("law: a longer clip never gets a milder verdict", () => {
    const worst = (surface: Surface, durationSeconds: number) =>
      Math.max(...withVideo(surface, { durationSeconds }).map((found) => guardVerdicts.indexOf(found.split(" ")[1] as "pass")), 0);
    for (const surface of ["tiktok.video", "youtube.shorts", "linkedin.post", "x.post"] as const) {
      const verdicts = [5, 60, 130, 141, 181, 601, 1801, 50_000].map((seconds) => worst(surface, seconds));
      expect(verdicts).toEqual(verdicts.toSorted((a, b) => a - b));
    }
  });
});

describe("the age of the catalogue", () => {
  test("grows old: after 120 days it warns", () => {
    const brief = briefOf("instagram.feed", {});
    expect(judged(brief, {}, { nowMs: Date.UTC(2027, 2, 22) })).toEqual([]);
    expect(judged(brief, {}, { nowMs: Date.UTC(2027, 2, 23) })).toEqual(["format.catalogue.age warn"]);
  });
});
