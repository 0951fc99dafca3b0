// One of several processes on a store: counts up a shared document and races for a layer. `node storeWorker.ts FOLDER NAME TIMES`
import { openFileStore } from "../../../src/adapters/index.ts";
import { isDomainError } from "../../../src/domain/index.ts";
import { releaseLayers, reserveLayers, transact } from "../../../src/schedule/index.ts";
import { layerValue } from "./layerValue.ts";

const [folder, name, times] = process.argv.slice(2);
const store = openFileStore(folder!);
const id = "client/instagram.reels/caption";
let added = 0;
let won = 0;
for (let at = 0; at < Number(times); at++) {
  await transact(store, async () => {
    const stored = await store.get("layer", id);
    return { writes: [{ kind: "layer" as const, id, rev: stored?.rev ?? 0, value: layerValue(id, name!) }], answer: undefined };
  });
  added++;
  try {
    await reserveLayers(store, { experimentId: name!, layers: ["client/instagram.reels/hook"], atMs: 1 });
    won++;
    await releaseLayers(store, name!);
  } catch (error) {
    if (!isDomainError(error) || error.code !== "layer-overlap") throw error;
  }
}
console.log(JSON.stringify({ added, won }));
