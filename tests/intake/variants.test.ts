import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyPatch,
  type Brief,
  type Content,
  type ContentField,
  contentFields,
  type ContentPatch,
  differingFields,
  fieldsUnderTest,
  type Variant,
  type VariableName,
  variableNames,
} from "../../src/domain/index.ts";
import {
  acceptPatch,
  checkDifferences,
  detectableLift,
  difference,
  makeVariants,
  renderCaption,
  variedContentFields,
} from "../../src/intake/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { assertProperty } from "../support/property.ts";
import { attempt, refusalOf } from "../support/refusal.ts";

const brief = exampleBrief();
const variants = makeVariants(brief, "e1");
const [control, question] = variants as [Variant, Variant];

/** The example's control with another content beside it, under this variable. */
function compared(variableUnderTest: VariableName, patch: ContentPatch, base: Content = control.content) {
  const content = applyPatch(base, patch);
  const variant = (variantId: string, of: Content): Variant => ({ ...control, variantId, content: of });
  return difference({ variableUnderTest }, variant("control", base), variant("test", content));
}

describe("variants", () => {
  test("L4: are control and control plus patch; everything else is the very same", () => {
    expect([control.role, question.role]).toEqual(["control", "test"]);
    expect(question.content.parts.body).toBe(control.content.parts.body);
    expect(question.content).toEqual(applyPatch(control.content, question.patch!));
    expect(checkDifferences(brief, variants)).toEqual([
      { pair: ["control", "question"], fields: ["parts.hook", "media.first3s"], coupled: [], covariates: [], foreign: [], verdict: "pass" },
    ]);
  });

  test("have a hash of their content alone: equal briefs, equal hashes; another word, another hash", () => {
    expect(makeVariants(brief, "e2").map(({ contentHash }) => contentHash)).toEqual(variants.map(({ contentHash }) => contentHash));
    expect(new Set(variants.map(({ contentHash }) => contentHash)).size).toBe(2);
  });

  test("are rendered in paragraphs, empty parts leaving no gap", () => {
    const { content } = brief.control;
    expect(renderCaption(content)).toBe(
      "The flat white you will want every morning.\n\nWe roast on Mondays, rest the beans four days, and pull at 93 degrees. Here is the whole pour in 20 seconds.\n\nSave this for your next free morning.\n\n#flatwhite #lisboncoffee #homebarista",
    );
    expect(renderCaption({ ...content, parts: { hashtags: [], mentions: [], links: [] } })).toBe("");
  });
});

