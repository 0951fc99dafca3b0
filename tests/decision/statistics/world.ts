// The synthetic posts behind the tables of validity note 2.5: three proxies of log-sd 1 and correlation .6, 5 % of posts viral (+ ln 6), slot sd .5,
// complete blocks.
import { blockDifferences, compositeIndex, labelFreeSd } from "../../../src/decision/statistics/index.ts";
import { normal, type Rng } from "../../../src/random/index.ts";

export interface World {
  /** Log proxies of every post, proxy by proxy. */
  readonly proxies: readonly number[][];
  readonly arm: readonly string[];
  readonly block: readonly string[];
}

/** `effects` of the test arms t1, t2 ... against control, log units on every proxy. */
export function drawWorld(rng: Rng, blocks: number, effects: readonly number[]): World {
  const proxies: number[][] = [[], [], []];
  const arm: string[] = [];
  const block: string[] = [];
  for (let at = 0; at < blocks; at++) {
    const slot = 7 + 0.5 * normal(rng);
    [0, ...effects].forEach((effect, index) => {
      const common = slot + effect + Math.sqrt(0.6) * normal(rng) + (rng.next() < 0.05 ? Math.log(6) : 0);
      for (const values of proxies) values.push(common + Math.sqrt(0.4) * normal(rng));
      arm.push(index === 0 ? "control" : `t${index}`);
      block.push(`b${at}`);
    });
  }
  return { proxies, arm, block };
}

/** Composite block differences of `test` over the first `blocks` blocks, with the deviations of these blocks. */
export function differencesAt({ proxies, arm, block }: World, blocks: number, test = "t1"): readonly number[] {
  const posts = (arm.length / new Set(block).size) * blocks;
  const firstBlocks = block.slice(0, posts);
  const index = compositeIndex(
    proxies.map((values) => {
      const y = values.slice(0, posts);
      return { y, sign: 1 as const, weight: 1, sd: labelFreeSd(y, firstBlocks) };
    }),
    firstBlocks,
  );
  return blockDifferences({ index, arm: arm.slice(0, posts), block: firstBlocks, test, control: "control" }).differences;
}

/** Share of `runs` in which `happens`. */
export function shareOf(runs: number, happens: () => boolean): number {
  let count = 0;
  for (let run = 0; run < runs; run++) if (happens()) count++;
  return count / runs;
}

/** Three Monte Carlo standard errors. */
export function threeErrors(share: number, runs: number): number {
  return 3 * Math.sqrt((share * (1 - share)) / runs);
}
