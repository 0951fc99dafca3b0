// Matches rule documents against facts: any deny decides, every matching requirement has to be met, and a write needs an allow (deny overrides,
// default deny; preflight note 2.1). A fact nobody knows never lets anything through.
import { DomainError } from "../../domain/index.ts";
import type { RuleDocument, RuleSet } from "./document.ts";
import { isoDateMs } from "./isoDate.ts";

export type Fact = string | boolean | number;
/** A list is a set of facts that all hold; undefined is not known, which is not the same as an empty list. */
export type Facts = Readonly<Record<string, Fact | readonly Fact[] | undefined>>;

export interface RuleQuestion {
  readonly facts: Facts;
  /** Obligations that are met already. */
  readonly met: ReadonlySet<string>;
  /** True for a write: without an allow it is denied. */
  readonly needsAllow: boolean;
  readonly atMs: number;
}

export interface UnmetRule {
  readonly rule: RuleDocument;
  readonly obligations: readonly string[];
}

export interface RuleDecision {
  readonly outcome: "allowed" | "obliged" | "denied";
  /** Every rule that took part, in document order. */
  readonly matched: readonly RuleDocument[];
  readonly denied: readonly RuleDocument[];
  readonly unmet: readonly UnmetRule[];
  readonly warned: readonly RuleDocument[];
  /** Rules that would speak if a fact nobody knows held; with the names of those facts. */
  readonly unread: readonly { readonly rule: RuleDocument; readonly attributes: readonly string[] }[];
  /** Rules past their day. An expired allow allows nothing, an expired deny denies nothing; a person should know of both. */
  readonly expired: readonly RuleDocument[];
  /** True if a write was asked for and no rule allows it. */
  readonly lacksAllow: boolean;
  /** The earliest day on which a rule that took part ends, as an instant: the decision is stale from then on. */
  readonly expiresAtMs: number | null;
}

export interface RuleMatcher {
  readonly version: string;
  /** O(rules x conditions). Pure. */
  decide(question: RuleQuestion): RuleDecision;
}

type Truth = "yes" | "no" | "unknown";

interface Condition {
  readonly attribute: string;
  readonly values: ReadonlySet<Fact>;
}

interface Compiled {
  readonly rule: RuleDocument;
  readonly when: readonly Condition[];
  readonly unless: readonly Condition[];
  readonly expiresMs: number;
}

/**
 * Compiles rule sets, the product's and a client's together.
 * @param attributes the facts that conditions may speak about; another name is a spelling mistake that would never match.
 * @throws DomainError `rule-attribute-unknown`, `rule-duplicate`.
 */
export function compileRules(sets: readonly RuleSet[], attributes: readonly string[]): RuleMatcher {
  const ids = new Set<string>();
  const compiled = sets.flatMap(({ rules }) =>
    rules.map((rule, at): Compiled => {
      if (ids.has(rule.id)) throw duplicate(rule.id, at);
      ids.add(rule.id);
      return {
        rule,
        when: conditions(rule.when, `rules[${at}].when`, attributes),
        unless: conditions(rule.unless ?? {}, `rules[${at}].unless`, attributes),
        expiresMs: rule.expires === undefined ? Infinity : isoDateMs(rule.expires),
      };
    }),
  );
  return { version: sets.map(({ version }) => version).join("+"), decide: (question) => decide(compiled, question) };
}

function decide(rules: readonly Compiled[], { facts, met, needsAllow, atMs }: RuleQuestion): RuleDecision {
  const matched: RuleDocument[] = [];
  const denied: RuleDocument[] = [];
  const unmet: UnmetRule[] = [];
  const warned: RuleDocument[] = [];
  const unread: { rule: RuleDocument; attributes: string[] }[] = [];
  const expired: RuleDocument[] = [];
  let isAllowed = false;
  let expiresMs = Infinity;

  for (const { rule, when, unless, expiresMs: ruleExpiresMs } of rules) {
    const truth = applies(rule, when, unless, facts);
    if (truth === "no") continue;
    if (ruleExpiresMs <= atMs) {
      expired.push(rule);
      continue;
    }
    if (truth === "unknown") {
      // An allow that may not hold allows nothing; anything stricter has to be looked at.
      if (rule.effect !== "allow")
        unread.push({ rule, attributes: when.filter(({ attribute }) => facts[attribute] === undefined).map(({ attribute }) => attribute) });
      continue;
    }
    matched.push(rule);
    expiresMs = Math.min(expiresMs, ruleExpiresMs);
    switch (rule.effect) {
      case "allow":
        isAllowed = true;
        break;
      case "deny":
        denied.push(rule);
        break;
      case "warn":
        warned.push(rule);
        break;
      default: {
        const missing = rule.obligations!.filter((obligation) => !met.has(obligation));
        if (missing.length > 0) unmet.push({ rule, obligations: missing });
      }
    }
  }

  const lacksAllow = needsAllow && !isAllowed;
  return {
    outcome: denied.length > 0 || lacksAllow ? "denied" : unmet.length > 0 || unread.length > 0 ? "obliged" : "allowed",
    matched,
    denied,
    unmet,
    warned,
    unread,
    expired,
    lacksAllow,
    expiresAtMs: Number.isFinite(expiresMs) ? expiresMs : null,
  };
}

function applies(rule: RuleDocument, when: readonly Condition[], unless: readonly Condition[], facts: Facts): Truth {
  const truth = allHold(when, facts);
  if (truth === "no" || unless.length === 0) return truth;
  const lifted = allHold(unless, facts);
  if (lifted === "yes") return "no";
  // What may lift a rule and is not known lifts nothing; for an allow that means that it does not hold.
  return lifted === "unknown" && rule.effect === "allow" ? "no" : truth;
}

function allHold(conditions: readonly Condition[], facts: Facts): Truth {
  let truth: Truth = "yes";
  for (const condition of conditions) {
    const one = holds(condition, facts);
    if (one === "no") return "no";
    if (one === "unknown") truth = "unknown";
  }
  return truth;
}

function holds({ attribute, values }: Condition, facts: Facts): Truth {
  const fact = facts[attribute];
  if (fact === undefined) return "unknown";
  if (typeof fact !== "object") return values.has(fact) ? "yes" : "no";
  return fact.some((each) => values.has(each)) ? "yes" : "no";
}

function conditions(document: RuleDocument["when"], path: string, attributes: readonly string[]): Condition[] {
  return Object.entries(document).map(([attribute, value]) => {
    if (!attributes.includes(attribute))
      throw new DomainError({
        code: "rule-attribute-unknown",
        path: `${path}.${attribute}`,
        message: `no fact is called ${attribute}, so this rule would never speak`,
        fix: `Use one of ${attributes.join(", ")}.`,
        value: attribute,
      });
    return { attribute, values: new Set(Array.isArray(value) ? value : [value]) };
  });
}

function duplicate(id: string, at: number): DomainError {
  return new DomainError({
    code: "rule-duplicate",
    path: `rules[${at}].id`,
    message: `two rules are called "${id}"`,
    fix: "Give each rule its own id, also across rule sets.",
    value: id,
  });
}
