// `expos decide`: its options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import { execute, finish } from "../running.ts";

export function define(command: Command): void {
  command
    .option(
      "--policy <file|name>",
      "thresholds as YAML or JSON (expos schema decision-policy), or a preset: evidence, exploratory, regulated, seed, learning",
    )
    .option("--json", "one JSON document on stdout")
    .action(async (file: string, options: { policy?: string; json?: boolean }) => {
      const { run } = await import("../commands/decide.ts");
      finish(await execute(() => run(file, options), options.json === true));
    });
}
