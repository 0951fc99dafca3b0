// `expos demo`: its options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import { execute, finish } from "../running.ts";

export function define(command: Command): void {
  command
    .option("--story <name>", "shipped, blocked, paused, invalid, insufficient, or all", "shipped")
    .option("--seed <text>", "same seed and brief, same bytes", "2027")
    .option("--out <folder>", "where report and journal go; only a folder of ours is replaced", "expos-demo")
    .option("--brief <file>", "your own brief (YAML or JSON) in place of the example")
    .option("--json", "one JSON document on stdout")
    .action(async (options: { story: string; seed: string; out: string; brief?: string; json?: boolean }) => {
      const { run } = await import("../commands/demo.ts");
      finish(await execute(() => run(options), options.json === true));
    });
}
