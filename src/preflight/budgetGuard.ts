// BudgetGuard: money and time. Cost = posts x price + variants x making; warn at 80 % of the cap, block above it (preflight note 2.2).
import type { GuardIssue, Variant } from "../domain/index.ts";
import type { Guard } from "./guard.ts";
import type { PreflightInput } from "./input.ts";
import { prices } from "./rules/prices.ts";

const warnShare = 0.8;
/** Approval, processing and a margin have to fit between now and the first slot; an assumption until lanes are measured. */
const leadTimeMs = 60 * 60_000;

export const budgetGuard: Guard = {
  name: "BudgetGuard",
  versions: { prices: prices.version },
  ruleIds: () => ["budget.cost", "budget.leadTime"],
  check: (input) => [...cost(input), ...leadTime(input)],
};

/** US dollars for the whole experiment. */
export function experimentCostUsd({ brief, variants, budgets }: Pick<PreflightInput, "brief" | "variants" | "budgets">): number {
  const price = (variant: Variant): number => {
    const row = prices.posts.find(({ platform }) => brief.platforms.includes(platform));
    return row === undefined ? 0 : variant.content.parts.links.length > 0 ? row.usdWithLink : row.usd;
  };
  const publishing = variants.reduce((sum, variant) => sum + brief.exposurePlan.postsPerVariant * price(variant), 0);
  return publishing + variants.length * (budgets.generationUsdPerVariant ?? 0);
}

function cost(input: PreflightInput): GuardIssue[] {
  const cap = input.budgets.experimentUsd;
  if (cap === undefined) return [];
  const actual = experimentCostUsd(input);
  if (actual <= warnShare * cap) return [];
  return [
    {
      ruleId: "budget.cost",
      verdict: actual > cap ? "block" : "warn",
      field: "exposurePlan.postsPerVariant",
      actual,
      limit: cap,
      unit: "USD",
      source: prices.source,
      message: `The experiment costs ${actual.toFixed(2)} of a budget of ${cap.toFixed(2)} US dollars`,
      fix: "Plan fewer posts, drop a link where links are charged, or raise the budget.",
    },
  ];
}

function leadTime({ firstSlotMs, nowMs }: PreflightInput): GuardIssue[] {
  if (firstSlotMs === undefined || firstSlotMs - nowMs >= leadTimeMs) return [];
  return [
    {
      ruleId: "budget.leadTime",
      verdict: "block",
      field: "runWindow.start",
      actual: Math.round((firstSlotMs - nowMs) / 60_000),
      limit: leadTimeMs / 60_000,
      unit: "min",
      confidence: "judgement",
      message: "The first slot comes before approval and processing can be done",
      fix: "Start the run window later.",
    },
  ];
}
