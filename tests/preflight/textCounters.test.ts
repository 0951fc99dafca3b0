import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countText } from "../../src/preflight/index.ts";
import { assertProperty } from "../support/property.ts";

const family = "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}";

describe("text counters", () => {
  test("the family emoji of four is 7 code points, 11 UTF-16 units, 25 bytes on Threads, weight 2 on X", () => {
    expect(countText(family, "codePoints")).toBe(7);
    expect(countText(family, "utf16")).toBe(11);
    expect(countText(family, "utf8Bytes")).toBe(25);
    expect(countText(family, "threadsChars")).toBe(25);
    expect(countText(family, "xWeighted")).toBe(2);
  });

  test("X: an address weighs 23 however long, a CJK character 2, and text is composed first", () => {
    expect(countText("https://example.com/a/very/long/path?with=query&and=more", "xWeighted")).toBe(23);
    expect(countText("See https://example.com.", "xWeighted")).toBe(4 + 23 + 1);
    expect(countText("Try example.com/menu today", "xWeighted")).toBe(4 + 23 + 6);
    expect(countText("咖啡", "xWeighted")).toBe(4);
    expect(countText("cafe\u0301", "xWeighted")).toBe(4);
    expect(countText("mail me@example.com", "xWeighted")).toBe("mail me@example.com".length);
  });

  test("LinkedIn counts its reserved characters twice, since they are escaped", () => {
    expect(countText("50% (off) #sale", "linkedinEscaped")).toBe(15 + 3);
  });

  test("YouTube counts bytes", () => {
    expect(countText("Überraschung", "utf8Bytes")).toBe(13);
    expect(countText("☕", "utf8Bytes")).toBe(3);
  });

  test("bytes are those of the UTF-8 form, and no counter is below the number of code points but X's and that by emoji and addresses", async () => {
    await assertProperty(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(countText(text, "utf8Bytes")).toBe(new TextEncoder().encode(text).length);
        expect(countText(text, "threadsChars")).toBeGreaterThanOrEqual(countText(text, "codePoints"));
        expect(countText(text, "linkedinEscaped")).toBeGreaterThanOrEqual(countText(text, "codePoints"));
      }),
    );
  });
});
