// The interactive way to a draft. Each answer is checked by the builder itself, so that what passes here passes there.
import { isDomainError } from "../../domain/index.ts";
import {
  type AllocationStrategy,
  buildExperiment,
  type ExperimentDraft,
  type ExperimentOverrideType,
  type MetricAggregation,
  StabilityEnum,
  type StickyAttribute,
  type SuccessMetric,
  type TargetingRule,
} from "../../spec/index.ts";
import { instantMs, listOf, refOf } from "./answers.ts";
import type { Prompts } from "./prompts.ts";

type Meta = ExperimentDraft["meta"];
type Variant = ExperimentDraft["variants"][number];
type Override = NonNullable<Variant["overrides"]>[number];

/** Asks for everything a spec needs; empty answers leave a field out. Ends when the person cancels, by the error of the prompts. */
export async function askForExperiment(prompts: Prompts): Promise<ExperimentDraft> {
  const meta = await askForMeta(prompts);
  const variants = await askForVariants(prompts, meta);
  const draft: ExperimentDraft = { meta, controlVariant: variants[0]!.id, variants };
  for (const variant of variants.slice(1)) await askForOverrides(prompts, variant);
  draft.allocation = await askForAllocation(prompts, draft);
  const successMetrics = await askForMetrics(prompts, draft);
  if (successMetrics.length > 0) draft.successMetrics = successMetrics;
  const window = await askForWindow(prompts, draft);
  if (window !== undefined) draft.window = window;
  return draft;
}

async function askForMeta(prompts: Prompts): Promise<Meta> {
  const checked = (field: string) => (answer: string) => faultIn({ meta: { name: "experiment", [field]: answer }, variants: twoArms });
  const name = await prompts.text({ message: "Name", placeholder: "onboarding.split_form", check: checked("name") });
  const version = await prompts.text({ message: "Version", initial: "1.0.0", check: checked("version") });
  const meta: Meta = { name, version };
  for (const [field, message] of metaTexts) {
    const answer = await prompts.text({ message });
    if (answer !== "") meta[field] = answer;
  }
  for (const [field, message] of metaLists) {
    const answers = listOf(await prompts.text({ message }));
    if (answers.length > 0) meta[field] = answers;
  }
  meta.stability = await prompts.select({
    message: "Stability",
    options: Object.values(StabilityEnum).map((value) => ({ value })),
    initial: StabilityEnum.Experimental,
  });
  return meta;
}

const metaTexts = [
  ["title", "Title (optional)"],
  ["description", "Description: what is compared, and why (optional)"],
  ["domain", "Domain (optional)"],
] as const;

const metaLists = [
  ["owners", "Owners, separated by commas (optional)"],
  ["tags", "Tags, separated by commas (optional)"],
] as const;

async function askForVariants(prompts: Prompts, meta: Meta): Promise<Variant[]> {
  const variants = [await askForVariant(prompts, meta, [], "Id of the control variant", "control")];
  do variants.push(await askForVariant(prompts, meta, variants, "Id of a test variant"));
  while (await prompts.confirm({ message: "Add another test variant?", initial: false }));
  if (await prompts.confirm({ message: "Equal weights?", initial: true })) return variants;
  for (const [at, variant] of variants.entries()) {
    const withWeight = (answer: string): ExperimentDraft => ({
      meta,
      variants: variants.map((other, index) => (index === at ? { ...variant, weight: numberOf(answer) } : other)),
    });
    const weight = await prompts.text({
      message: `Weight of ${variant.id} (only ratios count)`,
      initial: "1",
      check: (answer) => faultIn(withWeight(answer)),
    });
    variant.weight = numberOf(weight);
  }
  return variants;
}

async function askForVariant(
  prompts: Prompts,
  meta: Meta,
  others: readonly Variant[],
  message: string,
  initial?: string,
): Promise<Variant> {
  const id = await prompts.text({
    message,
    ...(initial !== undefined && { initial }),
    check: (answer) => faultIn({ meta, variants: others.length === 0 ? [{ id: answer }, placeholder] : [...others, { id: answer }] }),
  });
  const name = await prompts.text({ message: `Name of ${id}`, initial: id });
  return { id, name: name === "" ? id : name };
}

async function askForOverrides(prompts: Prompts, variant: Variant): Promise<void> {
  let message = `Does ${variant.id} put another spec in place (workflow, data view, theme, policy, presentation)?`;
  while (await prompts.confirm({ message, initial: false })) {
    const type = await prompts.select<ExperimentOverrideType>({
      message: "What kind of spec?",
      options: [
        { value: "workflow" },
        { value: "dataView" },
        { value: "theme" },
        { value: "policy", hint: "may only tighten" },
        { value: "presentation" },
      ],
    });
    const target = await prompts.text({ message: "Name of the spec that is used instead", check: required });
    const replaces = await prompts.text({ message: "Name of the spec it replaces (optional; makes the override reversible)" });
    const override: Override = { type, target, ...(replaces !== "" && { replaces }) };
    (variant.overrides ??= []).push(override);
    message = `Another override of ${variant.id}?`;
  }
}

