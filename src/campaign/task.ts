// What a campaign repeats: a module that counts runs of a cell. It is loaded by its address in every worker, so cells and counts are plain data.
import { DomainError } from "../domain/index.ts";

/** A stretch of runs of one cell; run numbers are the seeds' own, so that any cutting into batches gives the same runs. */
export interface Batch<Cell> {
  readonly cell: Cell;
  readonly seed: string;
  /** First run, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** Pure: the same batch gives the same counts wherever it runs. Counts of batches are added up place by place. */
export type RunBatch<Cell> = (batch: Batch<Cell>) => readonly number[];

/** Loads a task module, which exports `runBatch`. @throws DomainError `task-invalid`. */
export async function loadTask<Cell>(address: string): Promise<RunBatch<Cell>> {
  const module = (await import(address)) as { runBatch?: RunBatch<Cell> };
  if (typeof module.runBatch !== "function")
    throw new DomainError({
      code: "task-invalid",
      path: address,
      message: "the module has no function runBatch",
      fix: "Export runBatch({ cell, seed, from, to }).",
    });
  return module.runBatch;
}
