import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textDiff } from "../../src/cli/specFiles/textDiff.ts";
import { testFolder } from "../support/folder.ts";
import { assertProperty } from "../support/property.ts";

describe("a text diff", () => {
  test("is what diff -u prints", () => {
    expect(textDiff("a.ts", "one\ntwo\nthree\n", "one\n2\nthree\nfour\n")).toBe(
      "--- a.ts\n+++ a.ts\n@@ -1,3 +1,4 @@\n one\n-two\n+2\n three\n+four\n",
    );
    expect(textDiff("a.ts", undefined, "one\n")).toBe("--- /dev/null\n+++ a.ts\n@@ -0,0 +1,1 @@\n+one\n");
    expect(textDiff("a.ts", "same\n", "same\n")).toBe("");
  });

  test("applied with patch gives the new text", async () => {
    if (spawnSync("patch", ["--version"]).status !== 0) return;
    const folder = testFolder();
    const text = fc
      .array(fc.constantFrom("a", "b", "c", "", "d e"), { maxLength: 25 })
      .map((lines) => lines.map((line) => `${line}\n`).join(""));
    await assertProperty(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== "" && after !== "" && before !== after);
        folder.file("a.txt", before);
        const { status, stdout } = spawnSync("patch", ["--output=-", "--quiet", "a.txt"], {
          cwd: folder.path,
          input: textDiff("a.txt", before, after),
          encoding: "utf8",
        });
        expect({ status, stdout }).toEqual({ status: 0, stdout: after });
      }),
      { numRuns: 40 },
    );
  });
});
