// `expos tune`: how often policies err, win, notice faults and what they cost, in a synthetic world; side by side and over grids of their fields.
import { campaign, type CampaignOptions, type TuningCell, tuningTask } from "../../campaign/index.ts";
import { type CharacteristicsRow, tallyRows } from "../../decision/index.ts";
import { scenarioCells } from "../../domain/index.ts";
import { parquetOf, renderTuning, requireFreeOutput, type TunedCell, type TuningReport, writeOutput } from "../../report/index.ts";
import { type CommandResult, MisuseError } from "../command.ts";
import type { CommandIo } from "../io.ts";
import { readGridAxis, readPolicies, readScenario, sweepPolicies } from "../policyFiles.ts";

export interface TuneArguments {
  readonly policy: readonly string[];
  readonly scenario: string;
  readonly grid?: readonly string[];
  readonly runs: string;
  readonly seed: string;
  readonly workers?: string;
  readonly out?: string;
  readonly resume?: string;
  readonly markdown?: boolean;
}

/** @throws DomainError for a policy, scenario, grid, seed or folder that cannot be used; MisuseError for numbers that are none. */
export async function run(options: TuneArguments, io: Pick<CommandIo, "err" | "interactive">): Promise<CommandResult> {
  const { policy, scenario: scenarioFile, grid = [], seed, out, resume } = options;
  const runs = wholeNumber("--runs", options.runs);
  const workers = options.workers === undefined ? undefined : wholeNumber("--workers", options.workers);
  if (out !== undefined) requireFreeOutput(out);
  const policies = sweepPolicies(readPolicies(policy), grid.map(readGridAxis));
  const scenario = readScenario(scenarioFile);
  const cells = scenarioCells(scenario);
  const work: TuningCell[] = policies.flatMap((named) => cells.map((cell) => ({ named, cell })));

  const tuned: TunedCell[] = [];
  const campaignRows = campaign({
    task: tuningTask,
    grid: work,
    seeds: { seed, runs },
    ...(workers !== undefined && { workers }),
    ...(resume !== undefined && { resume }),
    onProgress: progressTo(io, scenario.name),
  });
  for await (const { cell, counts } of campaignRows)
    tuned.push({ policy: cell.named.name, cell: cell.cell, rows: tallyRows(cell.named.name, cell.cell, counts) });
  if (io.interactive) io.err("\r\u001B[2K");

  const rows = tuned.flatMap((one) => one.rows);
  const report: TuningReport = {
    title: `Operating characteristics: ${scenario.name}`,
    command: commandOf(options),
    runs,
    seed,
    cells: tuned,
  };
  if (out !== undefined)
    writeOutput(out, {
      "report.html": await renderTuning(report, "html"),
      "report.md": await renderTuning(report, "md"),
      "rows.json": `${JSON.stringify(rows)}\n`,
      "rows.parquet": await parquetOfRows(rows),
    });
  const text = await renderTuning(report, options.markdown === true ? "md" : "text");
  return {
    document: { rows },
    text: out === undefined ? text : `${text}\nWritten: ${out}/report.html, report.md, rows.json, rows.parquet\n`,
  };
}

/** One line that is drawn over on a terminal; elsewhere a line every few seconds, none for short work. */
function progressTo(io: Pick<CommandIo, "err" | "interactive">, name: string): NonNullable<CampaignOptions<TuningCell>["onProgress"]> {
  let toldMs = performance.now();
  return ({ doneRuns, totalRuns }) => {
    const text = `${name}: ${doneRuns} of ${totalRuns} experiments`;
    if (io.interactive) io.err(`\r\u001B[2K${text}`);
    else if (performance.now() - toldMs > progressEveryMs) {
      toldMs = performance.now();
      io.err(`${text}\n`);
    }
  };
}

const progressEveryMs = 5_000;

function parquetOfRows(rows: readonly CharacteristicsRow[]): Promise<Uint8Array> {
  return parquetOf(
    [
      ["policy", "text"],
      ["scenario", "text"],
      ["rate", "text"],
      ["value", "number"],
      ["se", "number"],
      ["wilsonLow", "number"],
      ["wilsonHigh", "number"],
      ["runs", "count"],
    ],
    rows.map(({ policy, scenario, rate, value, se, wilson, runs }) => [policy, scenario, rate, value, se, wilson[0], wilson[1], runs]),
  );
}

/** The command without what changes no number: workers, folders. */
function commandOf({ policy, scenario, grid = [], runs, seed }: TuneArguments): string {
  const words = [
    ...policy.flatMap((one) => ["--policy", one]),
    "--scenario",
    scenario,
    ...grid.flatMap((axis) => ["--grid", axis]),
    "--runs",
    runs,
    "--seed",
    seed,
  ];
  return `expos tune ${words.join(" ")}`;
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new MisuseError(flag, `${text} is no whole number from 1`, `Write ${flag} 4000.`);
  return value;
}
