import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assumedShare, createEventQueue, shareOfViews } from "../../src/sim/index.ts";
import { assertProperty } from "../support/property.ts";

describe("virtual time", () => {
  test("pops by time, and equal times in the order they were pushed", () =>
    assertProperty(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (times) => {
        const queue = createEventQueue<number>();
        times.forEach((time, at) => queue.push(time, at));
        const popped = Array.from({ length: times.length }, () => queue.pop()!);
        const expected = times.map((atMs, item) => ({ atMs, item })).sort((a, b) => a.atMs - b.atMs || a.item - b.item);
        expect(popped).toEqual(expected);
        expect(queue.pop()).toBeUndefined();
      }),
    ));

  test("lets nothing happen in the past", () => {
    const queue = createEventQueue<string>();
    queue.push(10, "first");
    queue.pop();
    queue.push(3, "late");
    expect(queue.pop()).toEqual({ atMs: 10, item: "late" });
  });
});

describe("the synthetic audience", () => {
  test.each([
    [1, 0.084],
    [6, 0.304],
    [24, 0.538],
    [168, 0.776],
    [720, 0.874],
  ])("has seen the published share of a post after %d h", (hours, share) => {
    expect(shareOfViews(hours)).toBeCloseTo(share, 2);
  });

  test("says how much of it is assumed", () => {
    expect(assumedShare()).toBeGreaterThan(0.5);
    expect(assumedShare()).toBeLessThan(1);
  });
});
