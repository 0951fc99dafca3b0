import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DomainError } from "../../src/domain/index.ts";
import { createIdSource, createRng } from "../../src/random/index.ts";
import { assertProperty } from "../support/property.ts";

/** A clock that plays back the given times. */
const clock = (timesMs: readonly number[]) => {
  let at = 0;
  return () => timesMs[at++]!;
};
const idsAt = (seed: string, timesMs: readonly number[]) => {
  const next = createIdSource({ rng: createRng(seed), now: clock(timesMs) });
  return timesMs.map(() => next());
};

describe("ids", () => {
  test("are UUIDs of version 7 that carry the clock's milliseconds", () => {
    const timeMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    const [id] = idsAt("s", [timeMs]);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id!.replaceAll("-", "").slice(0, 12), 16)).toBe(timeMs);
  });

  test("L8: the same stream and the same times give the same ids", () =>
    assertProperty(
      fc.property(fc.string({ minLength: 1 }), fc.array(fc.nat(2 ** 40), { maxLength: 20 }), (seed, timesMs) => {
        expect(idsAt(seed, timesMs)).toEqual(idsAt(seed, timesMs));
      }),
    ));

  test("sort in the order they were made, within a millisecond and when the clock steps back", () =>
    assertProperty(
      fc.property(fc.string({ minLength: 1 }), fc.array(fc.nat(5), { minLength: 2, maxLength: 50 }), (seed, timesMs) => {
        const ids = idsAt(seed, timesMs);
        expect(ids).toEqual(ids.toSorted());
        expect(new Set(ids).size).toBe(ids.length);
      }),
    ));

  test("of different streams differ at the same millisecond", () => {
    const ids = Array.from({ length: 2_000 }, (_, at) => idsAt(`stream ${at}`, [1])[0]);
    expect(new Set(ids).size).toBe(2_000);
  });

  test.each([NaN, -1, 1.5, 2 ** 48, Infinity])("are refused when the clock says %d", (timeMs) => {
    expect(() => idsAt("s", [timeMs])).toThrow(DomainError);
  });
});
