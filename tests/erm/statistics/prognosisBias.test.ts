import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitPrognosis, predictLogIndex, prognosisBias, prognosisTest, type PrognosticHistory } from "../../../src/erm/index.ts";
import { createRng, normal, type Rng, uniform, uniformInteger } from "../../../src/random/index.ts";
import { normalSf } from "../../../src/stats/index.ts";
import { assertProperty } from "../../support/property.ts";

/** Evening posts reach `evening` log units more; noise sd 1. */
function account(rng: Rng, posts: number, evening: number): PrognosticHistory[] {
  return Array.from({ length: posts }, () => {
    const late = rng.next() < 0.5;
    const hour = late ? uniform(rng, 18, 22) : uniform(rng, 8, 12);
    return {
      cell: late ? "evening" : "morning",
      hourOfWeek: 24 * uniformInteger(rng, 7) + hour,
      mediaKind: rng.next() < 0.5 ? "video" : "image",
      durationSeconds: rng.next() < 0.3 ? null : uniform(rng, 5, 60),
      logIndex: 7 + (late ? evening : 0) + normal(rng),
    };
  });
}

const evening = { cell: "evening", hourOfWeek: 20, mediaKind: "video", durationSeconds: 20 };
const morning = { cell: "morning", hourOfWeek: 9, mediaKind: "video", durationSeconds: 20 };

describe("prognosis bias (E6)", () => {
  test("it sees the head start that evenings give, in units of the comparison's standard error", () => {
    const model = fitPrognosis(account(createRng("evenings"), 200, 1.5));
    const { bias, standardError, biasOverStandardError, ratio } = prognosisBias(
      model,
      Array.from({ length: 8 }, () => evening),
      Array.from({ length: 8 }, () => morning),
    );
    expect(Math.abs(bias - 1.5)).toBeLessThan(0.4);
    expect(standardError).toBeCloseTo(model.sdLogIndex / 2, 12);
    expect(biasOverStandardError).toBeGreaterThan(1);
    expect(ratio).toBeCloseTo(Math.exp(bias), 12);
  });

  test("it shrinks what history does not show: no effect of the hour, hardly any bias", () => {
    const model = fitPrognosis(account(createRng("no evenings"), 60, 0));
    expect(Math.abs(prognosisBias(model, [evening], [morning]).biasOverStandardError)).toBeLessThan(0.5);
    expect(model.penalty).toBe(100);
  });

  test("biases of .25, .5 and 1 standard errors turn a one-sided .05 test into .082, .126, .26", () => {
    const size = (bias: number) => normalSf(1.6448536 - bias);
    expect(size(0.25)).toBeCloseTo(0.082, 3);
    expect(size(0.5)).toBeCloseTo(0.126, 3);
    expect(size(1)).toBeCloseTo(0.26, 2);
  });

  test("swapping the arms turns the sign, equal arms have no bias, moving the log index moves nothing", async () => {
    await assertProperty(
      fc.property(fc.string({ minLength: 1 }), fc.integer({ min: -5, max: 5 }), (seed, shift) => {
        const history = account(createRng(seed), 50, 0.7);
        const model = fitPrognosis(history);
        const one = prognosisBias(model, [evening, morning, evening], [morning]);
        const other = prognosisBias(model, [morning], [evening, morning, evening]);
        expect(other.bias).toBeCloseTo(-one.bias, 10);
        expect(prognosisBias(model, [evening], [evening]).bias).toBe(0);
        const moved = fitPrognosis(history.map((post) => ({ ...post, logIndex: post.logIndex + shift })));
        expect(prognosisBias(moved, [evening], [morning]).bias).toBeCloseTo(prognosisBias(model, [evening], [morning]).bias, 8);
        expect(predictLogIndex(moved, evening)).toBeCloseTo(predictLogIndex(model, evening) + shift, 8);
        expect(fitPrognosis(history.toReversed()).weights.map((weight) => weight.toFixed(8))).toEqual(
          model.weights.map((weight) => weight.toFixed(8)),
        );
      }),
      { numRuns: 20 },
    );
  });

  test("its p is the share of deals within the strata with a bias as large, by brute force", () =>
    assertProperty(
      fc.property(fc.nat(), fc.constantFrom("aaaaaaa", "aabbaab", "abababb"), (seed, strata) => {
        const rng = createRng(`deal ${seed}`);
        const model = fitPrognosis(account(rng, 60, 1));
        const posts = account(rng, 7, 0);
        const dealt = [1, 1, 1, 0, 0, 0, 0];
        const score = posts.map((post) => predictLogIndex(model, post));
        const blocks = [...new Set(strata)].map((name) => strata.split("").flatMap((own, post) => (own === name ? [post] : [])));
        const mixed = blocks.filter((own) => new Set(own.map((post) => dealt[post])).size === 2);
        // With posts taken from their stratum's mean, the weighted mean difference is the test arm's sum, whatever its weights.
        const sumOf = (labels: readonly number[]) =>
          mixed.flat().reduce((sum, post) => {
            const own = mixed.find((block) => block.includes(post))!;
            const mean = own.reduce((total, at) => total + score[at]!, 0) / own.length;
            return sum + labels[post]! * (score[post]! - mean);
          }, 0);
        const all = Array.from({ length: 128 }, (_, code) => posts.map((_, post) => (code >> post) & 1)).filter((labels) =>
          blocks.every((own) => own.reduce((sum, post) => sum + labels[post]! - dealt[post]!, 0) === 0),
        );
        const extreme = all.filter((labels) => Math.abs(sumOf(labels)) >= Math.abs(sumOf(dealt)) - 1e-9).length;
        const found = prognosisTest(model, { test: posts.slice(0, 3), control: posts.slice(3), strata: strata.split("") });
        expect(found.p).toBeCloseTo(extreme / all.length, 12);
        expect(found.exactness).toBe("exact");
      }),
      { numRuns: 30 },
    ));

  test("where nothing was left to chance no p can be had", () => {
    const model = fitPrognosis(account(createRng("set by hand"), 60, 1));
    expect(prognosisTest(model, { test: [evening], control: [morning], strata: ["1/0", "0/1"] })).toMatchObject({ p: 1, minP: 1 });
  });

  test("a cell or media kind that history never saw counts as average, and the model survives JSON", () => {
    const model = fitPrognosis(account(createRng("unseen"), 80, 1));
    const strange = { ...morning, cell: "night", mediaKind: "carousel", durationSeconds: null };
    expect(Number.isFinite(predictLogIndex(model, strange))).toBe(true);
    expect(predictLogIndex(JSON.parse(JSON.stringify(model)) as typeof model, strange)).toBe(predictLogIndex(model, strange));
  });

  test("no history, one that never varies, or values off their range are refused", () => {
    expect(() => fitPrognosis([])).toThrow("history is empty");
    expect(() => fitPrognosis([{ ...evening, logIndex: 1 }])).toThrow("one post");
    expect(() => fitPrognosis([evening, morning].map((post) => ({ ...post, logIndex: 1 })))).toThrow("never varies");
    expect(() => fitPrognosis([evening, morning].map((post) => ({ ...post, logIndex: Number.NaN })))).toThrow("logIndex[0]");
    const model = fitPrognosis(account(createRng("bad"), 50, 1));
    expect(() => prognosisBias(model, [], [morning])).toThrow("test is empty");
    expect(() => prognosisBias(model, [{ ...evening, hourOfWeek: 168 }], [morning])).toThrow("hourOfWeek[0]");
    expect(() => prognosisBias(model, [{ ...evening, durationSeconds: -1 }], [morning])).toThrow("durationSeconds[0]");
  });
});
