// Stage A of the lifecycle: is this a brief that can be run? Everything that is wrong at once, and beside it what the experiment can find and
// what it costs, before anybody approves (first brief, sections 2, 3 and 6).
import { blockSubject } from "../canon/index.ts";
import { type ExpectedCost, expectedCost } from "../catalogue/index.ts";
import {
  type BlockSubject,
  type Brief,
  type BriefReading,
  type BriefRule,
  decisionPresetOf,
  type DecisionPreset,
  type GuardBlock,
  type Fault,
  humanApprovalReasons,
  type Issue,
  platformOf,
  readBriefFully,
  riskBlockReason,
  riskBlocksOf,
  surfaceNames,
  typeRequirements,
} from "../domain/index.ts";
import { contentsOf } from "./contents.ts";
import { type DetectableLift, detectableLift } from "./detectableLift.ts";
import { briefNotes } from "./notes.ts";
import { renderingsOf } from "./render.ts";
import { guardrailsWithProxies, readableGuardrails, reportedGuardrails, someGuardrail } from "./rules/guardrails.ts";
import { enoughProxies, legalProxies, reportedProxies } from "./rules/proxies.ts";
import { segmentsReachTheUpload } from "./rules/segments.ts";
import { breachCanStop, stopConditionsOnce } from "./rules/stopConditions.ts";
import { windowHoldsPlan, windowNotTooLong, zoneExists } from "./rules/window.ts";

/** What the check has to be told of the outside. */
export interface BriefFacts {
  /** Whether the IANA zone exists; the calendars are a room beside this one. */
  readonly isZone: (zone: string) => boolean;
}

export interface BriefCheck {
  readonly ok: boolean;
  readonly issues: readonly Issue[];
  /** Null while the brief does not say how many posts there are. */
  readonly detectableLift: DetectableLift | null;
  /** Null while variants, platforms or posts are not well-formed. */
  readonly cost: ExpectedCost | null;
  /** Who has to agree, and why a human must. */
  readonly approval: { readonly level: Brief["approvalLevel"]; readonly humanReasons: readonly string[] } | null;
  /** The rules that will decide. */
  readonly decisionPreset: DecisionPreset | null;
  /** What is worth knowing and stops nothing. */
  readonly notes: readonly string[];
}

export interface BriefCheckOptions {
  /** Deviation of one post in log units, where the account's history gives one. */
  readonly logSd?: number;
  /** What making one variant costs; default 0. */
  readonly generationUsdPerVariant?: number;
  /** What guards blocked before, of any experiment; those of RiskScan that speak of this one ask for a person. */
  readonly guardBlocks?: readonly GuardBlock[];
}

/**
 * Checks a brief as written (parsed YAML or JSON, our names or snake_case). Pure: the outside comes in through `facts`.
 * @throws DomainError `brief-invalid` only if two keys of an object mean the same field; everything else is an issue.
 */
export function checkBrief(
  data: unknown,
  facts: BriefFacts,
  { logSd, generationUsdPerVariant = 0, guardBlocks = [] }: BriefCheckOptions = {},
): BriefCheck {
  const reading = readBriefFully(data);
  const { faults, sound } = reading;
  const has = <Field extends keyof Brief>(...fields: Field[]): Pick<Brief, Field> | undefined =>
    fields.some((field) => reading.malformed.has(field)) ? undefined : (sound as Pick<Brief, Field>);

  const issues = [...faults.map(issueOf), ...rulesOf(facts).flatMap((rule) => findings(rule, reading))];
  const planned = has("exposurePlan");
  const costed = has("control", "testVariants", "platforms", "exposurePlan");
  const approved = has("approvalLevel", "clientTags", "changesOfferOrClaim", "control", "testVariants");
  const named = has("clientId", "name", "surfaces", "variableUnderTest", "control", "testVariants");
  const decided = has("experimentType", "exposurePlan", "clientTags", "decisionPreset");
  return {
    ok: issues.length === 0,
    issues,
    detectableLift: planned === undefined ? null : detectableLift(planned.exposurePlan.postsPerVariant, logSd),
    cost: costed === undefined ? null : costOf(costed, generationUsdPerVariant),
    approval: approved === undefined ? null : approvalOf(approved, named === undefined ? [] : riskBlocksOf(subjectOf(named), guardBlocks)),
    decisionPreset: decided === undefined ? null : decisionPresetOf(decided),
    notes: issues.length > 0 ? [] : briefNotes(sound as Brief),
  };
}

/** Once RiskScan has blocked, a person looks at each variant, whatever the brief asks for. */
function approvalOf(
  brief: Parameters<typeof humanApprovalReasons>[0] & Pick<Brief, "approvalLevel">,
  riskBlocks: readonly GuardBlock[],
): BriefCheck["approval"] {
  const reasons = humanApprovalReasons(brief);
  return riskBlocks.length === 0
    ? { level: brief.approvalLevel, humanReasons: reasons }
    : { level: "manual", humanReasons: [...reasons, riskBlockReason(riskBlocks)] };
}

function subjectOf(brief: Pick<Brief, "clientId" | "name" | "surfaces" | "variableUnderTest" | "control" | "testVariants">): BlockSubject {
  return blockSubject(
    brief,
    contentsOf(brief).map(({ content }) => content),
  );
}

/** As the variants would be rendered; files need no hash to have a price. */
function costOf({ control, testVariants, platforms, exposurePlan }: Costed, generationUsdPerVariant: number): ExpectedCost {
  // A price is the platform's, whatever the surface: a brief whose surfaces are still wrong has one too.
  const surfaces = surfaceNames.filter((surface) => platforms.includes(platformOf(surface)));
  const variants = contentsOf({ control, testVariants }).map(({ variantId, content }) => ({
    variantId,
    content,
    renderings: renderingsOf(content, surfaces),
  }));
  return expectedCost(variants, exposurePlan.postsPerVariant, generationUsdPerVariant);
}

type Costed = Pick<Brief, "control" | "testVariants" | "platforms" | "exposurePlan">;

function rulesOf({ isZone }: BriefFacts): readonly BriefRule[] {
  return [
    ...typeRequirements,
    segmentsReachTheUpload,
    enoughProxies,
    reportedProxies,
    legalProxies,
    someGuardrail,
    reportedGuardrails,
    readableGuardrails,
    guardrailsWithProxies,
    zoneExists(isZone),
    windowNotTooLong,
    windowHoldsPlan,
    stopConditionsOnce,
    breachCanStop,
  ];
}

function findings(rule: BriefRule, { sound, malformed, pathAsWritten }: BriefReading): Issue[] {
  if (rule.needs.some((field) => malformed.has(field))) return [];
  return rule.find(sound as Brief).map((issue) => ({ ...issue, path: pathAsWritten(issue.path) }));
}

/** A word for a fault of the document: that of the rule, or the field and what is wrong with it, such as `run-window-missing`. */
function issueOf({ field, kind, path, message, fix, value }: Fault): Issue {
  const isList = field === "variableUnderTest" && Array.isArray(value);
  const made = field === undefined || kind === "unknown" ? `field-${kind}` : `${kebab(field)}-${kind}`;
  return { code: isList ? "two-variables" : ["missing", "unknown", "invalid"].includes(kind) ? made : kind, path, message, fix };
}

function kebab(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
