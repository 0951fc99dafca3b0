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
    .argument("<file>", "a row as JSON, as a host gave it")
    .option("--json", "one JSON document on stdout")
    .action(async (file: string, _options: object, next: Command) => {
      const { runNext } = await import("../commands/machines.ts");
      finish(await execute(() => runNext(file), next.optsWithGlobals<{ json?: boolean }>().json === true));
    });
}
