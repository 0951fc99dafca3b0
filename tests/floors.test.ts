import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { mayImport, rooms } from "../floors.ts";

const fixture = "tests/fixtures/floors";

/** Lints the planted files and returns `file: rule` for each finding. */
function lintPlanted(): string[] {
  const run = spawnSync("oxlint", ["--format", "json", fixture], { encoding: "utf8", env: { ...process.env, EXPOS_LINT_FIXTURES: "1" } });
  const report = JSON.parse(run.stdout) as { diagnostics: { filename: string; code: string; message: string }[] };
  return report.diagnostics
    .filter((found) => found.code.includes("no-restricted"))
    .map((found) => found.filename.replace(`${fixture}/src/`, ""));
}

test("every planted breach of the floors is found, and nothing that is allowed", () => {
  const planted = readdirSync(`${fixture}/src`, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith("index.ts") && !file.endsWith("allowed.ts"))
    .map((file) => file.replaceAll("\\", "/"))
    .sort();
  expect(planted).toHaveLength(13);
  expect([...new Set(lintPlanted())].sort()).toEqual(planted);
});

test("a room imports from lower floors, and sideways only where the table says so", () => {
  expect(mayImport("decision", "erm")).toBe(true);
  expect(mayImport("erm", "decision")).toBe(false);
  expect(mayImport("stats", "canon")).toBe(true);
  expect(mayImport("domain", "canon")).toBe(false);
  expect(mayImport("cli", "sim")).toBe(true);
  expect(mayImport("report", "sim")).toBe(false);
});

test("every folder of src/ is a room of the table and has a face", () => {
  const folders = readdirSync("src");
  expect(folders.filter((folder) => !(folder in rooms))).toEqual([]);
  expect(folders.filter((folder) => !readdirSync(`src/${folder}`).includes("index.ts"))).toEqual(["cli"]);
});
