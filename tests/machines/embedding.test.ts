// The examples of docs/embedding.md, run as they stand there.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { createHost, postMachine, type EffectRecord, type HostStep, type MachineEvent, type Row } from "../../src/machines/index.ts";
import { clear, post } from "../support/machineSystem.ts";

const page = readFileSync(new URL("../../docs/embedding.md", import.meta.url), "utf8");
const face = new URL("../../src/machines/index.ts", import.meta.url).href;

async function run<Exports>(folder: string, example: string): Promise<Exports> {
  const code = example.replace("experimentation-os/machines", face).replace('"xstate"', JSON.stringify(import.meta.resolve("xstate")));
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  writeFileSync(join(folder, "example.ts"), code);
  return (await import(/* @vite-ignore */ pathToFileURL(join(folder, "example.ts")).href)) as Exports;
}

test("the machine of one's own in docs/embedding.md starts and steps as its comments say", async () => {
  const [, , example] = page.split("```ts\n").map((text) => text.split("```")[0]!);
  const folder = mkdtempSync(join(tmpdir(), "embedding-"));
  try {
    const { row, effects } = await run<HostStep>(folder, `${example}\nexport { row, effects };`);
    expect(row.key).toBe("lamp/l1");
    expect(effects).toEqual([
      { type: "dim", params: { to: 0 } },
      { type: "arm", params: { id: expect.any(String), delayMs: 5000, event: { type: expect.any(String) } } },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the ten lines of docs/embedding.md restore a row, step it, persist it, then carry out its effects", async () => {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "embedding-"));
  try {
    expect(example!.split("\n").filter((line) => /^( {2}|export|const)/.test(line)).length).toBeLessThanOrEqual(10);
    const { deliver } = await run<{
      deliver: (file: string, event: MachineEvent, carryOut: (effect: EffectRecord) => void) => void;
    }>(folder, example!);

    const file = join(folder, "row.json");
    const { row } = createHost(postMachine, { kind: "pure" }).start({ ...post, slotMs: 0, latestMs: 9000 }, 0);
    writeFileSync(file, JSON.stringify(row));
    const stored = (): Row => JSON.parse(readFileSync(file, "utf8")) as Row;
    const seen: string[] = [];
    const carryOut = (effect: EffectRecord) => void seen.push(`${effect.type} in ${stored().snapshot.value}`);
    deliver(file, { type: "due", id: "d1", at: 1000, clearance: clear }, carryOut);
    deliver(file, { type: "absent", id: "x", at: 1000 }, carryOut);
    // Each effect found its row already written.
    expect(seen).toEqual(["publish in sending", "arm in sending"]);
    expect(stored()).toMatchObject({ rev: 1, lastAt: 1000, timers: [{ dueAt: 301_000 }] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
