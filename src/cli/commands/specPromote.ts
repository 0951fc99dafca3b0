// `expos spec promote`: what to do when a variant has won. Writes the canonical specs and the retired experiment, or shows them as a diff.
import { dirname, extname, join } from "node:path";
import { DomainError } from "../../domain/index.ts";
import { buildExperiment, experimentFile, kebabOf, type Promotion, promoteVariant, SpecCatalog } from "../../spec/index.ts";
import type { CommandResult } from "../command.ts";
import { instantOption } from "../create/answers.ts";
import { loadCatalog } from "../specFiles/applicationSpecs.ts";
import { theExperiment } from "../specFiles/load.ts";
import { textDiff } from "../specFiles/textDiff.ts";
import { existingText, type FileToWrite, writeFiles } from "../writeFiles.ts";

export interface PromoteArguments {
  readonly winner: string;
  readonly experiment?: string;
  readonly catalog?: string;
  /** Folder of the canonical specs. */
  readonly out: string;
  readonly at?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** @throws DomainError for files, a winner or a catalogue that cannot be used, and for places that are taken; nothing is written then. */
export async function run(files: readonly string[], options: PromoteArguments): Promise<CommandResult> {
  const { winner, out, force = false, dryRun = false } = options;
  const loaded = await theExperiment(files, options.experiment);
  const { experiment } = loaded;
  const hasOverrides = (experiment.variants.find(({ id }) => id === winner)?.overrides?.length ?? 0) > 0;
  if (hasOverrides && options.catalog === undefined)
    throw new DomainError({
      code: "catalog-missing",
      path: "--catalog",
      message: `${winner} puts other specs in place, and they are not known`,
      fix: "Pass --catalog with a file that lists the specs by type (workflow, dataView, theme, policy, presentation).",
    });
  const promotion = promoteVariant(experiment, winner, {
    catalog: options.catalog === undefined ? new SpecCatalog({}) : await loadCatalog(options.catalog),
    atMs: instantOption("--at", options.at) ?? Date.now(),
  });
  const written = filesOf(promotion, loaded, out);
  const diffs = written.map(({ path, text }) => textDiff(path, existingText(path), text));
  const document = {
    experiment: experiment.meta.name,
    winner,
    changes: promotion.changes,
    retired: buildExperiment(promotion.retired),
    files: written.map(({ path, text }, at) => ({ path, text, diff: diffs[at]! })),
    written: !dryRun,
  };
  if (dryRun) return { document, text: diffs.join("") };
  writeFiles(written, force);
  return {
    document,
    text: [
      `${winner} of ${experiment.meta.name} is canonical, and the experiment is retired as ${promotion.retired.meta.version}.`,
      ...written.map(({ path }) => `Written: ${path}`),
    ].join("\n"),
  };
}

/** The retired experiment takes the place of the running one where that stands in a file of its own. */
function filesOf({ changes, retired }: Promotion, { file, alone }: { file: string; alone: boolean }, out: string): FileToWrite[] {
  const { source, fileName, spec } = experimentFile(retired);
  const extension = extname(file);
  const ownPlace = alone && [".ts", ".mts", ".json"].includes(extension);
  const retiredFile = {
    path: ownPlace ? file : join(dirname(file), fileName),
    text: ownPlace && extension === ".json" ? jsonText(spec) : source,
  };
  // Two overrides of one spec end in one file: the later one, as when they are applied.
  const canonical = new Map(changes.map(({ type, name, after }) => [join(out, `${kebabOf(name)}.${type}.json`), jsonText(after)] as const));
  return [...[...canonical].map(([path, text]) => ({ path, text })), retiredFile];
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
