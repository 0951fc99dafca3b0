// BudgetGuard: money, time, quota and attention (preflight note 2.2). Warn at 80 % of a cap, block above it; a run window that cannot hold the
// posts under pacing is refused.
import { capacityOf, expectedCost, platformCatalogue, surfacePace } from "../catalogue/index.ts";
import { dayMs, dayNumberOf, type GuardIssue, platformOf } from "../domain/index.ts";
import type { Guard } from "./guard.ts";
import type { PreflightInput } from "./input.ts";

const warnShare = 0.8;

export const budgetGuard: Guard = {
  name: "BudgetGuard",
  isContentGuard: false,
  versions: () => ({ catalogue: platformCatalogue().catalogueVersion }),
  check: (input) => ({
    ruleIds: ["budget.cost", "budget.clientCost", "budget.leadTime", "budget.quota", "budget.window", "budget.attention"],
    issues: [...cost(input), ...clientCost(input), ...leadTime(input), ...quotas(input), ...windowCapacity(input), ...attention(input)],
  }),
};

/** US dollars for the whole experiment. */
function costUsd({ brief, variants, budgets }: PreflightInput): number {
  return expectedCost(variants, brief.exposurePlan.postsPerVariant, budgets.generationUsdPerVariant ?? 0).usd;
}

function cost(input: PreflightInput): GuardIssue[] {
  const cap = input.budgets.experimentUsd;
  return cap === undefined ? [] : overCap("budget.cost", costUsd(input), cap, "The experiment");
}

function clientCost(input: PreflightInput): GuardIssue[] {
  const { clientUsd, clientSpentUsd = 0 } = input.budgets;
  return clientUsd === undefined ? [] : overCap("budget.clientCost", clientSpentUsd + costUsd(input), clientUsd, "With it the client");
}

function overCap(ruleId: string, actual: number, cap: number, who: string): GuardIssue[] {
  if (actual <= warnShare * cap) return [];
  return [
    {
      ruleId,
      verdict: actual > cap ? "block" : "warn",
      field: "exposurePlan.postsPerVariant",
      actual,
      limit: cap,
      unit: "USD",
      source: "x-pricing",
      confidence: "official",
      message: `${who} costs ${actual.toFixed(2)} of a budget of ${cap.toFixed(2)} US dollars`,
      fix: "Plan fewer posts, drop a link where links are charged, or raise the budget.",
    },
  ];
}

/** Minutes a platform takes before a post is out, and minutes of grace; starting values until lanes are measured (note 2.2). */
const processingMinutes = { instagram: 5, tiktok: 10, youtube: 10, facebook: 5, x: 1, linkedin: 2, threads: 5 } as const;
const approvalMinutes = { auto: 0, review: 30, manual: 30 } as const;
const marginMinutes = 15;

function leadTime({ firstSlotMs, nowMs, brief, budgets, account }: PreflightInput): GuardIssue[] {
  if (firstSlotMs === undefined) return [];
  const { latency = {} } = budgets;
  const needed =
    (latency.generationMinutes ?? 0) +
    (latency.approvalMinutes ?? approvalMinutes[brief.approvalLevel]) +
    (latency.processingMinutes ?? processingMinutes[account.platform]) +
    (latency.marginMinutes ?? marginMinutes);
  const left = (firstSlotMs - nowMs) / 60_000;
  if (left >= needed) return [];
  return [
    {
      ruleId: "budget.leadTime",
      verdict: "block",
      field: "runWindow.start",
      actual: Math.round(left),
      limit: needed,
      unit: "min",
      confidence: "judgement",
      message: `The first slot is in ${Math.round(left)} minutes, and making, approving and processing take ${needed}`,
      fix: "Start the run window later.",
    },
  ];
}

