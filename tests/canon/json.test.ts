import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, contentHash, sha256Hex } from "../../src/canon/index.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";

describe("canonical JSON", () => {
  test("prints the sample of RFC 8785, section 3.2.3", () => {
    const sample = JSON.parse(
      String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
    ) as unknown;
    expect(canonicalJson(sample)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test("sorts keys by UTF-16 code units, as in RFC 8785, section 3.2.3", () => {
    const keys = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    expect(
      Object.values(JSON.parse(canonicalJson(Object.entries(keys).toSorted(([a], [b]) => (a < b ? -1 : 1)))) as [string, string][]).map(
        ([, name]) => name,
      ),
    ).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
    expect(canonicalJson(keys)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  // RFC 8785, appendix B: the IEEE 754 bits of a number and the text it has.
  test.each([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["ffefffffffffffff", "-1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["c340000000000000", "-9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["44b52d02c7e14af7", "1.0000000000000001e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef4f", "999999999999999900000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555554", "333333333.33333325"],
    ["41b3de4355555555", "333333333.3333333"],
    ["41b3de4355555556", "333333333.3333334"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("prints the number %s as %s", (bits, text) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(`0x${bits}`));
    expect(canonicalJson(view.getFloat64(0))).toBe(text);
  });

  test("is valid JSON that parses to the same value, for any JSON value", async () => {
    await assertProperty(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  const loop: Record<string, unknown> = {};
  loop["self"] = [loop];
  const deep = Array.from({ length: 5000 }).reduce<unknown>((inner) => [inner], 1);
  const holed: unknown[] = [];
  holed[1] = 1;
  test.each<[string, unknown, string]>([
    ["undefined", { a: undefined }, "a"],
    ["NaN", { a: [1, Number.NaN] }, "a[1]"],
    ["infinity", [Number.NEGATIVE_INFINITY], "[0]"],
    ["a bigint", { n: 1n }, "n"],
    ["a function", { f: () => 1 }, "f"],
    ["a symbol", { s: Symbol("s") }, "s"],
    ["a hole in a list", holed, "[0]"],
    ["a date", { at: new Date(0) }, "at"],
    ["a map", new Map([["a", 1]]), ""],
    ["half an emoji", { caption: "\ud83d" }, "caption"],
    ["half an emoji as a key", { "\ude00": 1 }, ""],
    ["a value inside itself", loop, "self[0]"],
    ["bottomless nesting", deep, "[0][0][0][0][0]"],
  ])("refuses %s, with its path", (_, value, path) => {
    expect(refusalOf(() => canonicalJson(value))).toMatchObject({ code: "json-not-canonical", path });
  });

  test("takes objects without a prototype, own keys alone, and the same object twice", () => {
    const bare = Object.assign(Object.create(null) as object, { b: 1, a: 2 });
    expect(canonicalJson([bare, bare])).toBe('[{"a":2,"b":1},{"a":2,"b":1}]');
    expect(canonicalJson(JSON.parse('{"__proto__":{"x":1},"a":1}'))).toBe('{"__proto__":{"x":1},"a":1}');
  });
});

describe("a hash", () => {
  test("is SHA-256, by the vectors of FIPS 180-4 and over the UTF-8 of a text", () => {
    expect(sha256Hex("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
    expect(sha256Hex("é")).toBe(sha256Hex(new Uint8Array([0xc3, 0xa9])));
    expect(contentHash({ a: 1 })).toBe(`sha256:${sha256Hex('{"a":1}')}`);
  });

  test("is blind to the order of keys", async () => {
    await assertProperty(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.infiniteStream(fc.nat()), (value, draws) => {
        const entries = Object.entries(value)
          .map((entry) => ({ entry, draw: draws.next().value }))
          .sort((a, b) => a.draw - b.draw);
        expect(contentHash(Object.fromEntries(entries.map(({ entry }) => entry)))).toBe(contentHash(value));
      }),
    );
  });

  test("changes with any one field", async () => {
    await assertProperty(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), fc.jsonValue(), (value, at, other) => {
        const key = Object.keys(value)[at % Object.keys(value).length]!;
        const changed = { ...value, [key]: other };
        fc.pre(canonicalJson(other) !== canonicalJson(value[key]));
        expect(contentHash(changed)).not.toBe(contentHash(value));
      }),
    );
  });
});
