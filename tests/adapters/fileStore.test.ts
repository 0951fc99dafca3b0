import { execFile } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { openFileStore } from "../../src/adapters/index.ts";
import type { Store } from "../../src/schedule/index.ts";
import { layerWrite, storeContract } from "../support/storeContract.ts";
import { testFolder } from "../support/folder.ts";

const run = promisify(execFile);
const id = "client/instagram.reels/hook";
const temporaryFolder = (): string => testFolder().path;
const folders = new WeakMap<Store, string>();

function storeIn(folder: string): Store {
  const store = openFileStore(folder);
  folders.set(store, folder);
  return store;
}

storeContract("file", {
  fresh: () => Promise.resolve(storeIn(temporaryFolder())),
  reopened: (store) => Promise.resolve(storeIn(folders.get(store)!)),
});

async function written(commits: number): Promise<{ folder: string; log: string }> {
  const folder = temporaryFolder();
  const store = storeIn(folder);
  for (let rev = 0; rev < commits; rev++) await store.commit([layerWrite(id, rev, `writer-${rev}`)]);
  await store.close();
  return { folder, log: join(folder, "store.ndjson") };
}

describe("a crash", () => {
  test("L9: at any byte of the last commit leaves all commits before it, and the next one works", async () => {
    const { folder, log } = await written(3);
    const whole = readFileSync(log);
    const lastStart = whole.subarray(0, -1).lastIndexOf(0x0a) + 1;
    for (let cut = lastStart; cut < whole.length; cut += 17) {
      writeFileSync(log, whole.subarray(0, cut));
      const store = storeIn(folder);
      expect((await store.get("layer", id))?.rev).toBe(2);
      await store.commit([layerWrite(id, 2, "after")]);
      expect((await storeIn(folder).get("layer", id))?.value.holds[0]?.experimentId).toBe("after");
    }
  });

  test("in the first line of all leaves an empty store", async () => {
    const { folder, log } = await written(1);
    for (const bytes of [0, 10, 63]) {
      writeFileSync(log, readFileSync(log).subarray(0, bytes));
      expect(await storeIn(folder).list("layer")).toEqual([]);
      await storeIn(folder).commit([layerWrite(id, 0, "anew")]);
      expect((await storeIn(folder).get("layer", id))?.rev).toBe(1);
      truncateSync(log, 64);
    }
  });

  test("that tore a line is not taken for one while another process reads", async () => {
    const { folder, log } = await written(2);
    const reader = storeIn(folder);
    await reader.list("layer");
    appendFileSync(log, '0123456789abcdef [{"half"');
    expect((await reader.get("layer", id))?.rev).toBe(2);
    await storeIn(folder).commit([layerWrite(id, 2, "third")]);
    expect((await reader.get("layer", id))?.rev).toBe(3);
  });
});

describe("a log that is not as it was written", () => {
  test("is refused with its line, not read past it", async () => {
    const { folder, log } = await written(3);
    const text = readFileSync(log, "utf8");
    writeFileSync(log, text.replace("writer-1", "writer-9"));
    await expect(storeIn(folder).get("layer", id)).rejects.toMatchObject({ code: "store-damaged", path: `${log}:3` });
  });

  test.each(["{}\n", "x".repeat(100), `{"format":"expos-store","version":2,"generation":1}`.padEnd(63) + "\n"])(
    "or is somebody else's is refused and left alone: %j",
    async (text) => {
      const folder = temporaryFolder();
      const log = join(folder, "store.ndjson");
      writeFileSync(log, text);
      await expect(storeIn(folder).commit([layerWrite(id, 0, "x")])).rejects.toMatchObject({ code: "store-foreign" });
      expect(readFileSync(log, "utf8")).toBe(text);
    },
  );
});

test("a folder that cannot be is an error that names it", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  await expect(storeIn(join(folder, "file")).commit([layerWrite(id, 0, "x")])).rejects.toMatchObject({ code: "store-unusable" });
});

test("reading makes no folder", async () => {
  const folder = join(temporaryFolder(), "not", "there");
  expect(await storeIn(folder).list("layer")).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test("a log that is mostly outdated is rewritten, and readers of the old one follow", async () => {
  const folder = temporaryFolder();
  const store = openFileStore(folder, { compactAboveBytes: 4000 });
  const reader = storeIn(folder);
  for (let rev = 0; rev < 60; rev++) {
    await store.commit([layerWrite(id, rev, `writer-${rev}`)]);
    expect((await reader.get("layer", id))?.rev).toBe(rev + 1);
  }
  expect(statSync(join(folder, "store.ndjson")).size).toBeLessThan(8000);
  expect((await storeIn(folder).get("layer", id))?.value.holds[0]?.experimentId).toBe("writer-59");
});

test("L3: processes that race for layers and counters lose nothing, and a killed one blocks nobody", async () => {
  const folder = temporaryFolder();
  const worker = join(import.meta.dirname, "support", "storeWorker.ts");
  const workers = ["a", "b", "c"].map((name) => run(process.execPath, [worker, folder, name, "15"]));
  const killed = run(process.execPath, [worker, folder, "killed", "100000"]);
  const ended = killed.catch(() => undefined);
  setTimeout(() => killed.child.kill("SIGKILL"), 300);
  const lines = (await Promise.all(workers)).map(({ stdout }) => JSON.parse(stdout) as { added: number; won: number });
  await ended;
  const store = storeIn(folder);
  const counter = await store.get("layer", "client/instagram.reels/caption");
  expect(lines.reduce((sum, { added }) => sum + added, 0)).toBe(45);
  expect(counter!.rev).toBeGreaterThanOrEqual(45);
  const hold = await store.get("layer", id);
  expect(hold!.value.holds.length).toBeLessThanOrEqual(1);
}, 60_000);
