// `npm run bench [NAME ...]`: runs every bench/*.bench.ts (or those whose name contains NAME), prints one table, writes bench/results.json.
import { readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { BenchModule, BenchRow } from "./support.ts";

const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".bench.ts") && (wanted.length === 0 || wanted.some((name) => file.includes(name))))
  .sort();

const rows: BenchRow[] = [];
for (const file of files) {
  process.stderr.write(`${file} ...\n`);
  const module = (await import(`./${file}`)) as BenchModule;
  rows.push(...(await module.rows()));
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

if (wanted.length === 0) {
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length };
  writeFileSync(new URL("results.json", import.meta.url), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
}
