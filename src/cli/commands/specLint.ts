// `expos spec lint`: best practice as rules, each finding with its fix.
import { z } from "zod";
import { parseWith } from "../../domain/index.ts";
import { baselineOf, lintExperiment, type LintFinding, StabilityEnum } from "../../spec/index.ts";
import type { CommandResult } from "../command.ts";
import { instantOption } from "../create/answers.ts";
import { loadCatalog, loadTelemetry } from "../specFiles/applicationSpecs.ts";
import { loadExperiments, readJsonFile, versionText } from "../specFiles/load.ts";
import { writeFiles } from "../writeFiles.ts";

export interface LintArguments {
  readonly telemetry?: string;
  readonly catalog?: string;
  /** A file of `writeBaseline`. */
  readonly baseline?: string;
  /** Where to write what assigns now. */
  readonly writeBaseline?: string;
  /** Assignments are kept in a store, so that edits move nobody. */
  readonly store?: boolean;
  readonly now?: string;
  readonly strict?: boolean;
  readonly force?: boolean;
}

const baselineSchema = z.record(
  z.string(),
  z.strictObject({ version: z.string(), fingerprint: z.string(), bucketingVersion: z.number().optional() }),
);

/** Refused (exit 1) if there is an error, with `strict` also for a warning. @throws DomainError for files that cannot be used. */
export async function run(files: readonly string[], options: LintArguments): Promise<CommandResult> {
  const { telemetry, catalog, baseline, writeBaseline, store = false, now, strict = false, force = false } = options;
  const { experiments } = await loadExperiments(files);
  const live = experiments.map(({ experiment }) => experiment).filter(({ meta }) => meta.stability !== StabilityEnum.Deprecated);
  const context = {
    live,
    hasStore: store,
    nowMs: instantOption("--now", now) ?? Date.now(),
    ...(telemetry !== undefined && { telemetry: await loadTelemetry(telemetry) }),
    ...(catalog !== undefined && { catalog: await loadCatalog(catalog) }),
    ...(baseline !== undefined && {
      baseline: parseWith(baselineSchema, readJsonFile(baseline), { code: "baseline-invalid", file: baseline }),
    }),
  };
  const linted = experiments.map(({ file, experiment }) => ({
    file,
    name: experiment.meta.name,
    version: versionText(experiment.meta.version),
    baseline: baselineOf(experiment),
    findings: lintExperiment(experiment, context),
  }));
  if (writeBaseline !== undefined) {
    const baselines = Object.fromEntries(linted.map(({ name, baseline: own }) => [name, own]));
    writeFiles([{ path: writeBaseline, text: `${JSON.stringify(baselines, null, 2)}\n` }], force);
  }
  const count = (severity: LintFinding["severity"]): number =>
    linted.reduce((sum, { findings }) => sum + findings.filter((finding) => finding.severity === severity).length, 0);
  const errors = count("error");
  const warnings = count("warn");
  return {
    document: { experiments: linted, errors, warnings },
    text: [
      ...linted.map(({ file, name, version, findings }) => [`${name} ${version}  ${file}`, ...findings.map(findingText)].join("\n")),
      `${errors} errors, ${warnings} warnings in ${linted.length} experiment${linted.length === 1 ? "" : "s"}`,
    ].join("\n\n"),
    refused: errors > 0 || (strict && warnings > 0),
  };
}

function findingText({ severity, ruleId, path, message, fix }: LintFinding): string {
  return `  ${severity.padEnd(5)} ${ruleId} at ${path}\n        ${message}\n        fix: ${fix}`;
}
