// Whether a brief fits its experiment type, and which decision rule it carries (first brief, section 2).
import type { Brief } from "./brief.ts";
import { type BriefRule, briefRule } from "./briefRule.ts";
import {
  type DecisionPreset,
  type ExperimentType,
  experimentTypeNames,
  experimentTypes,
  type ExperimentTypeFacts,
  strongestPreset,
} from "./experimentTypes.ts";
import { humanApprovalReasons, isRegulated } from "./humanApproval.ts";
import type { Issue } from "./issue.ts";

/** The preset that decides: the brief's own, else `regulated` for a regulated client, else the strongest its type and size carry. */
export function decisionPresetOf(brief: Pick<Brief, "experimentType" | "exposurePlan" | "clientTags" | "decisionPreset">): DecisionPreset {
  if (brief.decisionPreset !== undefined) return brief.decisionPreset;
  const strongest = strongestPreset(brief.experimentType, brief.exposurePlan.postsPerVariant);
  return strongest === "evidence" && isRegulated(brief) ? "regulated" : strongest;
}

/**
 * What the brief's experiment type asks for beyond a well-formed brief.
 * @returns every finding, an empty list if the brief fits its type.
 */
export function checkTypeRequirements(brief: Brief): Issue[] {
  return typeRequirements.flatMap((rule) => rule.find(brief));
}

const factsOf = (type: ExperimentType): ExperimentTypeFacts => experimentTypes[type];

/** Such as `an engagement experiment`. */
const named = (type: ExperimentType): string => `${type === "engagement" ? "an" : "a"} ${type} experiment`;

/** How much each preset claims; a brief may ask for less than its blocks carry, never for more. */
const claim: Readonly<Record<DecisionPreset, number>> = { learning: 0, exploratory: 1, evidence: 2, regulated: 2, seed: 2 };

/** The requirements one by one, each with the fields it reads. */
export const typeRequirements: readonly BriefRule[] = [
  briefRule(["experimentType", "exposurePlan"], ({ experimentType: type, exposurePlan: { postsPerVariant: blocks } }) => {
    const { min, max } = factsOf(type).postsPerVariant;
    const range = max === null ? `at least ${min}` : `${min} to ${max}`;
    return blocks >= min && (max === null || blocks <= max)
      ? []
      : [
          {
            code: "posts-per-variant",
            path: "exposurePlan.postsPerVariant",
            message: `${named(type)} gives each variant ${range} posts, and this plans ${blocks}`,
            fix: `Plan ${range} posts per variant, or choose another experiment type.`,
          },
        ];
  }),

  briefRule(["experimentType", "approvalLevel", "clientTags", "changesOfferOrClaim", "control", "testVariants"], (brief) => {
    const { experimentType: type, approvalLevel } = brief;
    const { approvalLevels } = factsOf(type);
    const weak = (message: string, fix: string): Issue => ({ code: "approval-too-weak", path: "approvalLevel", message, fix });
    if (!approvalLevels.includes(approvalLevel))
      return [weak(`${named(type)} needs approval by ${approvalLevels.join(" or ")}`, `Set approvalLevel to ${approvalLevels[0]}.`)];
    return approvalLevel === "auto"
      ? humanApprovalReasons(brief).map((reason) => weak(`a human must approve: ${reason}`, "Set approvalLevel to review or manual."))
      : [];
  }),

  briefRule(["experimentType", "variableUnderTest"], ({ experimentType: type, variableUnderTest }) => {
    const { variable } = factsOf(type);
    const others = experimentTypeNames.filter((other) => other !== type && factsOf(other).variable === variableUnderTest);
    return [
      ...(variable === undefined || variableUnderTest === variable
        ? []
        : [
            {
              code: "variable-of-type",
              path: "variableUnderTest",
              message: `${named(type)} tests ${variable}, and this tests ${variableUnderTest}`,
              fix: `Test ${variable}, or choose another experiment type.`,
            },
          ]),
      ...others.map((other) => ({
        code: "variable-of-type",
        path: "experimentType",
        message: `${variableUnderTest} is tested by ${named(other)}`,
        fix: `Set experimentType to ${other}.`,
      })),
    ];
  }),

  briefRule(["experimentType", "successProxies"], ({ experimentType: type, successProxies }) => {
    const { proxyScales } = factsOf(type);
    return successProxies.flatMap(({ metric, scale }, at) =>
      proxyScales === undefined || proxyScales.includes(scale)
        ? []
        : [
            {
              code: "proxy-scale",
              path: `successProxies[${at}].scale`,
              message: `${named(type)} measures ${proxyScales.join(" or ")} outcomes, and ${metric} is a ${scale}`,
              fix: `Use a proxy whose scale is ${proxyScales.join(" or ")}.`,
            },
          ],
    );
  }),

  briefRule(["experimentType", "control"], ({ experimentType, control }) =>
    experimentType !== "engagement" || control.content.parts.reply !== undefined
      ? []
      : [
          {
            code: "reply-missing",
            path: "control.content.parts.reply",
            message: "control suggests no reply",
            fix: "Write the reply that control suggests.",
          },
        ],
  ),

  briefRule(["experimentType", "guardrails"], ({ experimentType, guardrails }) =>
    experimentType !== "lane" || guardrails.some(({ source }) => source === "publish")
      ? []
      : [
          {
            code: "failure-threshold-missing",
            path: "guardrails",
            message: "a lane experiment needs a failure threshold, which acts as its harm rule",
            fix: "Add a guardrail with source publish, such as failures >= 3 in 10 attempts.",
          },
        ],
  ),

  briefRule(["variableUnderTest", "control", "testVariants"], ({ variableUnderTest, control, testVariants }) => {
    if (variableUnderTest !== "slot") return [];
    const arms = [
      { id: control.id, cell: control.content.slotCell, path: "control.content.slotCell" },
      ...testVariants.map(({ id, patch }, at) => ({ id, cell: patch.slotCell, path: `testVariants[${at}].patch.slotCell` })),
    ];
    return arms
      .filter(({ cell }) => cell === undefined || cell === null)
      .map(({ id, path }) => ({
        code: "slot-cell-missing",
        path,
        message: `a slot test needs the cell that ${id} is bound to`,
        fix: "Name one of the exposure plan's cells.",
      }));
  }),

  briefRule(["experimentType", "exposurePlan", "decisionPreset"], ({ experimentType: type, exposurePlan, decisionPreset: asked }) => {
    const blocks = exposurePlan.postsPerVariant;
    const strongest = strongestPreset(type, blocks);
    if (asked === undefined || asked === "seed" || claim[asked] <= claim[strongest]) return [];
    const enough = factsOf(type).presets.find((step) => claim[step.preset] >= claim[asked])?.fromBlocks;
    return [
      {
        code: "preset-too-strong",
        path: "decisionPreset",
        message: `${blocks} blocks of ${named(type)} carry ${strongest}, not ${asked}`,
        fix: enough === undefined ? `Use ${strongest}.` : `Use ${strongest}, or plan at least ${enough} posts per variant.`,
      },
    ];
  }),
];
