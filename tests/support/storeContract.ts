// What every implementation of the Store port has to keep. Call it from the test of the implementation.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentHash } from "../../src/canon/index.ts";
import { emptyLayer, type GuardBlock, isDomainError } from "../../src/domain/index.ts";
import { layerUse, releaseLayers, reserveLayers, type Store, transact, type Write } from "../../src/schedule/index.ts";
import { layerValue } from "../adapters/support/layerValue.ts";
import { assertProperty } from "./property.ts";

export interface StoreUnderTest {
  /** A store with nothing in it. */
  readonly fresh: () => Promise<Store>;
  /** The same documents again, as another process would open them; undefined for stores that end with their process. */
  readonly reopened?: (store: Store) => Promise<Store>;
}

const layerId = (name: string): string => `client/instagram.reels/${name}`;
const ids = ["hook", "caption", "cta", "cover"].map(layerId);

/** A layer document whose holder says who wrote it. */
export function layerWrite(id: string, rev: number, holder: string): Write {
  return { kind: "layer", id, rev, value: layerValue(id, holder) };
}

function blocked(ruleId: string): GuardBlock {
  const hash = contentHash(ruleId);
  return {
    guardBlockId: "b1",
    clientId: "client",
    experimentName: "An experiment",
    layers: [ids[0]!],
    guard: "RiskScan",
    variantId: "test",
    contentHash: hash,
    ruleIds: [ruleId],
    textHashes: [hash],
    atMs: 0,
  };
}

const codeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "done",
    (error: unknown) => (isDomainError(error) ? error.code : String(error)),
  );

