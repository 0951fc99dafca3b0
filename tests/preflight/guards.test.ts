import { describe, expect, test } from "vitest";
import type { Brief } from "../../src/domain/index.ts";
import { makeVariants } from "../../src/intake/index.ts";
import { preflight, type PreflightInput, textSimilarity } from "../../src/preflight/index.ts";
import { exampleBrief } from "../support/briefs.ts";

const nowMs = Date.parse("2027-02-26T09:00Z");

function report(brief: Brief, change: Partial<PreflightInput> = {}) {
  const account = { id: brief.accounts[0]!.id, platform: brief.accounts[0]!.platform, openSignals: [] };
  return preflight({ brief, variants: makeVariants(brief, "e1"), account, recentPosts: [], budgets: {}, nowMs, ...change });
}

function withParts(parts: Partial<Brief["control"]["content"]["parts"]>): Brief {
  const brief = exampleBrief();
  const { content } = brief.control;
  return { ...brief, control: { ...brief.control, content: { ...content, parts: { ...content.parts, ...parts } } } };
}

const issues = (brief: Brief, change?: Partial<PreflightInput>) => report(brief, change).guards.flatMap((guard) => guard.issues);

describe("preflight", () => {
  test("runs all five guards, also after a block, and names their rules and versions", () => {
    const { guards, verdict } = report(withParts({ body: "You can't lose." }));
    expect(guards.map(({ guard }) => guard)).toEqual(["PolicyGuard", "BudgetGuard", "FormatGuard", "UniquenessGuard", "RiskScan"]);
    expect(verdict).toBe("block");
    for (const guard of guards) {
      expect(guard.ruleIds.length).toBeGreaterThan(0);
      expect(Object.keys(guard.versions).length).toBeGreaterThan(0);
    }
  });

  test("lets an ordinary brief pass", () => {
    expect(report(exampleBrief()).verdict).toBe("pass");
  });

  test.each([
    ["a guaranteed return", "Our beans: guaranteed returns on every cup.", "fin.guaranteed-return", "block"],
    ["a disease claim", "This roast can help to cure depression.", "health.disease-claim", "block"],
    ["a negated claim, which stays visible", "No, you can't lose with this roast.", "fin.guaranteed-return", "warn"],
    ["a superlative", "The #1 flat white in town.", "claim.superlative", "review"],
    ["engagement bait", "Tag 3 friends below.", "manipulation.engagement-bait", "warn"],
    ["a claim written with wide letters", "ｇｕａｒａｎｔｅｅｄ ｒｅｔｕｒｎｓ", "fin.guaranteed-return", "block"],
  ])("RiskScan finds %s", (_, body, ruleId, verdict) => {
    const hit = issues(withParts({ body })).find((issue) => issue.ruleId === ruleId && issue.variantId === "control")!;
    expect(hit).toMatchObject({ verdict, field: "parts.body", fix: expect.any(String) });
    const [from, to] = hit.span!;
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeLessThanOrEqual(body.length);
  });

  test.each(["#1st place is not claimed here", "We treat every guest well. Depression glass is our hobby.", "A lossless pour"])(
    "RiskScan leaves alone: %s",
    (body) => {
      expect(issues(withParts({ body })).filter(({ verdict }) => verdict === "block" || verdict === "review")).toEqual([]);
    },
  );

  test("the span is that of the original text", () => {
    const body = "Ａ cup: you can’t lose!";
    const hit = issues(withParts({ body })).find(({ ruleId }) => ruleId === "fin.guaranteed-return")!;
    expect(body.slice(...hit.span!)).toBe("can’t lose");
  });

  test("FormatGuard refuses a caption that is too long and never cuts it", () => {
    expect(
      issues(withParts({ body: "a".repeat(2300) })).find(({ ruleId }) => ruleId === "format.instagram.reels.caption.max"),
    ).toMatchObject({
      verdict: "block",
      limit: 2200,
    });
  });

  test("FormatGuard refuses a reel that is too short, and says unverified where nobody measured", () => {
    const brief = exampleBrief();
    const { content } = brief.control;
    const media = (durationMs?: number) => ({
      ...brief,
      control: {
        ...brief.control,
        content: {
          ...content,
          media: { renditions: [{ path: "a.mp4", sha256: "a".repeat(64), ...(durationMs !== undefined && { durationMs }) }] },
        },
      },
    });
    expect(issues(media(1000)).map(({ verdict }) => verdict)).toContain("block");
    expect(issues(media()).map(({ verdict }) => verdict)).toContain("unverified");
    expect(issues(media(20_000))).toEqual([]);
  });

  test("PolicyGuard denies an account with an open signal and asks a person for what needs one", () => {
    const brief = exampleBrief();
    const account = { id: "a", platform: "instagram" as const, openSignals: ["spamSignal" as const] };
    expect(issues(brief, { account }).map(({ ruleId }) => ruleId)).toContain("policy.openSignal");
    expect(issues({ ...brief, approvalLevel: "auto", clientTags: ["regulated"] })).toContainEqual(
      expect.objectContaining({ ruleId: "policy.regulatedClient", verdict: "review" }),
    );
  });

  test("BudgetGuard warns at 80 % of the cap, blocks above it, and keeps time for approval", () => {
    const brief = exampleBrief();
    const spend = (experimentUsd: number) =>
      issues(brief, { budgets: { experimentUsd, generationUsdPerVariant: 5 } }).map(({ verdict }) => verdict);
    expect(spend(100)).toEqual([]);
    expect(spend(11)).toEqual(["warn"]);
    expect(spend(9)).toEqual(["block"]);
    expect(issues(brief, { firstSlotMs: nowMs + 60_000 }).map(({ ruleId }) => ruleId)).toEqual(["budget.leadTime"]);
  });

  test("UniquenessGuard blocks what was posted lately, not what siblings share", () => {
    const brief = exampleBrief();
    const [control] = makeVariants(brief, "e1");
    const recentPosts = [{ postId: "old", caption: `${control!.renderings[0]!.captionAsSent} #new`, publishedMs: nowMs - 86_400_000 }];
    expect(issues(brief, { recentPosts })).toContainEqual(
      expect.objectContaining({ ruleId: "uniqueness.recentPost", verdict: "block", variantId: "control" }),
    );
    expect(issues(brief, { recentPosts: [{ ...recentPosts[0]!, publishedMs: nowMs - 100 * 86_400_000 }] })).toEqual([]);
  });

  test("similarity is blind to case, tags and order of hashtags, and short texts are compared whole", () => {
    const text = "We roast on Mondays, rest the beans for four days, and pull at 93 degrees.";
    expect(textSimilarity(text, `${text.toUpperCase()} #a #b https://x.y`)).toBe(1);
    expect(textSimilarity(text, "Something else entirely, about tea and water and time.")).toBeLessThan(0.2);
    expect(textSimilarity("Hello", "Hello!")).toBe(1);
    expect(textSimilarity("", "")).toBe(0);
  });
});
