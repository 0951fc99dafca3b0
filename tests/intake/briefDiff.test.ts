import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareBriefs, compareVariants, wordDiff } from "../../src/intake/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { assertProperty } from "../support/property.ts";

describe("what changed between two texts", () => {
  test("is told word by word", () => {
    expect(wordDiff("The flat white you want.", "Why does your flat white taste of paper?")).toEqual([
      { change: "removed", text: "The " },
      { change: "added", text: "Why does your " },
      { change: "same", text: "flat white " },
      { change: "removed", text: "you want." },
      { change: "added", text: "taste of paper?" },
    ]);
    expect(wordDiff("same", "same")).toEqual([{ change: "same", text: "same" }]);
    expect(wordDiff("", "")).toEqual([]);
  });

  test("puts both texts together again, whatever they are", async () => {
    const words = fc.array(fc.constantFrom("a", "b", "c", " ", "\n\n", "#tag"), { maxLength: 30 }).map((list) => list.join(" "));
    await assertProperty(
      fc.property(fc.oneof(words, fc.string({ unit: "binary" })), words, (one, other) => {
        const changes = wordDiff(one, other);
        const without = (change: string) => changes.flatMap((item) => (item.change === change ? [] : [item.text])).join("");
        expect([without("added"), without("removed")]).toEqual([one, other]);
      }),
    );
  });

  test("of texts without a common word in 10,000 is a replacement, at once", () => {
    const long = (word: string) => Array.from({ length: 5000 }, (_, at) => `${word}${at}`).join(" ");
    expect(wordDiff(long("a"), long("b")).map(({ change }) => change)).toEqual(["removed", "added"]);
  });
});

describe("variants side by side", () => {
  test("L4: differ in the fields that are marked as tested and in no other", () => {
    const [pair] = compareVariants(exampleBrief());
    expect(pair!.pair).toEqual(["control", "question"]);
    expect(pair!.fields.filter(({ differs }) => differs)).toMatchObject([
      { field: "parts.hook", tested: true, one: "The flat white you will want every morning." },
      { field: "media.first3s", tested: true },
    ]);
    expect(pair!.fields.map(({ field }) => field)).not.toContain("parts.title");
  });
});

describe("two briefs", () => {
  const brief = exampleBrief();

  test("that say the same do not differ", () => {
    const { fields, variants, onlyInOne, onlyInOther } = compareBriefs(brief, structuredClone(brief));
    expect([fields, onlyInOne, onlyInOther]).toEqual([[], [], []]);
    expect(variants.flatMap((variant) => variant.fields.filter(({ differs }) => differs))).toEqual([]);
  });

  test("differ by path, by variant and by who is there at all", () => {
    const other = structuredClone(brief);
    other.exposurePlan.postsPerVariant = 12;
    other.control.content.parts.cta = "Save it.";
    other.testVariants[0]!.id = "asked";
    delete other.decisionAgeHours;
    const found = compareBriefs(brief, other);
    expect(found.fields).toEqual([
      { path: "decisionAgeHours", one: 168 },
      { path: "exposurePlan.postsPerVariant", one: 8, other: 12 },
    ]);
    expect(found).toMatchObject({ onlyInOne: ["question"], onlyInOther: ["asked"], variants: [{ pair: ["control", "control"] }] });
    expect(found.variants[0]!.fields.filter(({ differs }) => differs)).toMatchObject([{ field: "parts.cta", tested: false }]);
  });
});
