import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BlockRequest, dealBlock } from "../../src/spec/index.ts";
import { assertProperty } from "../support/property.ts";

const arms = [{ variantId: "control" }, { variantId: "b" }];
const block = (unitCount: number, more: Partial<BlockRequest> = {}): BlockRequest => ({
  blockId: "acme/reels/evening/2027-W01",
  experiment: "demo.posts",
  arms,
  unitType: "post",
  unitIds: Array.from({ length: unitCount }, (_, index) => `p-${index}`),
  ...more,
});
const countOf = (request: BlockRequest, variantId: string): number =>
  dealBlock(request).filter((dealt) => dealt.variantId === variantId).length;

describe("blocked dealing", () => {
  it("splits 8 posts 4 to 4 and 20 posts 10 to 10, in every block", () => {
    for (let week = 0; week < 50; week++)
      for (const count of [8, 20]) expect(countOf(block(count, { blockId: `week-${week}` }), "b")).toBe(count / 2);
  });

  it("gives each unit one arm, counts within one of the quota, and logs the design propensity", async () => {
    const weights = fc
      .array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 5 })
      .filter((list) => list.some((weight) => weight > 0));
    await assertProperty(
      fc.property(weights, fc.nat(30), fc.string(), (list, unitCount, blockId) => {
        fc.pre(!blockId.includes("\0"));
        const weighted = list.map((weight, arm) => ({ variantId: `v${arm}`, weight }));
        const dealt = dealBlock(block(unitCount, { arms: weighted, blockId }));
        const total = list.reduce((sum, weight) => sum + weight, 0);
        expect(dealt.map(({ unit }) => unit.id).sort()).toEqual(block(unitCount).unitIds.toSorted());
        for (const { variantId, weight } of weighted) {
          const hand = dealt.filter((one) => one.variantId === variantId);
          expect(Math.abs(hand.length - (unitCount * weight) / total)).toBeLessThan(1);
          expect(weight > 0 || hand.length === 0).toBe(true);
          for (const { propensity } of hand) expect(propensity).toBe(hand.length / unitCount);
        }
      }),
    );
  });

  it("does not depend on the order of units, and deals anew under another block, salt or version", () => {
    const dealt = dealBlock(block(12));
    expect(dealBlock(block(12, { unitIds: block(12).unitIds.toReversed() }))).toEqual(dealt);
    for (const more of [{ blockId: "other" }, { salt: "s" }, { bucketingVersion: 2 }, { experiment: "demo.other" }])
      expect(dealBlock(block(12, more))).not.toEqual(dealt);
  });

  it("favours no arm with the odd unit, and no unit with an arm", () => {
    const weeks = Array.from({ length: 2_000 }, (_, week) => dealBlock(block(3, { blockId: `week-${week}` })));
    const odd = weeks.filter((dealt) => dealt.filter(({ variantId }) => variantId === "b").length === 2).length;
    expect(Math.abs(odd - 1_000)).toBeLessThan(5 * Math.sqrt(500));
    const first = weeks.filter((dealt) => dealt.find(({ unit }) => unit.id === "p-0")!.variantId === "b").length;
    expect(Math.abs(first - 1_000)).toBeLessThan(5 * Math.sqrt(500));
  });

  it.each<[string, Partial<BlockRequest>, string]>([
    ["a repeated unit", { unitIds: ["p", "p"] }, "unitIds"],
    ["a repeated arm", { arms: [...arms, ...arms] }, "arms"],
    ["weights that sum to 0", { arms: [{ variantId: "b", weight: 0 }] }, "arms"],
    [
      "a negative weight",
      {
        arms: [
          { variantId: "b", weight: -1 },
          { variantId: "c", weight: 2 },
        ],
      },
      "arms",
    ],
    ["no arms", { arms: [] }, "arms"],
  ])("refuses %s", (_, more, path) => {
    expect(() => dealBlock(block(4, more))).toThrow(expect.objectContaining({ code: "block-invalid", path }));
  });
});
