// Deals a few of many places at random: the first steps of a Fisher-Yates shuffle, for tests that draw arrangements by the thousand. Hot: one random
// number deals several places and stays exactly uniform, which costs a fifth of one number per place.
import { type Rng, uniformInteger } from "../random/index.ts";

/**
 * @param places in the deck. @param count how many of them are dealt.
 * @returns a function that swaps a random selection, in random order, to the front of a deck of that many; any order is a fair start for the next. O(count).
 */
export function partialShuffle(places: number, count: number): (rng: Rng, deck: Int32Array) => void {
  const batches = batchesOf(places, count);
  return (rng, deck) => {
    let at = 0;
    for (const { product, count } of batches) {
      let number = uniformInteger(rng, product) | 0;
      for (const end = at + count; at < end; at++) {
        const left = places - at;
        const quotient = (number / left) | 0;
        const other = at + number - quotient * left;
        number = quotient;
        const dealt = deck[other]!;
        deck[other] = deck[at]!;
        deck[at] = dealt;
      }
    }
  };
}

/** Far enough below 2^32 that few numbers are thrown away, and within 32-bit arithmetic. */
const productMax = 2 ** 27;

/** How many places each number deals: the first of `places`, each next of one fewer. */
function batchesOf(places: number, count: number): { product: number; count: number }[] {
  const batches: { product: number; count: number }[] = [];
  for (let at = 0; at < count; at++) {
    const last = batches.at(-1);
    if (last !== undefined && last.product * (places - at) <= productMax) {
      last.product *= places - at;
      last.count++;
    } else batches.push({ product: places - at, count: 1 });
  }
  return batches;
}
