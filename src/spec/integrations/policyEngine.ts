// A policy engine with the published `decide(...)`: deny by default, deny overrides, an unknown policy denies, and conditions are safe expressions.
import { z } from "zod";
import { type CompiledExpression, compileExpression, ExpressionError } from "../../canon/index.ts";
import { DomainError, parseWith } from "../../domain/index.ts";
import type { ExperimentContext } from "../context.ts";
import { nameOf } from "../names.ts";
import type { PolicyRef, SpecMeta } from "../types.ts";
import { compareVersions, parseVersion } from "../version.ts";

export interface PolicyRule {
  id?: string;
  effect: "allow" | "deny";
  /** Default: every action. */
  actions?: string[];
  /** One of the subject's roles must be among these. */
  subject?: { roles?: string[] };
  /** Type and attributes must be equal where given. */
  resource?: { type?: string; attributes?: Record<string, string | number | boolean> };
  /** All must hold, over `context` with `action`, `subject` and `resource`. */
  conditions?: { expression: string }[];
  reason?: string;
}

export interface PolicySpec {
  meta: SpecMeta;
  rules: PolicyRule[];
}

export interface PolicyRequest {
  readonly action: string;
  readonly subject: { readonly roles?: readonly string[] | undefined; readonly attributes?: Record<string, unknown> | undefined };
  readonly resource: { readonly type: string; readonly attributes?: Record<string, unknown> | undefined };
  /** Each of them must allow. */
  readonly policies: readonly PolicyRef[];
}

export interface PolicyDecision {
  readonly effect: "allow" | "deny";
  readonly reason: string;
  /** `policy/rule` of every rule that took part. */
  readonly ruleIds: readonly string[];
}

const policySchema = z.object({
  meta: z.looseObject({ version: z.union([z.string(), z.number()]) }),
  rules: z.array(
    z.strictObject({
      id: z.string().min(1).optional(),
      effect: z.enum(["allow", "deny"]),
      actions: z.array(z.string()).optional(),
      subject: z.strictObject({ roles: z.array(z.string()).optional() }).optional(),
      resource: z
        .strictObject({
          type: z.string().optional(),
          attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
        })
        .optional(),
      conditions: z.array(z.strictObject({ expression: z.string().min(1) })).optional(),
      reason: z.string().optional(),
    }),
  ),
});

interface CompiledPolicyRule {
  readonly rule: PolicyRule;
  readonly id: string;
  readonly conditions: readonly CompiledExpression[];
}

export class PolicyEngine {
  readonly #policies = new Map<string, Map<string, readonly CompiledPolicyRule[]>>();
  readonly #latest = new Map<string, string>();

  /** @throws DomainError `policy-invalid` or `expression-refused`, with the path. */
  constructor(policies: readonly PolicySpec[]) {
    for (const [index, policy] of policies.entries()) {
      parseWith(policySchema, policy, { code: "policy-invalid" });
      const name = nameOf(policy.meta);
      const version = parseVersion(policy.meta.version);
      if (name === undefined || version === undefined)
        throw new DomainError({
          code: "policy-invalid",
          path: `policies[${index}].meta`,
          message: "a policy needs a name and a semantic version",
          fix: 'Write meta: { name: "...", version: "1.0.0" }.',
        });
      const versions = this.#policies.get(name) ?? new Map<string, readonly CompiledPolicyRule[]>();
      versions.set(
        version.text,
        policy.rules.map((rule, at) => compileRule(structuredClone(rule), `${name}/${rule.id ?? at}`, `policies[${index}].rules[${at}]`)),
      );
      this.#policies.set(name, versions);
      const latest = this.#latest.get(name);
      if (latest === undefined || compareVersions(version, parseVersion(latest)!) > 0) this.#latest.set(name, version.text);
    }
  }