export function storeContract(name: string, { fresh, reopened }: StoreUnderTest): void {
  describe(`the store contract: ${name}`, () => {
    test("an empty store has no documents of any kind", async () => {
      const store = await fresh();
      expect(await store.get("layer", ids[0]!)).toBeUndefined();
      expect(await store.list("experiment")).toEqual([]);
      await store.close();
    });

    test("a document comes back as it went in, with revision 1, then 2", async () => {
      const store = await fresh();
      await store.commit([layerWrite(ids[0]!, 0, "first")]);
      expect(await store.get("layer", ids[0]!)).toEqual({ id: ids[0], rev: 1, value: layerWrite(ids[0]!, 0, "first").value });
      await store.commit([layerWrite(ids[0]!, 1, "second")]);
      expect(await store.get("layer", ids[0]!)).toMatchObject({ rev: 2, value: { holds: [{ experimentId: "second" }] } });
      await store.close();
    });

    test("a write from an old revision is refused, and so is the same document twice", async () => {
      const store = await fresh();
      await store.commit([layerWrite(ids[0]!, 0, "first")]);
      expect(await codeOf(store.commit([layerWrite(ids[0]!, 0, "late")]))).toBe("store-stale");
      expect(await codeOf(store.commit([layerWrite(ids[0]!, 2, "early")]))).toBe("store-stale");
      expect(await codeOf(store.commit([layerWrite(ids[1]!, 0, "a"), layerWrite(ids[1]!, 0, "b")]))).toBe("store-stale");
      expect((await store.list("layer")).map(({ value }) => value.holds[0]?.experimentId)).toEqual(["first"]);
      await store.close();
    });

    test("what people and guards said is never rewritten", async () => {
      const store = await fresh();
      const said = { kind: "guardBlock" as const, id: "b1", value: blocked("risk.one") };
      await store.commit([{ ...said, rev: 0 }]);
      expect(await codeOf(store.commit([{ ...said, rev: 1, value: blocked("risk.other") }]))).toBe("store-append-only");
      expect(await store.list("guardBlock")).toEqual([{ id: "b1", rev: 1, value: blocked("risk.one") }]);
      await store.close();
    });

    test("a commit is written whole or not at all", async () => {
      const store = await fresh();
      await store.commit([layerWrite(ids[0]!, 0, "first")]);
      expect(await codeOf(store.commit([layerWrite(ids[1]!, 0, "new"), layerWrite(ids[0]!, 0, "stale")]))).toBe("store-stale");
      const broken = { kind: "layer", id: ids[2]!, rev: 0, value: { layerId: "nonsense", mode: "exclusive", holds: [] } } as Write;
      expect(await codeOf(store.commit([layerWrite(ids[1]!, 0, "new"), broken]))).toBe("store-document-invalid");
      expect((await store.list("layer")).map(({ id }) => id)).toEqual([ids[0]]);
      await store.close();
    });

    test("what was read is the reader's own: changing it changes nothing", async () => {
      const store = await fresh();
      await store.commit([layerWrite(ids[0]!, 0, "first")]);
      const read = await store.get("layer", ids[0]!);
      (read!.value as { mode: string }).mode = "split";
      expect((await store.get("layer", ids[0]!))!.value.mode).toBe("exclusive");
      await store.close();
    });

    test("lists are ascending by id, and kinds are apart", async () => {
      const store = await fresh();
      for (const id of ids.toReversed()) await store.commit([layerWrite(id, 0, "x")]);
      expect((await store.list("layer")).map(({ id }) => id)).toEqual(ids.toSorted());
      expect(await store.list("post")).toEqual([]);
      expect(await store.get("plan", ids[0]!)).toBeUndefined();
      await store.close();
    });

    test("writers that decide on what they read never lose one another's work", async () => {
      const store = await fresh();
      const add = (holder: string) =>
        transact(store, async () => {
          const stored = await store.get("layer", ids[0]!);
          const before = stored?.value ?? { ...emptyLayer(ids[0]!, "split"), holds: [] };
          const at = before.holds.length;
          const hold = { experimentId: holder, ranges: [{ from: at / 32, to: (at + 1) / 32 }], sinceMs: 1 };
          return {
            writes: [{ kind: "layer" as const, id: ids[0]!, rev: stored?.rev ?? 0, value: { ...before, holds: [...before.holds, hold] } }],
            answer: at,
          };
        });
      const places = await Promise.all(Array.from({ length: 12 }, (_, at) => add(`writer-${at}`)));
      expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, at) => at));
      expect((await store.get("layer", ids[0]!))!.rev).toBe(12);
      await store.close();
    });

    test("L3: however many experiments ask at once, each layer has one holder, and all of an experiment's layers or none are its", async () => {
      const request = fc.record({
        experiment: fc.constantFrom("a", "b", "c", "d"),
        layers: fc.subarray(ids, { minLength: 1 }),
        release: fc.boolean(),
      });
      await assertProperty(
        fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 12 }), async (requests) => {
          const store = await fresh();
          const outcomes = await Promise.all(
            requests.map(({ experiment, layers, release }) =>
              release
                ? codeOf(releaseLayers(store, experiment))
                : codeOf(reserveLayers(store, { experimentId: experiment, layers, atMs: 1 })),
            ),
          );
          expect(outcomes.filter((code) => code !== "done" && code !== "layer-overlap")).toEqual([]);
          const held = (await store.list("layer")).map(({ value }) => value);
          for (const { holds } of held) expect(holds.length).toBeLessThanOrEqual(1);
          const holders = new Set(held.flatMap(({ holds }) => holds.map(({ experimentId }) => experimentId)));
          for (const holder of holders) {
            const own = held.filter(({ holds }) => holds[0]?.experimentId === holder).map(({ layerId: id }) => id);
            const granted = requests.filter(({ experiment, release }, at) => experiment === holder && !release && outcomes[at] === "done");
            expect(own.toSorted()).toEqual(
              [...new Set(granted.flatMap(({ layers }) => layers))].filter((id) => own.includes(id)).toSorted(),
            );
            expect(granted.some(({ layers }) => layers.every((id) => own.includes(id)))).toBe(true);
          }
          expect(layerUse(held, []).every(({ collides }) => !collides)).toBe(true);
          await store.close();
        }),
        { numRuns: 12 },
      );
    });

    if (reopened === undefined) return;
    test("what was acknowledged is there again, revisions included", async () => {
      const store = await fresh();
      for (let rev = 0; rev < 5; rev++) await store.commit([layerWrite(ids[0]!, rev, `writer-${rev}`), layerWrite(ids[1]!, rev, "other")]);
      await store.close();
      const again = await reopened(store);
      expect(await again.get("layer", ids[0]!)).toMatchObject({ rev: 5, value: { holds: [{ experimentId: "writer-4" }] } });
      await again.commit([layerWrite(ids[0]!, 5, "again")]);
      await again.close();
    });
  });
}
