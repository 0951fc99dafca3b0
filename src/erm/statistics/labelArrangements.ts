// What a deal of labels to posts might have been instead: all arrangements that keep the posts per arm in every block, counted, enumerated or drawn.
// The core of permutation tests over several arms. Hot: check E5 asks for ten thousand of them for one experiment.
import type { Rng } from "../../random/index.ts";
import { partialShuffle } from "../../stats/index.ts";
import { zeros } from "./arguments.ts";

export interface LabelDesign {
  /** Arm of each post as it was dealt. */
  readonly dealt: Uint8Array;
  /** Posts of each block. */
  readonly blocks: readonly (readonly number[])[];
  /** Posts per block and arm. */
  readonly sizes: readonly (readonly number[])[];
  /** First arm with the same sizes in every block: arms of a class may swap names. */
  readonly classOf: readonly number[];
  /** Number of arrangements; may be Infinity. */
  readonly arrangements: number;
  /** Arrangements that any one of them becomes by renaming arms of equal sizes. */
  readonly twins: number;
}

/** @param arm index of each post's arm, 0 ... arms - 1. @param block where labels were dealt within blocks. */
export function labelDesign(arm: readonly number[], arms: number, block?: readonly string[]): LabelDesign {
  const blocks = [...Map.groupBy(arm.keys(), (post) => block?.[post] ?? "").values()];
  const sizes = blocks.map((posts) => {
    const row = zeros(arms);
    for (const post of posts) row[arm[post]!]!++;
    return row;
  });
  const profiles = Array.from({ length: arms }, (_, index) => sizes.map((row) => row[index]!).join(","));
  const classOf = profiles.map((profile) => profiles.indexOf(profile));
  const classes = profiles.map((_, index) => classOf.filter((first) => first === index).length);
  return {
    dealt: Uint8Array.from(arm),
    blocks,
    sizes,
    classOf,
    arrangements: countArrangements(sizes),
    twins: classes.reduce((product, size) => product * factorial(size), 1),
  };
}

/**
 * Visits every arrangement once, but of those that differ by a renaming of equal arms only one. The labels are overwritten between visits.
 * O(arrangements x posts).
 */
export function eachArrangement({ dealt, blocks, sizes, classOf }: LabelDesign, visit: (labels: Uint8Array) => void): void {
  const posts = blocks.flatMap((own, block) => own.map((post) => ({ post, block })));
  const twinBefore = classOf.map((first, arm) => (arm === 0 ? -1 : classOf.lastIndexOf(first, arm - 1)));
  const labels = Uint8Array.from(dealt);
  const left = sizes.map((row) => row.slice());
  const used = classOf.map(() => 0);
  const place = (at: number): void => {
    if (at === posts.length) {
      visit(labels);
      return;
    }
    const { post, block } = posts[at]!;
    const room = left[block]!;
    for (let arm = 0; arm < room.length; arm++) {
      const twin = twinBefore[arm]!;
      if (room[arm] === 0 || (twin >= 0 && used[twin] === 0)) continue;
      room[arm]!--;
      used[arm]!++;
      labels[post] = arm;
      place(at + 1);
      used[arm]!--;
      room[arm]!++;
    }
  };
  place(0);
}

/**
 * Visits up to `draws` arrangements, each equally likely, until a visit answers false. The labels are overwritten between visits. Of each block all
 * arms but the largest are dealt. O(draws x posts).
 */
export function drawArrangements(
  { dealt, blocks, sizes }: LabelDesign,
  rng: Rng,
  draws: number,
  visit: (labels: Uint8Array) => unknown,
): void {
  const labels = Uint8Array.from(dealt);
  const decks = blocks.map((posts, block) => {
    const row = sizes[block]!;
    const rest = row.indexOf(Math.max(...row));
    const cards = Uint8Array.from(row.flatMap((size, arm) => (arm === rest ? [] : Array.from({ length: size }, () => arm))));
    return { deck: Int32Array.from(posts), cards, rest, shuffle: partialShuffle(posts.length, cards.length) };
  });
  for (let draw = 0; draw < draws; draw++) {
    for (const { deck, cards, rest, shuffle } of decks) {
      shuffle(rng, deck);
      for (let at = 0; at < cards.length; at++) labels[deck[at]!] = cards[at]!;
      for (let at = cards.length; at < deck.length; at++) labels[deck[at]!] = rest;
    }
    if (visit(labels) === false) return;
  }
}

function countArrangements(sizes: LabelDesign["sizes"]): number {
  let product = 1;
  for (const row of sizes) {
    let placed = 0;
    for (const size of row) for (let at = 1; at <= size; at++) product = (product * ++placed) / at;
  }
  return Math.round(product);
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
