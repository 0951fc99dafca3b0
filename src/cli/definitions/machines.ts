// `expos machines`: its commands and options. The work is in commands/, loaded when it runs.
import { type Command, Option } from "commander";
import { execute, finish } from "../running.ts";

export function define(command: Command): void {
  command
    .addOption(new Option("--format <format>", "as text, picture or data").choices(["mermaid", "json", "svg", "markdown"]))
    .option("--json", "one JSON document on stdout")
    .action(async (name: string | undefined, options: { format?: "mermaid" | "json" | "svg" | "markdown"; json?: boolean }) => {
      const { run } = await import("../commands/machines.ts");
      finish(await execute(() => run(name, options.format), options.json === true));
    });

  command
    .command("next")
    .description("list what an operator may do with a row, and what is refused and why")
    .argument("<file>", "a row as JSON: what createHost(machine, ...).start() or .step() returned as row")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      `
A row is {"key", "machine", "version", "rev", "lastAt", "snapshot": {"status", "value", "context"}, "timers"}; an old version is migrated before it is
read. Allowed steps come with an event that can be sent as it is, but for its id. How a service keeps rows: docs/embedding.md.`,
    )
    .action(async (file: string, _options: object, next: Command) => {
      const { runNext } = await import("../commands/machines.ts");
      finish(await execute(() => runNext(file), next.optsWithGlobals<{ json?: boolean }>().json === true));
    });
}
