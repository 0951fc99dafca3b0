// PolicyGuard: may this account do this at all? Rules are data; any deny blocks, an unmet requirement asks a human, and a write needs an allow
// (deny overrides, default deny; preflight note 2.1).
import { type GuardIssue, type GuardVerdict, needsPerson } from "../domain/index.ts";
import type { Guard } from "./guard.ts";
import type { PreflightInput } from "./input.ts";
import { policySet, type PolicyRule } from "./rules/policySet.ts";

export const policyGuard: Guard = {
  name: "PolicyGuard",
  versions: { policySet: policySet.version },
  ruleIds: (input) => policySet.rules.filter((rule) => applies(rule, input)).map(({ id }) => id),
  check(input) {
    const rules = policySet.rules.filter((rule) => applies(rule, input));
    const issues = rules.flatMap((rule) => (rule.effect === "allow" || isMet(rule, input) ? [] : [issueOf(rule)]));
    if (!rules.some(({ effect }) => effect === "allow"))
      issues.push({
        ruleId: "policy.defaultDeny",
        verdict: "block",
        field: "surfaces",
        message: `No policy allows publishing on ${input.brief.surfaces.join(", ")}`,
        fix: "Add an allow rule for this platform, or publish elsewhere.",
      });
    return issues;
  },
};

function applies({ when }: PolicyRule, { brief, account }: PreflightInput): boolean {
  const lanes = [brief.control.content.lane, ...brief.testVariants.flatMap(({ patch }) => patch.lane ?? [])];
  return (
    (when.platforms === undefined || when.platforms.includes(account.platform)) &&
    (when.approvalLevels === undefined || when.approvalLevels.includes(brief.approvalLevel)) &&
    (when.lane === undefined || lanes.some((lane) => (when.lane === "withPerson" ? needsPerson(lane) : lane === when.lane))) &&
    (when.clientTag === undefined || brief.clientTags.includes(when.clientTag)) &&
    (when.openSignal !== true || account.openSignals.length > 0) &&
    (when.changesOfferOrClaim !== true || brief.changesOfferOrClaim)
  );
}

/** Human approval is met by an approval level that asks for one. */
function isMet(rule: PolicyRule, { brief }: PreflightInput): boolean {
  return rule.effect === "require" && rule.obligation === "humanApproval" && brief.approvalLevel !== "auto";
}

function issueOf(rule: PolicyRule): GuardIssue {
  const verdicts: Record<PolicyRule["effect"], GuardVerdict> = { allow: "pass", deny: "block", require: "review", warn: "warn" };
  return { ruleId: rule.id, verdict: verdicts[rule.effect], field: rule.field, message: rule.message, fix: rule.fix, source: rule.source };
}
