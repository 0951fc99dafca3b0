// `expos reject`: its options. The work is in commands/, loaded when it runs.
import { type Command, Option } from "commander";
import type { RejectArguments } from "../commands/reject.ts";
import { execute, finish } from "../running.ts";

export function define(command: Command): void {
  command
    .requiredOption("--by <name>", "who says so")
    .addOption(new Option("--role <role>", "as whom").choices(["operator", "client", "legal"]).default("operator"))
    .option("--comment <text>", "why; only a hold may lack it")
    .addOption(new Option("--hold", "not now: nothing goes out, the layers stay").conflicts("changes"))
    .option("--changes", "not like this: the layers are freed, a new plan may follow")
    .option("--expires <instant>", "until when a hold holds (default: the end of the run window)")
    .option("--store <folder>", "where plans are kept", ".expos")
    .option("--json", "one JSON document on stdout")
    .action(async (experimentId: string, options: Omit<RejectArguments, "experimentId"> & { json?: boolean }) => {
      const { run } = await import("../commands/reject.ts");
      finish(await execute(() => run({ ...options, experimentId }), options.json === true));
    });
}
