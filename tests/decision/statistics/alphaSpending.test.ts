import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alphaSpending, holmSpending, leastBlocks, plannedLooks, type SpendingLook } from "../../../src/decision/statistics/index.ts";
import { createRng } from "../../../src/random/index.ts";
import { signFlipTest } from "../../../src/stats/index.ts";
import { assertProperty } from "../../support/property.ts";
import { differencesAt, drawWorld, shareOf, threeErrors } from "./world.ts";

/** Magnitudes with many ties, zeros and wide spread. */
const magnitude = fc.oneof(
  fc.constantFrom(0, 1, 1, 2),
  fc.nat(3000).map((thousandths) => thousandths / 1000),
);
const someLooks = fc
  .tuple(fc.constantFrom([4, 6, 8], [3, 7], [8], [2, 4, 6, 7], [5, 5, 6]), fc.array(magnitude, { minLength: 32, maxLength: 32 }))
  .map(([blocks, values]) =>
    blocks.map((n, look): SpendingLook => ({
      // Each look has magnitudes of its own, as each has deviations of its own.
      differences: values.slice(look * 8, look * 8 + n),
      t: look + 1 === blocks.length ? 1 : (n + look / 10) / (blocks.at(-1)! + 1),
    })),
  )
  .filter((looks) => looks.every(({ t }, at) => at === 0 || t > looks[at - 1]!.t));
const someAlpha = fc.constantFrom(0.025, 0.05, 0.1, 0.2, 0.25, 0.5);

/** The same experiment with the labels of some blocks swapped. */
function swapped(looks: readonly SpendingLook[], pattern: number): SpendingLook[] {
  return looks.map(({ differences, t }) => ({ differences: differences.map((d, block) => ((pattern >>> block) & 1 ? -d : d)), t }));
}

/** The rule as it is written, pattern by pattern: where does each of the 2^N patterns cross? */
function crossingsByDefinition(looks: readonly SpendingLook[], alpha: number): (number | null)[] {
  const blocks = looks.at(-1)!.differences.length;
  const crossed: (number | null)[] = Array.from({ length: 2 ** blocks }, () => null);
  looks.forEach(({ differences, t }, look) => {
    const sums = crossed.map((_, pattern) => differences.reduce((sum, d, block) => sum + ((pattern >>> block) & 1 ? -d : d), 0));
    const live = crossed.map((at) => at === null);
    const dead = live.filter((alive) => !alive).length;
    const crossing = sums.map(
      (sum, pattern) =>
        live[pattern]! &&
        (dead + sums.filter((other, at) => live[at]! && other >= sum - 1e-9).length) / crossed.length <= alpha * t ** 1.5 + 1e-12,
    );
    crossing.forEach((crosses, pattern) => crosses && (crossed[pattern] = look + 1));
  });
  return crossed;
}

