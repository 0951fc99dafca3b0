// `expos validity`: its options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import { execute, finish } from "../running.ts";

export function define(command: Command): void {
  command
    .option("--policy <file>", "thresholds as YAML or JSON (expos schema validity-policy); without it the built-in ones")
    .option("--json", "one JSON document on stdout")
    .action(async (file: string, options: { policy?: string; json?: boolean }) => {
      const { run } = await import("../commands/validity.ts");
      finish(await execute(() => run(file, options), options.json === true));
    });
}
