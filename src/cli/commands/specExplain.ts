// `expos spec explain`: why one context gets its arm, step by step.
import { z } from "zod";
import { DomainError, parseWith } from "../../domain/index.ts";
import { type EvaluationIssue, type ExperimentContext, ExperimentEvaluator, type TraceStep } from "../../spec/index.ts";
import { type CommandResult, MisuseError } from "../command.ts";
import { instantOption } from "../create/answers.ts";
import { loadPolicies } from "../specFiles/applicationSpecs.ts";
import { loadExperiments, readJsonFile } from "../specFiles/load.ts";

export interface ExplainArguments {
  readonly experiment?: string;
  /** With `experiment`; default the latest. */
  readonly specVersion?: string;
  readonly user?: string;
  readonly organization?: string;
  readonly session?: string;
  /** `type:id` */
  readonly unit?: string;
  /** `name=value`, the value JSON where it is JSON. */
  readonly attribute?: readonly string[];
  readonly flag?: readonly string[];
  /** A JSON file with the whole context. */
  readonly context?: string;
  readonly policies?: string;
  readonly now?: string;
}

const contextSchema = z.strictObject({
  experiment: z.string().optional(),
  version: z.union([z.string(), z.number()]).nullish(),
  userId: z.string().nullish(),
  organizationId: z.string().nullish(),
  sessionId: z.string().nullish(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  flags: z.array(z.string()).optional(),
  unit: z.strictObject({ type: z.string(), id: z.string().nullable() }).nullish(),
  nowMs: z.number().optional(),
});

/** @throws DomainError for files that cannot be used, or an experiment that is not in them. */
export async function run(files: readonly string[], options: ExplainArguments): Promise<CommandResult> {
  const { registry, experiments } = await loadExperiments(files);
  const context = contextOf(
    options,
    experiments.map(({ experiment }) => experiment.meta.name),
  );
  const issues: EvaluationIssue[] = [];
  const evaluator = new ExperimentEvaluator({
    registry,
    policyChecker: options.policies === undefined ? undefined : await loadPolicies(options.policies),
    now: Date.now,
    onIssue: (issue) => issues.push(issue),
  });
  const evaluation = await evaluator.chooseVariant(context, { trace: true, propensity: true });
  if (evaluation === null)
    throw new DomainError({
      code: "experiment-unknown",
      path: "--experiment",
      message: `no experiment of the files is called ${context.experiment}${context.version === undefined ? "" : ` ${context.version}`}`,
      fix: `Use one of ${experiments.map(({ experiment }) => `${experiment.meta.name} ${experiment.meta.version}`).join(", ")}.`,
      value: context.experiment,
    });
  const { variant, reason, detail, inExperiment, trace = [], propensity = {} } = evaluation;
  const reported = issues.map(({ code, path, message, fix }) => ({ code, path, message, fix }));
  const name = variant.name === variant.id ? "" : ` (${variant.name})`;
  return {
    document: { context, evaluation, issues: reported },
    text: [
      `${evaluation.experiment.name} ${evaluation.experiment.version} gives ${variant.id}${name}`,
      `Reason: ${reason}${detail === undefined ? "" : `, ${detail}`}; ${inExperiment ? "in the experiment" : "not in the experiment, not analysed"}`,
      "",
      ...trace.map((step, at) => `${String(at + 1).padStart(2)}. ${stepText(step)}`),
      "",
      `Chances of a unit like this: ${Object.entries(propensity)
        .map(([id, chance]) => `${id} ${Number(chance.toFixed(6))}`)
        .join(", ")}`,
      ...reported.map(({ code, path, message, fix }) => `Issue: ${code} at ${path}: ${message}\n       fix: ${fix}`),
    ].join("\n"),
  };
}

function stepText({ step, passed, message, ruleId, bucket }: TraceStep): string {
  const place = bucket === undefined ? "" : ` [${Number(bucket.toFixed(6))}]`;
  return `${ruleId === undefined ? step : `${step} ${ruleId}`}: ${passed ? "yes" : "no"}, ${message}${place}`;
}

function contextOf(options: ExplainArguments, names: readonly string[]): ExperimentContext {
  const { experiment, specVersion, user, organization, session, unit, attribute = [], flag = [], context, now } = options;
  const given = context === undefined ? {} : parseWith(contextSchema, readJsonFile(context), { code: "context-invalid", file: context });
  const name = experiment ?? given.experiment ?? [...new Set(names)][0]!;
  if (experiment === undefined && given.experiment === undefined && new Set(names).size > 1)
    throw new MisuseError("--experiment", "the files hold several experiments", `Name one of ${[...new Set(names)].join(", ")}.`);
  const nowMs = instantOption("--now", now) ?? given.nowMs;
  return {
    ...given,
    experiment: name,
    ...(specVersion !== undefined && { version: specVersion }),
    ...(user !== undefined && { userId: user }),
    ...(organization !== undefined && { organizationId: organization }),
    ...(session !== undefined && { sessionId: session }),
    ...(unit !== undefined && { unit: unitOf(unit) }),
    attributes: { ...given.attributes, ...attributesOf(attribute) },
    flags: [...(given.flags ?? []), ...flag],
    ...(nowMs !== undefined && { nowMs }),
  };
}

function unitOf(text: string): { type: string; id: string } {
  const colon = text.indexOf(":");
  if (colon <= 0) throw new MisuseError("--unit", `"${text}" has no type`, "Write --unit post:2027-03-01-a.");
  return { type: text.slice(0, colon), id: text.slice(colon + 1) };
}

/** `plan=pro` and `age=30` and `tags=["a"]` as data. @throws MisuseError without `=`. */
export function attributesOf(texts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at <= 0) throw new MisuseError("--attribute", `"${text}" has no value`, "Write --attribute segment=vip.");
      return [text.slice(0, at), valueOf(text.slice(at + 1))];
    }),
  );
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
