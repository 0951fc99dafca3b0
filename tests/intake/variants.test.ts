import { describe, expect, test } from "vitest";
import { applyPatch, type Variant } from "../../src/domain/index.ts";
import { checkDifferences, detectableLift, makeVariants, renderCaption } from "../../src/intake/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { refusalOf } from "../support/refusal.ts";

const brief = exampleBrief();
const variants = makeVariants(brief, "e1");

describe("variants", () => {
  test("L4: are control and control plus patch; everything else is the very same", () => {
    const [control, test] = variants as [Variant, Variant];
    expect([control.role, test.role]).toEqual(["control", "test"]);
    expect(test.content.parts.body).toBe(control.content.parts.body);
    expect(test.content).toEqual(applyPatch(control.content, test.patch!));
    expect(checkDifferences(brief, variants)).toEqual([
      { pair: ["control", "question"], fields: ["parts.hook", "media.first3s"], coupled: [] },
    ]);
  });

  test("have a hash of their content alone: equal briefs, equal hashes; another word, another hash", () => {
    expect(makeVariants(brief, "e2").map(({ contentHash }) => contentHash)).toEqual(variants.map(({ contentHash }) => contentHash));
    expect(new Set(variants.map(({ contentHash }) => contentHash)).size).toBe(2);
  });

  test("L4: a creator that touched another field is refused with the field", () => {
    const [control, test] = variants as [Variant, Variant];
    const touched = { ...test, content: { ...test.content, altText: "Something else" } };
    expect(refusalOf(() => checkDifferences(brief, [control, touched]))).toMatchObject({
      code: "not-single-variable",
      path: "variants.question.altText",
    });
    expect(refusalOf(() => checkDifferences(brief, [control, { ...control, variantId: "twin" }]))).toMatchObject({
      code: "nothing-under-test",
    });
  });

  test("are rendered in paragraphs, empty parts leaving no gap", () => {
    const { content } = brief.control;
    expect(renderCaption(content)).toBe(
      "The flat white you will want every morning.\n\nWe roast on Mondays, rest the beans four days, and pull at 93 degrees. Here is the whole pour in 20 seconds.\n\nSave this for your next free morning.\n\n#flatwhite #lisboncoffee #homebarista",
    );
    expect(renderCaption({ ...content, parts: { hashtags: [], mentions: [], links: [] } })).toBe("");
  });
});

test.each([
  [8, 3.47],
  [20, 2.2],
])("at %d posts per variant a ratio of %d is found four times in five", (posts, ratio) => {
  expect(detectableLift(posts).ratio).toBeCloseTo(ratio, 1);
});
