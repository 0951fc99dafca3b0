import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { requireFreeOutput, writeOutput } from "../../src/report/index.ts";
import { testFolder } from "../support/folder.ts";
import { refusalOf } from "../support/refusal.ts";

describe("an output folder", () => {
  test("is written whole, and replaced whole when everything in it is ours", () => {
    const { path } = testFolder();
    const out = join(path, "deep", "out");
    writeOutput(out, { "a.txt": "1", "b.txt": "2" });
    writeOutput(out, { "a.txt": "3" });
    expect(readdirSync(out).toSorted()).toEqual([".expos-output.json", "a.txt"]);
    expect(readFileSync(join(out, "a.txt"), "utf8")).toBe("3");
    expect(readdirSync(join(path, "deep"))).toEqual(["out"]);
  });

  test("L12: is refused when it is not ours, and left as it was", () => {
    const folder = testFolder();
    const { path } = folder;
    folder.file("keep.txt", "mine");
    expect(refusalOf(() => writeOutput(path, { "a.txt": "1" })).code).toBe("out-taken");
    expect(refusalOf(() => writeOutput(join(path, "keep.txt"), { "a.txt": "1" })).code).toBe("out-taken");
    expect(readdirSync(path)).toEqual(["keep.txt"]);
    mkdirSync(join(path, "empty"));
    expect(refusalOf(() => requireFreeOutput(join(path, "empty"))).code).toBe("out-taken");
  });

  test("is refused when somebody put a file of their own beside ours", () => {
    const { path } = testFolder();
    const out = join(path, "out");
    writeOutput(out, { "a.txt": "1" });
    writeFileSync(join(out, "notes.md"), "mine");
    const error = refusalOf(() => writeOutput(out, { "a.txt": "2" }));
    expect([error.code, error.value]).toEqual(["out-taken", '"notes.md"']);
    expect(readFileSync(join(out, "a.txt"), "utf8")).toBe("1");
  });

  test("that cannot be made is refused without remains", () => {
    const folder = testFolder();
    const { path } = folder;
    folder.file("plain", "a file, no folder");
    expect(refusalOf(() => writeOutput(join(path, "plain", "out"), { "a.txt": "1" })).code).toBe("out-unwritable");
    expect(existsSync(join(path, "plain", "out"))).toBe(false);
    expect(readdirSync(path)).toEqual(["plain"]);
  });
});
