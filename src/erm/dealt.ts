// The posts whose arm was drawn, in the order of their slots: what the ratio checks E4, E4' and E4'' count.
import type { View } from "./view.ts";

export interface DealtPost {
  readonly arm: number;
  /** Of each arm, in the brief's order. */
  readonly probabilities: readonly number[];
}

/** Posts due by `asOf`, without make-ups. A draw that had no probability is a leak (E1) and is left out. */
export function dealtPosts({ originals, ids, asOf }: View): DealtPost[] {
  return originals
    .filter(({ slot }) => slot.startMs <= asOf)
    .sort((a, b) => a.slot.startMs - b.slot.startMs || (a.postId < b.postId ? -1 : 1))
    .flatMap(({ variantId, assignment }) => {
      const arm = ids.indexOf(variantId);
      const probabilities = ids.map((id) => assignment.probabilities[id] ?? 0);
      const isWhole = Math.abs(probabilities.reduce((sum, share) => sum + share, 0) - 1) < 1e-6;
      return arm >= 0 && isWhole && probabilities[arm]! > 0 ? [{ arm, probabilities }] : [];
    });
}

/** True if every post had the same probabilities. */
export function haveOneWeight(posts: readonly DealtPost[]): boolean {
  return posts.every(({ probabilities }) => probabilities.every((share, arm) => Math.abs(share - posts[0]!.probabilities[arm]!) < 1e-12));
}

/** Runs of posts with the same probabilities, in order: the batches of a plan whose weights changed. */
export function batchesOf(posts: readonly DealtPost[], arms: number): { probabilities: readonly number[]; counts: number[] }[] {
  const batches: { key: string; probabilities: readonly number[]; counts: number[] }[] = [];
  for (const { arm, probabilities } of posts) {
    const key = probabilities.join(",");
    if (batches.at(-1)?.key !== key) batches.push({ key, probabilities, counts: Array.from({ length: arms }, () => 0) });
    batches.at(-1)!.counts[arm]!++;
  }
  return batches.map(({ probabilities, counts }) => ({ probabilities, counts }));
}
