// `expos layers`: its options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import { execute, finish } from "../running.ts";

export function define(command: Command): void {
  command
    .option("--store <folder>", "where plans are kept", ".expos")
    .option("--json", "one JSON document on stdout")
    .action(async (options: { store: string; json?: boolean }) => {
      const { run } = await import("../commands/layers.ts");
      finish(await execute(() => run(options.store), options.json === true));
    });
}
