// `expos calibrate`: its options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import type { CalibrateArguments } from "../commands/calibrate.ts";
import { execute, finish, repeated } from "../running.ts";

export function define(command: Command): void {
  command
    .requiredOption("--history <file>", "CSV, NDJSON or Parquet with one row a post, in order of time")
    .option(
      "--proxy <column>",
      "a column of counts that says how well a post did (repeat for more; default: likes, comments, shares and the like)",
      repeated,
    )
    .option("--group-by <column>", "only posts that agree in this column share a block (repeat for more)", repeated)
    .option("--separator <text>", "between the fields of a CSV file (default: a comma)")
    .option("--policy <file|name>", "a preset or a policy file", "evidence")
    .option("--blocks <count>", "planned posts per arm", "8")
    .option("--arms <count>", "arms, control included", "2")
    .option("--runs <count>", "shuffles", "4000")
    .option("--seed <text>", "same seed, same numbers", "1")
    .option("--json", "one JSON document on stdout")
    .action(async (options: CalibrateArguments & { json?: boolean }) => {
      const { run } = await import("../commands/calibrate.ts");
      finish(await execute(() => run(options), options.json === true));
    });
}
