import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileRules, type Facts, isoDateMs, type RuleDocument, ruleSetSchema } from "../../../src/canon/index.ts";
import { parseWith } from "../../../src/domain/index.ts";
import { assertProperty } from "../../support/property.ts";
import { refusalOf } from "../../support/refusal.ts";

const attributes = ["platform", "lane", "tags", "action"] as const;
const rule = (id: string, effect: RuleDocument["effect"], when: RuleDocument["when"], more: Partial<RuleDocument> = {}): RuleDocument => ({
  id,
  when,
  effect,
  ...(effect === "require" && { obligations: ["humanApproval"] }),
  field: "platforms",
  reason: "because",
  fix: "change it",
  source: "a test",
  ...more,
});
const matcherOf = (...rules: RuleDocument[]) => compileRules([{ version: "1", asOf: "2026-11-22", rules }], attributes);
const ask = (facts: Facts, met: string[] = [], atMs = 0) => ({ facts, met: new Set(met), needsAllow: true, atMs });
const allow = rule("allow", "allow", {});

describe("rule documents", () => {
  test("a deny overrides any number of allows", () => {
    const decision = matcherOf(allow, rule("no", "deny", { platform: "x" }), rule("allow2", "allow", { platform: "x" })).decide(
      ask({ platform: "x" }),
    );
    expect(decision.outcome).toBe("denied");
    expect(decision.matched.map(({ id }) => id)).toEqual(["allow", "no", "allow2"]);
  });

  test("a write without an allow is denied, a read is not", () => {
    const matcher = matcherOf(rule("allow", "allow", { platform: "x" }));
    expect(matcher.decide(ask({ platform: "tiktok" }))).toMatchObject({ outcome: "denied", lacksAllow: true });
    expect(matcher.decide({ ...ask({ platform: "tiktok" }), needsAllow: false }).outcome).toBe("allowed");
  });

  test("every requirement that matches has to be met", () => {
    const matcher = matcherOf(allow, rule("person", "require", { lane: ["browser", "hybrid"] }));
    expect(matcher.decide(ask({ lane: "browser" }))).toMatchObject({ outcome: "obliged", unmet: [{ obligations: ["humanApproval"] }] });
    expect(matcher.decide(ask({ lane: "browser" }, ["humanApproval"])).outcome).toBe("allowed");
    expect(matcher.decide(ask({ lane: "api" })).outcome).toBe("allowed");
  });

  test("one member of a list is enough, and an empty list is known", () => {
    const matcher = matcherOf(allow, rule("tagged", "deny", { tags: "regulated" }));
    expect(matcher.decide(ask({ tags: ["food", "regulated"] })).outcome).toBe("denied");
    expect(matcher.decide(ask({ tags: [] })).outcome).toBe("allowed");
  });

  test("a fact nobody knows lets nothing through: an allow does not hold, a deny asks for a look", () => {
    expect(matcherOf(rule("allow", "allow", { platform: "x" })).decide(ask({})).outcome).toBe("denied");
    expect(matcherOf(allow, rule("no", "deny", { lane: "browser" })).decide(ask({}))).toMatchObject({
      outcome: "obliged",
      unread: [{ attributes: ["lane"] }],
    });
  });

  test("unless lifts a rule only where all of it is known to hold", () => {
    const matcher = matcherOf(allow, rule("no", "deny", { lane: "browser" }, { unless: { tags: "trusted" } }));
    expect(matcher.decide(ask({ lane: "browser", tags: ["trusted"] })).outcome).toBe("allowed");
    expect(matcher.decide(ask({ lane: "browser", tags: [] })).outcome).toBe("denied");
    expect(matcher.decide(ask({ lane: "browser" })).outcome).toBe("denied");
  });

  test("a rule ends on its day, and the decision with the first rule that took part", () => {
    const matcher = matcherOf(
      allow,
      rule("no", "deny", {}, { expires: "2027-01-01" }),
      rule("later", "warn", {}, { expires: "2028-01-01" }),
    );
    const day = isoDateMs("2027-01-01");
    expect(matcher.decide(ask({}, [], day - 1))).toMatchObject({ outcome: "denied", expiresAtMs: day });
    expect(matcher.decide(ask({}, [], day))).toMatchObject({
      outcome: "allowed",
      expired: [{ id: "no" }],
      expiresAtMs: isoDateMs("2028-01-01"),
    });
  });

  test("L1: adding a deny or a requirement never makes a decision milder", async () => {
    const order = ["allowed", "obliged", "denied"];
    const value = fc.constantFrom("x", "tiktok", "browser", "api");
    const when = fc.dictionary(fc.constantFrom(...attributes), fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })));
    const facts = fc.dictionary(fc.constantFrom(...attributes), fc.oneof(value, fc.array(value, { maxLength: 3 })));
    const document = fc.record({ when, effect: fc.constantFrom<RuleDocument["effect"]>("allow", "deny", "require", "warn") });
    await assertProperty(
      fc.property(
        fc.array(document, { minLength: 1, maxLength: 6 }),
        when,
        fc.constantFrom<RuleDocument["effect"]>("deny", "require", "warn"),
        facts,
        (rules, extra, effect, facts) => {
          const base = rules.map(({ when, effect }, at) => rule(`r${at}`, effect, when));
          const before = matcherOf(...base).decide(ask(facts));
          const after = matcherOf(...base, rule("extra", effect, extra)).decide(ask(facts));
          expect(order.indexOf(after.outcome)).toBeGreaterThanOrEqual(order.indexOf(before.outcome));
        },
      ),
    );
  });

  test("an attribute nobody provides, a repeated id and an unknown key are refused", () => {
    expect(refusalOf(() => matcherOf(rule("r", "deny", { plattform: "x" })))).toMatchObject({
      code: "rule-attribute-unknown",
      path: "rules[0].when.plattform",
    });
    const read = (rules: unknown[]) => () =>
      parseWith(ruleSetSchema, { version: "1", asOf: "2026-11-22", rules }, { code: "rules-invalid" });
    expect(refusalOf(read([allow, allow]))).toMatchObject({ path: "rules[1].id" });
    expect(refusalOf(read([{ ...allow, wen: {} }]))).toMatchObject({ path: "rules[0].wen" });
    expect(refusalOf(read([rule("r", "deny", {}, { obligations: ["humanApproval"] })]))).toMatchObject({ path: "rules[0].obligations" });
  });

  test("iso dates are the same instants as Date gives", async () => {
    await assertProperty(
      fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (days) => {
        const date = new Date(days * 86_400_000).toISOString().slice(0, 10);
        expect(isoDateMs(date)).toBe(days * 86_400_000);
      }),
    );
  });
});
