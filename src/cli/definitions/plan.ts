// `expos plan`: its options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import type { PlanArguments } from "../commands/plan.ts";
import { execute, finish } from "../running.ts";

export function define(command: Command): void {
  command
    .requiredOption("--seed <text>", "same brief and seed, same plan")
    .option("--ics <file>", "write the posts as a calendar (iCalendar)")
    .option("--calendar <file>", "an .ics file whose events are other posts of the account")
    .option(
      "--assets <folder>",
      "folder of the media files (default: assetsDir of the document); pins each by its bytes where the brief does not",
    )
    .option("--store <folder>", "let the guards look, and keep the plan there so that it can be approved, unless they block")
    .option("--risk-pack <files...>", "rule packs of RiskScan in place of the shipped one (with --store)")
    .option("--policies <files...>", "rule sets beside the shipped policies (with --store)")
    .option("--force", "replace a calendar file that is there")
    .option("--json", "one JSON document on stdout")
    .action(async (file: string, options: Omit<PlanArguments, "file"> & { json?: boolean }) => {
      const { run } = await import("../commands/plan.ts");
      finish(await execute(() => run({ ...options, file }), options.json === true));
    });
}
