// Figures by post type, missing values and the slots of 359 real posts, as in datasets/facebook_posts.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { analyse, readMapping, type SnapshotsAnalysis } from "../../src/report/index.ts";
import { dataset } from "../support/datasets.ts";

interface TrueShares {
  readonly chi2: number;
  readonly df: number;
  readonly p: number;
}

interface TrueSlots {
  readonly n: readonly [number, number];
  readonly hour_tv: number;
  readonly hour_ks_d: number;
  readonly hour_ks_p: number;
  readonly hour_chi2: TrueShares;
  readonly weekday_tv: number;
  readonly weekday_chi2: TrueShares;
}

interface Truth {
  readonly posts: number;
  readonly by_type: Record<string, { posts: number } & Record<string, { n: number; mean: number; p50: number; p90: number }>>;
  readonly missing: Record<string, number>;
  readonly slot_comparability: Record<string, TrueSlots>;
  readonly by_hour: Record<string, { posts: number; mean_interactions: number }>;
}

const truth = JSON.parse(readFileSync(dataset("facebook_posts", "truth.json"), "utf8")) as Truth;
let analysis: SnapshotsAnalysis;

beforeAll(async () => {
  const mapping = readMapping("examples/maps/facebook_posts.yaml");
  analysis = (await analyse(dataset("facebook_posts"), { mapping })) as SnapshotsAnalysis;
});

describe("Facebook posts", () => {
  test("figures by type and missing counts agree, and nothing is decided", () => {
    const { description, experiments } = analysis;
    expect(description.posts).toBe(truth.posts);
    expect(description.missing).toEqual(truth.missing);
    expect(description.groups.map(({ id }) => id).toSorted()).toEqual(Object.keys(truth.by_type).toSorted());
    for (const { id, posts, metrics } of description.groups) {
      expect(posts).toBe(truth.by_type[id]!.posts);
      for (const { name, lifetime } of metrics) {
        const expected = truth.by_type[id]![name]!;
        expect(lifetime!.n).toBe(expected.n);
        // Two ways to interpolate between neighbours differ in the last bit.
        for (const figure of ["mean", "p50", "p90"] as const)
          expect(Math.abs(lifetime![figure]! / expected[figure] - 1)).toBeLessThan(1e-15);
      }
    }
    expect(experiments).toEqual([]);
    expect(JSON.stringify(analysis)).not.toMatch(/pBest|"best"|decision/);
  });

  test.each(Object.keys(truth.slot_comparability))("%s: shares of hours and weekdays and Kolmogorov-Smirnov agree", (key) => {
    const expected = truth.slot_comparability[key]!;
    const [by, names] = key.split(":") as [string, string];
    const comparison = analysis.description.slots!.comparisons.find((each) => each.by === by)!;
    const { n, hour, weekday } = comparison.pairs.find(({ groups }) => groups.join("|") === names)!;
    expect(n).toEqual(expected.n);
    expect(hour.totalVariation).toBeCloseTo(expected.hour_tv, 14);
    expect(weekday!.totalVariation).toBeCloseTo(expected.weekday_tv, 14);
    expect(hour.kolmogorovSmirnov.statistic).toBeCloseTo(expected.hour_ks_d, 14);
    expect(Math.abs(hour.kolmogorovSmirnov.largeSampleP / expected.hour_ks_p - 1)).toBeLessThan(1e-12);
    // Many posts share an hour: the exact p knows it, the law for large samples does not.
    expect(hour.kolmogorovSmirnov.exactness).toBe("exact");
    expect(hour.kolmogorovSmirnov.p).toBeLessThan(expected.hour_ks_p);
    for (const [found, { chi2, df, p }] of [
      [hour.chiSquare, expected.hour_chi2],
      [weekday!.chiSquare, expected.weekday_chi2],
    ] as const) {
      expect(found.df).toBe(df);
      expect(Math.abs(found.statistic / chi2 - 1)).toBeLessThan(1e-12);
      expect(Math.abs(found.p / p - 1)).toBeLessThan(1e-12);
    }
  });

  test("posts and mean interactions by hour agree", () => {
    expect(
      Object.fromEntries(
        analysis.description.slots!.byHour.map(({ hour, posts, means }) => [hour, { posts, mean_interactions: means["T_Interactions"] }]),
      ),
    ).toEqual(
      Object.fromEntries(
        Object.entries(truth.by_hour).map(([hour, { posts, mean_interactions }]) => [
          hour,
          { posts, mean_interactions: expect.closeTo(mean_interactions, 10) },
        ]),
      ),
    );
  });

  test("promoted posts sit on other weekdays; links sit at other hours than photos, which 16 links cannot prove", () => {
    const [types, paid] = analysis.description.slots!.comparisons;
    const readings = (pair: NonNullable<typeof types>["pairs"][number]) => pair.clocks.map(({ clock, reading }) => `${clock} ${reading}`);
    expect(readings(paid!.pairs[0]!)).toEqual(["day alike", "week apart"]);
    expect(readings(types!.pairs.find(({ groups }) => groups.join("|") === "Photo|Link")!)).toEqual(["day unproven", "week alike"]);
    expect(readings(types!.pairs.find(({ groups }) => groups.join("|") === "Photo|Video")!)).toEqual(["day tooFew", "week tooFew"]);
    expect(paid!.postsLeftOut).toBe(truth.missing["Paid"]);
  });
});
