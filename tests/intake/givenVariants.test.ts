import { describe, expect, test } from "vitest";
import { variantContentHash } from "../../src/canon/index.ts";
import type { Variant } from "../../src/domain/index.ts";
import { checkVariants, makeVariants, rehashed } from "../../src/intake/index.ts";
import { exampleBrief } from "../domain/briefs.ts";
import { refusalOf } from "../support/refusal.ts";

const brief = exampleBrief("batch-hook");
const [control, test_] = makeVariants(brief, "e1") as [Variant, Variant];

describe("variants that come with a brief", () => {
  test("L1: speak by the hash of what they hold, whatever they came with", () => {
    const stale = { ...test_, contentHash: `sha256:${"0".repeat(64)}` };
    expect(rehashed([control, stale])).toEqual([control, test_]);
    const edited = { ...test_, content: { ...test_.content, altText: "Another." } };
    expect(rehashed([edited])[0]!.contentHash).toBe(variantContentHash(edited));
    expect(rehashed([edited])[0]!.contentHash).not.toBe(test_.contentHash);
  });

  test("L4: differ from control in the variable under test alone, and control is that of the brief", () => {
    expect(() => checkVariants(brief, [control, test_])).not.toThrow();
    const foreign = { ...test_, content: { ...test_.content, altText: "Another." } };
    expect(refusalOf(() => checkVariants(brief, [control, foreign]))).toMatchObject({ code: "not-single-variable" });
    expect(refusalOf(() => checkVariants(brief, [control, { ...control, variantId: "twin" }]))).toMatchObject({
      code: "nothing-under-test",
    });
    const other = { ...control, content: { ...control.content, altText: "Another." } };
    expect(refusalOf(() => checkVariants(brief, [other, test_]))).toMatchObject({ code: "control-differs", path: "variants[0].content" });
  });
});
