import fc from "fast-check";
import { expect, test } from "vitest";
import { RowMap } from "../../src/machines/index.ts";
import { type TimerHeap, withoutTop, withTimer } from "../../src/machines/timerHeap.ts";
import { assertProperty } from "../support/property.ts";

const key = fc.oneof(fc.constantFrom("a", "b", "post/1", "post/2"), fc.string());

test("a row map holds what a Map holds, and older versions of it stay as they were", () =>
  assertProperty(
    fc.property(fc.array(fc.tuple(key, fc.integer())), (pairs) => {
      let map = RowMap.empty<number>();
      const model = new Map<string, number>();
      for (const [at, value] of pairs) {
        const before = [...map];
        const next = map.set(at, value);
        expect([...map]).toEqual(before);
        map = next;
        model.set(at, value);
      }
      expect(map.size).toBe(model.size);
      expect(new Map(map)).toEqual(model);
      for (const [at] of pairs) expect(map.get(at)).toBe(model.get(at));
      expect(map.has("never there")).toBe(model.has("never there"));
    }),
  ));

test("keys of one and the same hash are told apart", () => {
  // Found by search through post/0, post/1 ...: the first two whose 32 bits are equal.
  const [one, other] = ["post/717916", "post/1694160"];
  const map = RowMap.empty<number>().set(one, 1).set(other, 2).set(one, 3);
  expect([map.get(one), map.get(other), map.size]).toEqual([3, 2, 2]);
});

test("a timer heap gives timers back in order of time, then id, and older versions of it stay as they were", () =>
  assertProperty(
    fc.property(fc.array(fc.record({ dueAt: fc.integer({ min: 0, max: 5 }), id: fc.string({ maxLength: 2 }) })), (all) => {
      let heap: TimerHeap = null;
      for (const { dueAt, id } of all) heap = withTimer(heap, { dueAt, id, key: "k", timerId: "t", armedRev: 0, type: "x" });
      const taken = (from: TimerHeap): string[] => {
        const ids: string[] = [];
        for (let rest = from; rest !== null; rest = withoutTop(rest)) ids.push(`${rest.top.dueAt}${rest.top.id}`);
        return ids;
      };
      const expected = all
        .toSorted((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
        .map(({ dueAt, id }) => `${dueAt}${id}`);
      expect(taken(heap)).toEqual(expected);
      expect(taken(heap)).toEqual(expected);
    }),
  ));
