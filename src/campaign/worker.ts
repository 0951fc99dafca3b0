// One worker thread of a campaign: loads the task once, then counts one batch after the other.
import { parentPort, workerData } from "node:worker_threads";
import { isDomainError } from "../domain/index.ts";
import { type Batch, loadTask } from "./task.ts";

const { task } = workerData as { task: string };
const port = parentPort!;
const runBatch = await loadTask(task);

port.on("message", ({ id, batch }: { id: number; batch: Batch<unknown> }) => {
  try {
    const counts = Float64Array.from(runBatch(batch));
    port.postMessage({ id, counts }, [counts.buffer]);
  } catch (error) {
    // A DomainError does not survive the way between threads with its fields; its own JSON does.
    port.postMessage({ id, refusal: isDomainError(error) ? error.toJSON() : undefined, failure: String(error) });
  }
});
port.postMessage({ ready: true });
