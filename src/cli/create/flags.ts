// The flags of `expos create experiment` as a draft. Structured flags are written `field=value,field=value`; the field that may hold commas comes last.
import type {
  AllocationStrategy,
  ExperimentDraft,
  ExperimentOverride,
  MetricAggregation,
  StickyAttribute,
  SuccessMetric,
  TargetingRule,
} from "../../spec/index.ts";
import { MisuseError } from "../command.ts";
import { instantOption, refOf } from "./answers.ts";

export interface ExperimentFlags {
  readonly name?: string;
  readonly specVersion?: string;
  readonly title?: string;
  readonly description?: string;
  readonly domain?: string;
  readonly owner?: readonly string[];
  readonly tag?: readonly string[];
  readonly stability?: string;
  readonly control?: string;
  readonly variant?: readonly string[];
  readonly override?: readonly string[];
  readonly allocation?: string;
  readonly attribute?: string;
  readonly rule?: readonly string[];
  readonly fallback?: string;
  readonly salt?: string;
  readonly metric?: readonly string[];
  readonly start?: string;
  readonly end?: string;
}

/**
 * Reads the flags; what they say about the domain is the builder's to judge.
 * @throws MisuseError for a flag that is missing or cannot be read.
 */
export function draftOfFlags(flags: ExperimentFlags): ExperimentDraft {
  const { name, specVersion, title, description, domain, owner, tag, stability, control, variant = [], start, end } = flags;
  if (name === undefined) throw missing("--name", "--name onboarding.split_form");
  if (variant.length === 0) throw missing("--variant", "--variant id=multi_step,name=Multi-step form");
  const arms = [variantOf("--control", control ?? "id=control"), ...variant.map((text) => variantOf("--variant", text))];
  for (const text of flags.override ?? []) addOverride(arms, text);
  const metrics = (flags.metric ?? []).map(metricOf);
  const window = {
    ...(start !== undefined && { startMs: instantOption("--start", start) }),
    ...(end !== undefined && { endMs: instantOption("--end", end) }),
  };
  return {
    meta: {
      name,
      ...(specVersion !== undefined && { version: specVersion }),
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(domain !== undefined && { domain }),
      ...(owner !== undefined && { owners: [...owner] }),
      ...(tag !== undefined && { tags: [...tag] }),
      ...(stability !== undefined && { stability: stability as NonNullable<ExperimentDraft["meta"]["stability"]> }),
    },
    controlVariant: arms[0]!.id,
    variants: arms,
    allocation: allocationOf(flags),
    ...(metrics.length > 0 && { successMetrics: metrics }),
    ...(Object.keys(window).length > 0 && { window }),
  };
}

type Variant = ExperimentDraft["variants"][number];

function variantOf(flag: string, text: string): Variant {
  // `b` is short for `id=b`.
  const fields = fieldsOf(flag, text.includes("=") ? text : `id=${text}`, ["id", "name", "weight", "description"], "description");
  const { name, weight, description } = fields;
  return {
    id: need(flag, fields, "id"),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(weight !== undefined && { weight: numberOf(flag, "weight", weight) }),
  };
}

function addOverride(arms: readonly Variant[], text: string): void {
  const flag = "--override";
  const fields = fieldsOf(flag, text, ["variant", "type", "target", "version", "replaces", "config"], "config");
  const id = need(flag, fields, "variant");
  const arm = arms.find((candidate) => candidate.id === id);
  if (arm === undefined)
    throw new MisuseError(flag, `no variant has the id "${id}"`, `Use one of ${arms.map((one) => one.id).join(", ")}.`);
  const { version, replaces, config } = fields;
  (arm.overrides ??= []).push({
    type: need(flag, fields, "type") as ExperimentOverride["type"],
    target: need(flag, fields, "target"),
    ...(version !== undefined && { version }),
    ...(replaces !== undefined && { replaces }),
    ...(config !== undefined && { config: jsonOf(flag, config) }),
  });
}

function allocationOf({ allocation, attribute, rule = [], fallback, salt }: ExperimentFlags): AllocationStrategy {
  const type = allocation ?? (rule.length > 0 ? "targeted" : attribute === undefined ? "random" : "sticky");
  return {
    type,
    ...(attribute !== undefined && { attribute: attribute as StickyAttribute }),
    ...((type === "targeted" || rule.length > 0) && { rules: rule.map(ruleOf) }),
    ...(fallback !== undefined && { fallback }),
    ...(salt !== undefined && { salt }),
  } as AllocationStrategy;
}

function ruleOf(text: string): TargetingRule {
  const flag = "--rule";
  const fields = fieldsOf(flag, text, ["id", "variant", "percentage", "policy", "expression"], "expression");
  const { id, percentage, policy, expression } = fields;
  return {
    ...(id !== undefined && { id }),
    variantId: need(flag, fields, "variant"),
    ...(percentage !== undefined && { percentage: numberOf(flag, "percentage", percentage) }),
    ...(policy !== undefined && { policy: reference(flag, "policy", policy) }),
    ...(expression !== undefined && { expression }),
  };
}

function metricOf(text: string): SuccessMetric {
  const flag = "--metric";
  const fields = fieldsOf(flag, text, ["event", "aggregation", "property", "target", "name"], "name");
  const { property, target } = fields;
  return {
    name: need(flag, fields, "name"),
    telemetryEvent: reference(flag, "event", need(flag, fields, "event")),
    aggregation: (fields["aggregation"] ?? "count") as MetricAggregation,
    ...(property !== undefined && { property }),
    ...(target !== undefined && { target: numberOf(flag, "target", target) }),
  };
}

/** `a=1,b=x` as an object; the `last` field takes the rest of the text, commas and all. */
function fieldsOf(flag: string, text: string, known: readonly string[], last: string): Record<string, string | undefined> {
  const fields: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const [, name, after] = /^\s*([A-Za-z]+)=(.*)$/s.exec(rest) ?? [];
    if (name === undefined || after === undefined || !known.includes(name) || Object.hasOwn(fields, name))
      throw new MisuseError(
        flag,
        `"${rest}" is not a list of ${known.join("=..., ")}=...`,
        `Write ${known.map((field) => `${field}=...`).join(",")}; each once, ${last} last.`,
      );
    const comma = name === last ? -1 : after.indexOf(",");
    fields[name] = (comma === -1 ? after : after.slice(0, comma)).trim();
    rest = comma === -1 ? "" : after.slice(comma + 1);
  }
  return fields;
}

function need(flag: string, fields: Record<string, string | undefined>, field: string): string {
  const value = fields[field];
  if (value === undefined) throw new MisuseError(flag, `${field} is missing`, `Add ${field}=... to ${flag}.`);
  return value;
}

function numberOf(flag: string, field: string, text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value))
    throw new MisuseError(flag, `${field} "${text}" is not a number`, `Write ${field}=0.5, for example.`);
  return value;
}

function reference(flag: string, field: string, text: string): { name: string; version: string } {
  const ref = refOf(text);
  if (ref === undefined) throw new MisuseError(flag, `${field} "${text}" has no version`, `Write ${field}=name@1.0.0.`);
  return ref;
}

function jsonOf(flag: string, text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new MisuseError(flag, "config is not JSON", 'Write config={"steps": 3} as the last field.');
  }
}

function missing(flag: string, example: string): MisuseError {
  return new MisuseError(
    flag,
    `${flag} is missing, and there is no terminal to ask on`,
    `Pass it, such as ${example}; or --from FILE.json; or run in a terminal.`,
  );
}
