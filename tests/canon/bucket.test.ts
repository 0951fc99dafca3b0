import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  armAt,
  bucketer,
  bucketKeyText,
  bucketOf,
  fnv1a,
  murmur3,
  murmur3After,
  murmur3Bytes,
  murmur3Prefix,
  weightCuts,
} from "../../src/canon/index.ts";
import { DomainError } from "../../src/domain/index.ts";
import { assertProperty } from "../support/property.ts";

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
const hex = (value: number): string => value.toString(16).padStart(8, "0");

describe("MurmurHash3 x86 32-bit", () => {
  it("has SMHasher's verification value", () => {
    const hashes = new Uint8Array(1024);
    const view = new DataView(hashes.buffer);
    for (let length = 0; length < 256; length++) {
      const key = Uint8Array.from({ length }, (_, index) => index);
      view.setUint32(length * 4, murmur3Bytes(key, 256 - length), true);
    }
    expect(hex(murmur3Bytes(hashes, 0))).toBe("b0f57ee3");
  });

  it.each([
    ["", 0, "00000000"],
    ["", 1, "514e28b7"],
    ["test", 0, "ba6bd213"],
    ["Hello, world!", 0, "c0363e43"],
  ])("hashes %j with seed %i to %s", (text, seed, expected) => {
    expect(hex(murmur3(text, seed))).toBe(expected);
    expect(hex(murmur3Bytes(new TextEncoder().encode(text), seed))).toBe(expected);
  });

  it("reads any text as its UTF-8 bytes, a lone surrogate as U+FFFD", async () => {
    await assertProperty(
      fc.property(anyText, fc.integer(), (text, seed) => murmur3(text, seed) === murmur3Bytes(new TextEncoder().encode(text), seed)),
      { numRuns: 2_000 },
    );
    expect(murmur3("a\ud800b")).toBe(murmur3("a\ufffdb"));
  });

  it("continues after a kept prefix as if it had read the whole", async () => {
    const prefix = anyText.filter((text) => !/[\ud800-\udbff]$/.test(text));
    await assertProperty(
      fc.property(prefix, anyText, (head, tail) => murmur3After(murmur3Prefix(head), tail) === murmur3(head + tail)),
      { numRuns: 5_000 },
    );
  });
});

describe("FNV-1a", () => {
  it.each([
    ["", "811c9dc5"],
    ["a", "e40c292c"],
    ["foobar", "bf9cf968"],
  ])("hashes %j to %s", (text, expected) => expect(hex(fnv1a(text))).toBe(expected));
});

describe("a keyed bucket", () => {
  const key = { scope: "demo.a", unitType: "userId" };
  it.each([
    [{ ...key, purpose: "arm" }, "unit-1", "ac2b9248"],
    [{ ...key, purpose: "arm", scope: "demo.b" }, "unit-1", "531ba72b"],
    [{ ...key, purpose: "gate:b#0" }, "unit-1", "99a9254d"],
    [{ ...key, purpose: "fallback" }, "unit-1", "5cee6f70"],
    [{ ...key, purpose: "holdout", scope: "demo-holdout" }, "日本😀", "c830c9e1"],
  ])("%j of %j is %s", (parts, unitId, expected) => {
    expect(hex(bucketOf(parts, unitId) * 2 ** 32)).toBe(expected);
    expect(bucketer(parts)(unitId)).toBe(bucketOf(parts, unitId));
    expect(hex(murmur3(bucketKeyText(parts, unitId)))).toBe(expected);
  });

  it("joins its parts without ambiguity", async () => {
    const part = fc.string({ unit: fc.constantFrom("a", "@", "1", "") });
    const parts = fc.record({ purpose: part, scope: part, salt: part, unitType: part, bucketingVersion: fc.nat(20), unitId: fc.string() });
    await assertProperty(
      fc.property(parts, parts, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        return bucketKeyText(a, a.unitId) !== bucketKeyText(b, b.unitId);
      }),
    );
  });

  it("refuses NUL in every part but the unit id", () => {
    for (const path of ["purpose", "scope", "salt", "unitType"]) {
      const refused = (): number => bucketOf({ purpose: "arm", ...key, salt: "", [path]: "a\0b" }, "unit-1");
      expect(refused).toThrow(DomainError);
      expect(refused).toThrow(expect.objectContaining({ code: "nul-in-key", path }));
    }
    expect(bucketOf({ purpose: "arm", ...key }, "a\0b")).toBeGreaterThanOrEqual(0);
  });
});

describe("cuts of weights", () => {
  const weights = fc
    .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e9, noNaN: true })), { minLength: 1 })
    .filter((list) => list.some((w) => w > 0));
  const u = fc.double({ min: 0, max: 1 - 2 ** -32, noNaN: true });

  it("never give a unit to weight 0, wherever it stands, and always give it to someone", async () => {
    await assertProperty(
      fc.property(weights, u, (list, at) => {
        const arm = armAt(weightCuts(list), at);
        expect(list[arm]).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
    expect(armAt(weightCuts([1, 0]), 1 - 2 ** -32)).toBe(0);
    expect(armAt(weightCuts([0, 1]), 0)).toBe(1);
  });

  it("do not change when all weights are scaled by a power of two", async () => {
    await assertProperty(
      fc.property(weights, fc.integer({ min: -8, max: 8 }), (list, power) => {
        expect(weightCuts(list.map((weight) => weight * 2 ** power))).toEqual(weightCuts(list));
      }),
    );
  });

  it("close at exactly 1 though .1 summed ten times falls short", () => {
    const cuts = weightCuts(Array.from({ length: 10 }, () => 0.1));
    expect(cuts[9]).toBe(1);
    expect(weightCuts([0.1, 0.2, 0.7, 0, 0]).slice(2)).toEqual([1, 1, 1]);
  });
});