/** `available = floor(headroom x cap) - used - reserved` has to be positive in every scope (platforms note 2.4). */
function quotas({ account }: PreflightInput): GuardIssue[] {
  const { pacingDefaults, platforms } = platformCatalogue();
  const headroom = pacingDefaults.quotaHeadroomFraction;
  return (account.quotas ?? []).flatMap(({ scope, used, reserved, cap }, at): GuardIssue[] => {
    const { limits } = platforms[account.platform].account;
    const fact = limits.find(({ key }) => key === `${scope}Fallback`) ?? limits.find(({ key }) => key === scope);
    const limit = cap ?? (typeof fact?.value === "number" ? fact.value : undefined);
    const field = `account.quotas[${at}]`;
    if (limit === undefined)
      return [
        {
          ruleId: "budget.quota",
          verdict: "unverified",
          field,
          actual: scope,
          message: `Nobody knows the cap of ${scope} on ${account.platform}`,
          fix: "Read the live quota and give it as cap.",
        },
      ];
    const available = Math.floor(headroom * limit) - used - reserved;
    if (available > 0) return [];
    return [
      {
        ruleId: "budget.quota",
        verdict: "block",
        field,
        actual: used + reserved,
        limit: Math.floor(headroom * limit),
        unit: fact?.unit ?? scope,
        source: fact?.source.join(", ") ?? "live quota",
        ...(fact !== undefined && { confidence: fact.confidence }),
        message: `${scope}: ${used} used and ${reserved} reserved leave nothing of ${Math.floor(headroom * limit)} that may be planned`,
        fix: "Wait for the next window, or cancel reserved posts.",
      },
    ];
  });
}

/**
 * The posts of the plan against the most that the window can hold, ordinary posts taken off (platforms note 2.7). An upper bound, so that nothing is
 * refused here that `compilePlan` could lay out.
 */
function windowCapacity({ brief, variants, ordinaryPosts = [] }: PreflightInput): GuardIssue[] {
  if (brief.experimentType === "engagement") return [];
  const { accounts, surfaces, runWindow, exposurePlan } = brief;
  const needed = exposurePlan.postsPerVariant * variants.length;
  const [first, last] = [dayNumberOf(runWindow.start), dayNumberOf(runWindow.end)];
  const days = last - first + 1;
  const perDay = accounts.flatMap(({ platform }) =>
    surfaces.filter((surface) => platformOf(surface) === platform).map((surface) => surfacePace(surface).maxPerDay),
  );
  // A day's distance from both ends, so that the post counts in whatever zone the window is.
  const ordinary = ordinaryPosts.filter(
    ({ startMs, surface }) =>
      (surface === undefined || surfaces.includes(surface)) && startMs >= (first + 1) * dayMs && startMs < (last - 1) * dayMs,
  ).length;
  const beside = days * perDay.reduce((sum, each) => sum + each, 0) - ordinary;
  const capacity = Math.max(0, Math.min(beside, capacityOf(brief, needed).posts));
  if (needed <= capacity) return [];
  return [
    {
      ruleId: "budget.window",
      verdict: "block",
      field: "runWindow",
      actual: needed,
      limit: capacity,
      unit: "post",
      confidence: "judgement",
      message: `${needed} posts do not fit into ${days} days: under pacing there is room for ${capacity} at most${ordinary > 0 ? `, beside ${ordinary} ordinary ones` : ""}`,
      fix: "Let the window run longer, plan fewer posts, or add slot cells.",
    },
  ];
}

/** Operator time is a budget too: the approval is one more row in the queue. */
function attention({ budgets, brief }: PreflightInput): GuardIssue[] {
  const { attention } = budgets;
  if (attention === undefined || brief.approvalLevel === "auto") return [];
  const { minutesAvailable, minutesQueued, minutesPerRow } = attention;
  const needed = minutesQueued + minutesPerRow;
  if (needed <= minutesAvailable) return [];
  return [
    {
      ruleId: "budget.attention",
      verdict: "warn",
      field: "approvalLevel",
      actual: needed,
      limit: minutesAvailable,
      unit: "min",
      confidence: "judgement",
      message: `The queue of the next check-in takes ${needed} minutes, and there are ${minutesAvailable}`,
      fix: "Ask for approval at another check-in, or clear the queue first.",
    },
  ];
}
