// Every command of `expos`: its words, options and help. Imports commander and nothing else; a command's module is loaded when it runs.
import { Command, CommanderError, Option } from "commander";
import type { CommandResult } from "./command.ts";
import type { CalibrateArguments } from "./commands/calibrate.ts";
import type { NewArguments } from "./commands/briefNew.ts";
import type { CreateArguments } from "./commands/create.ts";
import type { PlanArguments } from "./commands/plan.ts";
import type { RejectArguments } from "./commands/reject.ts";
import type { ExplainArguments } from "./commands/specExplain.ts";
import type { LintArguments } from "./commands/specLint.ts";
import type { MetricsArguments } from "./commands/specMetrics.ts";
import type { PromoteArguments } from "./commands/specPromote.ts";
import type { SimulateArguments } from "./commands/specSimulate.ts";
import { exitCodes, processIo } from "./io.ts";
import type { TuneArguments } from "./commands/tune.ts";
import type { WordArguments } from "./plan/word.ts";

const program = new Command("expos")
  .description("Controlled experiments on social accounts: analyse finished ones, rehearse new ones on a synthetic account.")
  .version("0.1.0")
  .showSuggestionAfterError()
  .configureHelp({ sortSubcommands: true })
  .exitOverride();

/** Loaded with the command, not before: the domain behind it takes longer than all of `--help`. */
async function execute(command: () => CommandResult | Promise<CommandResult>, json: boolean): Promise<number> {
  const module = await import("./command.ts");
  return module.execute(command, json);
}

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

const repeated = (value: string, before: string[] = []): string[] => [...before, value];

const brief = program.command("brief").description("write, check and compare briefs");

brief
  .command("check")
  .description("list everything that is wrong with a brief; show what it can find and what it costs")
  .argument("<file>", "a brief as YAML or JSON")
  .option("--log-sd <number>", "deviation of one post in log units, from the account's history (default 1, an assumption)")
  .option("--generation-usd <number>", "what making one variant costs, in US dollars (default 0)")
  .option("--store <folder>", "where plans and blocks of the guards are kept: what RiskScan blocked once needs manual approval")
  .option("--json", "one JSON document on stdout")
  .action(async (file: string, options: { logSd?: string; generationUsd?: string; store?: string; json?: boolean }) => {
    const { runCheck } = await import("./commands/brief.ts");
    finish(await execute(() => runCheck(file, options), options.json === true));
  });

program
  .command("preflight")
  .description("let the five guards look at a brief and its files; exit 1 if one blocks")
  .argument("<file>", "a brief, or the guards' input around one (expos schema preflight-input), as YAML or JSON")
  .option("--assets <folder>", "folder of the media files (default: assetsDir of the document)")
  .option("--risk-pack <files...>", "rule packs of RiskScan in place of the shipped one")
  .option("--policies <files...>", "rule sets beside the shipped policies")
  .option("--store <folder>", "remember there what was blocked: RiskScan's blocks then need manual approval, even when the text is mended")
  .option("--json", "one JSON document on stdout")
  .action(async (file: string, options: { assets?: string; riskPack?: string[]; policies?: string[]; store?: string; json?: boolean }) => {
    const { run } = await import("./commands/preflight.ts");
    finish(await execute(() => run(file, options), options.json === true));
  });

program
  .command("plan")
  .description("compile the plan of a brief: blocks, order, slots, pacing; prints it as a week")
  .argument("<file>", "a brief, or a plan input or preflight input around one (YAML or JSON)")
  .requiredOption("--seed <text>", "same brief and seed, same plan")
  .option("--ics <file>", "write the posts as a calendar (iCalendar)")
  .option("--calendar <file>", "an .ics file whose events are other posts of the account")
  .option("--assets <folder>", "folder of the media files (default: assetsDir of the document); pins each by its bytes where the brief does not")
  .option("--store <folder>", "let the guards look, and keep the plan there so that it can be approved, unless they block")
  .option("--risk-pack <files...>", "rule packs of RiskScan in place of the shipped one (with --store)")
  .option("--policies <files...>", "rule sets beside the shipped policies (with --store)")
  .option("--force", "replace a calendar file that is there")
  .option("--json", "one JSON document on stdout")
  .action(async (file: string, options: Omit<PlanArguments, "file"> & { json?: boolean }) => {
    const { run } = await import("./commands/plan.ts");
    finish(await execute(() => run({ ...options, file }), options.json === true));
  });

