// `expos demo`: rehearses an experiment from its brief on a synthetic account, in five stories, and writes what happened.
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256Hex } from "../../canon/index.ts";
import { DomainError } from "../../domain/index.ts";
import {
  type ComparedExperiment,
  comparisonDocument,
  journey,
  renderComparison,
  renderExperiment,
  requireFreeOutput,
  writeOutput,
} from "../../report/index.ts";
import { scenarioOf, type SimResult, simulate, stories, type StoryName, storyNames } from "../../sim/index.ts";
import { readBriefFile } from "../briefFile.ts";
import type { CommandResult } from "../command.ts";

export interface DemoArguments {
  readonly story: string;
  readonly seed: string;
  readonly out: string;
  readonly brief?: string;
}

/** The package's own example; the path is the same from src/ and from dist/. */
const exampleBrief = fileURLToPath(new URL("../../../examples/briefs/batch-hook.yaml", import.meta.url));

/** A story was told, however it ends: exit 0. @throws DomainError for a brief, seed, story or folder that cannot be used; nothing is written then. */
export async function run({ story, seed, out, brief: briefFile }: DemoArguments): Promise<CommandResult> {
  const wanted = storiesOf(story);
  if (seed === "")
    throw new DomainError({
      code: "seed-empty",
      path: "--seed",
      message: "the seed is empty",
      fix: "Give a text such as --seed 7.",
      value: seed,
    });
  requireFreeOutput(out);
  const file = briefFile ?? exampleBrief;
  const brief = readBriefFile(file);
  const told = wanted.map((name): ComparedExperiment & { result: SimResult } => {
    const result = simulate(scenarioOf(name, brief), { seed });
    return { name, premise: stories[name].premise, digest: result.journalDigest, report: result.report, journal: result.journal, result };
  });

  if (story === "all") return writeAll(told, { seed, out, file });
  const [one] = told;
  writeOutput(out, await filesOf(one!));
  const { result } = one!;
  return {
    document: { digest: result.journalDigest, decision: result.decision, validity: result.validity, report: result.report },
    text: `${introduction(one!, seed, file)}\n\n${journeyText(one!)}\n\n${await renderExperiment(one!, "text")}\n${furtherText(out, one!.name, seed)}`,
  };
}

async function writeAll(
  told: readonly (ComparedExperiment & { result: SimResult })[],
  { seed, out, file }: { seed: string; out: string; file: string },
): Promise<CommandResult> {
  const title = "Five stories of one brief";
  const subtitle = `${basename(file)}, seed ${seed}; synthetic account`;
  const files: Record<string, string> = {};
  for (const experiment of told)
    for (const [name, text] of Object.entries(await filesOf(experiment))) files[`${experiment.name}/${name}`] = text;
  for (const format of ["html", "md", "json"] as const) files[`index.${format}`] = await renderComparison(title, subtitle, told, format);
  writeOutput(out, files);
  const digest = sha256Hex(told.map((experiment) => experiment.digest).join("\n"));
  return {
    document: { digest, ...comparisonDocument(told) },
    text: `${await renderComparison(title, subtitle, told, "text")}\n${told.map(({ name, premise, report }) => `${name}: ${premise}\n  ${report.summary}`).join("\n")}\n\nWritten: ${out}/index.html compares the five; each has ${out}/<story>/report.html and journal.ndjson.\n`,
  };
}

async function filesOf(told: ComparedExperiment & { result: SimResult }): Promise<Record<string, string>> {
  return {
    "report.html": await renderExperiment(told, "html"),
    "report.md": await renderExperiment(told, "md"),
    "report.json": await renderExperiment(told, "json"),
    "journal.ndjson": told.result.journalText,
  };
}

function storiesOf(story: string): readonly StoryName[] {
  if (story === "all") return storyNames;
  const found = storyNames.find((name) => name === story);
  if (found !== undefined) return [found];
  throw new DomainError({
    code: "story-unknown",
    path: "--story",
    message: `there is no story called "${story}"`,
    fix: `Use one of ${[...storyNames, "all"].join(", ")}.`,
    value: story,
  });
}

function introduction({ name, premise, result }: ComparedExperiment & { result: SimResult }, seed: string, file: string): string {
  return [
    `Story "${name}" of ${basename(file)}, seed ${seed}, on a synthetic account in virtual time.`,
    `True in this world: ${premise}`,
    `journal: ${result.journal.length} events, sha256 ${result.journalDigest}`,
  ].join("\n");
}

function journeyText({ journal }: ComparedExperiment): string {
  return journey(journal)
    .map(({ time, text }) => `  ${time}  ${text}`)
    .join("\n");
}

function furtherText(out: string, story: string, seed: string): string {
  const other = storyNames.find((name) => name !== story)!;
  return [
    `Written: ${out}/report.html, report.md, report.json, journal.ndjson`,
    `Look further: open ${out}/report.html; expos demo --story ${other} --seed ${seed} --out ${out}-${other}; expos demo --story all --out ${out}-all; expos demo --help`,
    "",
  ].join("\n");
}
