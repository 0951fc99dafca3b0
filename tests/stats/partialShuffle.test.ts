import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "../../src/random/index.ts";
import { chiSquareSf, partialShuffle } from "../../src/stats/index.ts";
import { assertProperty } from "../support/property.ts";

describe("the first places of a shuffled deck", () => {
  test("are every selection in every order, equally often", () =>
    assertProperty(
      fc.property(
        fc.constantFrom([5, 2] as const, [4, 4] as const, [6, 1] as const, [5, 3] as const),
        fc.nat(),
        ([places, count], seed) => {
          const rng = createRng(`shuffle ${seed}`);
          const deck = Int32Array.from({ length: places }, (_, at) => at);
          const shuffle = partialShuffle(places, count);
          let outcomes = 1;
          for (let at = 0; at < count; at++) outcomes *= places - at;
          const seen = new Map<string, number>();
          for (let draw = 0; draw < 100 * outcomes; draw++) {
            shuffle(rng, deck);
            const dealt = deck.slice(0, count).join(",");
            seen.set(dealt, (seen.get(dealt) ?? 0) + 1);
          }
          expect(seen.size).toBe(outcomes);
          const chiSquare = [...seen.values()].reduce((sum, times) => sum + (times - 100) ** 2 / 100, 0);
          expect(chiSquareSf(chiSquare, outcomes - 1)).toBeGreaterThan(1e-7);
        },
      ),
      { numRuns: 12 },
    ));

  test("lose nothing of a large deck, and reach its last place", () => {
    const rng = createRng("large");
    const deck = Int32Array.from({ length: 3_000 }, (_, at) => at);
    const shuffle = partialShuffle(3_000, 1_000);
    const firsts = new Set<number>();
    for (let draw = 0; draw < 200; draw++) {
      shuffle(rng, deck);
      firsts.add(Math.floor(deck[0]! / 300));
    }
    expect([...deck].sort((a, b) => a - b)).toEqual(Array.from({ length: 3_000 }, (_, at) => at));
    expect(firsts.size).toBe(10);
  });
});
