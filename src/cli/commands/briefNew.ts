// `expos brief new`: a brief from questions, flags or a JSON file, written as YAML only if it passes the check.
import { join } from "node:path";
import { stringify } from "yaml";
import { experimentTypeNames, isDomainError, lanes, surfaceNames, variableNames, type VariableName } from "../../domain/index.ts";
import { type BriefAnswers, checkBrief, draftBrief } from "../../intake/index.ts";
import { briefFacts } from "../briefFacts.ts";
import { readBriefDocument } from "../briefFile.ts";
import { type CommandResult, MisuseError } from "../command.ts";
import { isTerminal, type Prompts, terminalPrompts } from "../create/prompts.ts";
import { existingText, writeFiles } from "../writeFiles.ts";
import { checkText } from "./brief.ts";

export interface NewArguments {
  /** A whole brief as JSON or YAML. */
  readonly from?: string;
  readonly name?: string;
  readonly client?: string;
  readonly tag?: readonly string[];
  readonly type?: string;
  readonly surface?: string;
  readonly account?: string;
  readonly hypothesis?: string;
  readonly variable?: string;
  readonly control?: string;
  readonly test?: readonly string[];
  readonly hook?: string;
  readonly body?: string;
  readonly cta?: string;
  readonly title?: string;
  readonly lane?: string;
  readonly posts?: string;
  readonly start?: string;
  readonly zone?: string;
  readonly approval?: string;
  /** Where to write; default: the name in small letters, in this folder. */
  readonly out?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  /** Nobody is asked where a program reads the answer. */
  readonly json?: boolean;
}

/**
 * @param prompts asks a person; default: the terminal, if there is one.
 * @throws MisuseError without a terminal and without enough flags; DomainError for a place that cannot be written. Refused, with the whole check
 * and nothing written, if the brief does not pass.
 */
export async function runNew(options: NewArguments, prompts?: Prompts): Promise<CommandResult> {
  const asks = await interviewer(options, prompts);
  const written =
    options.from === undefined ? draftBrief(asks === undefined ? answersOf(options) : await ask(asks)) : readBriefDocument(options.from);
  const check = checkBrief(written, briefFacts);
  const path = options.out ?? join(".", `${fileName(written)}.yaml`);
  const source = `# ${path.split("/").at(-1)}: read it through, then: expos brief check ${path}\n${stringify(written, { lineWidth: 120 })}`;
  const document = { path, brief: written, check, written: false };
  if (!check.ok) return { document, text: `Nothing was written.\n\n${checkText("the brief", check)}`, refused: true };
  if (options.dryRun === true) return { document, text: source };
  if (asks !== undefined && !(await isConfirmed(asks, path, source, options.force === true)))
    return { document, text: "Nothing was written.", refused: true };
  writeFiles([{ path, text: source }], options.force === true);
  return {
    document: { ...document, written: true },
    text: `Written: ${path}\n\n${checkText(path, check)}\n\nNext: expos brief diff ${path}`,
  };
}

/** Options that say where and how to write; all others are answers. */
const otherFlags: readonly string[] = ["from", "out", "force", "dryRun", "json"] satisfies readonly (keyof NewArguments)[];

/** Who is asked: nobody if there are flags or a file, or no terminal. */
async function interviewer(options: NewArguments, prompts: Prompts | undefined): Promise<Prompts | undefined> {
  const hasFlags = Object.entries(options).some(([flag, value]) => value !== undefined && !otherFlags.includes(flag));
  if (options.from !== undefined && hasFlags)
    throw new MisuseError("--from", "--from brings the whole brief, and other flags give answers too", "Pass either --from or the flags.");
  if (options.from !== undefined || hasFlags || options.json === true) return undefined;
  return prompts ?? (isTerminal() ? terminalPrompts() : undefined);
}

function answersOf(options: NewArguments): BriefAnswers {
  const text = (flag: keyof NewArguments): string => {
    const value = options[flag];
    if (typeof value !== "string" || value === "")
      throw new MisuseError(
        `--${flag}`,
        `--${flag} is missing, and there is no terminal to ask on`,
        "Pass it; or --from FILE.json; or run in a terminal. See: expos brief new --help.",
      );
    return value;
  };
  const { test = [], tag, lane, posts, approval } = options;
  return {
    name: text("name"),
    clientId: text("client"),
    ...(tag !== undefined && { clientTags: tag }),
    experimentType: oneOf("--type", text("type"), experimentTypeNames),
    surface: oneOf("--surface", text("surface"), surfaceNames),
    account: text("account"),
    hypothesis: text("hypothesis"),
    variable: oneOf("--variable", text("variable"), draftable),
    control: text("control"),
    tests: someOf("--test", test),
    parts: partsOf(options),
    ...(lane !== undefined && { lane: oneOf("--lane", lane, lanes) }),
    ...(posts !== undefined && { postsPerVariant: wholeNumber("--posts", posts) }),
    startDate: dateOf("--start", text("start")),
    zone: text("zone"),
    ...(approval !== undefined && { approvalLevel: oneOf("--approval", approval, ["auto", "review", "manual"] as const) }),
  };
}

function someOf(flag: string, values: readonly string[]): readonly string[] {
  if (values.length === 0)
    throw new MisuseError(flag, `${flag} is missing`, "Say what each test variant changes; repeat the flag for more.");
  return values;
}

