import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anyTimeFailures,
  anyTimeFailuresResult,
  anyTimeFailuresStart,
  anyTimeFailuresStep,
  counterFaults,
  firstAttemptFailures,
  interleaving,
  missingShares,
  sequentialMultinomial,
  slotMix,
  totalVariation,
  windowOverlap,
} from "../../../src/erm/index.ts";
import { createRng } from "../../../src/random/index.ts";
import { assertProperty } from "../../support/property.ts";

describe("first-attempt failures (E3) and missing figures (E11)", () => {
  test("5 of 8 against 0 of 8 is Fisher's .0256 with a gap of 62.5 points", () => {
    const result = firstAttemptFailures([5, 0], [8, 8]);
    expect(result).toMatchObject({ exactness: "exact", shares: [0.625, 0], effect: 0.625 });
    expect(result.p).toBeCloseTo(0.0256410256, 9);
  });

  test("no failure at all is p = 1, and three arms are one table", () => {
    expect(firstAttemptFailures([0, 0], [8, 8])).toMatchObject({ p: 1, minP: 1, effect: 0 });
    expect(missingShares([0, 0, 6], [8, 8, 8]).p).toBeCloseTo((3 * 28) / 134_596, 9);
    expect(missingShares([0, 0, 6], [8, 8, 8])).toMatchObject({ shares: [0, 0, 0.75], effect: 0.75 });
  });

  test("more failures than attempts, an arm without any and bad counts are refused by name", () => {
    expect(() => firstAttemptFailures([9, 0], [8, 8])).toThrow("failed is 9 of 8");
    expect(() => missingShares([0, 0], [8, 0])).toThrow("arm 1 has none");
    expect(() => missingShares([0], [8, 8])).toThrow("missing has 1 entries");
    expect(() => firstAttemptFailures([0.5, 0], [8, 8])).toThrow("failed[0]");
    expect(() => firstAttemptFailures([], [])).toThrow("failed is empty");
  });
});

const attempt = fc.record({ arm: fc.nat(2), failed: fc.boolean() });

describe("failures at any time (E3)", () => {
  test("is Lindon-Malek on the arms of the failures; successes only change the shares", async () => {
    await assertProperty(
      fc.property(fc.array(attempt, { maxLength: 40 }), fc.nat(40), (attempts, cut) => {
        const result = anyTimeFailures([1, 1, 1], attempts);
        const failures = attempts.filter(({ failed }) => failed).map(({ arm }) => arm);
        expect(result.p).toBe(sequentialMultinomial([1, 1, 1], failures).p);
        const first = attempts.slice(0, cut).reduce(anyTimeFailuresStep, anyTimeFailuresStart([1, 1, 1]));
        expect(anyTimeFailuresResult(attempts.slice(cut).reduce(anyTimeFailuresStep, first))).toEqual(result);
      }),
    );
  });

  test("in complete blocks it is safer than its level: at most .01 ever at .01, over all deals of failures", () => {
    // 20 blocks of two arms, half of all attempts fail whatever the arm.
    const rng = createRng("failures in blocks");
    const runs = 2000;
    let ever = 0;
    for (let run = 0; run < runs; run++) {
      const attempts = Array.from({ length: 40 }, (_, at) => ({ arm: at % 2, failed: rng.next() < 0.5 }));
      if (anyTimeFailures([1, 1], attempts).p <= 0.05) ever++;
    }
    expect(ever / runs).toBeLessThanOrEqual(0.05);
  });

  test("eleven failures in one of two arms and none in the other reach .01; the gap is in shares of attempts", () => {
    const attempts = Array.from({ length: 22 }, (_, at) => ({ arm: at % 2, failed: at % 2 === 1 }));
    expect(anyTimeFailures([1, 1], attempts)).toMatchObject({ n: 11, effect: 1, attempts: [11, 11] });
    expect(anyTimeFailures([1, 1], attempts).p).toBeLessThanOrEqual(0.01);
    expect(anyTimeFailures([1, 1], attempts.slice(0, 1)).effect).toBe(0);
    expect(() => anyTimeFailures([1, 1], [{ arm: 2, failed: false }])).toThrow("there is no arm 2");
  });
});

