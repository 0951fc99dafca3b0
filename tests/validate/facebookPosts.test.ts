// Figures by post type and missing values of 359 real posts, as in datasets/facebook_posts.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { analyse, readMapping, type SnapshotsAnalysis } from "../../src/report/index.ts";
import { dataset } from "../support/datasets.ts";

interface Truth {
  readonly posts: number;
  readonly by_type: Record<string, { posts: number } & Record<string, { n: number; mean: number; p50: number; p90: number }>>;
  readonly missing: Record<string, number>;
}

test("Facebook posts: figures by type and missing counts agree, and nothing is decided", async () => {
  const truth = JSON.parse(readFileSync(dataset("facebook_posts", "truth.json"), "utf8")) as Truth;
  const mapping = readMapping("examples/maps/facebook_posts.yaml");
  const { description, experiments } = (await analyse(dataset("facebook_posts"), { mapping })) as SnapshotsAnalysis;
  expect(description.posts).toBe(truth.posts);
  expect(description.missing).toEqual(truth.missing);
  expect(description.groups.map(({ id }) => id).toSorted()).toEqual(Object.keys(truth.by_type).toSorted());
  for (const { id, posts, metrics } of description.groups) {
    expect(posts).toBe(truth.by_type[id]!.posts);
    for (const { name, lifetime } of metrics) {
      const expected = truth.by_type[id]![name]!;
      expect(lifetime!.n).toBe(expected.n);
      // Two ways to interpolate between neighbours differ in the last bit.
      for (const figure of ["mean", "p50", "p90"] as const) expect(Math.abs(lifetime![figure]! / expected[figure] - 1)).toBeLessThan(1e-15);
    }
  }
  expect(experiments).toEqual([]);
});