describe("conditional alpha spending", () => {
  test("every sign pattern crosses at the look at which the rule as written lets it cross, and nowhere else", async () => {
    await assertProperty(
      fc.property(someLooks, someAlpha, (looks, alpha) => {
        const blocks = looks.at(-1)!.differences.length;
        const found = Array.from({ length: 2 ** blocks }, (_, pattern) => alphaSpending(swapped(looks, pattern), { alpha }).crossedAtLook);
        expect(found).toEqual(crossingsByDefinition(looks, alpha));
      }),
      { numRuns: 60 },
    );
  });

  test("exact size: over all sign patterns the share crossed by look k is at most A(t_k), for any magnitudes and ties", async () => {
    await assertProperty(
      fc.property(someLooks, someAlpha, (looks, alpha) => {
        const blocks = looks.at(-1)!.differences.length;
        const crossings = Array.from(
          { length: 2 ** blocks },
          (_, pattern) => alphaSpending(swapped(looks, pattern), { alpha }).crossedAtLook,
        );
        looks.forEach(({ t }, look) => {
          const share = crossings.filter((at) => at !== null && at <= look + 1).length / crossings.length;
          expect(share).toBeLessThanOrEqual(alpha * t ** 1.5 + 1e-12);
        });
      }),
      { numRuns: 60 },
    );
  });

  test("one look is the sign-flip test", async () => {
    await assertProperty(
      fc.property(fc.array(fc.integer({ min: -3000, max: 3000 }), { minLength: 1, maxLength: 12 }), (differences) => {
        const look = alphaSpending([{ differences, t: 1 }], { alpha: 0.05 }).looks[0]!;
        const single = signFlipTest(differences);
        expect(look.p).toBeCloseTo(single.p, 12);
        expect(look.minP).toBeCloseTo(single.minP, 12);
        expect(look.statistic).toBeCloseTo(single.statistic, 9);
        expect(look.crossed).toBe(look.p! <= 0.05);
      }),
    );
  });

  test("a crossing is latched: it is found again at later looks whatever they show, and needs no second p", () => {
    const first = { differences: [3, 3, 3, 3, 3, 3], t: 0.5 };
    const later = { differences: [3, 3, 3, 3, 3, 3, -9, -9, -9], t: 0.75 };
    const result = alphaSpending([first, later], { alpha: 0.05 });
    expect(result.crossedAtLook).toBe(1);
    expect(result.looks[0]).toMatchObject({ crossed: true, p: 1 / 64, dead: 0, exactness: "exact" });
    expect(result.looks[1]).toMatchObject({ crossed: true, p: null, dead: 1 / 64 });
  });

  test("budget not spent early is there later, and only the scale-free pattern matters", async () => {
    await assertProperty(
      fc.property(someLooks, someAlpha, fc.constantFrom(1e-6, 7, 1e9), (looks, alpha, factor) => {
        const scaled = looks.map(({ differences, t }) => ({ t, differences: differences.map((d) => d * factor) }));
        expect(alphaSpending(scaled, { alpha }).looks.map(({ p, crossed }) => [p, crossed])).toEqual(
          alphaSpending(looks, { alpha }).looks.map(({ p, crossed }) => [p, crossed]),
        );
      }),
    );
    const early = { differences: [1, -2, 1, 1, -1, 1], t: 0.5 };
    const full = { differences: [1, -2, 1, 1, -1, 1, 4, 4, 4, 4, 4, 4], t: 1 };
    const [, last] = alphaSpending([early, full], { alpha: 0.05 }).looks;
    expect(last!.budget).toBe(0.05);
    expect(last!.p!).toBeGreaterThan(last!.dead);
  });

  test("a larger difference at the last look never turns a crossing away", async () => {
    await assertProperty(
      fc.property(someLooks, fc.nat(255), fc.nat(7), (looks, pattern, block) => {
        const own = swapped(looks, pattern);
        const last = own.at(-1)!;
        // Turning one negative difference of the last look's own blocks positive keeps the magnitudes.
        const seen = own.at(-2)?.differences.length ?? 0;
        const at = Math.min(seen + block, last.differences.length - 1);
        const better = last.differences.map((d, index) => (index === at && index >= seen ? Math.abs(d) : d));
        const one = alphaSpending(own, { alpha: 0.1 }).looks.at(-1)!;
        const other = alphaSpending([...own.slice(0, -1), { ...last, differences: better }], { alpha: 0.1 }).looks.at(-1)!;
        expect(!one.crossed || other.crossed).toBe(true);
      }),
    );
  });

  test("beyond 16 blocks patterns are drawn: p agrees with enumeration, repeats for the same seed, and asks for an rng", () => {
    const rng = createRng("seventeen");
    const differences = Array.from({ length: 17 }, () => rng.next() * 2 - 0.7);
    let atLeast = 0;
    for (let pattern = 0; pattern < 2 ** 17; pattern++)
      if (differences.reduce((sum, d, block) => sum + ((pattern >>> block) & 1 ? d : 0), 0) <= 1e-12) atLeast++;
    const exact = atLeast / 2 ** 17;
    const looks = [{ differences, t: 1 }];
    const drawn = alphaSpending(looks, { alpha: 0.05, rng: createRng("draws") });
    expect(Math.abs(drawn.looks[0]!.p! - exact)).toBeLessThan(threeErrors(exact, 19_999));
    expect(drawn.looks[0]).toMatchObject({ exactness: "monteCarlo", draws: 19_999, seed: "draws" });
    expect(alphaSpending(looks, { alpha: 0.05, rng: createRng("draws") })).toEqual(drawn);
    expect(() => alphaSpending(looks, { alpha: 0.05 })).toThrow("too many to enumerate");
  });

  test("looks of 10, 18 and 36 blocks keep the level too: dead patterns of exact looks stay dead among the drawn ones", () => {
    const rng = createRng("long plans");
    const runs = 400;
    const magnitudes = Array.from({ length: 36 }, () => rng.next());
    const share = shareOf(runs, () => {
      const signed = magnitudes.map((size) => (rng.next() < 0.5 ? size : -size));
      const looks = [10, 18, 36].map((n) => ({ differences: signed.slice(0, n), t: n / 36 }));
      return alphaSpending(looks, { alpha: 0.2, rng: rng.fork(String(signed[0]! + signed[1]!)), draws: 499 }).crossedAtLook !== null;
    });
    expect(Math.abs(share - 0.2)).toBeLessThan(threeErrors(0.2, runs) + 0.005);
    const strong = [10, 18, 36].map((n) => ({ differences: magnitudes.slice(0, n).map((size) => size + 0.2), t: n / 36 }));
    const [first, second, third] = alphaSpending(strong, { alpha: 0.05, rng: createRng("strong") }).looks;
    expect([first, second, third]).toMatchObject([
      { crossed: true, exactness: "exact" },
      { p: null, crossed: true },
      { p: null, crossed: true },
    ]);
    // What crossed at look 1, A(10/36) of all patterns in full, is dead at look 2 among the drawn ones.
    const spent = Math.floor(0.05 * (10 / 36) ** 1.5 * 1024) / 1024;
    expect(Math.abs(second!.dead - spent)).toBeLessThan(threeErrors(spent, 19_999));
    expect(third!.dead).toBeGreaterThan(second!.dead);
  });

  test("looks that do not go forward, t beyond the plan and bad figures are refused", () => {
    const look = { differences: [1, 2], t: 0.5 };
    expect(() => alphaSpending([], { alpha: 0.05 })).toThrow("there is no look");
    expect(() => alphaSpending([look, look], { alpha: 0.05 })).toThrow("does not go beyond");
    expect(() => alphaSpending([look, { differences: [1], t: 1 }], { alpha: 0.05 })).toThrow("does not go beyond");
    expect(() => alphaSpending([{ differences: [1], t: 1.1 }], { alpha: 0.05 })).toThrow("t must be in (0, 1]");
    expect(() => alphaSpending([{ differences: [Number.NaN], t: 1 }], { alpha: 0.05 })).toThrow("differences[0]");
    expect(() => alphaSpending([{ differences: [-Infinity], t: 1 }], { alpha: 0.05 })).toThrow("differences[0]");
    expect(() => alphaSpending([{ differences: [], t: 1 }], { alpha: 0.05 })).toThrow("is empty");
    expect(() => alphaSpending([look], { alpha: 0 })).toThrow("alpha must be inside");
    expect(() => holmSpending([], { alpha: 0.05 })).toThrow("no test arm");
  });
});

