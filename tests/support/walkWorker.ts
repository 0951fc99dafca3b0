// One walk in a thread of its own, under Node's own loader: the built XState that users get, not the development build of the test runner.
import { parentPort, workerData } from "node:worker_threads";
import { definitions } from "../../src/machines/index.ts";
import { walkMachine, walkSubject } from "./machineWalk.ts";

const { machine, events, seed } = workerData as { machine: string; events: number; seed: string };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort!.postMessage(walkMachine(walkSubject(definitions[machine]!.machine), events, seed));