describe("interleaving (E7)", () => {
  test("one arm after the other: no overlap, and the least p there is", () => {
    const result = interleaving([1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]);
    expect(result).toMatchObject({ overlap: 0, exactness: "exact" });
    expect(result.p).toBeCloseTo(2 / 924, 12);
    expect(result.p).toBeCloseTo(result.minP, 12);
  });

  test("in turn: the windows overlap nearly wholly and p is large", () => {
    const result = interleaving([1, 3, 5, 7, 9, 11], [2, 4, 6, 8, 10, 12]);
    expect(result.overlap).toBeCloseTo(0.9, 12);
    expect(result.p).toBeGreaterThan(0.5);
  });

  test("overlap is symmetric, in [0, 1], and untouched by moving or stretching time", async () => {
    const instants = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 8 });
    await assertProperty(
      fc.property(instants, instants, fc.integer({ min: 1, max: 9 }), (a, b, factor) => {
        const overlap = windowOverlap(a, b);
        expect(overlap).toBe(windowOverlap(b, a));
        expect(overlap).toBeGreaterThanOrEqual(0);
        expect(overlap).toBeLessThanOrEqual(1);
        const moved = (sample: number[]) => sample.map((at) => at * factor + 77);
        expect(windowOverlap(moved(a), moved(b))).toBeCloseTo(overlap, 12);
      }),
    );
    expect(windowOverlap([5], [1, 9])).toBe(1);
    expect(windowOverlap([5], [6, 9])).toBe(0);
    expect(() => windowOverlap([], [1])).toThrow("a is empty");
    expect(() => interleaving([1, Number.NaN], [1])).toThrow("finite");
  });
});

describe("slot mix", () => {
  test("total variation: 0 for the same mix in any size, 1 without a common cell", () => {
    expect(totalVariation([1, 2, 3], [2, 4, 6])).toBeCloseTo(0, 12);
    expect(totalVariation([1, 0], [0, 5])).toBe(1);
    expect(totalVariation([3, 1], [1, 3])).toBe(0.5);
    expect(() => totalVariation([0, 0], [1, 1])).toThrow("no post was counted");
    expect(() => totalVariation([1], [1, 1])).toThrow("a has 1 entries");
    expect(() => totalVariation([Number.NaN], [1])).toThrow("a[0]");
  });

  test("eight cells forgive the weekday, 28 bins do not; arms without a common cell are named", () => {
    // 2026-03-02 is a Monday.
    const mondayTuesday = ["2026-03-02T09:00", "2026-03-02T10:00", "2026-03-03T09:00", "2026-03-03T10:00"];
    expect(slotMix(mondayTuesday, [0, 0, 1, 1], "cells8")).toEqual({ totalVariation: 0, everyPairShares: true });
    expect(slotMix(mondayTuesday, [0, 0, 1, 1], "bins28")).toEqual({ totalVariation: 1, everyPairShares: false });
    expect(slotMix(["2026-03-07T09:00", "2026-03-06T09:00"], [0, 1], "cells8")).toEqual({ totalVariation: 1, everyPairShares: false });
    expect(() => slotMix(mondayTuesday, [0, 1], "cells8")).toThrow("wallTimes has 4 entries");
  });
});

describe("counter faults (E11)", () => {
  const at = (capturedAtMs: number, value: number | null) => ({ capturedAtMs, value });

  test("a rising counter has none, in any order of arrival, with gaps and with readings told twice", async () => {
    await assertProperty(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }), fc.nat(11), (steps, twice) => {
        let value = 0;
        const readings = steps.map((step, hour) => at(hour, step % 7 === 0 ? null : (value += step)));
        expect(counterFaults([...readings, readings[twice % readings.length]!].toReversed())).toEqual([]);
      }),
    );
  });

  test("falls, conflicting readings, negatives and non-numbers are named with their moment", () => {
    expect(counterFaults([at(3, 90), at(1, 100), at(2, 150)])).toEqual([{ kind: "falling", capturedAtMs: 3, value: 90, before: 150 }]);
    expect(counterFaults([at(1, 5), at(2, 5)])).toEqual([]);
    expect(counterFaults([at(1, 5), at(1, 7)])).toEqual([{ kind: "conflicting", capturedAtMs: 1, values: [5, 7] }]);
    expect(counterFaults([at(1, Number.NaN), at(2, -4), at(3, 2)]).map(({ kind }) => kind)).toEqual(["notANumber", "negative"]);
    expect(() => counterFaults([])).toThrow("readings is empty");
  });
});
