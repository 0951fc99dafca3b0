import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  emptyLayer,
  freeRanges,
  freeShare,
  holderAt,
  type Layer,
  layerId,
  layerSchema,
  parseLayerId,
  releaseLayer,
  reserveLayer,
} from "../../src/domain/index.ts";
import { assertProperty } from "../support/property.ts";
import { attempt, refusalOf } from "../support/refusal.ts";

const id = layerId("aurora-coffee", "instagram.reels", "hook");
const range = (from: number, to: number) => ({ from, to });
const take = (layer: Layer, experimentId: string, ...ranges: { from: number; to: number }[]) =>
  reserveLayer(layer, { experimentId, atMs: 1000, ...(ranges.length > 0 && { ranges }) });

describe("an exclusive layer", () => {
  test("is held whole by one experiment until it is released", () => {
    const held = take(emptyLayer(id), "first");
    expect(held.holds).toEqual([{ experimentId: "first", ranges: [range(0, 1)], sinceMs: 1000 }]);
    expect(() => take(held, "second")).toThrow(
      expect.objectContaining({ code: "layer-overlap", path: id, message: expect.stringContaining("first [0, 1); 0 % is free") }),
    );
    expect(take(releaseLayer(held, "first"), "second").holds[0]?.experimentId).toBe("second");
  });

  test("is not changed by a repeated reservation or release, nor by a refused one", () => {
    const held = take(emptyLayer(id), "first");
    const before = JSON.stringify(held);
    expect(take(held, "first")).toBe(held);
    expect(releaseLayer(held, "nobody")).toBe(held);
    expect(() => take(held, "second")).toThrow(/is held by first/);
    expect(JSON.stringify(held)).toBe(before);
    const free = releaseLayer(held, "first");
    expect(releaseLayer(free, "first")).toBe(free);
  });

  test("takes no part of itself", () => {
    expect(() => take(emptyLayer(id), "first", range(0, 0.5))).toThrow(expect.objectContaining({ code: "layer-range-invalid" }));
  });
});

describe("a split layer", () => {
  const layer = take(emptyLayer(id, "split"), "first", range(0, 0.25), range(0.5, 0.75));

  test("gives neighbours half-open ranges that touch and do not overlap", () => {
    const both = take(layer, "second", range(0.25, 0.5));
    expect(holderAt(both, 0.25)).toBe("second");
    expect(holderAt(both, 0.5)).toBe("first");
    expect(holderAt(both, 0.75)).toBeUndefined();
    expect(freeRanges(both)).toEqual([range(0.75, 1)]);
    expect(freeShare(both)).toBe(0.25);
  });

  test("refuses an overlap, naming every holder and what is free", () => {
    const both = take(layer, "second", range(0.25, 0.5));
    const error = refusalOf(() => take(both, "third", range(0.2, 0.3)));
    expect(error.message).toContain("first [0, 0.25) [0.5, 0.75), second [0.25, 0.5)");
    expect(error.message).toContain("25 % is free");
    expect(error.fix).toContain("[0.75, 1)");
  });

  test("lets a live range grow and not shrink", () => {
    const grown = take(layer, "first", range(0, 0.4), range(0.5, 0.8));
    expect(grown.holds[0]).toMatchObject({ ranges: [range(0, 0.4), range(0.5, 0.8)], sinceMs: 1000 });
    expect(() => take(grown, "first", range(0, 0.4))).toThrow(expect.objectContaining({ code: "layer-shrunk", path: "ranges" }));
    expect(take(layer, "first", range(0.5, 0.75), range(0, 0.25))).toBe(layer);
  });

  test.each([[[]], [[range(0.5, 0.5)]], [[range(-0.1, 0.5)]], [[range(0.5, 1.1)]], [[range(Number.NaN, 1)]]])(
    "refuses %j as ranges",
    (ranges) => {
      expect(() => reserveLayer(emptyLayer(id, "split"), { experimentId: "first", ranges, atMs: 0 })).toThrow(
        expect.objectContaining({ code: "layer-range-invalid" }),
      );
    },
  );

  test("joins ranges that touch", () => {
    expect(take(emptyLayer(id, "split"), "first", range(0.2, 0.4), range(0, 0.2)).holds[0]?.ranges).toEqual([range(0, 0.4)]);
  });
});

test("L3: whatever is asked in whatever order, no point of a layer has two holders and nothing is lost", async () => {
  const grid = fc.integer({ min: 0, max: 8 });
  const ranges = fc.array(fc.tuple(grid, grid), { minLength: 1, maxLength: 3 }).map((pairs) => pairs.map(([a, b]) => range(a / 8, b / 8)));
  const request = fc.record({ experimentId: fc.constantFrom("a", "b", "c", "d"), ranges, release: fc.boolean() });
  await assertProperty(
    fc.property(fc.constantFrom("exclusive" as const, "split" as const), fc.array(request, { maxLength: 30 }), (mode, requests) => {
      let layer = emptyLayer(id, mode);
      for (const [at, { experimentId, ranges, release }] of requests.entries()) {
        const before = JSON.stringify(layer);
        const { value: next } = attempt(() =>
          release
            ? releaseLayer(layer, experimentId)
            : reserveLayer(layer, { experimentId, atMs: at, ...(mode === "split" && { ranges }) }),
        );
        expect(JSON.stringify(layer)).toBe(before);
        const kept = layer.holds.filter((hold) => !release || hold.experimentId !== experimentId);
        layer = next ?? layer;
        for (const hold of kept) for (const { from } of hold.ranges) expect(holderAt(layer, from)).toBe(hold.experimentId);
        expect(layerSchema.parse(JSON.parse(JSON.stringify(layer)))).toEqual(layer);
        for (let point = 0; point < 1; point += 1 / 16) {
          const holders = layer.holds.filter((hold) => hold.ranges.some((part) => part.from <= point && point < part.to));
          expect(holders.length).toBeLessThanOrEqual(1);
        }
        const held = layer.holds.flatMap((hold) => hold.ranges).reduce((sum, part) => sum + part.to - part.from, 0);
        expect(held + freeShare(layer)).toBeCloseTo(1, 12);
      }
    }),
  );
});

describe("a layer's name", () => {
  test("is client, surface and variable, there and back", () => {
    expect(id).toBe("aurora-coffee/instagram.reels/hook");
    expect(parseLayerId(id)).toEqual({ clientId: "aurora-coffee", surface: "instagram.reels", variable: "hook" });
  });

  test.each([
    "",
    "aurora",
    "aurora/instagram.reels",
    "aurora/instagram.reel/hook",
    "aurora/instagram.reels/hook/2",
    "/instagram.reels/hook",
    "aurora/instagram.reels/vibe",
  ])("is refused when it is something else: %j", (text) =>
    expect(() => parseLayerId(text)).toThrow(expect.objectContaining({ code: "layer-invalid" })),
  );
});
