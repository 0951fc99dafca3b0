// `npm run bench [-- NAME ...]`: runs every bench/*.bench.ts (or those whose name contains NAME), prints one table, and keeps the rows of each file
// in bench/results.json as soon as that file is done; rows of files that did not run stay as they were.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { BenchModule, BenchRow } from "./support.ts";

const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".bench.ts") && (wanted.length === 0 || wanted.some((name) => file.includes(name))))
  .sort();

const results = new URL("results.json", import.meta.url);
const machine = { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length };

function keep(file: string, measured: readonly BenchRow[]): void {
  const before = existsSync(results) ? (JSON.parse(readFileSync(results, "utf8")) as { files: Record<string, unknown> }).files : {};
  const all = { ...before, [file.replace(".bench.ts", "")]: { machine, rows: measured } };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(results, `${JSON.stringify({ files: sorted }, null, 2)}\n`);
}

const rows: BenchRow[] = [];
for (const file of files) {
  process.stderr.write(`${file} ...\n`);
  const module = (await import(`./${file}`)) as BenchModule;
  const measured = await module.rows();
  keep(file, measured);
  rows.push(...measured);
}

const table = rows.map((row) => [
  row.what,
  row.rival,
  row.ratio.toPrecision(3),
  row.target === undefined ? "" : `<= ${row.target}`,
  row.oursMs.toPrecision(3),
  row.rivalMs.toPrecision(3),
  row.note ?? "",
]);
const heads = ["what", "rival", "ours : rival", "target", "ours ms", "rival ms", "note"];
const widths = heads.map((head, column) => Math.max(head.length, ...table.map((line) => line[column]!.length)));
for (const line of [heads, ...table])
  console.log(
    line
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
