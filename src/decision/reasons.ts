// The words of a decision: reasons for and against, and what a rule says when it is its turn.
import type { Brief, Decision, DecisionKind } from "../domain/index.ts";

export type Reason = Decision["reasons"][number];

/** What a rule says when it is its turn; the first that says anything decides. */
export interface Ruling {
  readonly kind: DecisionKind;
  readonly reasons: readonly Reason[];
  readonly winner?: string;
}

export function leadsText(variantId: string, leads: readonly string[], { successProxies }: Brief, needed: number): string {
  return `${variantId} leads on ${leads.length} of ${successProxies.length} proxies (${leads.join(", ") || "none"}); ${needed} are needed`;
}

export function gate(rule: string, isOpen: boolean, message: string): Reason {
  return { rule, outcome: isOpen ? "for" : "against", message };
}

export function against(rule: string, message: string): Reason {
  return { rule, outcome: "against", message };
}

export function note(rule: string, message: string): Reason {
  return { rule, outcome: "note", message };
}

/** Three digits; `unknown` for null. */
export function text(value: number | null): string {
  return value === null ? "unknown" : String(Number(value.toPrecision(3)));
}
