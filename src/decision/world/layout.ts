// Where the posts of a simulated experiment stand: block, arm, day and hour.
import type { ScenarioCell } from "../../domain/index.ts";
import { normal, permutation, type Rng } from "../../random/index.ts";

export interface Place {
  readonly block: number;
  readonly arm: number;
  /** Row of the outcomes, in the table's blocks. */
  readonly row: number;
  /** Days after the start. */
  readonly day: number;
  readonly hour: number;
}

/** Clock times of the slot cells. */
export const slotHours = [9, 12, 18, 20] as const;

/**
 * Blocked: the arms of a block on following days at one clock time, in drawn order. Slot test: an arm is a clock time, a block a week, the days of the
 * week drawn. Replies: those of a block on one day, an hour apart. Random: any day of two weeks, times around noon, arms dealt over them.
 */
export function layOut(cell: ScenarioCell, rng: Rng): Place[] {
  const { arms, blocks, variable, unitsPerBlock } = cell;
  if (cell.assignment === "random") return dealt(cell, rng);
  return Array.from({ length: blocks }, (_, block) => {
    const order = permutation(rng, arms * unitsPerBlock);
    if (variable === "slot") {
      const days = permutation(rng, 7);
      return order.map((arm, turn) => ({ block, arm, row: block, day: 7 * block + days[turn]!, hour: slotHours[arm]! }));
    }
    return order.map((unit, turn): Place => {
      const where = { block, arm: unit % arms, row: block * unitsPerBlock + Math.floor(unit / arms) };
      return variable === "reply"
        ? { ...where, day: block, hour: slotHours[0] + turn }
        : { ...where, day: block * arms * unitsPerBlock + turn, hour: slotHours[block % slotHours.length]! };
    });
  }).flat();
}

function dealt({ arms, blocks, world, fault }: ScenarioCell, rng: Rng): Place[] {
  const seen = Array.from({ length: arms }, () => 0);
  return permutation(rng, blocks * arms).map((place) => {
    const arm = place % arms;
    const base = fault.kind === "halves" ? (arm === 1 ? 19 : 8) : 12;
    const row = seen[arm]!++;
    return { block: row, arm, row, ...clockAround(base, world.clockSdHours, rng) };
  });
}

function clockAround(base: number, sdHours: number, rng: Rng): Pick<Place, "day" | "hour"> {
  const hour = (((base + sdHours * normal(rng)) % 24) + 24) % 24;
  return { day: Math.floor(14 * rng.next()), hour };
}
