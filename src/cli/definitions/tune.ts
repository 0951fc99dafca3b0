// `expos tune`: its options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import type { TuneArguments } from "../commands/tune.ts";
import { processIo } from "../io.ts";
import { execute, finish, repeated } from "../running.ts";

export function define(command: Command): void {
  command
    .requiredOption(
      "--policy <file|name>",
      "a preset (evidence, exploratory, regulated, seed) or a policy file (repeat to compare)",
      repeated,
    )
    .requiredOption("--scenario <file>", "world, sizes, effects and faults (examples/scenarios; expos schema scenario)")
    .option(
      "--grid <field=a,b>",
      "sweep a field of the policies: evidence.alpha=.05,.1 or looks.shares=[.5,1],[1]; validity.FIELD is one of the checks (repeat for more)",
      repeated,
    )
    .option("--runs <count>", "simulated experiments in each cell", "4000")
    .option("--seed <text>", "same seed, same numbers, whatever the number of workers", "1")
    .option("--workers <count>", "threads (default: as many as the machine runs at once)")
    .option("--resume <file>", "keep what is done there, and go on from it")
    .option("--out <folder>", "write report.html, report.md, rows.json and rows.parquet there")
    .option("--markdown", "print tables as Markdown")
    .option("--json", "one JSON document on stdout")
    .action(async (options: TuneArguments & { json?: boolean }) => {
      const { run } = await import("../commands/tune.ts");
      finish(await execute(() => run(options, processIo), options.json === true));
    });
}
