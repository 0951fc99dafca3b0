// The policies that come with the product, and how a client's own are laid beside them.
import { compileRules, type RuleMatcher, type RuleSet, ruleSetSchema } from "../../canon/index.ts";
import { parseWith } from "../../domain/index.ts";
import { policyAttributes } from "./facts.ts";
import document from "./policies.json" with { type: "json" };

let shipped: RuleMatcher | undefined;

export function shippedPolicyEngine(): RuleMatcher {
  return (shipped ??= policyEngine([]));
}

/**
 * The shipped policies together with a client's rule sets. A client can add denials and requirements, and never lifts a shipped one.
 * @throws DomainError `policies-invalid`, `rule-attribute-unknown`, `rule-duplicate`.
 */
export function policyEngine(documents: readonly unknown[], file?: string): RuleMatcher {
  const read = (each: unknown, from?: string): RuleSet =>
    parseWith(ruleSetSchema, each, { code: "policies-invalid", ...(from !== undefined && { file: from }) });
  return compileRules([read(document), ...documents.map((each) => read(each, file))], policyAttributes);
}
