// The four kinds of experiment and what each requires, as data: what is assigned, how much each arm gets, what makes a block, who approves and
// which decision rules may speak (docs/architecture.md, experiment types).
import { z } from "zod";
import type { ApprovalLevel } from "./approval.ts";
import type { ProxyScale } from "./proxy.ts";
import type { VariableName } from "./variables.ts";

/** `learning` never names a winner; `seed` is the bare rule of the first brief, kept for comparison. */
export const decisionPresets = ["learning", "exploratory", "evidence", "regulated", "seed"] as const;
export const decisionPresetSchema = z.enum(decisionPresets);
export type DecisionPreset = z.infer<typeof decisionPresetSchema>;

export interface ExperimentTypeFacts {
  readonly unit: "post" | "replySuggestion" | "publishAttempt";
  readonly meaning: string;
  /** Units per variant, both ends included; null where there is no upper end. */
  readonly postsPerVariant: { readonly min: number; readonly max: number | null };
  /** What makes posts of different arms comparable; the variable under test is never part of it. */
  readonly block: readonly ("slotCell" | "week" | "weekdayClass" | "post" | "day")[];
  /** Approval levels that are strong enough. */
  readonly approvalLevels: readonly ApprovalLevel[];
  /** The strongest preset from so many blocks on, weakest first. */
  readonly presets: readonly { readonly fromBlocks: number; readonly preset: DecisionPreset }[];
  /** The only variable it tests, where there is just one. */
  readonly variable?: VariableName;
  readonly proxyScales?: readonly ProxyScale[];
}

export const experimentTypes = {
  micro: {
    unit: "post",
    meaning: "learn quickly from one post per variant or a few",
    postsPerVariant: { min: 1, max: 5 },
    block: ["slotCell", "week"],
    approvalLevels: ["auto", "review", "manual"],
    presets: [
      { fromBlocks: 1, preset: "learning" },
      { fromBlocks: 4, preset: "exploratory" },
    ],
  },
  batch: {
    unit: "post",
    meaning: "compare variants over 5 to 20 posts each within about a week",
    postsPerVariant: { min: 5, max: 20 },
    block: ["slotCell", "weekdayClass"],
    approvalLevels: ["review", "manual"],
    presets: [
      { fromBlocks: 5, preset: "exploratory" },
      { fromBlocks: 8, preset: "evidence" },
    ],
  },
  engagement: {
    unit: "replySuggestion",
    meaning: "find better reply templates; a human sends or drops every reply",
    postsPerVariant: { min: 1, max: null },
    block: ["post", "day"],
    approvalLevels: ["manual"],
    presets: [
      { fromBlocks: 1, preset: "exploratory" },
      { fromBlocks: 8, preset: "evidence" },
    ],
    variable: "reply",
    proxyScales: ["binary", "ordinal"],
  },
  lane: {
    unit: "publishAttempt",
    meaning: "compare ways of publishing by reliability and time",
    postsPerVariant: { min: 1, max: null },
    block: ["slotCell"],
    approvalLevels: ["auto", "review", "manual"],
    presets: [
      { fromBlocks: 1, preset: "exploratory" },
      { fromBlocks: 8, preset: "evidence" },
    ],
    variable: "lane",
  },
} as const satisfies Record<string, ExperimentTypeFacts>;

export type ExperimentType = keyof typeof experimentTypes;

export const experimentTypeNames = Object.keys(experimentTypes) as [ExperimentType, ...ExperimentType[]];
export const experimentTypeSchema = z.enum(experimentTypeNames);

/** The strongest preset that so many blocks of this type can carry. */
export function strongestPreset(type: ExperimentType, blocks: number): DecisionPreset {
  const { presets } = experimentTypes[type] as ExperimentTypeFacts;
  return presets.findLast((step) => blocks >= step.fromBlocks)?.preset ?? "learning";
}
