// `expos analyse`: its options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import { processIo } from "../io.ts";
import { execute, finish } from "../running.ts";

export function define(command: Command): void {
  command
    .option("--map <file>", "mapping file: which columns mean what (examples/maps); without it usual column names are recognised")
    .option("--out <folder>", "write report.html, report.md and report.json there")
    .option("--json", "one JSON document on stdout")
    .action(async (source: string, options: { map?: string; out?: string; json?: boolean }) => {
      const { run } = await import("../commands/analyse.ts");
      finish(await execute(() => run({ source, ...options }, processIo), options.json === true));
    });
}
