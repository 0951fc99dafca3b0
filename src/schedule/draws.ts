// What chance decides in a plan, each by a key of its own: the jitter of a slot and the order of a block. Kept once drawn, because a refused plan is
// laid out again with each remedy and most of its draws are the same (two fifths of such a compile went into seeding streams anew, measured).
import { dateOf } from "../domain/index.ts";
import { permutation, type Rng, uniform } from "../random/index.ts";

export interface Draws {
  /** How far into its band a slot moves, on [0, 1): keyed so that another cell or a longer window leaves it as it is. */
  jitterShare(
    this: void,
    slot: { readonly dayNumber: number; readonly centreMinute: number; readonly cell: string },
    where: { readonly account: string; readonly surface: string },
  ): number;
  /** Which arm is at each position of a block, and the stream that says so. */
  order(this: void, block: string, arms: number): { readonly order: readonly number[]; readonly key: string };
}

/** @param rng the plan's own stream. */
export function createDraws(rng: Rng): Draws {
  const shares = new Map<string, number>();
  const orders = new Map<string, { readonly order: readonly number[]; readonly key: string }>();
  return {
    jitterShare({ dayNumber, centreMinute, cell }, { account, surface }) {
      const name = `${dayNumber} ${centreMinute} ${surface} ${account.length} ${account} ${cell}`;
      let share = shares.get(name);
      if (share === undefined) {
        share = uniform(rng.fork(["jitter", dateOf(dayNumber), String(centreMinute), cell, account, surface]));
        shares.set(name, share);
      }
      return share;
    },
    order(block, arms) {
      const name = `${arms} ${block}`;
      let drawn = orders.get(name);
      if (drawn === undefined) {
        const stream = rng.fork(["order", block]);
        drawn = { order: permutation(stream, arms), key: stream.seed };
        orders.set(name, drawn);
      }
      return drawn;
    },
  };
}
