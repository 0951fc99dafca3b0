// PolicyGuard: may this account do this at all? Rules are data; any deny blocks, an unmet requirement asks a human, and a write needs an allow
// (deny overrides, default deny; preflight note 2.1).
import type { RuleDocument } from "../canon/index.ts";
import type { GuardIssue, GuardVerdict } from "../domain/index.ts";
import type { Guard } from "./guard.ts";
import { metObligations, policyFacts } from "./policy/facts.ts";

export const policyGuard: Guard = {
  name: "PolicyGuard",
  isContentGuard: false,
  versions: ({ policy }) => ({ policySet: policy.version }),
  check(input, { policy }) {
    const ruleIds = new Set<string>();
    const found = new Map<string, { issue: GuardIssue; variantIds: Set<string> }>();
    for (const surface of input.brief.surfaces)
      for (const variant of input.variants) {
        const add = (issue: GuardIssue): void => {
          const key = `${issue.ruleId} ${issue.verdict}`;
          const known = found.get(key) ?? { issue, variantIds: new Set() };
          known.variantIds.add(variant.variantId);
          found.set(key, known);
        };
        const decision = policy.decide({
          facts: policyFacts(input, variant, surface),
          met: metObligations(input, variant),
          needsAllow: true,
          atMs: input.nowMs,
        });
        for (const { id } of decision.matched) ruleIds.add(id);
        for (const rule of decision.denied) add(issueOf(rule, "block"));
        for (const rule of decision.warned) add(issueOf(rule, "warn"));
        for (const { rule, obligations } of decision.unmet) add({ ...issueOf(rule, "review"), limit: [...obligations] });
        for (const { rule, attributes } of decision.unread)
          add({
            ...issueOf(rule, "unverified"),
            message: `Nobody said whether ${attributes.join(", ")} holds: ${rule.reason}`,
            fix: `Say it in meta, or have it looked at. ${rule.fix}`,
          });
        for (const rule of decision.expired)
          add({
            ...issueOf(rule, "warn"),
            message: `This rule ended on ${rule.expires} and says nothing any more: ${rule.reason}`,
            fix: "Renew the rule or remove it.",
          });
        if (decision.lacksAllow)
          add({
            ruleId: "policy.defaultDeny",
            verdict: "block",
            field: "surfaces",
            actual: surface,
            message: `No policy allows publishing on ${surface}`,
            fix: "Add an allow rule for this platform, or publish elsewhere.",
          });
      }
    // A finding of every variant is one of the experiment.
    const issues = [...found.values()].flatMap(({ issue, variantIds }): GuardIssue[] =>
      variantIds.size === input.variants.length ? [issue] : [...variantIds].map((variantId) => ({ ...issue, variantId })),
    );
    return { issues, ruleIds: [...ruleIds, "policy.defaultDeny"] };
  },
};

function issueOf({ id, field, reason, fix, source, confidence, expires }: RuleDocument, verdict: GuardVerdict): GuardIssue {
  return {
    ruleId: id,
    verdict,
    field,
    ...(expires !== undefined && { limit: `until ${expires}` }),
    message: reason,
    fix,
    source,
    ...(confidence !== undefined && { confidence }),
  };
}
