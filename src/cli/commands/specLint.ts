// `expos spec lint`: best practice as rules, each finding with its fix.
import { z } from "zod";
import { parseWith } from "../../domain/index.ts";
import { assignmentFingerprint, lintExperiment, type LintFinding, StabilityEnum } from "../../spec/index.ts";
import type { CommandResult } from "../command.ts";
import { instantOption } from "../create/answers.ts";
import { loadCatalog, loadTelemetry } from "../specFiles/applicationSpecs.ts";
import { loadExperiments, readJsonFile, versionText } from "../specFiles/load.ts";
import { writeFiles } from "../writeFiles.ts";

export interface LintArguments {
  readonly telemetry?: string;
  readonly catalog?: string;
  /** Fingerprints of an earlier state. */
  readonly baseline?: string;
  /** Where to write those of now. */
  readonly writeBaseline?: string;
  readonly now?: string;
  readonly strict?: boolean;
  readonly force?: boolean;
}

const baselineSchema = z.record(z.string(), z.strictObject({ version: z.string(), fingerprint: z.string() }));

/** Refused (exit 1) if there is an error, with `strict` also for a warning. @throws DomainError for files that cannot be used. */
export async function run(files: readonly string[], options: LintArguments): Promise<CommandResult> {
  const { telemetry, catalog, baseline, writeBaseline, now, strict = false, force = false } = options;
  const { experiments } = await loadExperiments(files);
  const live = experiments.map(({ experiment }) => experiment).filter(({ meta }) => meta.stability !== StabilityEnum.Deprecated);
  const context = {
    live,
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
    fingerprint: assignmentFingerprint(experiment),
    findings: lintExperiment(experiment, context),
  }));
  if (writeBaseline !== undefined) {
    const fingerprints = Object.fromEntries(linted.map(({ name, version, fingerprint }) => [name, { version, fingerprint }]));
    writeFiles([{ path: writeBaseline, text: `${JSON.stringify(fingerprints, null, 2)}\n` }], force);
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
