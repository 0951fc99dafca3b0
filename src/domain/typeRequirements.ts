// Whether a brief fits its experiment type, and which rule and which human it needs (first brief 2 and 6.3).
import type { Brief } from "./brief.ts";
import { type DecisionPreset, experimentTypeNames, experimentTypes, type ExperimentTypeFacts, strongestPreset } from "./experimentTypes.ts";
import type { Issue } from "./issue.ts";
import { needsPerson } from "./lane.ts";

/** The preset that decides: the brief's own, else `regulated` for a regulated client, else the strongest its type and size carry. */
export function decisionPresetOf(brief: Brief): DecisionPreset {
  if (brief.decisionPreset !== undefined) return brief.decisionPreset;
  const strongest = strongestPreset(brief.experimentType, brief.exposurePlan.postsPerVariant);
  return strongest === "evidence" && isRegulated(brief) ? "regulated" : strongest;
}

export function isRegulated(brief: Brief): boolean {
  return brief.clientTags.includes("regulated");
}

/** The reasons for which a human has to approve this brief whatever its approval level says; empty if there is none. */
export function humanApprovalReasons(brief: Brief): string[] {
  const lanes = [brief.control.content.lane, ...brief.testVariants.flatMap((variant) => variant.patch.lane ?? [])];
  return [
    ...(isRegulated(brief) ? ["the client's industry is regulated"] : []),
    ...(brief.changesOfferOrClaim ? ["the test changes an offer or a claim"] : []),
    ...(lanes.some(needsPerson) ? ["a person takes part in publishing (browser or hybrid lane)"] : []),
  ];
}

/**
 * What the brief's experiment type asks for beyond a well-formed brief.
 * @returns every finding, an empty list if the brief fits its type.
 */
export function checkTypeRequirements(brief: Brief): Issue[] {
  const type = brief.experimentType;
  const facts: ExperimentTypeFacts = experimentTypes[type];
  const issues: Issue[] = [];
  const find = (code: string, path: string, message: string, fix: string) => void issues.push({ code, path, message, fix });

  const { min, max } = facts.postsPerVariant;
  const blocks = brief.exposurePlan.postsPerVariant;
  const range = max === null ? `at least ${min}` : `${min} to ${max}`;
  if (blocks < min || (max !== null && blocks > max))
    find(
      "posts-per-variant",
      "exposurePlan.postsPerVariant",
      `a ${type} experiment gives each variant ${range} posts, and this plans ${blocks}`,
      `Plan ${range} posts per variant, or choose another experiment type.`,
    );

  if (!facts.approvalLevels.includes(brief.approvalLevel))
    find(
      "approval-too-weak",
      "approvalLevel",
      `a ${type} experiment needs approval by ${facts.approvalLevels.join(" or ")}`,
      `Set approvalLevel to ${facts.approvalLevels[0]}.`,
    );
  else if (brief.approvalLevel === "auto")
    for (const reason of humanApprovalReasons(brief))
      find("approval-too-weak", "approvalLevel", `a human must approve: ${reason}`, "Set approvalLevel to review or manual.");

  if (facts.variable !== undefined && brief.variableUnderTest !== facts.variable)
    find(
      "variable-of-type",
      "variableUnderTest",
      `a ${type} experiment tests ${facts.variable}, and this tests ${brief.variableUnderTest}`,
      `Test ${facts.variable}, or choose another experiment type.`,
    );
  for (const other of experimentTypeNames)
    if (other !== type && (experimentTypes[other] as ExperimentTypeFacts).variable === brief.variableUnderTest)
      find(
        "variable-of-type",
        "experimentType",
        `${brief.variableUnderTest} is tested by a ${other} experiment`,
        `Set experimentType to ${other}.`,
      );

  brief.successProxies.forEach((proxy, at) => {
    if (facts.proxyScales !== undefined && !facts.proxyScales.includes(proxy.scale))
      find(
        "proxy-scale",
        `successProxies[${at}].scale`,
        `a ${type} experiment measures ${facts.proxyScales.join(" or ")} outcomes, and ${proxy.metric} is a ${proxy.scale}`,
        `Use a proxy whose scale is ${facts.proxyScales.join(" or ")}.`,
      );
  });

  if (type === "engagement" && brief.control.content.parts.reply === undefined)
    find("reply-missing", "control.content.parts.reply", "control suggests no reply", "Write the reply that control suggests.");
  if (type === "lane" && !brief.guardrails.some((guardrail) => guardrail.source === "publish"))
    find(
      "failure-threshold-missing",
      "guardrails",
      "a lane experiment needs a failure threshold, which acts as its harm rule",
      "Add a guardrail with source publish, such as failures >= 3 in 10 attempts.",
    );
  if (brief.variableUnderTest === "slot" && brief.control.content.slotCell === undefined)
    find(
      "slot-cell-missing",
      "control.content.slotCell",
      "a slot test needs the cell that control is bound to",
      "Name one of the exposure plan's cells.",
    );

  presetIssue(brief, facts, find);
  return issues;
}

/** How much each preset claims; a brief may ask for less than its blocks carry, never for more. */
const claim: Readonly<Record<DecisionPreset, number>> = { learning: 0, exploratory: 1, evidence: 2, regulated: 2, seed: 2 };

function presetIssue(
  brief: Brief,
  facts: ExperimentTypeFacts,
  find: (code: string, path: string, message: string, fix: string) => void,
): void {
  const asked = brief.decisionPreset;
  if (asked === undefined) return;
  const blocks = brief.exposurePlan.postsPerVariant;
  const strongest = strongestPreset(brief.experimentType, blocks);
  if (asked === "seed" || claim[asked] <= claim[strongest]) return;
  const enough = facts.presets.find((step) => claim[step.preset] >= claim[asked])?.fromBlocks;
  find(
    "preset-too-strong",
    "decisionPreset",
    `${blocks} blocks of a ${brief.experimentType} experiment carry ${strongest}, not ${asked}`,
    enough === undefined ? `Use ${strongest}.` : `Use ${strongest}, or plan at least ${enough} posts per variant.`,
  );
}
