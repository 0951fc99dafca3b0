import { describe, expect, test } from "vitest";
import type { Brief } from "../../src/domain/index.ts";
import { budgetGuard, experimentCostUsd, type PreflightInput, runGuard } from "../../src/preflight/index.ts";
import { contextOf } from "../../src/preflight/ports.ts";
import { briefOf, inputOf, nowMs } from "./inputs.ts";

const judged = (brief: Brief, more: Partial<PreflightInput> = {}): string[] =>
  runGuard(budgetGuard, inputOf(brief, more), contextOf({})).issues.map(({ ruleId, verdict }) => `${ruleId} ${verdict}`);
const posts = (brief: Brief, postsPerVariant: number): Brief => ({ ...brief, exposurePlan: { ...brief.exposurePlan, postsPerVariant } });

describe("BudgetGuard", () => {
  test("40 X posts cost 0.60 dollars, 8.00 with an address", () => {
    const cost = (brief: Brief) => experimentCostUsd(inputOf(posts(brief, 20)));
    expect(cost(briefOf("x.post", {}))).toBeCloseTo(0.6, 10);
    expect(cost(briefOf("x.post", { links: ["https://example.com/a"] }))).toBeCloseTo(8, 10);
    expect(cost(briefOf("x.post", { body: "See example.com for more." }))).toBeCloseTo(8, 10);
    expect(cost(briefOf("instagram.feed", { links: ["https://example.com/a"] }))).toBe(0);
  });

  test("warns above 80 % of a cap and blocks above it, of the experiment and of the client", () => {
    const brief = posts(briefOf("x.post", { links: ["https://example.com/a"] }), 3);
    expect(judged(brief, { budgets: { experimentUsd: 2 } })).toEqual([]);
    expect(judged(brief, { budgets: { experimentUsd: 1.3 } })).toEqual(["budget.cost warn"]);
    expect(judged(brief, { budgets: { experimentUsd: 1 } })).toEqual(["budget.cost block"]);
    expect(judged(brief, { budgets: { clientUsd: 100, clientSpentUsd: 99 } })).toEqual(["budget.clientCost block"]);
    expect(judged(brief, { budgets: { generationUsdPerVariant: 1, experimentUsd: 3 } })).toEqual(["budget.cost block"]);
  });

  test("keeps time for making, approving and processing before the first slot", () => {
    const brief: Brief = { ...briefOf("instagram.feed", {}), approvalLevel: "review" };
    const inMinutes = (minutes: number) => ({ firstSlotMs: nowMs + minutes * 60_000 });
    expect(judged(brief, inMinutes(49))).toEqual(["budget.leadTime block"]);
    expect(judged(brief, inMinutes(50))).toEqual([]);
    expect(judged(brief, { ...inMinutes(50), budgets: { latency: { generationMinutes: 20 } } })).toEqual(["budget.leadTime block"]);
    expect(judged(brief, { ...inMinutes(20), budgets: { latency: { approvalMinutes: 0 } } })).toEqual([]);
  });

  test("plans up to half of a quota, live cap before catalogue, and says what nobody knows", () => {
    const brief = briefOf("instagram.feed", {});
    const quota = (more: object) => ({
      account: {
        id: "account-1",
        platform: "instagram" as const,
        openSignals: [],
        quotas: [{ scope: "apiPublishedPosts", used: 20, reserved: 4, ...more }],
      },
    });
    expect(judged(brief, quota({}))).toEqual([]);
    expect(judged(brief, quota({ reserved: 5 }))).toEqual(["budget.quota block"]);
    expect(judged(brief, quota({ reserved: 5, cap: 100 }))).toEqual([]);
    expect(judged(brief, quota({ scope: "moonPosts" }))).toEqual(["budget.quota unverified"]);
  });

  test("refuses a window that cannot hold the posts beside the ordinary ones", () => {
    // The window runs 12 days at 2 posts a day.
    const brief = briefOf("instagram.feed", {});
    expect(judged(posts(brief, 12))).toEqual([]);
    expect(judged(posts(brief, 13))).toEqual(["budget.window block"]);
    const ordinaryPosts = [{ startMs: Date.UTC(2027, 2, 3), surface: "instagram.feed" as const }];
    expect(judged(posts(brief, 12), { ordinaryPosts })).toEqual(["budget.window block"]);
    expect(judged(posts(brief, 12), { ordinaryPosts: [{ startMs: Date.UTC(2027, 5, 3), surface: "instagram.feed" }] })).toEqual([]);
  });

  test("operator time is a budget: one more row in a full queue warns", () => {
    const attention = { minutesAvailable: 15, minutesQueued: 13, minutesPerRow: 3 };
    const brief = briefOf("instagram.feed", {});
    expect(judged({ ...brief, approvalLevel: "review" }, { budgets: { attention } })).toEqual(["budget.attention warn"]);
    expect(judged(brief, { budgets: { attention } })).toEqual([]);
  });
});