  /** Never throws: what it cannot make out is denied. */
  decide({ action, subject, resource, policies }: PolicyRequest): PolicyDecision {
    if (policies.length === 0) return { effect: "deny", reason: "no policy was named", ruleIds: [] };
    const context = { action, subject, resource };
    const ruleIds: string[] = [];
    const reasons: string[] = [];
    for (const ref of policies) {
      const name = nameOf(ref) ?? "";
      const rules = this.#rulesOf(ref);
      if (rules === undefined) return { effect: "deny", reason: `unknown policy ${name} ${ref.version}`, ruleIds };
      const matching = rules.filter((rule) => appliesTo(rule, context));
      ruleIds.push(...matching.map(({ id }) => id));
      const denying = matching.find(({ rule }) => rule.effect === "deny");
      if (denying !== undefined) return { effect: "deny", reason: denying.rule.reason ?? `denied by ${denying.id}`, ruleIds };
      if (matching.length === 0) return { effect: "deny", reason: `nothing in ${name} allows ${action}`, ruleIds };
      reasons.push(matching[0]!.rule.reason ?? `allowed by ${matching[0]!.id}`);
    }
    return { effect: "allow", reason: reasons.join("; "), ruleIds };
  }

  #rulesOf(ref: PolicyRef): readonly CompiledPolicyRule[] | undefined {
    const name = nameOf(ref) ?? "";
    // Programs without types may leave the version out: the latest then.
    const version = (ref.version as unknown) === undefined ? this.#latest.get(name) : parseVersion(ref.version)?.text;
    return version === undefined ? undefined : this.#policies.get(name)?.get(version);
  }
}

/** A `policyChecker` for the evaluator that asks an engine the published way: the context's flags are the roles. */
export function policyCheckerOf(engine: { decide(request: PolicyRequest): { readonly effect: string } }) {
  return (policy: PolicyRef, context: ExperimentContext): boolean =>
    engine.decide({
      action: "experiment_targeting",
      subject: { roles: context.flags, attributes: context.attributes },
      resource: { type: "experiment", attributes: { name: context.experiment } },
      policies: [policy],
    }).effect === "allow";
}

/** Whether a policy forbids at least what another forbids: every deny is kept, every allow is one of the other's, perhaps with more conditions. */
export function isTighterPolicy(before: PolicySpec, after: PolicySpec): boolean {
  const kept = (rule: PolicyRule): boolean =>
    after.rules.some((other) => other.effect === "deny" && sameScope(rule, other) && includesAll(conditionsOf(rule), conditionsOf(other)));
  const known = (rule: PolicyRule): boolean =>
    before.rules.some(
      (other) => other.effect === "allow" && sameScope(rule, other) && includesAll(conditionsOf(rule), conditionsOf(other)),
    );
  return (
    Array.isArray(before.rules) &&
    Array.isArray(after.rules) &&
    before.rules.filter(({ effect }) => effect === "deny").every(kept) &&
    after.rules.filter(({ effect }) => effect === "allow").every(known)
  );
}

function sameScope(a: PolicyRule, b: PolicyRule): boolean {
  return JSON.stringify([a.actions, a.subject, a.resource]) === JSON.stringify([b.actions, b.subject, b.resource]);
}

function conditionsOf({ conditions = [] }: PolicyRule): string[] {
  return conditions.map(({ expression }) => expression);
}

function includesAll(all: readonly string[], some: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}

function compileRule(rule: PolicyRule, id: string, path: string): CompiledPolicyRule {
  const conditions = conditionsOf(rule).map((expression, at) => {
    try {
      return compileExpression(expression);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const { code, message, fix } = error;
      throw new DomainError({ code, path: `${path}.conditions[${at}].expression`, message, fix, value: expression }, { cause: error });
    }
  });
  return { rule, id, conditions };
}

function appliesTo({ rule, conditions }: CompiledPolicyRule, context: Pick<PolicyRequest, "action" | "subject" | "resource">): boolean {
  const { actions, subject, resource, effect } = rule;
  if (actions !== undefined && !actions.includes(context.action)) return false;
  if (subject?.roles !== undefined && !subject.roles.some((role) => context.subject.roles?.includes(role) ?? false)) return false;
  if (resource?.type !== undefined && resource.type !== context.resource.type) return false;
  const attributes = context.resource.attributes ?? {};
  if (!Object.entries(resource?.attributes ?? {}).every(([key, value]) => Object.hasOwn(attributes, key) && attributes[key] === value))
    return false;
  try {
    return conditions.every((condition) => Boolean(condition.evaluate(context)));
  } catch {
    // Fails closed: an allow whose condition cannot be read does not allow, a deny whose condition cannot be read denies.
    return effect === "deny";
  }
}
