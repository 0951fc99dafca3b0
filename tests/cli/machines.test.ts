import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { run, runNext } from "../../src/cli/commands/machines.ts";
import { createHost, experimentMachine, type ExperimentInput } from "../../src/machines/index.ts";

const folder = mkdtempSync(join(tmpdir(), "expos-machines-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("expos machines", () => {
  test("lists all machines and draws one", () => {
    expect(run(undefined, undefined).text).toMatch(/^experiment \(version 1\)\n {2}draft /);
    expect(run("experiment", "mermaid").text).toMatch(/^stateDiagram-v2\n {2}\[\*\] --> draft\n/);
    expect(run("post", "svg").text).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(JSON.parse(run("account", "json").text)).toMatchObject({ machines: [{ machine: "account", version: 2, initial: "healthy" }] });
  });

  test("refuses a machine that does not exist, and one picture of several", () => {
    expect(() => run("toString", undefined)).toThrow(expect.objectContaining({ code: "machine-unknown" }));
    expect(() => run(undefined, "svg")).toThrow(expect.objectContaining({ code: "format-unsuited" }));
  });
});

describe("expos machines next", () => {
  const input: ExperimentInput = {
    experimentId: "e1",
    type: "batch",
    approvalLevel: "review",
    preset: "evidence",
    needs: [],
    layer: "c:instagram.reels:hook",
    account: "a1",
    windowStartMs: 0,
    windowEndMs: 1,
  };
  const { row } = createHost(experimentMachine, { kind: "pure" }).start(input, 0);
  const stored = (name: string, content: string): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };

  test("says what may be done, what not, and why", () => {
    const { text, document } = runNext(stored("draft.json", JSON.stringify(row)));
    expect(text).toContain(
      "You may\n  submitted -> generating: the brief goes into the works\n  withdrawn -> stopped: the brief is given up\nRefused\n",
    );
    expect(text).toContain("  approved: draft does not take it\n");
    expect(document).toMatchObject({ key: "experiment/e1", state: "draft", timers: [] });
  });

  test("refuses a file that is no JSON, no row, or a row of nobody's machine", () => {
    expect(() => runNext(join(folder, "missing.json"))).toThrow(expect.objectContaining({ code: "row-unreadable" }));
    expect(() => runNext(stored("torn.json", '{"key": "exp'))).toThrow(expect.objectContaining({ code: "row-invalid" }));
    expect(() => runNext(stored("empty.json", "{}"))).toThrow(expect.objectContaining({ code: "row-corrupt" }));
    const stranger = { ...row, machine: "toString" };
    expect(() => runNext(stored("stranger.json", JSON.stringify(stranger)))).toThrow(expect.objectContaining({ code: "machine-unknown" }));
  });
});
