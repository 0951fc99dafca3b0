// One number per post from several proxies, standardised without looking at the arms: pooled within-arm deviations would break the exactness of
// every randomisation test built on it (size .055 to .060 for .05). Source: validity note 2.3.
import { sampleSd } from "../../stats/index.ts";
import { refuse, requireAllFinite, requirePositive, requireSameLength } from "./arguments.ts";

export interface ProxyValues {
  /** One value per post on the scale of `logMetric`. */
  readonly y: readonly number[];
  /** +1 where more is better, -1 where less is. */
  readonly sign: 1 | -1;
  /** Registered before launch; only the relation between proxies matters. */
  readonly weight: number;
  /** Label-free deviation of y: `labelFreeSd` or `historySd`; 1 leaves y in log units. */
  readonly sd: number;
}

/**
 * z_i = sum_m w_m s_m (y_im - mean of y_m in i's block) / sd_m, weights scaled to sum 1. Positive is better than the block. O(posts x proxies).
 * With every sd 1, differences of z are log lifts.
 * @param block the block of each post.
 * @throws DomainError `no-proxies` without any; `statistics-argument` for lists of different length or numbers out of range.
 */
export function compositeIndex(proxies: readonly ProxyValues[], block: readonly string[]): number[] {
  if (proxies.length === 0) refuse("proxies", "there is no proxy", "Register at least one proxy.", undefined, "no-proxies");
  proxies.forEach((proxy, at) => requireProxy(`proxies[${at}]`, proxy, block));
  const totalWeight = proxies.reduce((sum, { weight }) => sum + weight, 0);
  const index = block.map(() => 0);
  for (const { y, sign, weight, sd } of proxies) {
    const factor = (sign * weight) / (totalWeight * sd);
    demeaned(y, block).forEach((value, post) => (index[post]! += factor * value));
  }
  return index;
}

/**
 * Root mean square of y less its block's mean, ignoring arms: unchanged by any relabelling within blocks.
 * @throws DomainError `zero-variance` when y does not vary within any block.
 */
export function labelFreeSd(y: readonly number[], block: readonly string[]): number {
  requireAllFinite("y", y);
  requireSameLength("block", block, "y", y);
  const squares = demeaned(y, block).reduce((sum, value) => sum + value * value, 0);
  return requireVariation(Math.sqrt(squares / y.length), y);
}

/**
 * Sample deviation of the account's own history on the same scale; fixed at launch, as streaming needs it.
 * @throws DomainError `zero-variance` when it does not vary; `statistics-argument` for fewer than two values.
 */
export function historySd(y: readonly number[]): number {
  requireAllFinite("y", y);
  if (y.length < 2) refuse("y", "one value has no deviation", "Pass at least two earlier posts.");
  return requireVariation(sampleSd(y), y);
}

function requireVariation(sd: number, y: readonly number[]): number {
  const scale = y.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(sd > 1e-12 * scale))
    refuse(
      "y",
      "the proxy does not vary, so that nothing can be told from it",
      "Leave it out or wait for more data.",
      undefined,
      "zero-variance",
    );
  return sd;
}

function demeaned(y: readonly number[], block: readonly string[]): number[] {
  const sums = new Map<string, { sum: number; n: number }>();
  y.forEach((value, post) => {
    const found = sums.get(block[post]!);
    if (found === undefined) sums.set(block[post]!, { sum: value, n: 1 });
    else {
      found.sum += value;
      found.n++;
    }
  });
  return y.map((value, post) => {
    const { sum, n } = sums.get(block[post]!)!;
    return value - sum / n;
  });
}

function requireProxy(path: string, { y, sign, weight, sd }: ProxyValues, block: readonly string[]): void {
  requireAllFinite(`${path}.y`, y);
  requireSameLength(`${path}.y`, y, "block", block);
  if (sign !== 1 && sign !== -1) refuse(`${path}.sign`, `sign must be 1 or -1, not ${String(sign)}`, "Pass the proxy's direction.", sign);
  requirePositive(`${path}.weight`, weight);
  requirePositive(`${path}.sd`, sd);
}
