import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Variant } from "../../src/domain/index.ts";
import {
  type Fingerprint,
  hammingDistance,
  type ImageFingerprint,
  type MediaLibrary,
  pictureDistance,
  type PreflightInput,
  runGuard,
  sharedFrames,
  textSimilarity,
  uniquenessGuard,
} from "../../src/preflight/index.ts";
import { contextOf } from "../../src/preflight/ports.ts";
import { assertProperty } from "../support/property.ts";
import { briefOf, inputOf, nowMs, withCaption } from "./inputs.ts";

const dayMs = 86_400_000;
const body = "We roast on Mondays, rest the beans for four days, and pull at 93 degrees. Come by before nine.";
const brief = briefOf("instagram.feed", { body });

function judged(input: PreflightInput, fingerprints: Record<string, Fingerprint> = {}): string[] {
  const media: MediaLibrary = { versions: { hasher: "test" }, facts: () => undefined, fingerprint: (path) => fingerprints[path] };
  return runGuard(uniquenessGuard, input, contextOf({ media })).issues.map(
    ({ ruleId, verdict, variantId }) => `${ruleId} ${verdict} ${variantId ?? ""}`,
  );
}
const recently = (caption: string, more: object = {}) => [{ postId: "old", caption, publishedMs: nowMs - dayMs, ...more }];

