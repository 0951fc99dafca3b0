// What every AssignmentStore must do, in memory or on a disk: one suite, run against each implementation.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AssignmentKey,
  type AssignmentStore,
  ExperimentEvaluator,
  ExperimentRegistry,
  type StoredAssignment,
} from "../../src/spec/index.ts";
import { twoArms } from "../spec/support/specs.ts";
import { assertProperty } from "./property.ts";

export const keyOf = (unitId: string, more: Partial<AssignmentKey> = {}): AssignmentKey => ({
  experiment: "demo.a",
  bucketingVersion: 1,
  unitType: "userId",
  unitId,
  ...more,
});

export const assigned = (variantId: string, more: Partial<StoredAssignment> = {}): StoredAssignment => ({
  variantId,
  specVersion: "1.0.0",
  hashVersion: "m3-1",
  timeMs: 1_800_000_000_000,
  ...more,
});

/** Short ids over few characters, so that keys often repeat and often differ in one part only. */
const part = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", '"', ",", "\n", "\\", "\0"), maxLength: 3 }),
  fc.string({ maxLength: 4, unit: "binary" }),
);
const keyArbitrary = fc.record({ experiment: part, bucketingVersion: fc.integer({ min: 0, max: 2 }), unitType: part, unitId: part });
export const writeArbitrary = fc.tuple(
  keyArbitrary,
  fc.record(
    { variantId: part, ruleId: part, specVersion: part, timeMs: fc.option(fc.integer()) },
    { requiredKeys: ["variantId", "specVersion", "timeMs"] },
  ),
);

/** @param open makes an empty store; what it opens it closes when the test ends. */
export function describeAssignmentStore(name: string, open: () => AssignmentStore): void {
  describe(`the assignment store ${name}`, () => {
    test("knows nothing before anything was put", async () => {
      expect(await open().get(keyOf("u-1"))).toBeUndefined();
    });

    test("L11: the first writer of a key wins, and hears so", async () => {
      const store = open();
      expect(await store.putIfAbsent(keyOf("u-1"), assigned("b", { ruleId: "b#0" }))).toEqual(assigned("b", { ruleId: "b#0" }));
      expect(await store.putIfAbsent(keyOf("u-1"), assigned("control"))).toEqual(assigned("b", { ruleId: "b#0" }));
      expect(await store.get(keyOf("u-1"))).toEqual(assigned("b", { ruleId: "b#0" }));
    });

    test("keeps writers of one key at one time to one arm", async () => {
      const store = open();
      const heard = await Promise.all(["b", "control", "b", "control"].map(async (arm) => store.putIfAbsent(keyOf("u-1"), assigned(arm))));
      expect(new Set(heard.map(({ variantId }) => variantId)).size).toBe(1);
    });

    test("tells experiments, bucketing versions, unit types and units apart", async () => {
      const store = open();
      const keys = [
        keyOf("u-1"),
        keyOf("u-2"),
        keyOf("u-1", { experiment: "demo.b" }),
        keyOf("u-1", { bucketingVersion: 2 }),
        keyOf("u-1", { unitType: "sessionId" }),
      ];
      for (const [at, key] of keys.entries()) await store.putIfAbsent(key, assigned(`arm-${at}`));
      for (const [at, key] of keys.entries()) expect(await store.get(key)).toMatchObject({ variantId: `arm-${at}` });
    });

    test("is not altered through a value that was put or got", async () => {
      const store = open();
      const mine: { variantId: string } & StoredAssignment = { ...assigned("b") };
      await store.putIfAbsent(keyOf("u-1"), mine);
      (mine as { variantId: string }).variantId = "control";
      const got = (await store.get(keyOf("u-1"))) as { variantId: string };
      expect(() => (got.variantId = "control")).toThrow(TypeError);
      expect(await store.get(keyOf("u-1"))).toEqual(assigned("b"));
    });

    test("L11: equals a map that keeps the first value, whatever is written in whatever order", async () => {
      await assertProperty(
        fc.asyncProperty(fc.array(writeArbitrary, { maxLength: 12 }), async (writes) => {
          const store = open();
          const first = new Map<string, StoredAssignment>();
          for (const [key, { ruleId, ...value }] of writes) {
            const stored: StoredAssignment = { ...value, hashVersion: "m3-1", ...(ruleId !== undefined && { ruleId }) };
            const text = JSON.stringify([key.experiment, key.bucketingVersion, key.unitType, key.unitId]);
            if (!first.has(text)) first.set(text, stored);
            expect(await store.putIfAbsent(key, stored)).toEqual(first.get(text));
            expect(await store.get(key)).toEqual(first.get(text));
          }
        }),
        { numRuns: 30 },
      );
    });

    test("keeps every unit's arm when the weights of a live experiment change", async () => {
      const store = open();
      const evaluatorOf = (weight: number): ExperimentEvaluator =>
        new ExperimentEvaluator({
          store,
          registry: new ExperimentRegistry([
            twoArms("demo.a", {
              variants: [
                { id: "control", name: "C" },
                { id: "b", name: "B", weight },
              ],
            }),
          ]),
        });
      const units = Array.from({ length: 20 }, (_, index) => `u-${index}`);
      const arms = async (evaluator: ExperimentEvaluator): Promise<(string | undefined)[]> =>
        Promise.all(units.map(async (userId) => (await evaluator.chooseVariant({ experiment: "demo.a", userId }))?.variant.id));
      const before = await arms(evaluatorOf(1));
      expect(new Set(before)).toEqual(new Set(["control", "b"]));
      expect(await arms(evaluatorOf(1_000))).toEqual(before);
    });
  });
}