program
  .command("layers")
  .description("list who holds each layer, who waits for it, and where experiments collide")
  .option("--store <folder>", "where plans are kept", ".expos")
  .option("--json", "one JSON document on stdout")
  .action(async (options: { store: string; json?: boolean }) => {
    const { run } = await import("./commands/layers.ts");
    finish(await execute(() => run(options.store), options.json === true));
  });

program
  .command("approve")
  .description("agree to exactly this plan and content; the last approval needed reserves the layers and schedules the posts")
  .argument("<experiment>", "its id, as expos plan printed it")
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
      const { run } = await import("./commands/approve.ts");
      finish(
        await execute(() => run({ ...options, experimentId, ...(variant !== undefined && { variants: variant }) }), options.json === true),
      );
    },
  );

program
  .command("reject")
  .description("say no, with a reason; or hold, or ask for changes")
  .argument("<experiment>", "its id, as expos plan printed it")
  .requiredOption("--by <name>", "who says so")
  .addOption(new Option("--role <role>", "as whom").choices(["operator", "client", "legal"]).default("operator"))
  .option("--comment <text>", "why; only a hold may lack it")
  .addOption(new Option("--hold", "not now: nothing goes out, the layers stay").conflicts("changes"))
  .option("--changes", "not like this: the layers are freed, a new plan may follow")
  .option("--expires <instant>", "until when a hold holds (default: the end of the run window)")
  .option("--store <folder>", "where plans are kept", ".expos")
  .option("--json", "one JSON document on stdout")
  .action(async (experimentId: string, options: Omit<RejectArguments, "experimentId"> & { json?: boolean }) => {
    const { run } = await import("./commands/reject.ts");
    finish(await execute(() => run({ ...options, experimentId }), options.json === true));
  });

brief
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
    const { runNew } = await import("./commands/briefNew.ts");
    finish(await execute(() => runNew(options), options.json === true));
  });

brief
  .command("diff")
  .description("compare control with each test, or two briefs: captions word by word, fields with the tested one marked")
  .argument("<file>", "a brief as YAML or JSON")
  .argument("[other]", "another brief")
  .option("--json", "one JSON document on stdout")
  .action(async (file: string, other: string | undefined, options: { json?: boolean }) => {
    const { runDiff } = await import("./commands/briefDiff.ts");
    finish(await execute(() => runDiff(file, other), options.json === true));
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

program
  .command("create")
  .description("write a typed spec file: asks in a terminal, else takes flags or --from")
  .argument("[what]", "experiment")
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
    const { run } = await import("./commands/create.ts");
    finish(await execute(() => run({ ...options, what }), options.json === true));
  });

const spec = program
  .command("spec")
  .description("experiments of services: check, lint, explain, simulate, measure and promote spec files (.ts, .js, .json)");

spec
  .command("validate")
  .description("load spec files and register what is in them")
  .argument("<files...>", "spec files")
  .option("--json", "one JSON document on stdout")
  .action(async (files: string[], options: { json?: boolean }) => {
    const { run } = await import("./commands/specValidate.ts");
    finish(await execute(() => run(files), options.json === true));
  });

spec
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
    const { run } = await import("./commands/specLint.ts");
    finish(await execute(() => run(files, options), options.json === true));
  });

spec
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
    const { run } = await import("./commands/specExplain.ts");
    finish(await execute(() => run(files, options), options.json === true));
  });

spec
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
    const { run } = await import("./commands/specSimulate.ts");
    finish(await execute(() => run(files, options), options.json === true));
  });

