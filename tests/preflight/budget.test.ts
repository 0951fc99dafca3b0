import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Brief } from "../../src/domain/index.ts";
import { budgetGuard, type PreflightInput, runGuard } from "../../src/preflight/index.ts";
import { createRng } from "../../src/random/index.ts";
import { compilePlan } from "../../src/schedule/index.ts";
import { contextOf } from "../../src/preflight/ports.ts";
import { planInputArbitrary } from "../schedule/support/planInputs.ts";
import { assertProperty } from "../support/property.ts";
import { briefOf, inputOf, nowMs } from "./inputs.ts";

const judged = (brief: Brief, more: Partial<PreflightInput> = {}): string[] =>
  runGuard(budgetGuard, inputOf(brief, more), contextOf({})).issues.map(({ ruleId, verdict }) => `${ruleId} ${verdict}`);
const posts = (brief: Brief, postsPerVariant: number): Brief => ({ ...brief, exposurePlan: { ...brief.exposurePlan, postsPerVariant } });

describe("BudgetGuard", () => {
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

  test("refuses a window that cannot hold the posts beside the ordinary ones, at the pacing that a plan keeps", () => {
    // The window runs 12 days and offers one evening cell a day; the surface takes three posts a day, ordinary ones included.
    const brief = posts(briefOf("instagram.feed", {}), 5);
    expect(judged(brief)).toEqual([]);
    expect(judged(posts(brief, 7))).toEqual(["budget.window block"]);
    const days = Array.from({ length: 30 }, (_, at) => ({
      startMs: Date.UTC(2027, 2, 2) + at * 8 * 3_600_000,
      surface: "instagram.feed" as const,
    }));
    expect(judged(brief, { ordinaryPosts: days })).toEqual(["budget.window block"]);
    expect(judged(brief, { ordinaryPosts: days.slice(0, 20) })).toEqual([]);
    expect(judged(brief, { ordinaryPosts: days.map((day) => ({ ...day, surface: "x.post" as const })) })).toEqual([]);
  });

  test("L1: what a plan holds is never refused for want of room", () =>
    assertProperty(
      fc.property(planInputArbitrary, ({ brief, variants, otherPosts, ...input }) => {
        fc.pre(compilePlan({ brief, variants, otherPosts, ...input }, createRng("1")).refused === undefined);
        const { id, platform } = brief.accounts[0]!;
        const account = { id, platform, openSignals: [] };
        const issues = runGuard(
          budgetGuard,
          { brief, variants, account, ordinaryPosts: otherPosts, recentPosts: [], budgets: {}, nowMs },
          contextOf({}),
        ).issues;
        expect(issues.filter(({ ruleId }) => ruleId === "budget.window")).toEqual([]);
      }),
      { numRuns: 100 },
    ));

  test("operator time is a budget: one more row in a full queue warns", () => {
    const attention = { minutesAvailable: 15, minutesQueued: 13, minutesPerRow: 3 };
    const brief = briefOf("instagram.feed", {});
    expect(judged({ ...brief, approvalLevel: "review" }, { budgets: { attention } })).toEqual(["budget.attention warn"]);
    expect(judged(brief, { budgets: { attention } })).toEqual([]);
  });
});
