// The example of docs/embedding.md, run as it stands there.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { createHost, postMachine, type EffectRecord, type MachineEvent, type Row } from "../../src/machines/index.ts";

test("the ten lines of docs/embedding.md restore a row, step it, persist it, then carry out its effects", async () => {
  const page = readFileSync(new URL("../../docs/embedding.md", import.meta.url), "utf8");
  const [, example] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const face = new URL("../../src/machines/index.ts", import.meta.url).href;
  const folder = mkdtempSync(join(tmpdir(), "embedding-"));
  try {
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    const code = example!.replace("experimentation-os/machines", face);
    expect(code.split("\n").filter((line) => /^( {2}|export|const)/.test(line)).length).toBeLessThanOrEqual(10);
    writeFileSync(join(folder, "example.ts"), code);
    const { deliver } = (await import(/* @vite-ignore */ pathToFileURL(join(folder, "example.ts")).href)) as {
      deliver: (file: string, event: MachineEvent, carryOut: (effect: EffectRecord) => void) => void;
    };

    const file = join(folder, "row.json");
    const { row } = createHost(postMachine, { kind: "pure" }).start(
      { postId: "p1", experimentId: "e1", account: "a1", contentHash: "h1", attemptKey: "k1", slotMs: 0, latestMs: 9000 },
      0,
    );
    writeFileSync(file, JSON.stringify(row));
    const stored = (): Row => JSON.parse(readFileSync(file, "utf8")) as Row;
    const clearance = {
      guards: "pass",
      contentHash: "h1",
      approvedHashes: ["h1"],
      experimentState: "running",
      layerHolder: "e1",
      accountState: "healthy",
      laneHealth: "open",
      holding: false,
      blockIsOpen: false,
      paceFreeMs: 0,
    };
    const seen: string[] = [];
    const carryOut = (effect: EffectRecord) => void seen.push(`${effect.type} in ${stored().snapshot.value}`);
    deliver(file, { type: "due", id: "d1", at: 1000, clearance }, carryOut);
    deliver(file, { type: "absent", id: "x", at: 1000 }, carryOut);
    // Each effect found its row already written.
    expect(seen).toEqual(["publish in sending", "arm in sending"]);
    expect(stored()).toMatchObject({ rev: 1, lastAt: 1000, timers: [{ dueAt: 301_000 }] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
