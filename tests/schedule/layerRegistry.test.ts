import { describe, expect, test } from "vitest";
import { createMemoryStore, layerUse, releaseLayers, reserveLayers, reserveWrites } from "../../src/schedule/index.ts";

const hook = "aurora/instagram.reels/hook";
const cover = "aurora/instagram.reels/cover";

describe("layers over a store", () => {
  test("L3: are given all or none, and freed for the next", async () => {
    const store = createMemoryStore();
    await reserveLayers(store, { experimentId: "first", layers: [hook], atMs: 5 });
    await expect(reserveLayers(store, { experimentId: "second", layers: [cover, hook], atMs: 6 })).rejects.toMatchObject({
      code: "layer-overlap",
      path: hook,
      message: expect.stringContaining("held by first"),
      fix: "Wait until first ends, or end it.",
    });
    expect(await store.get("layer", cover)).toBeUndefined();
    await releaseLayers(store, "first");
    await reserveLayers(store, { experimentId: "second", layers: [cover, hook], atMs: 7 });
    expect((await store.list("layer")).map(({ value }) => value.holds[0]?.experimentId)).toEqual(["second", "second"]);
  });

  test("write nothing where nothing changes", async () => {
    const store = createMemoryStore();
    await reserveLayers(store, { experimentId: "first", layers: [hook, hook], atMs: 5 });
    expect(await reserveWrites(store, { experimentId: "first", layers: [hook], atMs: 9 })).toEqual([]);
    await releaseLayers(store, "nobody");
    expect((await store.get("layer", hook))!.rev).toBe(1);
  });

  test("may be split into ranges that do not overlap", async () => {
    const store = createMemoryStore();
    await reserveLayers(store, { experimentId: "first", layers: [hook], ranges: [{ from: 0, to: 0.5 }], atMs: 5 });
    await reserveLayers(store, { experimentId: "second", layers: [hook], ranges: [{ from: 0.5, to: 1 }], atMs: 5 });
    await expect(
      reserveLayers(store, { experimentId: "third", layers: [hook], ranges: [{ from: 0.4, to: 0.6 }], atMs: 5 }),
    ).rejects.toMatchObject({ code: "layer-overlap" });
    const layers = (await store.list("layer")).map(({ value }) => value);
    expect(layerUse(layers, [{ experimentId: "third", state: "approval", layers: [hook] }])).toMatchObject([
      { holders: [{ share: 0.5 }, { share: 0.5 }], waiting: ["third"], collides: true },
    ]);
  });
});

test("the report names who holds, who waits and where they collide", () => {
  const experiment = (experimentId: string, state: "approval" | "running" | "shipped", layers: string[]) => ({
    experimentId,
    state,
    layers,
  });
  const held = { layerId: hook, mode: "exclusive" as const, holds: [{ experimentId: "a", ranges: [{ from: 0, to: 1 }], sinceMs: 3 }] };
  const report = layerUse(
    [held],
    [experiment("a", "running", [hook]), experiment("b", "approval", [hook, cover]), experiment("c", "shipped", [cover])],
  );
  expect(report).toEqual([
    { layerId: cover, holders: [], waiting: ["b"], collides: false },
    { layerId: hook, holders: [{ experimentId: "a", share: 1, sinceMs: 3 }], waiting: ["b"], collides: true },
  ]);
  const two = layerUse([], [experiment("b", "approval", [cover]), experiment("d", "approval", [cover])]);
  expect(two).toEqual([{ layerId: cover, holders: [], waiting: ["b", "d"], collides: true }]);
});
