// A million random events for each machine through every host and XState's own transition(): tests/machines/differential.test.ts in long. Each machine
// walks in a thread of its own, so that the whole takes as long as the slowest where there are cores.
import { Worker } from "node:worker_threads";
import { describe, test } from "vitest";
import { definitions } from "../../src/machines/index.ts";
import type { WalkReport } from "../support/machineWalk.ts";

const events = 1_000_000;

function walk(machine: string): Promise<WalkReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("../support/walkWorker.ts", import.meta.url), {
      workerData: { machine, events, seed: `validate/${machine}` },
    });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

describe.concurrent("a million events, no difference", () => {
  test.for(Object.keys(definitions))("%s", async (machine, { expect }) => {
    const report = await walk(machine);
    console.log(machine, JSON.stringify(report));
    expect(report).toMatchObject({ statesUnreached: [], transitionsUnreached: [] });
    // What counts is compared on pure, table, actor and XState alike; nothing was reached by a fluke.
    expect(report.events).toBeGreaterThanOrEqual(events);
    expect(report.rarestState[1]).toBeGreaterThanOrEqual(500);
    expect(report.rarestTransition[1]).toBeGreaterThanOrEqual(10);
    expect(report.stored).toBeGreaterThanOrEqual(events / 100);
    expect(report.largestRowBytes).toBeLessThan(2000);
  });
});