async function askForAllocation(prompts: Prompts, draft: ExperimentDraft): Promise<AllocationStrategy> {
  const type = await prompts.select<AllocationStrategy["type"]>({
    message: "Allocation",
    options: [
      { value: "random", hint: "a stable draw by user, session or organisation" },
      { value: "sticky", hint: "the draw of one named id" },
      { value: "targeted", hint: "rules first, then a fallback" },
    ],
    initial: "random",
  });
  const salted = async (): Promise<{ salt?: string }> => {
    const salt = await prompts.text({
      message: "Salt (optional; a new one deals everybody again)",
      check: (answer) => faultIn({ ...draft, allocation: { type: "random", salt: answer } }),
    });
    return salt === "" ? {} : { salt };
  };
  switch (type) {
    case "random":
      return { type, ...(await salted()) };
    case "sticky": {
      const attribute = await prompts.select<StickyAttribute>({
        message: "By which id?",
        options: [{ value: "userId" }, { value: "organizationId" }, { value: "sessionId" }],
      });
      return { type, attribute, ...(await salted()) };
    }
    case "targeted": {
      const rules = await askForRules(prompts, draft);
      const fallback = await prompts.select({
        message: "Who matches no rule gets",
        options: [{ value: "control" as const }, { value: "random" as const, hint: "a draw by weight" }],
        initial: "control",
      });
      return { type, rules, fallback, ...(await salted()) };
    }
    default:
      return type satisfies never;
  }
}

async function askForRules(prompts: Prompts, draft: ExperimentDraft): Promise<TargetingRule[]> {
  const rules: TargetingRule[] = [];
  do {
    const variantId = await prompts.select({
      message: `Rule ${rules.length + 1}: which variant?`,
      options: draft.variants.map(({ id }) => ({ value: id })),
      initial: draft.variants[1]!.id,
    });
    const rule: TargetingRule = { variantId };
    const checked = (more: (answer: string) => Partial<TargetingRule>) => (answer: string) =>
      answer === "" ? undefined : faultIn({ ...draft, allocation: { type: "targeted", rules: [...rules, { ...rule, ...more(answer) }] } });
    const share = await prompts.text({
      message: "Share of matching units admitted, 0 to 1 (optional: all)",
      check: checked((answer) => ({ percentage: numberOf(answer) })),
    });
    if (share !== "") rule.percentage = numberOf(share);
    const policy = await prompts.text({
      message: "Policy that must allow, as name@version (optional)",
      check: (answer) => (answer === "" || refOf(answer) !== undefined ? undefined : "Write name@version, such as beta.access@1.0.0."),
    });
    if (policy !== "") rule.policy = refOf(policy)!;
    const expression = await prompts.text({
      message: "Expression (optional: everybody)",
      placeholder: "context.attributes?.segment === 'vip'",
      check: checked((answer) => ({ expression: answer })),
    });
    if (expression !== "") rule.expression = expression;
    rules.push(rule);
  } while (await prompts.confirm({ message: "Another rule?", initial: false }));
  return rules;
}

async function askForMetrics(prompts: Prompts, draft: ExperimentDraft): Promise<SuccessMetric[]> {
  const metrics: SuccessMetric[] = [];
  let message = "Add a success metric?";
  while (await prompts.confirm({ message, initial: true })) {
    const name = await prompts.text({ message: "Name of the metric", placeholder: "Completion rate", check: required });
    const event = await prompts.text({
      message: "Telemetry event, as name@version",
      placeholder: "telemetry.onboarding_completed@1.0.0",
      check: (answer) =>
        refOf(answer) === undefined
          ? "Write name@version, such as telemetry.completed@1.0.0."
          : faultIn({ ...draft, successMetrics: [{ name, telemetryEvent: refOf(answer)!, aggregation: "count" }] }),
    });
    const aggregation = await prompts.select<MetricAggregation>({
      message: "Aggregation",
      options: [{ value: "count" }, { value: "avg" }, { value: "p75" }, { value: "p90" }, { value: "p95" }, { value: "p99" }],
    });
    const property =
      aggregation === "count" ? "" : await prompts.text({ message: `Numeric property that ${aggregation} is taken of`, check: required });
    const target = await prompts.text({
      message: "Target value (optional)",
      check: (answer) => (answer === "" ? undefined : notANumber(answer)),
    });
    metrics.push({
      name,
      telemetryEvent: refOf(event)!,
      aggregation,
      ...(property !== "" && { property }),
      ...(target !== "" && { target: numberOf(target) }),
    });
    message = "Another success metric?";
  }
  return metrics;
}

async function askForWindow(prompts: Prompts, draft: ExperimentDraft): Promise<ExperimentDraft["window"]> {
  const ask = async (message: string, more: (ms: number) => ExperimentDraft["window"]): Promise<number | undefined> => {
    const answer = await prompts.text({
      message,
      placeholder: "2027-03-01T00:00:00Z",
      check: (text) => {
        if (text === "") return undefined;
        const ms = instantMs(text);
        return ms === undefined ? instantFix : faultIn({ ...draft, window: more(ms)! });
      },
    });
    return answer === "" ? undefined : instantMs(answer);
  };
  const startMs = await ask("Start, UTC (optional)", (ms) => ({ startMs: ms }));
  const start = startMs === undefined ? {} : { startMs };
  const endMs = await ask("End, UTC (optional; best within 28 days)", (ms) => ({ ...start, endMs: ms }));
  const window = { ...start, ...(endMs !== undefined && { endMs }) };
  return Object.keys(window).length === 0 ? undefined : window;
}

const instantFix = "Write a date and time with its zone, such as 2027-03-01T00:00:00Z.";
const placeholder: Variant = { id: "a-variant-yet-to-be-named" };
const twoArms: Variant[] = [{ id: "control" }, placeholder];

/** What the builder refuses about a draft, in one line. Earlier answers have passed, so a fault is the new answer's. */
function faultIn(draft: ExperimentDraft): string | undefined {
  try {
    buildExperiment(draft);
    return undefined;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return `${error.message}. ${error.fix}`;
  }
}

function required(answer: string): string | undefined {
  return answer === "" ? "An answer is needed here." : undefined;
}

/** NaN for what is no number, which the builder refuses. */
function numberOf(answer: string): number {
  return answer === "" ? Number.NaN : Number(answer);
}

function notANumber(answer: string): string | undefined {
  return Number.isFinite(numberOf(answer)) ? undefined : "Write a number.";
}
