// A task whose counts show which runs were done; slow enough for threads to be worth it when told so.
import { DomainError } from "../../src/domain/index.ts";
import type { RunBatch } from "../../src/campaign/index.ts";

export interface CountingCell {
  readonly base: number;
  readonly busyMs?: number;
  readonly refuseAt?: number;
}

export const runBatch: RunBatch<CountingCell> = ({ cell, from, to }) => {
  const untilMs = performance.now() + (cell.busyMs ?? 0);
  while (performance.now() < untilMs);
  let sum = 0;
  for (let run = from; run < to; run++) {
    if (run === cell.refuseAt)
      throw new DomainError({ code: "cell-odd", path: "cell", message: "this cell cannot be run", fix: "Leave it out.", value: run });
    sum += cell.base + run;
  }
  return [to - from, sum];
};
