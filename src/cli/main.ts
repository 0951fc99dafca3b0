#!/usr/bin/env node
// The entry of `expos`. It imports commander and nothing else; each command's module is loaded when it runs.
import * as nodeModule from "node:module";
import { Command, CommanderError } from "commander";
import { execute, exitCodes } from "./command.ts";

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

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  finish(error.exitCode === 0 ? exitCodes.success : exitCodes.misuse);
}