/** A bundle has several fields a variant: it is written by hand. */
const draftable = variableNames.filter((name): name is Exclude<VariableName, "blueprint"> => name !== "blueprint");

function partsOf(texts: Pick<NewArguments, "hook" | "body" | "cta" | "title">): NonNullable<BriefAnswers["parts"]> {
  return Object.fromEntries(
    (["hook", "body", "cta", "title"] as const).flatMap((part) => (texts[part] === undefined ? [] : [[part, texts[part]]])),
  );
}

function oneOf<Word extends string>(flag: string, given: string, known: readonly Word[]): Word {
  const word = known.find((candidate) => candidate === given);
  if (word === undefined) throw new MisuseError(flag, `"${given}" is not known`, `Use one of ${known.join(", ")}.`);
  return word;
}

function wholeNumber(flag: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new MisuseError(flag, `"${text}" is not a whole number above 0`, `Write ${flag} 8.`);
  return Number(text);
}

function dateOf(flag: string, text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new MisuseError(flag, `"${text}" is not a date`, `Write ${flag} 2027-03-01.`);
  return text;
}

async function ask(prompts: Prompts): Promise<BriefAnswers> {
  const needed = (answer: string) => (answer === "" ? "An answer is needed here." : undefined);
  const name = await prompts.text({
    message: "Name of the experiment",
    placeholder: "Question or promise as the first line",
    check: needed,
  });
  const clientId = await prompts.text({ message: "Client", placeholder: "aurora-coffee", check: needed });
  const experimentType = await prompts.select({
    message: "Kind of experiment",
    options: [
      { value: "micro", hint: "1 to 5 posts a variant" },
      { value: "batch", hint: "5 to 20 posts a variant" },
      { value: "engagement", hint: "suggested replies; a person sends each" },
      { value: "lane", hint: "ways of publishing" },
    ] as const,
    initial: "batch",
  });
  const surface = await prompts.select({ message: "Surface", options: surfaceNames.map((value) => ({ value })) });
  const account = await prompts.text({ message: "Account that publishes", check: needed });
  const hypothesis = await prompts.text({ message: "Hypothesis, in one sentence that could turn out wrong", check: needed });
  const only = { engagement: "reply", lane: "lane", micro: undefined, batch: undefined } as const;
  const variable: BriefAnswers["variable"] =
    only[experimentType] ??
    (await prompts.select<BriefAnswers["variable"]>({
      message: "The one thing under test",
      options: draftable.filter((value) => value !== "reply" && value !== "lane").map((value) => ({ value })),
      initial: "hook",
    }));
  const control = await prompts.text({ message: `Control: ${variable}`, check: needed });
  const tests: string[] = [];
  do tests.push(await prompts.text({ message: `Test ${tests.length + 1}: ${variable}`, check: needed }));
  while (await prompts.confirm({ message: "Another test variant?", initial: false }));
  const parts: Record<string, string> = {};
  for (const [part, owner] of [
    ["hook", "hook"],
    ["body", "caption"],
    ["cta", "cta"],
    ["title", "title"],
  ] as const) {
    if (owner === variable || experimentType === "engagement") continue;
    const answer = await prompts.text({ message: `The ${part} that all variants share (optional)` });
    if (answer !== "") parts[part] = answer;
  }
  const posts = await prompts.text({
    message: "Posts per variant (optional)",
    check: (answer) => (answer === "" || /^[1-9]\d{0,4}$/.test(answer) ? undefined : "Write a whole number above 0."),
  });
  const zone = await prompts.text({
    message: "Time zone",
    placeholder: "Europe/Lisbon",
    check: (answer) => (briefFacts.isZone(answer) ? undefined : "Write an IANA zone such as Europe/Lisbon."),
  });
  const draftOf = (startDate: string): BriefAnswers => ({
    name,
    clientId,
    experimentType,
    surface,
    account,
    hypothesis,
    variable,
    control,
    tests,
    parts,
    ...(posts !== "" && { postsPerVariant: Number(posts) }),
    startDate,
    zone,
  });
  const startDate = await prompts.text({
    message: "First day",
    placeholder: "2027-03-01",
    check: (answer) => (/^\d{4}-\d{2}-\d{2}$/.test(answer) ? faultIn(draftOf(answer)) : "Write a date such as 2027-03-01."),
  });
  return draftOf(startDate);
}

/** What the check says about the whole draft once the last answer is there; the date itself comes first. */
function faultIn(answers: BriefAnswers): string | undefined {
  try {
    const issue = checkBrief(draftBrief(answers), briefFacts).issues.find(({ path }) => path.startsWith("runWindow"));
    return issue === undefined ? undefined : `${issue.message}. ${issue.fix}`;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return `${error.message}. ${error.fix}`;
  }
}

async function isConfirmed(prompts: Prompts, path: string, source: string, force: boolean): Promise<boolean> {
  prompts.note(path, source);
  const replaces = force && existingText(path) !== undefined;
  return prompts.confirm({ message: replaces ? `Replace ${path}?` : `Write ${path}?`, initial: !replaces });
}

function fileName(brief: unknown): string {
  const name = typeof brief === "object" && brief !== null && "name" in brief && typeof brief.name === "string" ? brief.name : "";
  const slug = name
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60);
  return slug === "" ? "brief" : slug;
}
