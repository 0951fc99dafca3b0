import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { AssignmentFileStore } from "../../src/adapters/index.ts";
import { ExperimentEvaluator, type EvaluationIssue, ExperimentRegistry, MemoryAssignmentStore } from "../../src/spec/index.ts";
import { twoArms } from "../spec/support/specs.ts";
import { assigned, describeAssignmentStore, keyOf } from "../support/assignmentStoreContract.ts";
import { testFolder } from "../support/folder.ts";
import { refusalOf } from "../support/refusal.ts";

function opened(path: string): AssignmentFileStore {
  const store = new AssignmentFileStore(path);
  onTestFinished(() => store.close());
  return store;
}

describeAssignmentStore("in memory", () => new MemoryAssignmentStore());
let opening = 0;
describeAssignmentStore("in a file", () => opened(join(testFolder().path, `assignments-${opening++}.ndjson`)));

describe("an assignment file", () => {
  const path = (): string => join(testFolder().path, "below", "assignments.ndjson");

  test("holds after reopening what was acknowledged before", () => {
    const at = path();
    const first = opened(at);
    for (let unit = 0; unit < 5; unit++) first.putIfAbsent(keyOf(`u-${unit}\n"é😀`), assigned(unit % 2 === 0 ? "b" : "control"));
    first.close();
    const second = opened(at);
    expect(second.size).toBe(5);
    expect(second.recoveredBytes).toBe(0);
    for (let unit = 0; unit < 5; unit++) expect(second.get(keyOf(`u-${unit}\n"é😀`))).toEqual(assigned(unit % 2 === 0 ? "b" : "control"));
  });

  test("is one JSON line per assignment, and only ever grows", () => {
    const at = path();
    const store = opened(at);
    store.putIfAbsent(keyOf("u-1"), assigned("b"));
    const before = readFileSync(at, "utf8");
    store.putIfAbsent(keyOf("u-1"), assigned("control"));
    expect(readFileSync(at, "utf8")).toBe(before);
    store.putIfAbsent(keyOf("u-2"), assigned("control"));
    const after = readFileSync(at, "utf8");
    expect(after.startsWith(before)).toBe(true);
    expect(
      after
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { format: "expos-assignments", version: 1 },
      { ...keyOf("u-1"), ...assigned("b") },
      { ...keyOf("u-2"), ...assigned("control") },
    ]);
  });

  test("L9: cut at any byte by a crash, it opens with every line that was whole, and goes on", () => {
    const at = path();
    const store = opened(at);
    for (const unit of ["é-1", "u-3"]) store.putIfAbsent(keyOf(unit), assigned("b"));
    store.close();
    const bytes = readFileSync(at);
    for (let length = 0; length <= bytes.length; length++) {
      writeFileSync(at, bytes.subarray(0, length));
      const reopened = new AssignmentFileStore(at);
      const whole = Math.max(0, bytes.subarray(0, length).toString("latin1").split("\n").length - 2);
      expect(reopened.size).toBe(whole);
      reopened.putIfAbsent(keyOf("u-3"), assigned("control"));
      expect(reopened.get(keyOf("u-3"))!.variantId).toBe(whole === 2 ? "b" : "control");
      reopened.close();
      const again = new AssignmentFileStore(at);
      expect(again.recoveredBytes).toBe(0);
      expect(again.size).toBe(whole === 2 ? 2 : whole + 1);
      again.close();
    }
  });

  test("drops a last line of zeros, as a power cut may leave it, and refuses one in the middle", () => {
    const at = path();
    const store = opened(at);
    store.putIfAbsent(keyOf("u-1"), assigned("b"));
    store.close();
    const sound = readFileSync(at);
    writeFileSync(at, Buffer.concat([sound, Buffer.alloc(40)]));
    const reopened = opened(at);
    expect(reopened.recoveredBytes).toBe(40);
    expect(reopened.size).toBe(1);
    reopened.close();
    writeFileSync(at, Buffer.concat([sound, Buffer.from("{broken}\n"), sound.subarray(sound.indexOf("\n") + 1)]));
    expect(refusalOf(() => new AssignmentFileStore(at))).toMatchObject({ code: "store-damaged", path: `${at}:3` });
    // A refused opening leaves no lock behind and changes nothing.
    expect(refusalOf(() => new AssignmentFileStore(at))).toMatchObject({ code: "store-damaged" });
    expect(readdirSync(join(at, ".."))).toEqual(["assignments.ndjson"]);
  });

  test("L12: refuses a file of somebody else, and a line it does not understand", () => {
    const folder = testFolder();
    const foreign = folder.file("notes.txt", "dear diary\n");
    expect(refusalOf(() => new AssignmentFileStore(foreign))).toMatchObject({ code: "store-foreign", path: foreign });
    expect(readFileSync(foreign, "utf8")).toBe("dear diary\n");
    const newer = folder.file(
      "newer.ndjson",
      `{"format":"expos-assignments","version":1}\n${JSON.stringify({ ...keyOf("u"), ...assigned("b"), hashVersion: "m9" })}\n`,
    );
    expect(refusalOf(() => new AssignmentFileStore(newer))).toMatchObject({ code: "store-damaged", path: `${newer}:2: hashVersion` });
    expect(refusalOf(() => new AssignmentFileStore(folder.path))).toMatchObject({ code: "store-unusable", path: folder.path });
    const store = opened(join(folder.path, "new.ndjson"));
    expect(refusalOf(() => store.putIfAbsent(keyOf("u"), assigned(7 as never)))).toMatchObject({
      code: "assignment-invalid",
      path: "variantId",
    });
    store.close();
    expect(refusalOf(() => store.putIfAbsent(keyOf("u"), assigned("b")))).toMatchObject({ code: "store-closed" });
  });

  test("belongs to one opener at a time, and is free again after close", () => {
    const at = path();
    const store = opened(at);
    expect(refusalOf(() => new AssignmentFileStore(at))).toMatchObject({
      code: "store-locked",
      path: `${at}.lock`,
      fix: expect.stringContaining("remove"),
    });
    store.close();
    opened(at).close();
    expect(existsSync(`${at}.lock`)).toBe(false);
  });

  test("takes over from a process that was killed, and loses nothing it acknowledged", async () => {
    const at = path();
    const face = pathToFileURL(join(process.cwd(), "src/adapters/index.ts")).href;
    const script = `
      import { AssignmentFileStore } from ${JSON.stringify(face)};
      const store = new AssignmentFileStore(${JSON.stringify(at)});
      for (let unit = 0; ; unit++) {
        store.putIfAbsent({ experiment: "demo.a", bucketingVersion: 1, unitType: "userId", unitId: "u-" + unit }, ${JSON.stringify(assigned("b"))});
        process.stdout.write(unit + "\\n");
      }`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    let heard = "";
    for await (const chunk of child.stdout) {
      heard += String(chunk);
      if (heard.split("\n").length > 20) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    const acknowledged = heard.split("\n").slice(0, -1).length;
    expect(existsSync(`${at}.lock`)).toBe(true);
    const store = opened(at);
    expect(store.size).toBeGreaterThanOrEqual(acknowledged);
    for (let unit = 0; unit < acknowledged; unit++) expect(store.get(keyOf(`u-${unit}`))).toBeDefined();
  });

  test("respects a lock of another host, and writes nothing once its own lock is gone", () => {
    const at = path();
    const store = opened(at);
    writeFileSync(`${at}.lock`, JSON.stringify({ pid: 1, host: "elsewhere", token: "t" }));
    expect(refusalOf(() => store.putIfAbsent(keyOf("u-1"), assigned("b")))).toMatchObject({ code: "store-lost" });
    store.close();
    expect(refusalOf(() => new AssignmentFileStore(at))).toMatchObject({
      code: "store-locked",
      message: "process 1 on elsewhere uses this file",
    });
  });

  test("that fails never stops an assignment: it is reported", () => {
    const store = opened(path());
    store.close();
    const issues: EvaluationIssue[] = [];
    const evaluator = new ExperimentEvaluator({
      registry: new ExperimentRegistry([twoArms("demo.a")]),
      store,
      onIssue: (issue) => issues.push(issue),
    });
    expect(evaluator.chooseVariantSync({ experiment: "demo.a", userId: "u-1" })).toMatchObject({ reason: "random", inExperiment: true });
    expect(issues).toMatchObject([{ code: "store-failed", error: { code: "store-closed" } }]);
  });
});
