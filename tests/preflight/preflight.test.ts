import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { guardVerdicts, parseWith, preflightReportSchema } from "../../src/domain/index.ts";
import { createGuardCache, type GuardCache, preflight, preflightBeforeSubmit, shippedRiskPack } from "../../src/preflight/index.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";
import { briefOf, inputOf, knownMeta, nowMs, withCaption } from "./inputs.ts";

const rank = (verdict: (typeof guardVerdicts)[number]): number => guardVerdicts.indexOf(verdict);

describe("preflight", () => {
  test("lets an ordinary post pass", () => {
    expect(preflight(inputOf(briefOf("instagram.feed", { body: "We roast on Mondays." }))).verdict).toBe("pass");
  });

  test("runs all five guards also after a block, and names rules and versions", () => {
    const report = preflight(inputOf(briefOf("instagram.feed", { hook: "Guaranteed returns.", body: "a".repeat(2300) })));
    expect(report.guards.map(({ guard }) => guard)).toEqual(["PolicyGuard", "BudgetGuard", "FormatGuard", "UniquenessGuard", "RiskScan"]);
    expect(report.guards.filter(({ verdict }) => verdict === "block").map(({ guard }) => guard)).toEqual(["FormatGuard", "RiskScan"]);
    for (const { ruleIds, versions } of report.guards) {
      expect(ruleIds.length).toBeGreaterThan(0);
      expect(Object.values(versions).length).toBeGreaterThan(0);
    }
    expect(parseWith(preflightReportSchema, JSON.parse(JSON.stringify(report)), { code: "x" })).toEqual(report);
  });

  test("every finding has rule, field, message and fix, and a span where a text was matched", () => {
    const report = preflight(
      inputOf(briefOf("tiktok.video", { hook: "Guaranteed returns, #sp", renditions: [{ path: "a.mp4", sha256: "a".repeat(64) }] }), {
        meta: { post: {}, account: {}, asset: {} },
      }),
    );
    for (const issue of report.guards.flatMap(({ issues }) => issues)) {
      expect(issue.ruleId).toMatch(/^[a-z][A-Za-z0-9.-]+$/);
      expect(issue.message.length).toBeGreaterThan(5);
      expect(issue.fix.length).toBeGreaterThan(3);
    }
  });

  test("only what depends on time and on the account runs again before a submit", () => {
    const input = inputOf(briefOf("instagram.feed", { hook: "Guaranteed returns." }));
    expect(preflightBeforeSubmit(input).guards.map(({ guard }) => guard)).toEqual(["PolicyGuard", "BudgetGuard"]);
    expect(preflightBeforeSubmit({ ...input, account: { ...input.account, openSignals: ["spamSignal"] } }).verdict).toBe("block");
  });

  test("a text of 100 MB is refused at once, with its path", () => {
    const input = inputOf(briefOf("instagram.feed", {}));
    const huge = "a".repeat(100 * 1024 * 1024);
    const variants = input.variants.map((variant) => withCaption(variant, huge));
    const started = performance.now();
    expect(refusalOf(() => preflight({ ...input, variants }))).toMatchObject({
      code: "text-too-long",
      path: "variants[0].renderings[0].captionAsSent",
    });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test("law: a report is as bad as its worst guard, and a guard as its worst finding", async () => {
    const sentence = fc.constantFrom(
      "We roast on Mondays.",
      "Guaranteed returns.",
      "Tag 3 friends!",
      "Clinically proven.",
      "Unser Kaffee ist der beste und das Brot auch.",
    );
    await assertProperty(
      fc.property(fc.array(sentence, { minLength: 1, maxLength: 4 }), (sentences) => {
        const report = preflight(inputOf(briefOf("instagram.feed", { hook: sentences.join(" ") })));
        expect(rank(report.verdict)).toBe(Math.max(...report.guards.map(({ verdict }) => rank(verdict))));
        for (const { verdict, issues } of report.guards)
          expect(rank(verdict)).toBe(Math.max(0, ...issues.map((issue) => rank(issue.verdict))));
      }),
      { numRuns: 30 },
    );
  });

  test("law: what was not read is never a pass", () => {
    const brief = briefOf("instagram.reels", { renditions: [{ path: "a.mp4", sha256: "a".repeat(64) }] });
    expect(rank(preflight(inputOf(brief)).verdict)).toBeGreaterThanOrEqual(rank("unverified"));
    const { meta: _unknown, ...unsaid } = inputOf(briefOf("tiktok.video", {}));
    expect(rank(preflight(unsaid).verdict)).toBeGreaterThanOrEqual(rank("unverified"));
  });
});

describe("kept results", () => {
  const counting = (): GuardCache & { hits: number } => {
    const cache = createGuardCache();
    const counted = {
      hits: 0,
      get(key: string) {
        const found = cache.get(key);
        if (found !== undefined) counted.hits++;
        return found;
      },
      set: (key: string, result: Parameters<GuardCache["set"]>[1]) => cache.set(key, result),
    };
    return counted;
  };
  const input = inputOf(briefOf("instagram.feed", { body: "We roast on Mondays." }));

  test("the same content is judged once, and the answer is the same", () => {
    const cache = counting();
    const first = preflight(input, { cache });
    expect(cache.hits).toBe(0);
    expect(preflight({ ...input, nowMs: nowMs + 60_000 }, { cache }).guards).toEqual(first.guards);
    expect(cache.hits).toBe(3);
  });

  test.each([
    ["another text", { variants: inputOf(briefOf("instagram.feed", { body: "We roast on Tuesdays." })).variants }],
    ["another history", { recentPosts: [{ postId: "p", caption: "We roast on Mondays.", publishedMs: nowMs }] }],
    ["other metadata", { meta: { ...knownMeta, post: { materialConnection: true } } }],
    ["another language", { language: "it" }],
    ["another day", { nowMs: nowMs + 2 * 86_400_000 }],
  ])("%s is judged anew", (_what, change) => {
    const cache = counting();
    preflight(input, { cache });
    preflight({ ...input, ...change }, { cache });
    expect(cache.hits).toBe(0);
  });

  test("another version of a rule pack makes kept results stale", () => {
    const cache = counting();
    preflight(input, { cache });
    preflight(input, { cache, riskPacks: [{ ...shippedRiskPack(), version: "later" }] });
    expect(cache.hits).toBe(2);
  });

  test("what was not asked for longest is forgotten", () => {
    const cache = createGuardCache(2);
    const result = { guard: "RiskScan" as const, verdict: "pass" as const, ruleIds: [], issues: [], versions: {} };
    for (const key of ["a", "b"]) cache.set(key, result);
    cache.get("a");
    cache.set("c", result);
    expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual([result, undefined, result]);
  });
});
