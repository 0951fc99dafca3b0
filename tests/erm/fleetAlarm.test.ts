import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fleetAlarm } from "../../src/erm/index.ts";
import { binomialQuantile } from "../../src/stats/index.ts";
import { createRng } from "../../src/random/index.ts";
import { assertProperty } from "../support/property.ts";

const alarms = (weeks: [judged: number, invalid: number][]) =>
  fleetAlarm(weeks.map(([judged, invalid]) => ({ judged, invalid }))).map(({ alarm }) => alarm);

describe("the fleet alarm", () => {
  test("is raised in the very week in which many experiments turn invalid, and ends when they stop", () => {
    expect(
      alarms([
        [30, 0],
        [28, 1],
        [31, 14],
        [25, 12],
        [30, 0],
        [30, 0],
      ]),
    ).toEqual([false, false, true, true, false, false]);
  });

  test("holds through a week of two experiments in the middle of a fault", () => {
    expect(
      alarms([
        [30, 15],
        [2, 1],
        [6, 2],
        [3, 0],
        [25, 14],
      ]),
    ).toEqual([true, true, true, true, true]);
  });

  test("does not hear a single invalid experiment, whatever the size of the week", () => {
    for (const judged of [1, 2, 5, 10, 50])
      expect(
        alarms([
          [20, 0],
          [judged, 1],
          [20, 0],
        ]),
      ).toEqual([false, false, false]);
  });

  test("later weeks never change an earlier one", async () => {
    const week = fc.integer({ min: 0, max: 40 }).chain((judged) => fc.tuple(fc.constant(judged), fc.integer({ min: 0, max: judged })));
    await assertProperty(
      fc.property(fc.array(week, { minLength: 2, maxLength: 30 }), (weeks) => {
        expect(alarms(weeks.slice(0, -1))).toEqual(alarms(weeks).slice(0, -1));
      }),
    );
  });

  test("a healthy fleet at the tolerated share is alarmed in fewer than one week in two hundred, a broken one in nearly all", () => {
    const rng = createRng("fleet");
    const weeks = (share: number, n: number) =>
      Array.from({ length: n }, (): [number, number] => [25, binomialQuantile(rng.nextDouble(), 25, share)]);
    const healthy = alarms(weeks(0.011, 20_000)).filter(Boolean).length / 20_000;
    const broken = alarms(weeks(0.4, 2_000)).filter(Boolean).length / 2_000;
    expect(healthy).toBeLessThan(0.005);
    expect(broken).toBeGreaterThan(0.99);
  });
});
