// `expos schema`: its options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import { execute, finish } from "../running.ts";

export function define(command: Command): void {
  command.option("--json", "one JSON document on stdout").action(async (object: string | undefined, options: { json?: boolean }) => {
    const { run } = await import("../commands/schema.ts");
    finish(await execute(() => run(object), options.json === true));
  });
}