describe("L4: the comparison of finished variants", () => {
  test("refuses a creator that touched another field, with the diff", () => {
    const touched = { ...question, content: { ...question.content, altText: "Something else" } };
    const refused = refusalOf(() => checkDifferences(brief, [control, touched]));
    expect(refused).toMatchObject({ code: "not-single-variable", path: "variants.question.altText" });
    expect(refused.message).toContain('-> "Something else"');
  });

  test("compares tests with tests: twins are refused though both differ from control", () => {
    expect(refusalOf(() => checkDifferences(brief, [control, question, { ...question, variantId: "twin" }]))).toMatchObject({
      code: "nothing-under-test",
      path: "variants.twin",
    });
  });

  test("refuses a caption that its content does not render to, and a content that is not control with the patch", () => {
    const caption = { ...question, renderings: [{ surface: "instagram.reels" as const, captionAsSent: "Edited by hand" }] };
    expect(refusalOf(() => checkDifferences(brief, [control, caption]))).toMatchObject({ code: "rendering-differs" });
    const other = { ...question, patch: { parts: { hook: "Said, not done" } } };
    expect(refusalOf(() => checkDifferences(brief, [control, other]))).toMatchObject({ code: "patch-differs" });
  });

  test("in a hook test the opening may differ; the rest and the sound may not", () => {
    const file = { path: "another.mp4", sha256: "0".repeat(64), durationMs: 3000 };
    expect(compared("hook", { media: { first3s: file } }).verdict).toBe("pass");
    expect(compared("hook", { media: { first3s: file, rest: { ...file, durationMs: 17000 } } })).toMatchObject({
      verdict: "block",
      foreign: [{ field: "media.rest" }],
    });
    expect(compared("hook", { media: { first3s: file, audio: file } })).toMatchObject({
      verdict: "block",
      foreign: [{ field: "media.audio" }],
    });
  });

  test("in a cover test media are identical byte for byte, whatever the files are called", () => {
    const cover = { path: "other.jpg", sha256: "1".repeat(64) };
    expect(compared("cover", { cover })).toMatchObject({ verdict: "pass", fields: ["cover"] });
    const renamed = { ...control.content.media.rest!, path: "renamed.mp4" };
    expect(compared("cover", { cover, media: { rest: renamed } }).verdict).toBe("pass");
    expect(compared("cover", { cover, media: { rest: { ...renamed, sha256: "2".repeat(64) } } }).verdict).toBe("block");
  });

  test("a cover follows the hook only where it is the first frame; a person looks at it then", () => {
    const patch = {
      parts: { hook: "Why is your flat white so pale?" },
      cover: { path: "frame.jpg", sha256: "3".repeat(64), fromFirstFrame: true },
    };
    expect(compared("hook", patch)).toMatchObject({ verdict: "block", foreign: [{ field: "cover" }] });
    const framed = applyPatch(control.content, { cover: { path: "old.jpg", sha256: "4".repeat(64), fromFirstFrame: true } });
    expect(compared("hook", patch, framed)).toMatchObject({ verdict: "review", coupled: ["cover"], foreign: [] });
  });

  test.each<[string, VariableName, ContentPatch, string[]]>([
    ["a caption of another length", "caption", { parts: { body: "Short." } }, ["textLength"]],
    ["an opening that makes the text much longer", "hook", { parts: { hook: "Why? ".repeat(40) } }, ["textLength"]],
    ["an opening that brings a link", "hook", { parts: { hook: "See https://example.com for the flat white" } }, ["linkPresence"]],
    ["a call to action that costs", "cta", { parts: { links: ["https://example.com"] } }, ["costPerPost"]],
    [
      "an opening that is a second longer in twenty",
      "hook",
      { media: { first3s: { path: "a.mp4", sha256: "5".repeat(64), durationMs: 4000 } } },
      [],
    ],
    [
      "an opening that is four seconds longer in twenty",
      "hook",
      { media: { first3s: { path: "a.mp4", sha256: "5".repeat(64), durationMs: 7000 } } },
      ["durationMs"],
    ],
    ["a disclosure that moves", "hook", { parts: { hook: "#ad The flat white you will want every day." } }, ["disclosureLine"]],
    ["more hashtags in a test of hashtags", "hashtags", { parts: { hashtags: ["flatwhite", "lisboncoffee", "homebarista", "crema"] } }, []],
  ])("lists what moved along: %s", (_, variable, patch, covariates) => {
    const found = compared(variable, patch);
    expect(found.foreign).toEqual([]);
    expect(found.covariates.map(({ covariate }) => covariate)).toEqual(covariates);
    expect(found.verdict).toBe(covariates.length > 0 ? "review" : "pass");
  });

  test("names the fields of which several contents have more than one value", () => {
    expect(variedContentFields(variants.map(({ content }) => content))).toEqual(["parts.hook", "media.first3s"]);
    expect(variedContentFields([control.content])).toEqual([]);
    expect(variedContentFields([])).toEqual([]);
  });
});

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const tags = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 4 });
const file = fc.record({ path: fc.stringMatching(/^[a-z]{1,8}\.mp4$/), sha256: fc.stringMatching(/^[0-9a-f]{64}$/) });

