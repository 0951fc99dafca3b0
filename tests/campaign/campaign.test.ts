import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { campaign, type CampaignOptions, type CampaignRow, tuningTask } from "../../src/campaign/index.ts";
import { defaultDecisionPolicy } from "../../src/decision/index.ts";
import { scenarioCells, scenarioSchema } from "../../src/domain/index.ts";
import { testFolder } from "../support/folder.ts";
import type { CountingCell } from "./countingTask.ts";

const counting = new URL("./countingTask.ts", import.meta.url);
const grid: CountingCell[] = [{ base: 1 }, { base: 1000 }, { base: 5 }];

async function all<Cell>(options: CampaignOptions<Cell>): Promise<CampaignRow<Cell>[]> {
  const rows: CampaignRow<Cell>[] = [];
  for await (const row of campaign(options)) rows.push(row);
  return rows;
}

async function refused(options: CampaignOptions<CountingCell>): Promise<unknown> {
  return all(options).catch((error: unknown) => error);
}

describe("campaign", () => {
  test("every cell runs every seed once, in batches, and rows come in the order of the grid", async () => {
    const rows = await all({ task: counting, grid, seeds: { seed: "7", runs: 10 }, workers: 1, batchRuns: 3 });
    expect(rows.map(({ at, runs, counts }) => [at, runs, ...counts])).toEqual([
      [0, 10, 10, 10 * 1 + 45],
      [1, 10, 10, 10 * 1000 + 45],
      [2, 10, 10, 10 * 5 + 45],
    ]);
  });

  test("L8: one, two and four workers give the same rows in the same order", async () => {
    const slow = grid.map((cell, at) => ({ ...cell, busyMs: at === 0 ? 160 : 90 }));
    const rows = (workers: number) => all({ task: counting, grid: slow, seeds: { seed: "7", runs: 12 }, workers, batchRuns: 3 });
    const alone = await rows(1);
    expect(await rows(2)).toEqual(alone);
    expect(await rows(4)).toEqual(alone);
  });

  test("L8: tuning cells give the same tallies for any batch size", async () => {
    const cells = scenarioCells(scenarioSchema.parse({ name: "try", blocks: [8], effects: [0, 0.8] }));
    const tune = (batchRuns: number) =>
      all({
        task: tuningTask,
        grid: cells.map((cell) => ({ named: { name: "evidence", policy: defaultDecisionPolicy }, cell })),
        seeds: { seed: "7", runs: 60 },
        workers: 1,
        batchRuns,
      });
    expect(await tune(7)).toEqual(await tune(60));
  });

  test("a campaign that was stopped goes on from its file, does no batch twice, and ends with the same rows", async () => {
    const resume = join(testFolder().path, "campaign.ndjson");
    const seeds = { seed: "7", runs: 10 };
    const options = { task: counting, grid, seeds, workers: 1, batchRuns: 3, resume } as const;
    for await (const row of campaign(options)) if (row.at === 0) break;
    const kept = readFileSync(resume, "utf8").trim().split("\n").length;
    expect(kept).toBe(1 + 4);
    appendFileSync(resume, '{"key":"1/0","cou');
    const progress: number[] = [];
    const rows = await all({ ...options, onProgress: ({ doneRuns }) => progress.push(doneRuns) });
    expect(rows).toEqual(await all({ task: counting, grid, seeds, workers: 1, batchRuns: 3 }));
    expect(progress.at(-1)).toBe(30);
    expect(readFileSync(resume, "utf8").trim().split("\n")).toHaveLength(1 + 12);
  });

  test("the file of another campaign is refused and left as it is", async () => {
    const resume = testFolder().file("campaign.ndjson", "something else\n");
    expect(await refused({ task: counting, grid, seeds: { seed: "7", runs: 3 }, workers: 1, resume })).toMatchObject({
      code: "resume-mismatch",
      path: resume,
    });
    expect(readFileSync(resume, "utf8")).toBe("something else\n");
  });

  test("a refusal inside a thread arrives with its code, path and fix", async () => {
    const cells = [
      { base: 1, busyMs: 400 },
      { base: 1, busyMs: 50, refuseAt: 0 },
    ];
    const error = await refused({ task: counting, grid: cells, seeds: { seed: "7", runs: 6 }, workers: 2, batchRuns: 1 });
    expect(error).toMatchObject({ name: "DomainError", code: "cell-odd", fix: "Leave it out." });
  });

  test("sizes that are no counts and an empty seed are refused before anything runs", async () => {
    const good = { task: counting, grid, seeds: { seed: "7", runs: 3 } };
    expect(await refused({ ...good, workers: 0 })).toMatchObject({ code: "campaign-invalid", path: "workers" });
    expect(await refused({ ...good, seeds: { seed: "", runs: 3 } })).toMatchObject({ path: "seeds.seed" });
    expect(await refused({ ...good, seeds: { seed: "7", runs: 1.5 } })).toMatchObject({ path: "seeds.runs" });
  });
});
