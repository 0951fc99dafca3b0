// Two lines for the report that decide nothing: does the lead outlive each arm's top post, and do raw figures lead where logs do? A viral post may
// carry either. Source: validity note 2.5.
import type { Proxy } from "../domain/index.ts";
import { armDifferences, labelFreeSds, leadingProxies } from "./blockTable.ts";
import type { BlockRows } from "./blockRows.ts";

interface Note {
  readonly rule: string;
  readonly message: string;
}

/** The lead without the blocks in which control or the arm has its top post, on the mean of all proxies. */
export function topPostNote({ table }: BlockRows, tests: readonly string[]): Note[] {
  const sds = labelFreeSds(table);
  const top = Array.from({ length: table.arms }, (_, arm) => {
    let best = 0;
    for (let block = 1; block < table.blocks; block++) if (height(block, arm) > height(best, arm)) best = block;
    return best;
  });
  function height(block: number, arm: number): number {
    let sum = 0;
    for (let proxy = 0; proxy < table.proxies; proxy++)
      if (sds[proxy]! > 0) sum += (table.weights[proxy]! * table.values[(block * table.arms + arm) * table.proxies + proxy]!) / sds[proxy]!;
    return sum;
  }
  return tests.map((variantId, at) => {
    const lifts = armDifferences(table, at + 1);
    const kept = lifts.filter((_, block) => block !== top[0] && block !== top[at + 1]);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const [led, leads] = [sum(lifts) > 0, sum(kept) > 0];
    return {
      rule: "topPost",
      message:
        kept.length === 0
          ? `without its and control's top post nothing of ${variantId} is left to compare`
          : led === leads
            ? `without its and control's top post ${variantId} ${leads ? "still leads" : "still does not lead"}`
            : `without its and control's top post ${variantId} ${leads ? "leads" : "no longer leads"}`,
    };
  });
}

/** On how many proxies the mean of the raw figures leads, beside the logs that decide. */
export function rawScaleNote({ blocks, table }: BlockRows, tests: readonly string[], proxies: readonly Proxy[]): Note[] {
  return tests.map((variantId, at) => {
    const raw = proxies.filter(({ metric, exposureMetric, direction }) => {
      const total = (isTest: boolean) => {
        let [sum, base] = [0, 0];
        for (const { posts } of blocks)
          for (const [id, { post, snapshot }] of posts)
            if (isTest ? id === variantId : post.isControl) {
              sum += snapshot.metrics[metric]!;
              base += exposureMetric === undefined ? 1 : snapshot.metrics[exposureMetric]!;
            }
        return base === 0 ? 0 : sum / base;
      };
      return direction === "increase" ? total(true) > total(false) : total(true) < total(false);
    }).length;
    const logs = leadingProxies(table, at + 1).length;
    return {
      rule: "rawScale",
      message: `${variantId} leads on ${logs} of ${proxies.length} proxies by logs, which decide, and on ${raw} by raw means`,
    };
  });
}
