// A small pool of worker threads: jobs go to whoever is free, answers come back by number. Small, because a general pool costs twelve times as much a job
// (toolchain note 6).
import { Worker } from "node:worker_threads";
import { DomainError, type DomainErrorDetails } from "../domain/index.ts";
import type { Batch } from "./task.ts";

interface Answer {
  readonly ready?: true;
  readonly id: number;
  readonly counts?: Float64Array<ArrayBuffer>;
  readonly refusal?: DomainErrorDetails;
  readonly failure?: string;
}

export interface Pool<Cell> {
  /** Queues a batch. Rejects with the task's own DomainError, or when its thread dies. */
  run(batch: Batch<Cell>): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** Starts `workers` threads, each with the task module loaded. */
export function openPool<Cell>(task: string, workers: number): Pool<Cell> {
  interface Job {
    readonly id: number;
    readonly batch: Batch<Cell>;
    resolve(counts: readonly number[]): void;
    reject(error: unknown): void;
  }
  const waiting: Job[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Job>();
  let nextId = 0;
  let closed = false;
  const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";

  const threads = Array.from({ length: workers }, () => {
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { task } });
    worker.on("message", (answer: Answer) => {
      const job = busy.get(worker);
      busy.delete(worker);
      if (answer.counts !== undefined) job?.resolve([...answer.counts]);
      else if (answer.refusal !== undefined) job?.reject(new DomainError(answer.refusal));
      else if (answer.ready === undefined) job?.reject(new Error(answer.failure));
      idle.push(worker);
      handOut();
    });
    worker.on("error", (error) => lost(worker, error));
    worker.on("exit", () => lost(worker, new Error("a worker thread ended before its work did")));
    return worker;
  });
  const alive = new Set(threads);

  function lost(worker: Worker, error: unknown): void {
    alive.delete(worker);
    busy.get(worker)?.reject(error);
    busy.delete(worker);
    if (alive.size === 0 && !closed) for (const job of waiting.splice(0)) job.reject(error);
  }

  function handOut(): void {
    while (idle.length > 0 && waiting.length > 0) {
      const [worker, job] = [idle.pop()!, waiting.shift()!];
      busy.set(worker, job);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      worker.postMessage({ id: job.id, batch: job.batch });
    }
  }

  return {
    run: (batch) =>
      new Promise((resolve, reject) => {
        if (alive.size === 0) reject(new Error("no worker thread is left"));
        else {
          waiting.push({ id: nextId++, batch, resolve, reject });
          handOut();
        }
      }),
    async close() {
      closed = true;
      await Promise.all(threads.map((worker) => worker.terminate()));
    },
  };
}
