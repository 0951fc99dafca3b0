import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codingOf, isClosedKey } from "../../../src/adapters/media/codecHeaders.ts";
import { assertProperty } from "../../support/property.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

/** Records as x264, x265 and libaom wrote them for three seconds of a test picture, 128 pixels wide. */
const records = {
  high: "0164000bffe100186764000bacd942046c0440000003004000000c83c50a658001000668ebe3cb22c0fdf8f800",
  high422: "017a000bffe10018677a000bbcd942046c0440000003004000000c83c50a658001000668ebe3cb22c0fef8f800",
  high444: "01f4000bffe1001967f4000b919b28408d80880000030008000003019078a14cb001000668ebe3c44844fff8f800",
  fields: "01640015ffe1001767640015acd94208d8088000000300800000190f8a14cb01000668fba3cb22c0fdf8f800",
  baseline: "0142c00bffe100166742c00bd902046c0440000003004000000c83c50a9201000568cb83cb20",
  hevc: "0101600000009000000000001ef000fcfdf8f800000f04",
  hevc422: "0104080000009d08000000001ef000fcfefafa00000f04",
  hevcFields: "0104080000004e08000000001ef000fcfff8f800000f04",
};

describe("a codec's header tells how a clip is coded", () => {
  test.each([
    ["H.264 High", "avc", "avc1.64000b", records.high, "progressive", "4:2:0"],
    ["H.264 High 4:2:2", "avc", "avc1.7a000b", records.high422, "progressive", "4:2:2"],
    ["H.264 High 4:4:4", "avc", "avc1.f4000b", records.high444, "progressive", "4:4:4"],
    ["H.264 in fields", "avc", "avc1.640015", records.fields, "interlaced", "4:2:0"],
    ["H.264 Baseline, which names no chroma", "avc", "avc1.42c00b", records.baseline, "progressive", "4:2:0"],
    ["H.264 without its record", "avc", "avc1.64000b", undefined, null, null],
    ["H.264 cut short", "avc", "avc1.64000b", records.high.slice(0, 26), null, null],
    ["HEVC Main", "hevc", "hev1.1.6.L30.90", records.hevc, "progressive", "4:2:0"],
    ["HEVC 4:2:2", "hevc", "hev1.4.10.L30.9D.8", records.hevc422, "progressive", "4:2:2"],
    ["HEVC in fields", "hevc", "hev1.4.10.L30.4E.8", records.hevcFields, "interlaced", "4:4:4"],
    ["VP9 with its sampling", "vp9", "vp09.01.10.08.03.02.02.02.00", undefined, "progressive", "4:4:4"],
    ["VP9 profile 0", "vp9", "vp09.00.10.08", undefined, "progressive", "4:2:0"],
    ["VP9 profile 1, which may be either", "vp9", "vp09.01.10.08", undefined, "progressive", null],
    ["VP8", "vp8", "vp8", undefined, "progressive", "4:2:0"],
    ["AV1 with its record", "av1", "av01.0.00M.08", "81000c00", "progressive", "4:2:0"],
    ["AV1 High", "av1", "av01.1.00M.08", undefined, "progressive", "4:4:4"],
    ["AV1 Main, which may be grey", "av1", "av01.0.00M.08", undefined, "progressive", null],
    ["a codec nobody knows", null, null, undefined, null, null],
  ])("%s", (_, codec, codecString, record, scan, chroma) => {
    expect(codingOf(codec, codecString, record === undefined ? undefined : bytes(record))).toEqual({ scan, chroma });
  });

  test("and a key frame whether it shuts its group", () => {
    const avc = bytes(records.high);
    expect(isClosedKey("avc", avc, bytes("000000020605000000026588"))).toBe(true);
    expect(isClosedKey("avc", avc, bytes("000000020605000000024188"))).toBe(false);
    expect(isClosedKey("avc", avc, bytes("000000020605"))).toBeNull();
    const hevc = bytes(records.hevc);
    expect(isClosedKey("hevc", hevc, bytes("0000000226010000"))).toBe(true);
    expect(isClosedKey("hevc", hevc, bytes("000000022a010000"))).toBe(false);
    expect(isClosedKey("vp9", undefined, bytes("a2"))).toBe(true);
    expect(isClosedKey("avc", undefined, bytes("6588"))).toBeNull();
  });

  test("noise is never an exception", () =>
    assertProperty(
      fc.property(
        fc.constantFrom("avc", "hevc", "vp9", "av1", "vp8", null),
        fc.option(fc.string(), { nil: null }),
        fc.option(
          fc.uint8Array({ maxLength: 80 }).map((noise) => Uint8Array.of(1, ...noise)),
          { nil: undefined },
        ),
        fc.uint8Array({ maxLength: 40 }),
        (codec, codecString, record, packet) => {
          expect(["progressive", "interlaced", null]).toContain(codingOf(codec, codecString, record).scan);
          expect([true, false, null]).toContain(isClosedKey(codec, record, packet));
        },
      ),
    ));
});
