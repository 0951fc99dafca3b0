// As-of figures of 16,240 real posts, exactly as in datasets/news_social.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { analyse, readMapping, type SnapshotsAnalysis } from "../../src/report/index.ts";
import { dataset } from "../support/datasets.ts";

interface TruePlatform {
  readonly posts: number;
  readonly observed_values: number;
  readonly missing_values: number;
  readonly posts_with_a_counter_that_falls: number;
  readonly as_of: Record<
    string,
    { posts_with_value: number; sum: number; mean: number; p50: number; p90: number; max: number; zero: number }
  >;
  readonly spearman_1h_vs_48h: TrueRank;
  readonly spearman_6h_vs_48h: TrueRank;
  readonly spearman_24h_vs_48h: TrueRank;
}

interface TrueRank {
  readonly n: number;
  readonly rho: number;
}

let analysis: SnapshotsAnalysis;
let truth: Record<string, TruePlatform>;

beforeAll(async () => {
  truth = JSON.parse(readFileSync(dataset("news_social", "truth.json"), "utf8")) as typeof truth;
  analysis = (await analyse(dataset("news_social"), { mapping: readMapping("examples/maps/news_social.yaml") })) as SnapshotsAnalysis;
}, 60_000);

describe("News popularity", () => {
  test.each(["Facebook", "GooglePlus", "LinkedIn"])("%s: counts, missing values and as-of figures are exact", (platform) => {
    const group = analysis.description.groups.find(({ id }) => id === platform)!;
    const expected = truth[platform]!;
    const [shares] = group.metrics;
    expect(group.posts).toBe(expected.posts);
    expect(shares).toMatchObject({
      observed: expected.observed_values,
      missing: expected.missing_values,
      postsThatFall: expected.posts_with_a_counter_that_falls,
    });
    expect(shares?.asOf?.length).toBe(4);
    for (const { ageHours, n, rankWithOldest: _, ...figures } of shares!.asOf!) {
      const { posts_with_value, sum, mean, p50, p90, max, zero } = expected.as_of[`${ageHours}h`]!;
      expect({ ageHours, n, ...figures }).toEqual({ ageHours, n: posts_with_value, sum, mean, p50, p90, max, zero });
    }
    expect(shares?.curve?.length).toBe(144);
    expect(shares?.curve?.at(-1)?.ageHours).toBe(48);
  });

  test.each(["Facebook", "GooglePlus", "LinkedIn"])("%s: how well early values rank posts as the final ones do", (platform) => {
    const [shares] = analysis.description.groups.find(({ id }) => id === platform)!.metrics;
    const expected = truth[platform]!;
    const close = ({ n, rho }: TrueRank) => ({ n, rho: expect.closeTo(rho, 12) });
    expect(shares!.asOf!.map(({ rankWithOldest }) => rankWithOldest)).toEqual([
      close(expected.spearman_1h_vs_48h),
      close(expected.spearman_6h_vs_48h),
      close(expected.spearman_24h_vs_48h),
      { n: expected.as_of["48h"]!.posts_with_value, rho: expect.closeTo(1, 12) },
    ]);
  });

  test("nothing is decided", () => {
    expect(analysis.experiments).toEqual([]);
    expect(JSON.stringify(analysis)).not.toMatch(/pBest|"best"|decision/);
  });
});
