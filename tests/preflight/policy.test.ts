import { describe, expect, test } from "vitest";
import type { Brief } from "../../src/domain/index.ts";
import { policyEngine, policyGuard, type PreflightInput, runGuard } from "../../src/preflight/index.ts";
import { contextOf } from "../../src/preflight/ports.ts";
import { refusalOf } from "../support/refusal.ts";
import { briefOf, inputOf, knownMeta } from "./inputs.ts";

function judged(brief: Brief, more: Partial<PreflightInput> = {}, policies: unknown[] = []) {
  const { verdict, issues, ruleIds } = runGuard(policyGuard, inputOf(brief, more), contextOf({ policy: policyEngine(policies) }));
  return { verdict, ruleIds, found: issues.map(({ ruleId, verdict }) => `${ruleId} ${verdict}`), issues };
}
const feed = briefOf("instagram.feed", {});

describe("PolicyGuard", () => {
  test("lets an ordinary post pass and names the rules that took part", () => {
    expect(judged(feed)).toMatchObject({ verdict: "pass", ruleIds: ["policy.publish", "policy.defaultDeny"] });
  });

  test.each(["loginChallenge", "accountRestricted", "spamSignal", "policyWarning"] as const)(
    "denies while the account has an open %s",
    (signal) => {
      expect(judged(feed, { account: { id: "account-1", platform: "instagram", openSignals: [signal] } }).found).toEqual([
        "policy.openSignal block",
      ]);
    },
  );

  test("asks a person for a regulated client, a changed offer and the browser lane, unless one approves anyway", () => {
    const lane = { ...feed, control: { ...feed.control, content: { ...feed.control.content, lane: "browser" as const } } };
    expect(judged({ ...feed, clientTags: ["regulated"] }).found).toEqual(["policy.regulatedClient review"]);
    expect(judged({ ...feed, changesOfferOrClaim: true }).found).toEqual(["policy.offerOrClaim review"]);
    expect(judged(lane).found).toEqual(["policy.browserLane review"]);
    for (const brief of [{ ...feed, clientTags: ["regulated"] }, { ...feed, changesOfferOrClaim: true }, lane])
      expect(judged({ ...brief, approvalLevel: "review" }).verdict).toBe("pass");
  });

  test("warns of automation on LinkedIn", () => {
    const brief = briefOf("linkedin.post", {});
    expect(judged(brief).found).toEqual(["policy.linkedinAutomation warn"]);
    expect(judged({ ...brief, approvalLevel: "manual" }).verdict).toBe("pass");
  });

  test("denies similar content on several X accounts", () => {
    const brief = briefOf("x.post", { body: "We roast on Mondays and rest the beans for four days." });
    const two = { ...brief, accounts: [...brief.accounts, { id: "account-2", platform: "x" as const }] };
    expect(judged(brief).verdict).toBe("pass");
    expect(judged(two).found).toEqual(["policy.xSimilarAcrossAccounts block"]);
  });

  test("denies automated replies on X without consent", () => {
    const brief: Brief = { ...briefOf("x.post", {}), experimentType: "engagement" };
    expect(judged(brief).found).toContain("policy.xAutomatedReplies block");
    expect(judged(brief, { meta: { ...knownMeta, post: { materialConnection: false, replyConsent: true } } }).verdict).toBe("pass");
    expect(judged({ ...brief, approvalLevel: "manual" }).verdict).toBe("pass");
  });

  test("TikTok and YouTube want their flags where the asset says so", () => {
    const synthetic = { meta: { ...knownMeta, asset: { synthetic: true, overlay: false } } };
    expect(judged(briefOf("tiktok.video", {}), synthetic).found).toEqual(["policy.tiktokAiDisclosure review"]);
    expect(judged(briefOf("tiktok.video", { flags: { aiGenerated: true } }), synthetic).verdict).toBe("pass");
    expect(judged(briefOf("youtube.shorts", {}), synthetic).found).toEqual(["policy.youtubeSyntheticDisclosure review"]);
    const connected = { meta: { ...knownMeta, post: { materialConnection: true } } };
    expect(judged(briefOf("tiktok.video", {}), connected).found).toEqual(["policy.tiktokBrandDisclosure review"]);
    expect(judged(briefOf("tiktok.video", { flags: { brandOrganic: true } }), connected).verdict).toBe("pass");
    const overlay = { meta: { ...knownMeta, asset: { synthetic: false, overlay: true } } };
    expect(judged(briefOf("tiktok.video", {}), overlay).found).toEqual(["policy.tiktokOverlay review"]);
  });

  test("what nobody said is unverified, not passed", () => {
    const { found } = judged(briefOf("tiktok.video", {}), { meta: { post: {}, account: {}, asset: {} } });
    expect(found).toEqual([
      "policy.tiktokOverlay unverified",
      "policy.tiktokBrandDisclosure unverified",
      "policy.tiktokAiDisclosure unverified",
    ]);
  });

  describe("with a client's own rules", () => {
    const rules = (...list: Record<string, unknown>[]) => [
      {
        version: "client-1",
        asOf: "2026-12-01",
        rules: list.map((rule) => ({
          field: "clientId",
          reason: "the client says so",
          fix: "Ask the client.",
          source: "contract",
          ...rule,
        })),
      },
    ];

    test("a client can deny, and never lifts a shipped denial", () => {
      expect(judged(feed, {}, rules({ id: "c.no", when: { surface: "instagram.feed" }, effect: "deny" })).found).toEqual(["c.no block"]);
      const allowing = rules({ id: "c.yes", when: {}, effect: "allow" });
      expect(judged(feed, { account: { id: "a", platform: "instagram", openSignals: ["spamSignal"] } }, allowing).verdict).toBe("block");
    });

    test("a rule past its day says nothing any more, and that is said", () => {
      const policies = rules({ id: "c.no", when: {}, effect: "deny", expires: "2027-01-01" });
      expect(judged(feed, { nowMs: Date.UTC(2026, 11, 31) }, policies).found).toEqual(["c.no block"]);
      expect(judged(feed, {}, policies).found).toEqual(["c.no warn"]);
    });

    test("an unknown attribute is refused", () => {
      expect(refusalOf(() => policyEngine(rules({ id: "c.no", when: { suface: "x.post" }, effect: "deny" })))).toMatchObject({
        code: "rule-attribute-unknown",
      });
      expect(refusalOf(() => policyEngine([{ rules: [] }], "client.yaml"))).toMatchObject({
        code: "policies-invalid",
        path: "client.yaml: version",
      });
    });
  });
});
