// `expos spec validate`: loads spec files and registers what is in them.
import type { CommandResult } from "../command.ts";
import { loadExperiments, versionText } from "../specFiles/load.ts";

/** @throws DomainError for the first file or spec that is refused, with its path. */
export async function run(files: readonly string[]): Promise<CommandResult> {
  const { experiments } = await loadExperiments(files);
  const listed = experiments.map(({ file, experiment: { meta, variants, allocation } }) => ({
    file,
    name: meta.name,
    version: versionText(meta.version),
    variants: variants.map(({ id }) => id),
    allocation: allocation.type,
  }));
  const lines = listed.map(
    ({ file, name, version, variants, allocation }) => `ok  ${name} ${version}  (${variants.join(", ")}; ${allocation})  ${file}`,
  );
  return { document: { experiments: listed }, text: lines.join("\n") };
}
