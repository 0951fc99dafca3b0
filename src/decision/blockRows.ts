// From comparable blocks to the numbers of the rule: the proxies of each post on a log scale, turned so that larger is better. Source: validity
// note 2.3. Which scale a proxy gets is decided without looking at the arms, or the exact test would not be exact.
import { DomainError, type Post, type Proxy } from "../domain/index.ts";
import { type ComparableBlock, logMetric } from "../erm/index.ts";
import type { BlockTable } from "./blockTable.ts";

export type Metrics = Readonly<Record<string, number | null>>;

export interface BlockRows {
  /** In the order of their first slot. */
  readonly blocks: readonly ComparableBlock[];
  readonly table: BlockTable;
  /** Posts whose figures cannot be used (not finite, or negative), by block; the block is left out. */
  readonly unusable: readonly { readonly postId: string; readonly metric: string }[];
  /** Any other reading on the very scales of the table; null where a figure is missing or cannot be used. */
  readonly logsOf: (metrics: Metrics) => number[] | null;
}

/** Shares are read to a tenth of a percent; a share of 0 counts as half of that. */
const shareOffset = 0.0005;

/**
 * @param arms variant ids, control first.
 */
export function blockRows(blocks: readonly ComparableBlock[], arms: readonly string[], proxies: readonly Proxy[]): BlockRows {
  const unusable: { postId: string; metric: string }[] = [];
  const usable = inOrder(blocks).filter(({ posts }) => {
    const faults = [...posts.values()].flatMap(({ post, snapshot }) => faultsOf(post, snapshot.metrics, proxies));
    unusable.push(...faults);
    return faults.length === 0;
  });
  const scales = proxies.map((proxy) => isShare(usable, proxy));
  const logs = (metrics: Metrics): number[] => proxies.map((proxy, at) => signedLog(proxy, metrics, scales[at]!));
  const values = Float64Array.from(usable.flatMap(({ posts }) => arms.flatMap((arm) => logs(posts.get(arm)!.snapshot.metrics))));
  return {
    blocks: usable,
    unusable,
    table: {
      arms: arms.length,
      proxies: proxies.length,
      blocks: usable.length,
      values,
      weights: proxies.map(({ weight }) => weight),
    },
    logsOf: (metrics) => (unusableMetrics(metrics, proxies).length === 0 ? logs(metrics) : null),
  };
}

/**
 * True for a `value` that is a share: every figure of every arm lies in [0, 1]. log1p would flatten it (log1p .25 to log1p .5 is .18, where ln 2 is
 * .69), so that it is compared as ln(share + .0005) and its lift reads like that of a rate.
 */
function isShare(blocks: readonly ComparableBlock[], { scale, metric }: Proxy): boolean {
  return scale === "value" && blocks.every(({ posts }) => [...posts.values()].every(({ snapshot }) => snapshot.metrics[metric]! <= 1));
}

function signedLog(proxy: Proxy, metrics: Metrics, share: boolean): number {
  const value = metrics[proxy.metric]!;
  const log = share
    ? Math.log(value + shareOffset)
    : logMetric(proxy.scale, value, proxy.exposureMetric === undefined ? undefined : metrics[proxy.exposureMetric]!);
  return proxy.direction === "increase" ? log : -log;
}

function faultsOf({ postId }: Post, metrics: Metrics, proxies: readonly Proxy[]) {
  return unusableMetrics(metrics, proxies).map((metric) => ({ postId, metric }));
}

function unusableMetrics(metrics: Metrics, proxies: readonly Proxy[]): string[] {
  return proxies
    .flatMap(({ metric, exposureMetric }) => (exposureMetric === undefined ? [metric] : [metric, exposureMetric]))
    .filter((metric) => !((metrics[metric] ?? Number.NaN) >= 0 && metrics[metric]! < Infinity));
}

/** By first slot, then by name: the same whatever the order in which posts and readings came (law L8). */
function inOrder(blocks: readonly ComparableBlock[]): ComparableBlock[] {
  const firstMs = ({ posts }: ComparableBlock): number => Math.min(...[...posts.values()].map(({ post }) => post.slot.startMs));
  return [...blocks].sort((a, b) => firstMs(a) - firstMs(b) || (a.block < b.block ? -1 : 1));
}

/** @throws DomainError `proxies-contradict` for one metric that is to rise and to fall. */
export function requireConsistent(proxies: readonly Proxy[]): void {
  proxies.forEach(({ metric, direction }, at) => {
    const other = proxies.findIndex((proxy) => proxy.metric === metric && proxy.direction !== direction);
    if (other >= 0)
      throw new DomainError({
        code: "proxies-contradict",
        path: `experiment.brief.successProxies[${Math.max(at, other)}].direction`,
        message: `${metric} is to increase and to decrease`,
        fix: "Register each metric once, with one direction.",
        value: metric,
      });
  });
}
