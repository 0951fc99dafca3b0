// Every command of `expos` in one list. Imports commander and nothing else: options are defined for the command that is called, and its module is
// loaded when it runs.
import { Command, CommanderError, Help } from "commander";
import { exitCodes } from "./io.ts";
import { finish } from "./running.ts";

interface ListedCommand {
  readonly name: string;
  readonly description: string;
  /** Arguments with their meaning. */
  readonly takes?: readonly (readonly [term: string, meaning: string])[];
  /** It only has commands of its own. */
  readonly optionless?: true;
  readonly definition: () => Promise<{ readonly define: (command: Command) => void }>;
}

const commands: readonly ListedCommand[] = [
  {
    name: "schema",
    description: "print the JSON Schema of a published object (without a name: list them)",
    takes: [["[object]", "such as brief, mapping, journal-event"]],
    definition: () => import("./definitions/schema.ts"),
  },
  {
    name: "analyse",
    description: "judge finished experiments, or describe data that were not randomised",
    takes: [["<source>", "CSV, NDJSON or Parquet file (text also .gz), or a folder with such files"]],
    definition: () => import("./definitions/analyse.ts"),
  },
  {
    name: "demo",
    description: "rehearse an experiment from its brief on a synthetic account, in virtual time",
    definition: () => import("./definitions/demo.ts"),
  },
  {
    name: "brief",
    description: "write, check and compare briefs",
    optionless: true,
    definition: () => import("./definitions/brief.ts"),
  },
  {
    name: "preflight",
    description: "let the five guards look at a brief and its files; exit 1 if one blocks",
    takes: [["<file>", "a brief, or the guards' input around one (expos schema preflight-input), as YAML or JSON"]],
    definition: () => import("./definitions/preflight.ts"),
  },
  {
    name: "plan",
    description: "compile the plan of a brief: blocks, order, slots, pacing; prints it as a week",
    takes: [["<file>", "a brief, or a plan input or preflight input around one (YAML or JSON)"]],
    definition: () => import("./definitions/plan.ts"),
  },
  {
    name: "layers",
    description: "list who holds each layer, who waits for it, and where experiments collide",
    definition: () => import("./definitions/layers.ts"),
  },
  {
    name: "approve",
    description: "agree to exactly this plan and content; the last approval needed reserves the layers and schedules the posts",
    takes: [["<experiment>", "its id, as expos plan printed it"]],
    definition: () => import("./definitions/approve.ts"),
  },
  {
    name: "reject",
    description: "say no, with a reason; or hold, or ask for changes",
    takes: [["<experiment>", "its id, as expos plan printed it"]],
    definition: () => import("./definitions/reject.ts"),
  },
  {
    name: "machines",
    description: "print the lifecycles of experiments, variants, posts and accounts: states, events, pictures",
    takes: [["[name]", "experiment, variant, post or account; without it all"]],
    definition: () => import("./definitions/machines.ts"),
  },
  {
    name: "create",
    description: "write a typed spec file: asks in a terminal, else takes flags or --from",
    takes: [["[what]", "experiment"]],
    definition: () => import("./definitions/create.ts"),
  },
  {
    name: "spec",
    description: "experiments of services: check, lint, explain, simulate, measure and promote spec files (.ts, .js, .json)",
    optionless: true,
    definition: () => import("./definitions/spec.ts"),
  },
  {
    name: "validity",
    description: "check whether the comparison of one experiment was fair",
    takes: [["<file>", "an experiment with plan, posts and readings as JSON (expos schema validity-input)"]],
    definition: () => import("./definitions/validity.ts"),
  },
  {
    name: "decide",
    description: "say what the evidence of one experiment allows: ship, iterate, abandon, stop ... with reasons and thresholds",
    takes: [["<file>", "an experiment with its validity report and looks as JSON (expos schema decision-input)"]],
    definition: () => import("./definitions/decide.ts"),
  },
  {
    name: "tune",
    description: "measure how often decision policies err, win, notice faults and what they cost, in a synthetic world",
    definition: () => import("./definitions/tune.ts"),
  },
  {
    name: "calibrate",
    description: "run a decision policy on an account's own earlier posts, shuffled: every winner is a false one",
    definition: () => import("./definitions/calibrate.ts"),
  },
];

/** Runs `expos` with the process's arguments and sets its exit code. */
export async function run(argv: string[]): Promise<void> {
  try {
    await (await programFor(argv)).parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    finish(error.exitCode === 0 ? exitCodes.success : exitCodes.misuse);
  }
}

/** All commands by name, and all options of those that the arguments name: most of the time of `--help` would go into options nobody asked for. */
async function programFor(argv: readonly string[]): Promise<Command> {
  const program = new Command("expos")
    .description("Controlled experiments on social accounts: analyse finished ones, rehearse new ones on a synthetic account.")
    .version("0.1.0")
    .showSuggestionAfterError()
    .configureHelp({ visibleCommands })
    .exitOverride();
  for (const { name, description, takes = [], optionless, definition } of commands) {
    const command = program.command(name).description(description);
    for (const [term, meaning] of takes) command.argument(term, meaning);
    if (argv.includes(name)) (await definition()).define(command);
    // Stands for all of them, so that the list of commands says that there are options.
    else if (optionless === undefined) command.option("--json");
  }
  return program;
}

/** In order of their names, compared as they are: the library's own sorting loads a collation, which takes longer than the rest of `--help`. */
function visibleCommands(command: Command): Command[] {
  return new Help().visibleCommands(command).sort((one, other) => (one.name() < other.name() ? -1 : 1));
}
