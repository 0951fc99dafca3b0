// `campaign`: a grid of cells, each run under many seeds, over worker threads. Rows come in the order of grid and seeds whatever finished first, and are the
// same for any number of workers (law L8). Short work is done in this thread, where starting others would cost more than it saves.
import { availableParallelism } from "node:os";
import { contentHash } from "../canon/index.ts";
import { DomainError } from "../domain/index.ts";
import { openPool } from "./pool.ts";
import { openResumeFile } from "./resumeFile.ts";
import { type Batch, loadTask } from "./task.ts";

export interface CampaignOptions<Cell> {
  /** Address of a module that exports `runBatch`; it is loaded in every thread. */
  readonly task: URL;
  /** Cells as plain JSON data. */
  readonly grid: readonly Cell[];
  /** Every cell runs 0 ... runs - 1 of this seed: common random numbers. */
  readonly seeds: { readonly seed: string; readonly runs: number };
  /** Threads; left out, as many as the machine runs at once. 1 stays in this thread. */
  readonly workers?: number;
  /** Runs a batch; only affects how often progress is told and kept. */
  readonly batchRuns?: number;
  /** File that keeps what is done; a second call with it goes on from there. */
  readonly resume?: string;
  readonly onProgress?: (progress: { readonly doneRuns: number; readonly totalRuns: number }) => void;
}

/** The counts of one cell over all its runs. */
export interface CampaignRow<Cell> {
  readonly cell: Cell;
  /** Place in the grid. */
  readonly at: number;
  readonly runs: number;
  readonly counts: readonly number[];
}

/** Below about a second of work threads do not pay (toolchain note 6). */
const inlineBelowMs = 1_000;
const batchRunsDefault = 250;

/**
 * Runs the grid. Each row is yielded as soon as it and all before it are complete.
 * @throws DomainError of the task, `campaign-invalid` for sizes that are no counts, `resume-mismatch` for the file of another campaign.
 */
export async function* campaign<Cell>(options: CampaignOptions<Cell>): AsyncGenerator<CampaignRow<Cell>> {
  const {
    task,
    grid,
    seeds,
    workers = availableParallelism(),
    batchRuns = batchRunsDefault,
    resume,
    onProgress = () => undefined,
  } = options;
  requireSize("seeds.runs", seeds.runs);
  requireSize("workers", workers);
  requireSize("batchRuns", batchRuns);
  if (seeds.seed === "") refuse("seeds.seed", seeds.seed, "the seed is empty", 'Give a text such as "7".');
  const kept =
    resume === undefined ? undefined : openResumeFile(resume, contentHash({ grid, seed: seeds.seed, runs: seeds.runs, batchRuns }));
  const batches = grid.map((cell, at) =>
    Array.from({ length: Math.ceil(seeds.runs / batchRuns) }, (_, batch) => ({
      key: `${at}/${batch * batchRuns}`,
      batch: { cell, seed: seeds.seed, from: batch * batchRuns, to: Math.min(seeds.runs, (batch + 1) * batchRuns) },
    })),
  );
  let doneRuns = 0;
  const totalRuns = grid.length * seeds.runs;
  const finish = (key: string, batch: Batch<Cell>, counts: readonly number[], isNew: boolean) => {
    if (isNew) kept?.keep(key, counts);
    doneRuns += batch.to - batch.from;
    onProgress({ doneRuns, totalRuns });
    return counts;
  };

  const runInline = await loadTask<Cell>(task.href);
  const known = new Map<string, readonly number[]>();
  const todo = batches.flat().filter(({ key, batch }) => {
    const counts = kept?.done.get(key);
    if (counts !== undefined) known.set(key, finish(key, batch, counts, false));
    return counts === undefined;
  });
  // The first batch tells what the rest will take; its result counts like any other.
  const startedMs = performance.now();
  const [first] = todo;
  if (first !== undefined) known.set(first.key, finish(first.key, first.batch, runInline(first.batch), true));
  const expectedMs = (performance.now() - startedMs) * (todo.length - 1);
  const threads = Math.min(workers, todo.length - 1);
  const pool = threads > 1 && expectedMs > inlineBelowMs ? openPool<Cell>(task.href, threads) : undefined;
  try {
    const ahead = new Map<string, Promise<readonly number[]>>();
    if (pool !== undefined)
      for (const { key, batch } of todo.slice(1)) {
        const counts = pool.run(batch).then((found) => finish(key, batch, found, true));
        // Handled where it is awaited; a rejection before that is not lost, only not yet asked for.
        counts.catch(() => undefined);
        ahead.set(key, counts);
      }
    for (const [at, own] of batches.entries()) {
      let sum: readonly number[] | undefined;
      for (const { key, batch } of own) {
        const counts = known.get(key) ?? (await (ahead.get(key) ?? finish(key, batch, runInline(batch), true)));
        sum = sum === undefined ? counts : sum.map((value, place) => value + counts[place]!);
      }
      yield { cell: grid[at]!, at, runs: seeds.runs, counts: sum! };
    }
  } finally {
    await pool?.close();
  }
}

function requireSize(path: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) refuse(path, value, `${path} must be a whole number from 1`, "Pass such as 4.");
}

function refuse(path: string, value: unknown, message: string, fix: string): never {
  throw new DomainError({ code: "campaign-invalid", path, message, fix, value });
}