/** A value that a patch may give each field. */
const valueOf: Readonly<Record<ContentField, fc.Arbitrary<unknown>>> = {
  "parts.hook": text,
  "parts.body": text,
  "parts.cta": text,
  "parts.title": text,
  "parts.reply": text,
  "parts.hashtags": tags,
  "parts.mentions": tags,
  "parts.links": fc.array(fc.constantFrom("https://example.com/a", "https://example.com/b"), { maxLength: 2 }),
  "media.first3s": file,
  "media.rest": file,
  "media.audio": file,
  "media.renditions": fc.array(file, { minLength: 1, maxLength: 3 }),
  cover: file,
  altText: text,
  format: fc.constantFrom("image", "carousel"),
  flags: fc.constant({ aiGenerated: true }),
  lane: fc.constantFrom("api", "browser", "hybrid"),
  slotCell: fc.constantFrom("weekday-noon", "weekend-morning"),
};

function patchOf(values: readonly (readonly [ContentField, unknown])[]): ContentPatch {
  const patch: Record<string, unknown> = {};
  for (const [field, value] of values) {
    const [group, key] = field.split(".") as [string, string | undefined];
    if (key === undefined) patch[group] = value;
    else patch[group] = { ...(patch[group] as object | undefined), [key]: value };
  }
  return patch;
}

describe("L4 as a property of patches from outside", () => {
  const fieldsAndPatch = fc
    .tuple(fc.constantFrom(...variableNames.filter((name) => name !== "blueprint")), fc.subarray([...contentFields], { minLength: 1 }))
    .chain(([variable, fields]) =>
      fc
        .tuple(...fields.map((field) => valueOf[field]))
        .map((values) => ({ variable, fields, patch: patchOf(fields.map((field, at) => [field, values[at]])) })),
    );
  const briefFor = (variableUnderTest: VariableName): Brief => ({ ...brief, variableUnderTest });

  test("L4: any patch outside A(V) is refused, whatever else it does", async () => {
    await assertProperty(
      fc.property(fieldsAndPatch, ({ variable, fields, patch }) => {
        const own = fieldsUnderTest(variable);
        fc.pre(fields.some((field) => !own.includes(field)));
        expect(refusalOf(() => acceptPatch(briefFor(variable), "test", patch)).code).toBe("not-single-variable");
      }),
    );
  });

  test("L4: any patch inside A(V) that changes something passes, and nothing else differs", async () => {
    const inside = fc
      .constantFrom(...variableNames.filter((name) => name !== "blueprint"))
      .chain((variable) => fc.tuple(fc.constant(variable), fc.subarray([...fieldsUnderTest(variable)], { minLength: 1 })))
      .chain(([variable, fields]) =>
        fc
          .tuple(...fields.map((field) => valueOf[field]))
          .map((values) => ({ variable, patch: patchOf(fields.map((field, at) => [field, values[at]])) })),
      );
    await assertProperty(
      fc.property(inside, ({ variable, patch }) => {
        const changed = applyPatch(control.content, patch);
        const { value: accepted, refused } = attempt(() => acceptPatch(briefFor(variable), "test", patch));
        expect(refused?.code ?? "accepted").toBe(differingFields(control.content, changed).length === 0 ? "patch-empty" : "accepted");
        if (accepted === undefined) return;
        const made = makeVariants({ ...briefFor(variable), testVariants: [{ id: "test", patch: accepted }] }, "e1");
        const [found] = checkDifferences(briefFor(variable), made);
        expect(found!.foreign).toEqual([]);
        const differing = differingFields(made[0]!.content, made[1]!.content);
        expect(differing.filter((field) => !fieldsUnderTest(variable).includes(field))).toEqual([]);
      }),
    );
  });

  test.each([null, 3, "hook", [], { colour: "blue" }, { parts: { hook: 7 } }, { media: { first3s: { path: "../../etc/passwd" } } }])(
    "L12: %j is no patch",
    (data) => {
      expect(refusalOf(() => acceptPatch(brief, "test", data))).toMatchObject({ code: "creator-patch-invalid" });
    },
  );
});

test.each([
  [8, 3.47],
  [20, 2.2],
])("at %d posts per variant a ratio of %d is found four times in five", (posts, ratio) => {
  expect(detectableLift(posts).ratio).toBeCloseTo(ratio, 1);
});
