#!/usr/bin/env node
// The entry of `expos`. It imports commander and nothing else; each command's module is loaded when it runs.
import * as nodeModule from "node:module";
import { Command, CommanderError, Option } from "commander";
import { execute, exitCodes, processIo } from "./command.ts";

nodeModule.enableCompileCache?.();

const program = new Command("expos")
  .description("Controlled experiments on social accounts: analyse finished ones, rehearse new ones on a synthetic account.")
  .version("0.1.0")
  .showSuggestionAfterError()
  .configureHelp({ sortSubcommands: true })
  .exitOverride();

function finish(exitCode: number): void {
  process.exitCode = exitCode;
}

program
  .command("schema")
  .description("print the JSON Schema of a published object (without a name: list them)")
  .argument("[object]", "such as brief, mapping, journal-event")
  .option("--json", "one JSON document on stdout")
  .action(async (object: string | undefined, options: { json?: boolean }) => {
    const { run } = await import("./commands/schema.ts");
    finish(await execute(() => run(object), options.json === true));
  });

program
  .command("analyse")
  .description("judge finished experiments, or describe data that were not randomised")
  .argument("<source>", "CSV, NDJSON or Parquet file (text also .gz), or a folder with such files")
  .option("--map <file>", "mapping file: which columns mean what (examples/maps); without it usual column names are recognised")
  .option("--out <folder>", "write report.html, report.md and report.json there")
  .option("--json", "one JSON document on stdout")
  .action(async (source: string, options: { map?: string; out?: string; json?: boolean }) => {
    const { run } = await import("./commands/analyse.ts");
    finish(await execute(() => run({ source, ...options }, processIo), options.json === true));
  });

program
  .command("demo")
  .description("rehearse an experiment from its brief on a synthetic account, in virtual time")
  .option("--story <name>", "shipped, blocked, paused, invalid, insufficient, or all", "shipped")
  .option("--seed <text>", "same seed and brief, same bytes", "2027")
  .option("--out <folder>", "where report and journal go; only a folder of ours is replaced", "expos-demo")
  .option("--brief <file>", "your own brief (YAML or JSON) in place of the example")
  .option("--json", "one JSON document on stdout")
  .action(async (options: { story: string; seed: string; out: string; brief?: string; json?: boolean }) => {
    const { run } = await import("./commands/demo.ts");
    finish(await execute(() => run(options), options.json === true));
  });

const machines = program
  .command("machines")
  .description("print the lifecycles of experiments, posts and accounts: states, events, pictures")
  .argument("[name]", "experiment, post or account; without it all")
  .addOption(new Option("--format <format>", "as text, picture or data").choices(["mermaid", "json", "svg", "markdown"]))
  .option("--json", "one JSON document on stdout")
  .action(async (name: string | undefined, options: { format?: "mermaid" | "json" | "svg" | "markdown"; json?: boolean }) => {
    const { run } = await import("./commands/machines.ts");
    finish(await execute(() => run(name, options.format), options.json === true));
  });

machines
  .command("next")
  .description("list what an operator may do with a row, and what is refused and why")
  .argument("<file>", "a row as JSON, as a host gave it")
  .option("--json", "one JSON document on stdout")
  .action(async (file: string, _options: object, command: Command) => {
    const { runNext } = await import("./commands/machines.ts");
    finish(await execute(() => runNext(file), command.optsWithGlobals<{ json?: boolean }>().json === true));
  });

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  finish(error.exitCode === 0 ? exitCodes.success : exitCodes.misuse);
}
