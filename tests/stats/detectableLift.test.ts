import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blocksNeeded, detectableLift } from "../../src/stats/index.ts";
import { assertProperty } from "../support/property.ts";

describe("detectable lift and blocks needed", () => {
  test("are the formulas of the note, and agree with each other", async () => {
    expect(detectableLift(1, 8)).toBeCloseTo(Math.exp(2.49 / 2), 12);
    expect(blocksNeeded(1, 0.8)).toBe(20);
    await assertProperty(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.constantFrom(0.5, 1, 1.4), (blocks, sigma) => {
        expect(Math.abs(blocksNeeded(sigma, Math.log(detectableLift(sigma, blocks))) - blocks)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("refuse a size or a spread that is none", () => {
    expect(() => detectableLift(0, 8)).toThrow("sigma");
    expect(() => blocksNeeded(1, 0)).toThrow("logLift");
    expect(() => detectableLift(1, 0)).toThrow("blocks");
    expect(() => detectableLift(1, 2.5)).toThrow("blocks");
  });
});
