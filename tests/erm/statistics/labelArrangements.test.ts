import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chordHours, circularEnergyTest, circularEnergyTests } from "../../../src/erm/index.ts";
import { chordForm } from "../../../src/erm/statistics/chordForm.ts";
import { drawArrangements, eachArrangement, labelDesign } from "../../../src/erm/statistics/labelArrangements.ts";
import { createRng, permutation } from "../../../src/random/index.ts";
import { chiSquareSf } from "../../../src/stats/index.ts";
import { assertProperty } from "../../support/property.ts";

const designs = fc.constantFrom(
  { arm: [0, 1, 0, 1, 1], block: "aaaaa" },
  { arm: [0, 1, 2, 2, 1, 0], block: "aaaaaa" },
  { arm: [0, 1, 1, 0, 0, 1, 2], block: "aabbabb" },
  { arm: [1, 1, 0, 0, 1, 1], block: "ababab" },
);

describe("arrangements of labels", () => {
  test("drawn ones are all there and equally likely, in blocks and with several arms", () =>
    assertProperty(
      fc.property(designs, fc.nat(), ({ arm, block }, seed) => {
        const design = labelDesign(arm, Math.max(...arm) + 1, block.split(""));
        const seen = new Map<string, number>();
        const draws = 200 * design.arrangements;
        drawArrangements(design, createRng(`draws ${seed}`), draws, (labels) =>
          seen.set(labels.join(""), (seen.get(labels.join("")) ?? 0) + 1),
        );
        expect(seen.size).toBe(design.arrangements);
        const chiSquare = [...seen.values()].reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
        expect(chiSquareSf(chiSquare, seen.size - 1)).toBeGreaterThan(1e-7);
      }),
      { numRuns: 12 },
    ));

  test("enumerated ones, each with its twins, are all of them", () =>
    assertProperty(
      fc.property(designs, ({ arm, block }) => {
        const design = labelDesign(arm, Math.max(...arm) + 1, block.split(""));
        const seen = new Set<string>();
        eachArrangement(design, (labels) => seen.add(labels.join("")));
        expect(seen.size * design.twins).toBe(design.arrangements);
      }),
      { numRuns: 10 },
    ));

  test("sums over clock order equal the plain double sum, for any number of posts and arms, with posts at one hour too", () =>
    assertProperty(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 2, max: 5 }), fc.nat(), (posts, arms, seed) => {
        const rng = createRng(`form ${seed}`);
        const weights = new Float64Array(arms * arms);
        for (let i = 0; i < arms; i++) for (let j = 0; j <= i; j++) weights[i * arms + j] = weights[j * arms + i] = rng.next() - 0.5;
        const clocks = [24, 168].map((periodHours) => ({
          periodHours,
          hours: Array.from({ length: posts }, () => Math.floor(rng.next() * periodHours * 2) / 2),
        }));
        const form = chordForm(clocks, weights, arms);
        for (let draw = 0; draw < 3; draw++) {
          const labels = permutation(rng, posts).map((at) => at % arms);
          const sums = form(labels);
          clocks.forEach(({ hours, periodHours }, clock) => {
            let plain = 0;
            for (let i = 0; i < posts; i++)
              for (let j = 0; j < i; j++) plain += weights[labels[i]! * arms + labels[j]!]! * chordHours(hours[i]!, hours[j]!, periodHours);
            expect(sums[clock]).toBeCloseTo(plain, 8);
          });
        }
      }),
    ));

  test("drawing may stop where p is plainly large: the p of one clock by the draws up to its last hit, of a small p by all", () => {
    const arm = Array.from({ length: 40 }, (_, post) => post % 2);
    const alike = arm.map((_, post) => Math.floor(post / 2));
    const apart = arm.map((of, post) => 12 * of + (post % 5));
    const clocks = [alike, apart].map((hours) => ({ hours, periodHours: 24 }));
    const options = () => ({ rng: createRng("sequential"), draws: 2_000 });
    const [all, small] = circularEnergyTests({ clocks, arm }, options());
    const [early, same] = circularEnergyTests({ clocks, arm }, { ...options(), hitsEnough: 100 });
    expect(same).toEqual(small);
    expect(early!.draws).toBeLessThan(300);
    expect(early!.p).toBeCloseTo(101 / (early!.draws! + 1), 12);
    expect(Math.abs(early!.p - all!.p)).toBeLessThan(0.2);
    for (const hitsEnough of [0, -1, 1.5, Number.NaN])
      expect(() => circularEnergyTests({ clocks, arm }, { ...options(), hitsEnough })).toThrow("options.hitsEnough");
  });

  test("two clocks in one pass give what each gives alone", () => {
    const hours = [1, 5, 9.5, 13, 22, 23.5, 8];
    const arm = [0, 0, 1, 1, 0, 1, 1];
    const clocks = [
      { hours, periodHours: 24 },
      { hours: hours.map((hour, post) => hour + 24 * (post % 7)), periodHours: 168 },
    ];
    expect(circularEnergyTests({ clocks, arm })).toEqual(clocks.map((clock) => circularEnergyTest({ ...clock, arm })));
  });
});