describe("several test arms (Holm)", () => {
  const one = (differences: number[], t = 1): SpendingLook[] => [{ differences, t }];

  test("after one arm crosses, the other is judged anew from its first look at the freed level", () => {
    const strong = [1, 1, 1, 1, 1, 1, 1];
    const middling = [3, 3, 3, 3, 3, 1, -1];
    // 3 of 128 patterns reach it or more: .0234 < .025 would cross; 5 of 128 = .039 lies between .025 and .05.
    const weaker = [4, 4, 4, 4, 2, -2, 1];
    expect(holmSpending([one(strong), one(middling)], { alpha: 0.05 }).map(({ crossedAtLook }) => crossedAtLook)).toEqual([1, 1]);
    const alone = alphaSpending(one(weaker), { alpha: 0.025 });
    const p = alone.looks[0]!.p!;
    expect(p).toBeGreaterThan(0.025);
    expect(p).toBeLessThanOrEqual(0.05);
    const both = holmSpending([one(weaker), one(strong)], { alpha: 0.05 });
    expect(both.map(({ crossedAtLook, alpha }) => [crossedAtLook, alpha])).toEqual([
      [1, 0.05],
      [1, 0.025],
    ]);
    expect(holmSpending([one(weaker), one([1, -1, 1, -1, 1, -1, 1])], { alpha: 0.05 })[0]!.crossedAtLook).toBeNull();
  });

  test("a crossing that only the freed level allows counts from the look it belongs to", () => {
    const rising = [
      { differences: [1, 1, 1, 1, 1, 1], t: 0.5 },
      { differences: [1, 1, 1, 1, 1, 1, 1, 1, 1], t: 0.75 },
    ];
    const early = [
      { differences: [5, 5, 5, 5, 5, 5], t: 0.5 },
      { differences: [5, 5, 5, 5, 5, 5, -9, -9, -9], t: 0.75 },
    ];
    // At .025 neither can cross at 6 blocks (A = .0088 < 1/64); at .05 both could, but only the arm that is freed is judged there.
    const [first, second] = holmSpending([rising, early], { alpha: 0.05 });
    expect(first).toMatchObject({ alpha: 0.025, crossedAtLook: 2 });
    expect(second).toMatchObject({ alpha: 0.05, crossedAtLook: 1 });
  });

  test("the order of the arms changes nothing", async () => {
    await assertProperty(
      fc.property(
        fc.array(fc.array(fc.integer({ min: -2, max: 5 }), { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 3 }),
        (arms) => {
          const looks = arms.map((differences) => one(differences));
          expect(holmSpending(looks.toReversed(), { alpha: 0.1 }).toReversed()).toEqual(holmSpending(looks, { alpha: 0.1 }));
        },
      ),
    );
  });

  test("with three arms and no effect any false winner comes in at most .05", () => {
    const rng = createRng("three arms");
    const runs = 1500;
    const share = shareOf(runs, () => {
      const world = drawWorld(rng, 8, [0, 0]);
      const looks = ["t1", "t2"].map((arm) => [{ differences: differencesAt(world, 8, arm), t: 1 }]);
      return holmSpending(looks, { alpha: 0.05 }).some(({ crossedAtLook }) => crossedAtLook !== null);
    });
    expect(share).toBeLessThan(0.05 + threeErrors(0.05, runs));
  });
});

describe("planned looks", () => {
  const blocksOf = (n: number, alpha = 0.05) => plannedLooks(n, { alpha }).map(({ blocks }) => blocks);

  test("below 10 blocks at the end alone, from 10 at N/2 (at least 6), 3N/4 and N", () => {
    expect(blocksOf(8)).toEqual([8]);
    expect(blocksOf(9)).toEqual([9]);
    expect(blocksOf(10)).toEqual([6, 8, 10]);
    expect(blocksOf(12)).toEqual([6, 9, 12]);
    expect(blocksOf(16)).toEqual([8, 12, 16]);
    expect(plannedLooks(12, { alpha: 0.05 })[0]).toEqual({ blocks: 6, t: 0.5, budget: 0.05 * 0.5 ** 1.5 });
  });

  test("a look at which nothing could cross is dropped; with 3 blocks there is none", () => {
    expect(blocksOf(12, 0.025)).toEqual([9, 12]);
    expect(blocksOf(3)).toEqual([]);
    expect(blocksOf(5)).toEqual([5]);
  });

  test("the least blocks for a winner are 5 with two arms and 6 with three or four", () => {
    expect([1, 2, 3].map((testArms) => leastBlocks(0.05, testArms))).toEqual([5, 6, 6]);
    expect(leastBlocks(0.1, 1)).toBe(4);
    expect(2 ** -5).toBe(1 / 32);
    expect(alphaSpending([{ differences: [1, 2, 3, 4, 5], t: 1 }], { alpha: 0.05 }).looks[0]).toMatchObject({ p: 1 / 32, crossed: true });
    expect(alphaSpending([{ differences: [1, 2, 3, 4, 5, 6], t: 1 }], { alpha: 0.025 }).looks[0]).toMatchObject({
      p: 1 / 64,
      crossed: true,
    });
  });

  test("when blocks are lost, looks taken keep their t and the last is at t = 1; a plan never grows after a look", () => {
    const taken = plannedLooks(12, { alpha: 0.05 }).slice(0, 1);
    expect(plannedLooks(10, { alpha: 0.05, taken })).toEqual([
      taken[0],
      { blocks: 8, t: 0.8, budget: 0.05 * 0.8 ** 1.5 },
      { blocks: 10, t: 1, budget: 0.05 },
    ]);
    expect(plannedLooks(6, { alpha: 0.05, taken }).map(({ blocks, t }) => [blocks, t])).toEqual([
      [6, 0.5],
      [6, 1],
    ]);
    expect(() => plannedLooks(14, { alpha: 0.05, taken })).toThrow("the plan grew to 14 blocks");
    expect(() => plannedLooks(12, { alpha: 0.05, shares: [0.5, 1.2] })).toThrow("a look at 1.2 of the plan");
    expect(() => plannedLooks(0, { alpha: 0.05 })).toThrow("plannedBlocks");
  });
});

describe("the published error rates", () => {
  test("8 blocks, one look: A/A .045 to .047, power .44 to .47 at .8", () => {
    const rng = createRng("evidence 8");
    const runs = 2500;
    const winners = (effect: number) =>
      shareOf(
        runs,
        () => alphaSpending([{ differences: differencesAt(drawWorld(rng, 8, [effect]), 8), t: 1 }], { alpha: 0.05 }).crossedAtLook !== null,
      );
    expect(Math.abs(winners(0) - 0.047)).toBeLessThan(threeErrors(0.047, runs));
    expect(Math.abs(winners(0.8) - 0.455)).toBeLessThan(threeErrors(0.455, runs) + 0.015);
  });

  test("12 blocks with looks at 6, 9 and 12: A/A at most .05, power .58 at .8", () => {
    const rng = createRng("evidence 12");
    const runs = 1200;
    const winners = (effect: number) =>
      shareOf(runs, () => {
        const world = drawWorld(rng, 12, [effect]);
        const looks = [6, 9, 12].map((n) => ({ differences: differencesAt(world, n), t: n / 12 }));
        return alphaSpending(looks, { alpha: 0.05 }).crossedAtLook !== null;
      });
    expect(Math.abs(winners(0) - 0.05)).toBeLessThan(threeErrors(0.05, runs));
    expect(Math.abs(winners(0.8) - 0.58)).toBeLessThan(threeErrors(0.58, runs) + 0.02);
  });
});
