// `expos create`: its options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import type { CreateArguments } from "../commands/create.ts";
import { execute, finish, repeated } from "../running.ts";

export function define(command: Command): void {
  command
    .option("--type <what>", "the same as an option: experiment")
    .option("--from <file>", "all answers as JSON: an ExperimentSpec; version, stability, control, names and allocation may be left out")
    .option("--name <name>", "name of the experiment, such as onboarding.split_form")
    .option("--spec-version <version>", "its version (default 1.0.0)")
    .option("--title <text>", "title")
    .option("--description <text>", "what is compared, and why")
    .option("--domain <text>", "domain")
    .option("--owner <text>", "an owner (repeat for more)", repeated)
    .option("--tag <text>", "a tag (repeat for more)", repeated)
    .option("--stability <word>", "idea, in_creation, experimental (default), beta, stable or deprecated")
    .option("--control <fields>", "id, or id=...,name=...,weight=...,description=... (default control)")
    .option("--variant <fields>", "a test variant, written the same way (repeat for more; at least one)", repeated)
    .option("--override <fields>", "variant=...,type=...,target=...,version=...,replaces=...,config={JSON} (repeat for more)", repeated)
    .option("--allocation <type>", "random (default), sticky or targeted")
    .option("--attribute <id>", "sticky: userId, organizationId or sessionId")
    .option("--rule <fields>", "targeted: variant=...,percentage=0..1,policy=name@version,expression=... (in order)", repeated)
    .option("--fallback <word>", "targeted: control (default) or random")
    .option("--salt <text>", "deals everybody anew")
    .option("--metric <fields>", "event=name@version,aggregation=count,property=...,target=...,name=... (repeat for more)", repeated)
    .option("--start <instant>", "when it starts, such as 2027-03-01T00:00:00Z")
    .option("--end <instant>", "when it ends")
    .option("--dir <folder>", "the file goes to <folder>/experiments", ".")
    .option("--force", "replace a file that is there")
    .option("--dry-run", "print the file and write nothing")
    .option("--json", "one JSON document on stdout; asks nothing")
    .action(async (what: string | undefined, options: CreateArguments) => {
      const { run } = await import("../commands/create.ts");
      finish(await execute(() => run({ ...options, what }), options.json === true));
    });
}