describe("text similarity", () => {
  test("is blind to case, tags, mentions, addresses, emoji, punctuation and invisible or look-alike letters", () => {
    expect(textSimilarity(body, `${body.toUpperCase()} #a #b @c https://x.y/z ☕`)).toBe(1);
    expect(textSimilarity(body, body.replaceAll("o", "\u043E").replaceAll(" ", "\u00A0"))).toBe(1);
    expect(textSimilarity(body, body.split("").join("\u200B"))).toBe(1);
  });

  test("is the exact Jaccard index of 5-character shingles", () => {
    const one = "abcdefghijklmnopqrstuvwxyzabcdefgh";
    const other = `${one}XYZ`;
    const shingles = (text: string) => new Set(Array.from({ length: text.length - 4 }, (_, at) => text.toLowerCase().slice(at, at + 5)));
    const [a, b] = [shingles(one), shingles(other)];
    expect(textSimilarity(one, other)).toBeCloseTo([...a].filter((each) => b.has(each)).length / new Set([...a, ...b]).size, 12);
  });

  test("short texts are compared whole, and no text is like no text", () => {
    expect(textSimilarity("Hello", "hello!")).toBe(1);
    expect(textSimilarity("Hello you", "Hello me")).toBe(0);
    expect(textSimilarity("", "")).toBe(0);
    expect(textSimilarity("#coffee", "#coffee")).toBe(0);
  });

  test("law: symmetric, between 0 and 1, and 1 with itself", async () => {
    const text = fc
      .array(fc.constantFrom("roast", "bean", "Monday", "grind", "milk", "#tag", "☕", "cup"), { maxLength: 20 })
      .map((words) => words.join(" "));
    await assertProperty(
      fc.property(text, text, (one, other) => {
        const similarity = textSimilarity(one, other);
        expect(similarity).toBe(textSimilarity(other, one));
        expect(similarity).toBeGreaterThanOrEqual(0);
        expect(similarity).toBeLessThanOrEqual(1);
        expect(textSimilarity(one, one)).toBe(/[a-z]/.test(one.replace(/#tag/g, "")) ? 1 : 0);
      }),
    );
  });
});

describe("picture distance", () => {
  const picture = (dHash: string, more: Partial<ImageFingerprint> = {}): ImageFingerprint => ({
    dHash,
    mirrored: "0000000000000000",
    greySd: 50,
    ...more,
  });

  test("counts the bits that differ", async () => {
    await assertProperty(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n), (one, other) => {
        const hex = (value: bigint) => value.toString(16).padStart(16, "0");
        const bits = (one ^ other).toString(2).replaceAll("0", "").length;
        expect(hammingDistance(hex(one), hex(other))).toBe(bits);
      }),
    );
  });

  test("the mirrored picture counts too", () => {
    expect(pictureDistance(picture("ffffffffffffffff"), "0000000000000000")).toBe(0);
  });

  test("frames are shared in any order, flat ones left out", () => {
    const a = picture("ffffffff00000000", { mirrored: "00ff00ff00ff00ff" });
    const b = picture("00000000ffffffff", { mirrored: "0f0f0f0f0f0f0f0f" });
    expect(sharedFrames([a, b], [b, a, a])).toBe(1);
    expect(sharedFrames([a, a, a, a], [b, b, b, b])).toBe(0);
    expect(sharedFrames([picture("00", { greySd: 3 })], [a])).toBeNull();
  });
});

describe("UniquenessGuard against the account's history", () => {
  const { variants } = inputOf(brief);
  const sent = variants[0]!.renderings[0]!.captionAsSent;

  test("blocks a repeated caption and warns of one much like it, for 90 days", () => {
    expect(judged(inputOf(brief, { recentPosts: recently(`${sent} #new`) }))).toEqual([
      "uniqueness.recentPost block control",
      "uniqueness.recentPost block test",
    ]);
    expect(
      judged(inputOf(brief, { recentPosts: recently(`A new line to begin with. ${body} And something to end with, just as long.`) })),
    ).toEqual(["uniqueness.recentPost warn control", "uniqueness.recentPost warn test"]);
    expect(judged(inputOf(brief, { recentPosts: [{ ...recently(sent)[0]!, publishedMs: nowMs - 91 * dayMs }] }))).toEqual([]);
    expect(
      judged(
        inputOf(brief, { recentPosts: recently("Which bike would you restore next? Tell us about the rust, the river and the paint.") }),
      ),
    ).toEqual([]);
  });

  const photo: ImageFingerprint = { dHash: "f0e4c2a193b7d51e", mirrored: "1122334455667788", greySd: 50 };
  const pictured = inputOf(briefOf("instagram.feed", { body, renditions: [{ path: "new.jpg", sha256: "a".repeat(64) }] }));
  const withHistory = (more: object): PreflightInput => ({ ...pictured, recentPosts: recently("Something else.", more) });

  test.each<[string, object, Record<string, Fingerprint>, string[]]>([
    ["the same file", { media: [{ path: "old.jpg", sha256: "a".repeat(64) }] }, {}, ["uniqueness.recentPicture block"]],
    [
      "the same picture",
      { dHashes: ["f0e4c2a193b7d51f"] },
      { "new.jpg": { kind: "image", image: photo } },
      ["uniqueness.recentPicture block"],
    ],
    [
      "a picture much like it",
      { dHashes: ["f0e4c2a193b7d5e1"] },
      { "new.jpg": { kind: "image", image: photo } },
      ["uniqueness.recentPicture warn"],
    ],
    [
      "the picture in a mirror",
      { dHashes: ["1122334455667788"] },
      { "new.jpg": { kind: "image", image: photo } },
      ["uniqueness.recentPicture block"],
    ],
    ["another picture", { dHashes: ["0f1b3d5e6c482ae1"] }, { "new.jpg": { kind: "image", image: photo } }, []],
    [
      "a flat picture",
      { dHashes: ["f0e4c2a193b7d51e"] },
      { "new.jpg": { kind: "image", image: { ...photo, greySd: 4 } } },
      ["uniqueness.pictureUnread unverified"],
    ],
    [
      "no decoder",
      { dHashes: ["f0e4c2a193b7d51e"] },
      { "new.jpg": { kind: "none", reason: "sharp is not installed" } },
      ["uniqueness.pictureUnread unverified"],
    ],
    ["nobody has the old pictures", {}, { "new.jpg": { kind: "image", image: photo } }, ["uniqueness.pictureUnread unverified"]],
  ])("%s", (_what, history, fingerprints, expected) => {
    expect(judged(withHistory(history), fingerprints)).toEqual(expected.flatMap((each) => [`${each} control`, `${each} test`]));
  });

  test("frames: the same clip blocks, the same opening warns", () => {
    const frame = (seed: number): ImageFingerprint => ({
      dHash: ((BigInt(seed) * 0x9e3779b97f4a7c15n) & (2n ** 64n - 1n)).toString(16).padStart(16, "0"),
      mirrored: "5555555555555555",
      greySd: 50,
    });
    const clip = (from: number, hook: number): Fingerprint => ({
      kind: "video",
      video: { frames: [1, 2, 3, 4, 5].map((at) => frame(from + at)), hookFrames: [1, 2, 3].map((at) => frame(hook + at)) },
    });
    const old = { media: [{ path: "old.mp4", sha256: "b".repeat(64) }] };
    const found = (one: Fingerprint, other: Fingerprint) => judged(withHistory(old), { "new.jpg": one, "old.mp4": other })[0];
    expect(found(clip(10, 100), clip(10, 100))).toBe("uniqueness.recentVideo block control");
    expect(found(clip(10, 100), clip(30, 100))).toBe("uniqueness.recentHook warn control");
    expect(found(clip(10, 100), clip(30, 200))).toBeUndefined();
  });
});

describe("UniquenessGuard between siblings", () => {
  const change = (variant: Variant, content: Partial<Variant["content"]>): Variant => ({
    ...variant,
    content: { ...variant.content, ...content },
  });
  const { variants } = inputOf(brief);
  const [control, other] = variants as [Variant, Variant];

  test("near-equality is intended", () => {
    expect(judged(inputOf(brief))).toEqual([]);
  });

  test("equality of everything means that nothing is under test", () => {
    expect(
      judged(inputOf(brief, { variants: [control, { ...other, content: control.content, contentHash: control.contentHash }] })),
    ).toEqual(["uniqueness.sibling block test"]);
  });

  test("a lane experiment sends the same content on purpose", () => {
    const lane = { ...brief, variableUnderTest: "lane" as const };
    const browser = { ...change(control, { lane: "browser" }), variantId: "test", contentHash: control.contentHash };
    expect(judged(inputOf(lane, { variants: [control, browser] }))).toEqual([]);
  });

  test("L4: a field that is not under test and differs blocks", () => {
    const moved = change(other, { parts: { ...other.content.parts, cta: "Buy now." } });
    expect(judged(inputOf(brief, { variants: [control, moved] }))).toEqual(["uniqueness.fieldNotUnderTest block test"]);
  });

  test("in a hook test the clip after three seconds has to be the same, or somebody looks", () => {
    const clips = (one: string, two: string) => [
      change(control, { media: { renditions: [{ path: one, sha256: "a".repeat(64) }] } }),
      change(other, { media: { renditions: [{ path: two, sha256: "b".repeat(64) }] } }),
    ];
    const frame = (digit: string): ImageFingerprint => ({ dHash: digit.repeat(16), mirrored: "3".repeat(16), greySd: 40 });
    const clip = (rest: string): Fingerprint => ({
      kind: "video",
      video: { frames: ["1", "2", "4", rest, rest].map(frame), hookFrames: [] },
    });
    const input = inputOf(brief, { variants: clips("a.mp4", "b.mp4") });
    expect(judged(input, { "a.mp4": clip("5"), "b.mp4": clip("5") })).toEqual(["uniqueness.fieldNotUnderTest pass test"]);
    expect(judged(input, { "a.mp4": clip("5"), "b.mp4": clip("a") })).toContain("uniqueness.restNotUnderTest block test");
    expect(judged(input)).toContain("uniqueness.restNotUnderTest unverified test");
  });

  test("nearly equal captions want the surface's gap", () => {
    const close = { ...brief, exposurePlan: { ...brief.exposurePlan, cadence: { minGapMinutes: 30 } } };
    const alike = variants.map((variant, at) => withCaption(variant, `${body} ${at}`));
    expect(judged(inputOf(close, { variants: alike }))).toContain("uniqueness.siblingGap warn ");
  });
});
