// `expos create experiment`: a typed spec file from questions, flags or a JSON file, all through one builder.
import { join } from "node:path";
import { type ExperimentDraft, experimentFile } from "../../spec/index.ts";
import { type CommandResult, MisuseError } from "../command.ts";
import { draftOfFlags, type ExperimentFlags } from "../create/flags.ts";
import { isTerminal, type Prompts, terminalPrompts } from "../create/prompts.ts";
import { askForExperiment } from "../create/wizard.ts";
import { readJsonFile } from "../specFiles/load.ts";
import { existingText, writeFiles } from "../writeFiles.ts";

export interface CreateArguments extends ExperimentFlags {
  /** `experiment`, as the word after `create`. */
  readonly what?: string | undefined;
  /** The same as an option. */
  readonly type?: string;
  readonly from?: string;
  readonly dir: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  /** Nobody is asked where a program reads the answer. */
  readonly json?: boolean;
}

/**
 * @param prompts asks a person; default: the terminal, if there is one.
 * @throws MisuseError without a terminal and without enough flags; DomainError for a draft or place that cannot be used. Nothing is written then.
 */
export async function run(options: CreateArguments, prompts?: Prompts): Promise<CommandResult> {
  requireExperiment(options);
  const { dir, force = false, dryRun = false } = options;
  const asks = await interviewer(options, prompts);
  const file = experimentFile(await draftOf(options, asks));
  const path = join(dir, "experiments", file.fileName);
  const { source, identifier, spec } = file;
  const document = { path, identifier, spec, source, written: !dryRun };
  if (dryRun) return { document, text: source };
  if (asks !== undefined && !(await isConfirmed(asks, path, source, force)))
    return { document: { ...document, written: false }, text: "Nothing was written.", refused: true };
  writeFiles([{ path, text: source }], force);
  return { document, text: `Written: ${path}\n\nNext: expos spec lint ${path}\n      expos spec simulate ${path}` };
}

function requireExperiment({ what, type }: CreateArguments): void {
  const wanted = what ?? type;
  if (wanted === undefined || (what !== undefined && type !== undefined && what !== type))
    throw new MisuseError("type", "it is not clear what to create", "Write: expos create experiment.");
  if (wanted !== "experiment") throw new MisuseError("type", `"${wanted}" cannot be created`, "Write: expos create experiment.");
}

/** Fields that answer questions, as opposed to saying where the file goes. */
const answers = [
  "name",
  "specVersion",
  "title",
  "description",
  "domain",
  "owner",
  "tag",
  "stability",
  "control",
  "variant",
  "override",
  "allocation",
  "attribute",
  "rule",
  "fallback",
  "salt",
  "metric",
  "start",
  "end",
] as const satisfies readonly (keyof ExperimentFlags)[];

/** Who is asked: nobody if there are flags or a file, or no terminal. */
async function interviewer(options: CreateArguments, prompts: Prompts | undefined): Promise<Prompts | undefined> {
  const given = answers.filter((field) => options[field] !== undefined);
  if (options.from !== undefined && given.length > 0)
    throw new MisuseError("--from", "--from brings all answers, and other flags give answers too", "Pass either --from or the flags.");
  if (options.from !== undefined || given.length > 0 || options.json === true) return undefined;
  return prompts ?? (isTerminal() ? terminalPrompts() : undefined);
}

function draftOf(options: CreateArguments, prompts: Prompts | undefined): ExperimentDraft | Promise<ExperimentDraft> {
  if (options.from !== undefined) return readJsonFile(options.from) as ExperimentDraft;
  return prompts === undefined ? draftOfFlags(options) : askForExperiment(prompts);
}

async function isConfirmed(prompts: Prompts, path: string, source: string, force: boolean): Promise<boolean> {
  prompts.note(path, source);
  const replaces = force && existingText(path) !== undefined;
  return prompts.confirm({ message: replaces ? `Replace ${path}?` : `Write ${path}?`, initial: !replaces });
}
