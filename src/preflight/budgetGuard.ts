// BudgetGuard: money, time, quota and attention (preflight note 2.2). Warn at 80 % of a cap, block above it; a run window that cannot hold the
// posts under pacing is refused.
import { isoDateMs } from "../canon/index.ts";
import { type GuardIssue, platformOf, type Surface, type Variant } from "../domain/index.ts";
import { platformCatalogue } from "./catalogue/catalogue.ts";
import type { Guard } from "./guard.ts";
import type { PreflightInput } from "./input.ts";
import { addressesIn } from "./format/textCounters.ts";

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

/** US dollars for the whole experiment: posts x price, a link charged where the platform does, and the making of the variants. */
export function experimentCostUsd({ brief, variants, budgets }: Pick<PreflightInput, "brief" | "variants" | "budgets">): number {
  const perRound = variants.reduce(
    (sum, variant) => sum + brief.surfaces.reduce((each, surface) => each + postUsd(surface, variant), 0),
    0,
  );
  return brief.exposurePlan.postsPerVariant * perRound + variants.length * (budgets.generationUsdPerVariant ?? 0);
}

/** Only X charges for a post; a link makes it 13 times dearer there (x-pricing). */
function postUsd(surface: Surface, { content, renderings }: Variant): number {
  const costs = platformCatalogue().platforms[platformOf(surface)].account.cost ?? [];
  const caption = renderings.find((rendering) => rendering.surface === surface)?.captionAsSent ?? "";
  const hasAddress = content.parts.links.length > 0 || addressesIn(caption).length > 0;
  const price = costs.find(({ key }) => key === (hasAddress ? "postCreateWithUrl" : "postCreate"));
  return typeof price?.value === "number" ? price.value : 0;
}

function cost(input: PreflightInput): GuardIssue[] {
  const cap = input.budgets.experimentUsd;
  return cap === undefined ? [] : overCap("budget.cost", experimentCostUsd(input), cap, "The experiment");
}

function clientCost(input: PreflightInput): GuardIssue[] {
  const { clientUsd, clientSpentUsd = 0 } = input.budgets;
  return clientUsd === undefined
    ? []
    : overCap("budget.clientCost", clientSpentUsd + experimentCostUsd(input), clientUsd, "With it the client");
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

const dayMs = 86_400_000;

/** N x V posts against the days of the window x posts a day, ordinary posts taken off (platforms note 2.7). */
function windowCapacity({ brief, variants, ordinaryPosts = [] }: PreflightInput): GuardIssue[] {
  const { start, end } = brief.runWindow;
  const days = Math.max(1, Math.ceil((isoDateMs(end.slice(0, 10)) - isoDateMs(start.slice(0, 10))) / dayMs));
  return brief.surfaces.flatMap((surface): GuardIssue[] => {
    const defaults = platformCatalogue().pacingDefaults.perAccountSurface[surface];
    const perDay = Math.min(defaults?.maxPerDay ?? Infinity, brief.exposurePlan.cadence.maxPerDay ?? Infinity);
    if (!Number.isFinite(perDay)) return [];
    const accounts = brief.accounts.filter(({ platform }) => platform === platformOf(surface)).length;
    const ordinary = ordinaryPosts.filter((post) => (post.surface ?? surface) === surface && isInWindow(post.startMs, start, end)).length;
    const capacity = Math.max(0, perDay * days * Math.max(1, accounts) - ordinary);
    const needed = brief.exposurePlan.postsPerVariant * variants.length;
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
        message: `${needed} posts on ${surface} do not fit into ${days} days at ${perDay} a day${ordinary > 0 ? `, ${ordinary} of them ordinary posts` : ""}`,
        fix: `Let the window run ${Math.ceil((needed + ordinary) / (perDay * Math.max(1, accounts)))} days, or plan fewer posts.`,
      },
    ];
  });
}

/** Dates suffice: the window is compared with a day's tolerance for the zone. */
function isInWindow(atMs: number, start: string, end: string): boolean {
  return atMs >= isoDateMs(start.slice(0, 10)) - dayMs / 2 && atMs < isoDateMs(end.slice(0, 10)) + dayMs / 2;
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
