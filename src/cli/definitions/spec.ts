// `expos spec`: its commands and options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import type { ExplainArguments } from "../commands/specExplain.ts";
import type { LintArguments } from "../commands/specLint.ts";
import type { MetricsArguments } from "../commands/specMetrics.ts";
import type { PromoteArguments } from "../commands/specPromote.ts";
import type { SimulateArguments } from "../commands/specSimulate.ts";
import { execute, finish, repeated } from "../running.ts";

export function define(command: Command): void {
  command
    .command("validate")
    .description("load spec files and register what is in them")
    .argument("<files...>", "spec files")
    .option("--json", "one JSON document on stdout")
    .action(async (files: string[], options: { json?: boolean }) => {
      const { run } = await import("../commands/specValidate.ts");
      finish(await execute(() => run(files), options.json === true));
    });

  command
    .command("lint")
    .description("best practice as rules with fixes; exits 1 on an error")
    .argument("<files...>", "spec files; all of them are taken to be live together")
    .option("--telemetry <file>", "TelemetrySpecs, so that metrics are checked against events and their privacy review")
    .option("--catalog <file>", "specs by type (workflow, dataView, theme, policy, presentation), so that overrides are checked")
    .option("--baseline <file>", "an earlier state, so that an edit without a new version, or one that moves units, is found")
    .option("--write-baseline <file>", "write the state of now there")
    .option("--store", "assignments are kept in a store, so that edits move nobody")
    .option("--now <instant>", "judge windows at this time, such as 2027-03-01T00:00:00Z (default: the clock)")
    .option("--strict", "exit 1 on a warning too")
    .option("--force", "replace the file of --write-baseline")
    .option("--json", "one JSON document on stdout")
    .action(async (files: string[], options: LintArguments & { json?: boolean }) => {
      const { run } = await import("../commands/specLint.ts");
      finish(await execute(() => run(files, options), options.json === true));
    });

  command
    .command("explain")
    .description("say why one context gets its arm")
    .argument("<files...>", "spec files")
    .option("--experiment <name>", "which experiment, if the files hold several")
    .option("--spec-version <version>", "which version of it (default: the latest)")
    .option("--user <id>", "userId")
    .option("--organization <id>", "organizationId")
    .option("--session <id>", "sessionId")
    .option("--unit <type:id>", "another kind of unit, such as post:42")
    .option("--attribute <name=value>", "an attribute; the value may be JSON (repeat for more)", repeated)
    .option("--flag <name>", "a flag, which policies read as a role (repeat for more)", repeated)
    .option("--context <file>", "the whole context as JSON; options above win")
    .option("--policies <file>", "PolicySpecs that rules refer to; without them such rules never match")
    .option("--now <instant>", "evaluate at this time (default: the clock)")
    .option("--json", "one JSON document on stdout")
    .action(async (files: string[], options: ExplainArguments & { json?: boolean }) => {
      const { run } = await import("../commands/specExplain.ts");
      finish(await execute(() => run(files, options), options.json === true));
    });

  command
    .command("simulate")
    .description("deal made-up units: shares, independence across experiments and ids, split inside gates; exits 1 if one fails")
    .argument("<files...>", "spec files")
    .option("--units <count>", "how many", "100000")
    .option("--ids <family>", "sequential, padded or uuid", "sequential")
    .option("--attribute <name=value>", "an attribute of every unit; the value may be JSON (repeat for more)", repeated)
    .option("--flag <name>", "a flag of every unit (repeat for more)", repeated)
    .option("--policies <file>", "PolicySpecs that rules refer to; without them such rules never match")
    .option("--now <instant>", "hold windows against this time (default: all are open)")
    .option("--json", "one JSON document on stdout")
    .action(async (files: string[], options: SimulateArguments & { json?: boolean }) => {
      const { run } = await import("../commands/specSimulate.ts");
      finish(await execute(() => run(files, options), options.json === true));
    });

  command
    .command("metrics")
    .description("success metrics of an experiment by arm, over exposures and telemetry events")
    .argument("<files...>", "spec files")
    .requiredOption("--telemetry <file>", "TelemetrySpecs that declare the events")
    .requiredOption("--exposures <file>", "journal or unitExposed events: NDJSON (also .gz) or Parquet")
    .requiredOption("--events <file>", "telemetry events {id, name, version, at, unit, properties}: NDJSON (also .gz) or Parquet")
    .option("--experiment <name>", "which experiment, if the files hold several")
    .option("--as-of <instant>", "only what was recorded by then")
    .option("--json", "one JSON document on stdout")
    .action(async (files: string[], options: MetricsArguments & { json?: boolean }) => {
      const { run } = await import("../commands/specMetrics.ts");
      finish(await execute(() => run(files, options), options.json === true));
    });

  command
    .command("promote")
    .description("make a winner canonical and retire its experiment")
    .argument("<files...>", "spec files")
    .requiredOption("--winner <variant>", "id of the variant that has won")
    .option("--experiment <name>", "which experiment, if the files hold several")
    .option("--catalog <file>", "specs by type (workflow, dataView, theme, policy, presentation) that the winner overrides")
    .option("--out <folder>", "canonical specs go there, one JSON file each", "canonical")
    .option("--at <instant>", "when the experiment ends (default: now)")
    .option("--force", "replace files that are there, such as the experiment's own")
    .option("--dry-run", "print a diff and write nothing")
    .option("--json", "one JSON document on stdout")
    .action(async (files: string[], options: PromoteArguments & { json?: boolean }) => {
      const { run } = await import("../commands/specPromote.ts");
      finish(await execute(() => run(files, options), options.json === true));
    });
}
