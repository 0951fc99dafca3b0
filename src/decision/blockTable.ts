// The numbers that the rule for posts reads: complete blocks with one post of every arm, on the log scale. Flat, so that millions of simulated
// experiments run through the very rule that decides real ones. Source: validity note 2.3.

/** Complete blocks; arm 0 is control. */
export interface BlockTable {
  /** K, control included. */
  readonly arms: number;
  readonly proxies: number;
  /** How many blocks are read; `values` may hold more, so that a run is replayed block by block without copying. */
  readonly blocks: number;
  /** `values[(block * arms + arm) * proxies + proxy]`: log value turned so that larger is better; finite. */
  readonly values: ArrayLike<number>;
  /** One positive weight per proxy; only their relation matters. */
  readonly weights: readonly number[];
  /** Deviation of each proxy fixed at launch, from the account's history; without it every one counts as 1. The harm process bets in these units. */
  readonly sdAtLaunch?: readonly number[];
}

/**
 * Root mean square of each proxy less its block's mean, ignoring arms: unchanged by any relabelling within blocks. 0 where a proxy does not vary.
 * O(values).
 */
export function labelFreeSds({ arms, proxies, blocks, values }: BlockTable): number[] {
  const sds: number[] = [];
  for (let proxy = 0; proxy < proxies; proxy++) {
    let squares = 0;
    let largest = 0;
    for (let block = 0; block < blocks; block++) {
      const start = block * arms * proxies + proxy;
      let sum = 0;
      for (let arm = 0; arm < arms; arm++) sum += values[start + arm * proxies]!;
      const mean = sum / arms;
      for (let arm = 0; arm < arms; arm++) {
        const value = values[start + arm * proxies]!;
        squares += (value - mean) ** 2;
        largest = Math.max(largest, Math.abs(value));
      }
    }
    const sd = Math.sqrt(squares / (blocks * arms));
    sds.push(sd > 1e-12 * largest ? sd : 0);
  }
  return sds;
}

/**
 * Test less control in every block: sum_m w_m (difference of proxy m) / sd_m, weights scaled to sum 1. With every sd 1 these are log lifts; a proxy
 * whose sd is 0 adds nothing. O(values).
 */
export function armDifferences(table: BlockTable, arm: number, sds?: readonly number[]): number[] {
  const { arms, proxies, blocks, values, weights } = table;
  let totalWeight = 0;
  for (const weight of weights) totalWeight += weight;
  const factors = weights.map((weight, proxy) => (sds?.[proxy] === 0 ? 0 : weight / (totalWeight * (sds?.[proxy] ?? 1))));
  const differences: number[] = [];
  for (let block = 0; block < blocks; block++) {
    const control = block * arms * proxies;
    const test = control + arm * proxies;
    let sum = 0;
    for (let proxy = 0; proxy < proxies; proxy++) sum += factors[proxy]! * (values[test + proxy]! - values[control + proxy]!);
    differences.push(sum);
  }
  return differences;
}

/** Proxies, by number, on which the arm's blocks lie above control's on average. */
export function leadingProxies({ arms, proxies, blocks, values }: BlockTable, arm: number): number[] {
  const leads: number[] = [];
  for (let proxy = 0; proxy < proxies; proxy++) {
    let sum = 0;
    for (let block = 0; block < blocks; block++) {
      const control = block * arms * proxies + proxy;
      sum += values[control + arm * proxies]! - values[control]!;
    }
    if (sum > 0) leads.push(proxy);
  }
  return leads;
}
