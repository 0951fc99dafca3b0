// The main job on finished experiments: read, check, judge and summarise one SOURCE into one document.
import { dirname } from "node:path";
import { armFigures, armTotalsFigures, decideArmTotals, defaultArmTotalsDecisionPolicy } from "../decision/index.ts";
import {
  type ArmTotalsMapping,
  DomainError,
  isDomainError,
  type Mapping,
  type MomentsMapping,
  type SnapshotsMapping,
  sourceFormatSchema,
} from "../domain/index.ts";
import { defaultFleetAlarmPolicy, defaultSampleRatioPolicy, sampleRatio } from "../erm/index.ts";
import { variedFields } from "../intake/index.ts";
import { createRng, type Rng } from "../random/index.ts";
import type { Analysis, DescribedExperiment, ExperimentAnalysis } from "./analysis.ts";
import { type ExperimentTotals, readArmTotals } from "./armTotalsSource.ts";
import { type Database, openDatabase } from "./database.ts";
import { earlyReadings } from "./earlyReading.ts";
import { fleetSummary } from "./fleetSummary.ts";
import { guessMapping } from "./mappingFile.ts";
import { analyseStream } from "./momentsAnalysis.ts";
import { readMoments } from "./momentsSource.ts";
import { describeSnapshots } from "./snapshotsSource.ts";
import { type SourceFile, sourceFiles } from "./sourceFiles.ts";
import { openTable } from "./sourceTable.ts";

export interface AnalyseOptions {
  /** Left out: the header is taken at its word where its names leave no doubt. */
  readonly mapping?: Mapping;
  /** Seed of Monte Carlo p-values, which only small samples need. */
  readonly seed?: string;
  /** Called now and then with the number of experiments or streams done. */
  readonly onProgress?: (done: number) => void;
}

const progressEvery = 64;

/**
 * Analyses a data file, or the data files of a folder.
 * @throws DomainError for every reason the source cannot be used, naming file, row or path, value and fix.
 */
export async function analyse(
  source: string,
  { mapping, seed = "analyse", onProgress = () => undefined }: AnalyseOptions = {},
): Promise<Analysis> {
  const files = sourceFiles(source, mapping?.source ?? sourceFormatSchema.parse({}));
  const database = await openDatabase({ folders: [...new Set(files.map((file) => dirname(file.path)))] });
  try {
    const used = mapping ?? (await guessedMapping(database, files));
    const head = {
      title: used.title ?? files.map((file) => file.label).join(", "),
      files: files.map((file) => file.name),
      mapping: used,
      mappingGuessed: mapping === undefined,
    };
    const context = { database, files, rng: createRng(seed), onProgress };
    switch (used.kind) {
      case "armTotals":
        return { ...head, ...(await analyseArmTotals(context, used)) };
      case "snapshots":
        return { ...head, ...(await analyseSnapshots(context, used)) };
      case "moments":
        return { ...head, ...(await analyseMoments(context, used)) };
      default:
        return used satisfies never;
    }
  } finally {
    database.close();
  }
}

interface Context {
  readonly database: Database;
  readonly files: readonly SourceFile[];
  readonly rng: Rng;
  readonly onProgress: (done: number) => void;
}

async function guessedMapping(database: Database, files: readonly SourceFile[]): Promise<Mapping> {
  return guessMapping(await openTable(database, files[0]!, sourceFormatSchema.parse({})));
}

const emptyFleet = { experiments: 0, invalid: 0, byWeek: [] };

async function analyseArmTotals({ database, files, rng, onProgress }: Context, mapping: ArmTotalsMapping) {
  const analysed: ExperimentAnalysis[] = [];
  const described: DescribedExperiment[] = [];
  for await (const totals of readArmTotals(database, files, mapping)) {
    if (mapping.design === "randomized") analysed.push(aboutExperiment(totals.id, files, () => analyseExperiment(totals, mapping, rng)));
    else described.push(describeExperiment(totals));
    const done = analysed.length + described.length;
    if (done % progressEvery === 0) onProgress(done);
  }
  onProgress(analysed.length + described.length);
  return mapping.design === "randomized"
    ? {
        kind: "armTotals" as const,
        design: "randomized" as const,
        experiments: analysed,
        fleet: fleetSummary(analysed),
        policies: { sampleRatio: defaultSampleRatioPolicy, fleetAlarm: defaultFleetAlarmPolicy, decision: defaultArmTotalsDecisionPolicy },
      }
    : {
        kind: "armTotals" as const,
        design: "observational" as const,
        experiments: described,
        fleet: { ...emptyFleet, experiments: described.length },
      };
}

/** What a test refuses is said about the experiment it was asked of. */
function aboutExperiment<T>(id: string, files: readonly SourceFile[], work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!isDomainError(cause)) throw cause;
    const { code, path, message, fix } = cause;
    const place = `${files.map((file) => file.path).join(", ")}: experiment ${id}`;
    throw new DomainError({ code, path: `${place}, ${path}`, message: `experiment ${id}: ${message}`, fix }, { cause });
  }
}

function analyseExperiment({ id, week, arms, differs }: ExperimentTotals, { columns }: ArmTotalsMapping, rng: Rng): ExperimentAnalysis {
  const weights = arms.map(({ weight }) => weight);
  const planned = weights.reduce((sum, weight) => sum + weight, 0);
  const check = sampleRatio({ units: arms.map(({ units }) => units), weights, rng: rng.fork(["SRM", id]) });
  const figures = armTotalsFigures(arms);
  const variables = variedFields(differs);
  const variation = columns.content.length === 0 ? "undeclared" : variables.class;
  return {
    id,
    ...(week !== undefined && { week }),
    arms: arms.map((arm, index) => ({
      id: arm.id,
      units: arm.units,
      successes: arm.successes,
      ...figures.arms[index]!,
      plannedShare: arm.weight / planned,
    })),
    validity: { verdict: check.verdict, checks: [check] },
    informational: check.verdict === "invalid",
    outcome: figures.outcome,
    variables,
    best: figures.best === null ? null : arms[figures.best]!.id,
    bestIndex: figures.best,
    decision: decideArmTotals({ validity: check.verdict, figures, variation }),
  };
}

function describeExperiment({ id, week, arms, differs }: ExperimentTotals): DescribedExperiment {
  return {
    id,
    ...(week !== undefined && { week }),
    arms: arms.map((arm) => ({ id: arm.id, units: arm.units, successes: arm.successes, ...armFigures(arm) })),
    variables: variedFields(differs),
  };
}

async function analyseSnapshots({ database, files, rng, onProgress }: Context, mapping: SnapshotsMapping) {
  const description = await describeSnapshots(database, files, mapping, rng);
  onProgress(description.posts);
  return { kind: "snapshots" as const, design: "observational" as const, experiments: [], fleet: emptyFleet, description };
}

async function analyseMoments({ database, files, rng, onProgress }: Context, mapping: MomentsMapping) {
  const streams = [];
  for await (const stream of readMoments(database, files, mapping)) {
    const key = ["SRM", stream.experiment, stream.comparison ?? "-", stream.metric ?? "-"];
    streams.push(analyseStream(stream, mapping, rng.fork(key)));
    if (streams.length % progressEvery === 0) onProgress(streams.length);
  }
  onProgress(streams.length);
  return {
    kind: "moments" as const,
    design: mapping.design,
    experiments: [],
    fleet: emptyFleet,
    streams,
    earlyReading: earlyReadings(streams),
  };
}
