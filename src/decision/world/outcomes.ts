// Posts of a synthetic account, for trying decision rules: log-normal proxies that share a post's luck, a few posts that take off, slots of different
// level. Assumed, not fitted to any account; a scenario says with which numbers. Source: validity note, head and section 2.7; contracts 4.
import type { ScenarioCell } from "../../domain/index.ts";
import { createRng, normal, type Rng } from "../../random/index.ts";
import type { BlockTable } from "../blockTable.ts";

/**
 * The outcomes of one experiment as complete blocks, one row for each unit of a block. Run r of a seed draws the same luck in every cell: effects, faults and policies are compared on
 * common random numbers, and a longer experiment continues a shorter one.
 */
export function drawBlocks(cell: ScenarioCell, seed: string, run: number): BlockTable {
  const { world, arms, effects, unitsPerBlock } = cell;
  const rows = cell.blocks * unitsPerBlock;
  const { proxies, logSd, correlation, viralShare, slotSd, slots } = world;
  // Arms beyond the second draw elsewhere, so that they do not shift the first two.
  const rng = createRng(`${seed}/posts/${run}`);
  const further = arms > 2 ? createRng(`${seed}/further arms/${run}`) : rng;
  const levels = Array.from({ length: slots }, () => slotSd * normal(rng));
  const shared = logSd * Math.sqrt(correlation);
  const own = logSd * Math.sqrt(1 - correlation);
  const viral = Math.log(world.viralFactor);
  const values = new Float64Array(rows * arms * proxies);
  let at = 0;
  for (let row = 0; row < rows; row++)
    for (let arm = 0; arm < arms; arm++) {
      const from = arm < 2 ? rng : further;
      const takesOff = from.next() < viralShare ? viral : 0;
      const luck =
        baseLog + levels[Math.floor(row / unitsPerBlock) % slots]! + (arm === 0 ? 0 : effects[arm - 1]!) + shared * normal(from) + takesOff;
      for (let proxy = 0; proxy < proxies; proxy++) values[at++] = luck + own * normal(from);
    }
  return { arms, proxies, blocks: rows, values, weights: Array.from({ length: proxies }, () => 1) };
}

/** About 1,100 of each metric for an ordinary post; only differences matter. */
export const baseLog = 7;

/** The stream for everything that happens to a run apart from its outcomes: failures, faults, arms dealt at random. */
export function designStream(seed: string, run: number): Rng {
  return createRng(`${seed}/design/${run}`);
}

/** Keeps the blocks that are named; the others were voided. */
export function keepBlocks(table: BlockTable, kept: readonly number[]): BlockTable {
  if (kept.length === table.blocks) return table;
  const size = table.arms * table.proxies;
  const values = new Float64Array(kept.length * size);
  kept.forEach((block, at) => {
    for (let index = 0; index < size; index++) values[at * size + index] = table.values[block * size + index]!;
  });
  return { ...table, blocks: kept.length, values };
}
