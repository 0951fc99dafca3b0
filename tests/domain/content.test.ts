import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyPatch,
  contentFields,
  contentPatchSchema,
  contentSchema,
  differingFields,
  fieldsUnderTest,
  patchedFields,
  readField,
  variableNames,
  variables,
} from "../../src/domain/index.ts";
import { assertProperty } from "../support/property.ts";
import { exampleBrief } from "./briefs.ts";

const control = exampleBrief("batch-hook").control.content;

const patches = fc
  .record(
    {
      parts: fc.record(
        {
          hook: fc.option(fc.string()),
          body: fc.option(fc.string()),
          cta: fc.option(fc.string()),
          hashtags: fc.array(fc.constantFrom("coffee", "lisbon", "milk"), { maxLength: 3 }),
        },
        { requiredKeys: [] },
      ),
      media: fc.record(
        { first3s: fc.option(fc.constant({ path: "a/b.mp4" })), audio: fc.option(fc.constant({ path: "c.m4a" })) },
        { requiredKeys: [] },
      ),
      altText: fc.option(fc.string()),
      flags: fc.record({ aiGenerated: fc.boolean() }, { requiredKeys: [] }),
      lane: fc.constantFrom("api" as const, "browser" as const),
    },
    { requiredKeys: [] },
  )
  .map((patch) => contentPatchSchema.parse(patch));

describe("a patch", () => {
  test("L4: changes the fields it names and no other", async () => {
    await assertProperty(
      fc.property(patches, (patch) => {
        const before = JSON.stringify(control);
        const patched = applyPatch(control, patch);
        expect(contentSchema.parse(patched)).toEqual(patched);
        const named = patchedFields(patch);
        for (const field of contentFields.filter((one) => !named.includes(one)))
          expect(readField(patched, field)).toBe(readField(control, field));
        for (const field of differingFields(control, patched)) expect(named).toContain(field);
        expect(JSON.stringify(control)).toBe(before);
      }),
    );
  });

  test("removes with null, replaces lists whole, and is empty when it names nothing", () => {
    const patched = applyPatch(control, { parts: { cta: null, hashtags: ["one"] }, cover: null });
    expect(patched.parts).not.toHaveProperty("cta");
    expect(patched.parts.hashtags).toEqual(["one"]);
    expect(patched).not.toHaveProperty("cover");
    expect(patchedFields({})).toEqual([]);
    expect(differingFields(control, applyPatch(control, {}))).toEqual([]);
  });

  test("differs whatever the order of keys is not", () => {
    const turned = { ...control, cover: Object.fromEntries(Object.entries(control.cover!).reverse()) } as typeof control;
    expect(differingFields(control, turned)).toEqual([]);
  });
});

describe("the table of variables", () => {
  test("names only fields that content has, and no field belongs to two variables", () => {
    const owners = variableNames.flatMap((name) => variables[name].fields.map((field) => field as string));
    for (const field of owners) expect(contentFields).toContain(field);
    expect(new Set(owners).size).toBe(owners.length);
  });

  test("gives a blueprint the fields its brief lists", () => {
    expect(fieldsUnderTest("blueprint", ["parts.hook", "cover"])).toEqual(["parts.hook", "cover"]);
    expect(fieldsUnderTest("hook", ["cover"])).toEqual(["parts.hook", "media.first3s"]);
  });
});
