// `expos analyse`: judges finished experiments of a file or folder, or describes data that were not randomised.
import { analyse, readMapping, renderAnalysis, requireFreeOutput, writeOutput } from "../../report/index.ts";
import type { CommandResult } from "../command.ts";
import type { CommandIo } from "../io.ts";

export interface AnalyseArguments {
  readonly source: string;
  readonly map?: string;
  readonly out?: string;
}

/** @throws DomainError for a source, mapping or output folder that cannot be used; nothing is written then. */
export async function run({ source, map, out }: AnalyseArguments, io: Pick<CommandIo, "err" | "interactive">): Promise<CommandResult> {
  if (out !== undefined) requireFreeOutput(out);
  const mapping = map === undefined ? undefined : readMapping(map);
  const progress = progressLine(io);
  const analysis = await analyse(source, {
    ...(mapping !== undefined && { mapping }),
    onProgress: (done) => progress.show(`reading ${source}: ${done} done`),
  }).finally(() => progress.clear());
  if (out !== undefined)
    writeOutput(out, {
      "report.html": await renderAnalysis(analysis, "html"),
      "report.md": await renderAnalysis(analysis, "md"),
      "report.json": await renderAnalysis(analysis, "json"),
    });
  const folder = out === undefined ? "" : `\nWritten: ${out}/report.html, report.md, report.json\n`;
  return { document: analysis, text: `${await renderAnalysis(analysis, "text")}${folder}` };
}

/** One line on stderr that is redrawn; nothing where nobody watches. */
function progressLine({ err, interactive }: Pick<CommandIo, "err" | "interactive">) {
  if (!interactive) return { show: () => undefined, clear: () => undefined };
  return {
    show: (text: string) => err(`\r\u001B[2K${text}`),
    clear: () => err("\r\u001B[2K"),
  };
}