spec
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
    const { run } = await import("./commands/specMetrics.ts");
    finish(await execute(() => run(files, options), options.json === true));
  });

spec
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
    const { run } = await import("./commands/specPromote.ts");
    finish(await execute(() => run(files, options), options.json === true));
  });

program
  .command("validity")
  .description("check whether the comparison of one experiment was fair")
  .argument("<file>", "an experiment with plan, posts and readings as JSON (expos schema validity-input)")
  .option("--policy <file>", "thresholds as JSON (expos schema validity-policy); without it the built-in ones")
  .option("--json", "one JSON document on stdout")
  .action(async (file: string, options: { policy?: string; json?: boolean }) => {
    const { run } = await import("./commands/validity.ts");
    finish(await execute(() => run(file, options), options.json === true));
  });

program
  .command("decide")
  .description("say what the evidence of one experiment allows: ship, iterate, abandon, stop ... with reasons and thresholds")
  .argument("<file>", "an experiment with its validity report and looks as JSON (expos schema decision-input)")
  .option(
    "--policy <file|name>",
    "thresholds as JSON (expos schema decision-policy), or a preset: evidence, exploratory, regulated, seed, learning",
  )
  .option("--json", "one JSON document on stdout")
  .action(async (file: string, options: { policy?: string; json?: boolean }) => {
    const { run } = await import("./commands/decide.ts");
    finish(await execute(() => run(file, options), options.json === true));
  });

program
  .command("tune")
  .description("measure how often decision policies err, win, notice faults and what they cost, in a synthetic world")
  .requiredOption(
    "--policy <file|name>",
    "a preset (evidence, exploratory, regulated, seed) or a policy file (repeat to compare)",
    repeated,
  )
  .requiredOption("--scenario <file>", "world, sizes, effects and faults (examples/scenarios; expos schema scenario)")
  .option("--grid <field=a,b>", "sweep a field of the policies, such as evidence.alpha=.05,.1 (repeat for more)", repeated)
  .option("--runs <count>", "simulated experiments in each cell", "4000")
  .option("--seed <text>", "same seed, same numbers, whatever the number of workers", "1")
  .option("--workers <count>", "threads (default: as many as the machine runs at once)")
  .option("--resume <file>", "keep what is done there, and go on from it")
  .option("--out <folder>", "write report.html, report.md, rows.json and rows.parquet there")
  .option("--markdown", "print tables as Markdown")
  .option("--json", "one JSON document on stdout")
  .action(async (options: TuneArguments & { json?: boolean }) => {
    const { run } = await import("./commands/tune.ts");
    finish(await execute(() => run(options, processIo), options.json === true));
  });

program
  .command("calibrate")
  .description("run a decision policy on an account's own earlier posts, shuffled: every winner is a false one")
  .requiredOption("--history <file>", "CSV, NDJSON or Parquet with one row a post, in order of time")
  .requiredOption("--proxy <column>", "a column of counts that says how well a post did (repeat for more)", repeated)
  .option("--group-by <column>", "only posts that agree in this column share a block (repeat for more)", repeated)
  .option("--separator <text>", "between the fields of a CSV file (default: a comma)")
  .option("--policy <file|name>", "a preset or a policy file", "evidence")
  .option("--blocks <count>", "planned posts per arm", "8")
  .option("--arms <count>", "arms, control included", "2")
  .option("--runs <count>", "shuffles", "4000")
  .option("--seed <text>", "same seed, same numbers", "1")
  .option("--json", "one JSON document on stdout")
  .action(async (options: CalibrateArguments & { json?: boolean }) => {
    const { run } = await import("./commands/calibrate.ts");
    finish(await execute(() => run(options), options.json === true));
  });

/** Runs `expos` with the process's arguments and sets its exit code. */
export async function run(argv: string[]): Promise<void> {
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    finish(error.exitCode === 0 ? exitCodes.success : exitCodes.misuse);
  }
}
