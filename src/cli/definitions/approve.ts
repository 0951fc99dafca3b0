// `expos approve`: its options. The work is in commands/, loaded when it runs.
import { type Command, Option } from "commander";
import type { WordArguments } from "../plan/word.ts";
import { execute, finish, repeated } from "../running.ts";

export function define(command: Command): void {
  command
    .requiredOption("--by <name>", "who says so")
    .addOption(new Option("--role <role>", "as whom").choices(["operator", "client", "legal", "rule"]).default("operator"))
    .option("--variant <id>", "this variant alone (repeat for more)", repeated)
    .option("--comment <text>", "what is to be remembered about it")
    .option("--expires <instant>", "such as 2027-03-15T00:00Z (default: the end of the run window)")
    .option("--store <folder>", "where plans are kept", ".expos")
    .option("--json", "one JSON document on stdout")
    .action(
      async (
        experimentId: string,
        { variant, ...options }: Omit<WordArguments, "experimentId" | "variants"> & { variant?: string[]; json?: boolean },
      ) => {
        const { run } = await import("../commands/approve.ts");
        finish(
          await execute(
            () => run({ ...options, experimentId, ...(variant !== undefined && { variants: variant }) }),
            options.json === true,
          ),
        );
      },
    );
}
