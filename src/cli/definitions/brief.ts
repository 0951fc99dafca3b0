// `expos brief`: its commands and options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import type { NewArguments } from "../commands/briefNew.ts";
import { execute, finish, repeated } from "../running.ts";

export function define(command: Command): void {
  command
    .command("check")
    .description("list everything that is wrong with a brief; show what it can find and what it costs")
    .argument("<file>", "a brief as YAML or JSON")
    .option("--log-sd <number>", "deviation of one post in log units, from the account's history (default 1, an assumption)")
    .option("--generation-usd <number>", "what making one variant costs, in US dollars (default 0)")
    .option("--store <folder>", "where plans and blocks of the guards are kept: what RiskScan blocked once needs manual approval")
    .option("--json", "one JSON document on stdout")
    .action(async (file: string, options: { logSd?: string; generationUsd?: string; store?: string; json?: boolean }) => {
      const { runCheck } = await import("../commands/brief.ts");
      finish(await execute(() => runCheck(file, options), options.json === true));
    });

  command
    .command("new")
    .description("write a brief as YAML: asks in a terminal, else takes flags or --from; only what passes the check is written")
    .option("--from <file>", "a whole brief as JSON")
    .option("--name <text>", "what people call the experiment")
    .option("--client <id>", "whose account it is")
    .option("--tag <word>", "what policy knows the client by, such as regulated (repeat for more)", repeated)
    .option("--type <type>", "micro, batch, engagement or lane")
    .option("--surface <surface>", "such as instagram.reels")
    .option("--account <id>", "the account that publishes")
    .option("--hypothesis <sentence>", "what is believed and could turn out wrong")
    .option("--variable <name>", "the one thing under test: hook, caption, cta, hashtags, title, cover, format, audio, slot, lane or reply")
    .option("--control <value>", "the variable's value in control")
    .option("--test <value>", "its value in a test variant (repeat for more)", repeated)
    .option("--hook <text>", "first line that all variants share")
    .option("--body <text>", "caption that all variants share")
    .option("--cta <text>", "call to action that all variants share")
    .option("--title <text>", "title that all variants share")
    .option("--lane <lane>", "api, browser or hybrid")
    .option("--posts <number>", "posts per variant")
    .option("--start <date>", "first day, such as 2027-03-01")
    .option("--zone <zone>", "IANA zone, such as Europe/Lisbon")
    .option("--approval <level>", "auto, review or manual")
    .option("--out <file>", "where to write (default: the name, in this folder)")
    .option("--force", "replace a file that is there")
    .option("--dry-run", "print the file and write nothing")
    .option("--json", "one JSON document on stdout; asks nothing")
    .action(async (options: NewArguments) => {
      const { runNew } = await import("../commands/briefNew.ts");
      finish(await execute(() => runNew(options), options.json === true));
    });

  command
    .command("diff")
    .description("compare control with each test, or two briefs: captions word by word, fields with the tested one marked")
    .argument("<file>", "a brief as YAML or JSON")
    .argument("[other]", "another brief")
    .option("--json", "one JSON document on stdout")
    .action(async (file: string, other: string | undefined, options: { json?: boolean }) => {
      const { runDiff } = await import("../commands/briefDiff.ts");
      finish(await execute(() => runDiff(file, other), options.json === true));
    });
}
