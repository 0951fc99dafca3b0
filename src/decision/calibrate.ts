// The whole rule on an account's own posts, dealt to arms by chance: nothing differs, so every winner is a false one. Real spreads, ties and outliers in
// place of assumed ones. Source: validity note 2.7 (per client).
import { DomainError } from "../domain/index.ts";
import { createRng, permutation } from "../random/index.ts";
import { wilsonInterval } from "../stats/index.ts";
import type { BlockTable } from "./blockTable.ts";
import type { DecisionPolicy } from "./policy.ts";
import { walkRule } from "./rule.ts";

export interface CalibrationPost {
  /** Posts of one group may share a block. */
  readonly group: string;
  /** Log value of each proxy, larger is better. */
  readonly logs: readonly number[];
}

export interface Calibration {
  readonly falseWinner: { readonly value: number; readonly se: number; readonly wilson: readonly [low: number, high: number] };
  readonly expectedPosts: number;
  readonly runs: number;
  readonly blocks: number;
  readonly arms: number;
  /** Blocks that the history holds: neighbouring posts of a group. */
  readonly blocksAvailable: number;
}

/**
 * @param posts in order of time. Neighbours of a group make a block; each run draws `blocks` of them without replacement and deals the arms within each.
 * @throws DomainError `history-short` when the history holds fewer blocks than the plan, `history-value` for figures that are not finite.
 */
export function calibrate(
  posts: readonly CalibrationPost[],
  options: {
    readonly policy: DecisionPolicy;
    readonly blocks: number;
    readonly arms?: number;
    readonly runs: number;
    readonly seed: string;
  },
): Calibration {
  const { policy, blocks, arms = 2, runs, seed } = options;
  const preset = policy[policy.preset ?? "evidence"];
  const proxies = posts[0]?.logs.length ?? 0;
  posts.forEach(({ logs }, at) => {
    if (logs.length !== proxies || !logs.every(Number.isFinite))
      refuse("history-value", `posts[${at}]`, "a post lacks a finite value", "Leave it out.");
  });
  const available = [...Map.groupBy(posts, ({ group }) => group).values()].flatMap((own) =>
    Array.from({ length: Math.floor(own.length / arms) }, (_, at) => own.slice(at * arms, (at + 1) * arms)),
  );
  if (available.length < blocks || proxies === 0)
    refuse(
      "history-short",
      "posts",
      `the history holds ${available.length} blocks of ${arms} comparable posts, and the plan needs ${blocks}`,
      "Give more posts, fewer grouping columns, or a smaller plan.",
    );
  let winners = 0;
  let published = 0;
  for (let run = 0; run < runs; run++) {
    const rng = createRng(`${seed}/calibrate/${run}`);
    const values = new Float64Array(blocks * arms * proxies);
    permutation(rng, available.length)
      .slice(0, blocks)
      .forEach((chosen, block) => {
        const order = permutation(rng, arms);
        order.forEach((post, arm) => values.set(available[chosen]![post]!.logs, (block * arms + arm) * proxies));
      });
    const table: BlockTable = { arms, proxies, blocks, values, weights: Array.from({ length: proxies }, () => 1) };
    const end = walkRule(table, preset, policy, blocks > 16 ? rng.fork("looks") : undefined);
    if (end.winner !== null) winners++;
    published += end.posts;
  }
  const value = winners / runs;
  return {
    falseWinner: { value, se: Math.sqrt((value * (1 - value)) / runs), wilson: wilsonInterval(winners, runs) },
    expectedPosts: published / runs,
    runs,
    blocks,
    arms,
    blocksAvailable: available.length,
  };
}

function refuse(code: string, path: string, message: string, fix: string): never {
  throw new DomainError({ code, path, message, fix });
}
