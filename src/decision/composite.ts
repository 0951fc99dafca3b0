// The index that arms are compared on (validity note 2.3): logs of the proxies, standardised by a spread that ignores the arms, and weighted as
// registered. A spread that knew the arms would make the permutation test inexact.
import type { Proxy } from "../domain/index.ts";
import type { ComparableBlock } from "../erm/index.ts";

export interface IndexedPost {
  readonly block: string;
  readonly variantId: string;
  /** Log value of each proxy, signed so that more is better, in the order of the proxies. */
  readonly logs: readonly number[];
  /** The composite z. */
  readonly z: number;
}

/**
 * @param blocks complete blocks: every proxy of every post is known.
 * @returns one entry per post. A proxy that does not vary adds nothing to z.
 */
export function compositeIndex(blocks: readonly ComparableBlock[], proxies: readonly Proxy[]): IndexedPost[] {
  const posts = blocks.flatMap(({ block, posts }) =>
    [...posts].map(([variantId, { snapshot }]) => ({
      block,
      variantId,
      logs: proxies.map((proxy) => (proxy.direction === "increase" ? 1 : -1) * logValue(proxy, snapshot.metrics)),
    })),
  );
  const centred = posts.map((post) => {
    const siblings = posts.filter(({ block }) => block === post.block);
    return proxies.map((_, at) => post.logs[at]! - mean(siblings.map(({ logs }) => logs[at]!)));
  });
  const spreads = proxies.map((_, at) => Math.sqrt(mean(centred.map((values) => values[at]! ** 2))));
  return posts.map((post, index) => ({
    ...post,
    z: proxies.reduce((sum, { weight }, at) => sum + (spreads[at]! > 0 ? (weight * centred[index]![at]!) / spreads[at]! : 0), 0),
  }));
}

/** log1p of a count, ln((s + .5)/(r + 1)) of a rate, log1p of a value; the metric is known to be there. */
function logValue({ metric, scale, exposureMetric }: Proxy, metrics: Readonly<Record<string, number | null>>): number {
  const value = metrics[metric]!;
  switch (scale) {
    case "rate":
      return Math.log((value + 0.5) / (metrics[exposureMetric!]! + 1));
    case "binary":
    case "ordinal":
      return value;
    default:
      return Math.log1p(value);
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
