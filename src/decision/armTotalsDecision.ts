// What may be concluded from a finished experiment known by its arm totals. The rules speak in order; the first that applies decides:
// validity, then whether the arms differ at all, then whether the difference can be credited to one field, then what a wrong pick costs.
import type { DecisionKind, Verdict } from "../domain/index.ts";
import type { ArmTotalsFigures } from "./armTotals.ts";

export interface ArmTotalsDecisionPolicy {
  /** Omnibus p below which the arms differ enough to ship the best. */
  readonly shipBelow: number;
  /** Omnibus p below which a difference is worth another experiment (the exploratory level). */
  readonly hypothesisBelow: number;
  /** Highest expected loss of the best arm, as a share of its rate (about log units). */
  readonly expectedLossMax: number;
}

export const defaultArmTotalsDecisionPolicy: ArmTotalsDecisionPolicy = { shipBelow: 0.01, hypothesisBelow: 0.1, expectedLossMax: 0.05 };

export interface ArmTotalsDecision {
  readonly kind: Extract<DecisionKind, "ship" | "hypothesis" | "iterate" | "insufficient" | "invalid">;
  readonly reasons: readonly { readonly rule: string; readonly outcome: "for" | "against" | "note"; readonly message: string }[];
}

export interface ArmTotalsEvidence {
  readonly validity: Verdict;
  readonly figures: ArmTotalsFigures;
  /** How many declared content fields varied; `undeclared` if no content column was declared. */
  readonly variation: "single" | "multiple" | "none" | "undeclared";
}

/** Never names a winner of an experiment that is not valid (L6) or whose evidence is missing (L7). */
export function decideArmTotals(
  { validity, figures, variation }: ArmTotalsEvidence,
  policy: ArmTotalsDecisionPolicy = defaultArmTotalsDecisionPolicy,
): ArmTotalsDecision {
  const reason = (rule: string, outcome: "for" | "against" | "note", message: string) => ({ rule, outcome, message });
  if (validity === "invalid")
    return {
      kind: "invalid",
      reasons: [reason("validity", "against", "The allocation is not the planned one: outcomes are informational only.")],
    };
  const { p } = figures.outcome;
  const best = figures.best === null ? undefined : figures.arms[figures.best];
  if (validity === "insufficient" || p === null || best === undefined || best.rate === null || best.rate === 0)
    return { kind: "insufficient", reasons: [reason("evidence", "against", "There are too few units or successes to judge.")] };
  if (p >= policy.hypothesisBelow)
    return {
      kind: "iterate",
      reasons: [reason("difference", "against", `The arms are not told apart (p ${rounded(p)}, needed below ${policy.hypothesisBelow}).`)],
    };
  const differ = reason("difference", "for", `The arms differ (p ${rounded(p)}).`);
  if (variation !== "single")
    return { kind: "hypothesis", reasons: [differ, reason("attribution", "against", notAttributable[variation])] };
  const single = reason("attribution", "for", "One field varied, so the difference is its own.");
  const loss = best.expectedLoss / best.rate;
  const lossIsSmall = loss <= policy.expectedLossMax;
  const lossReason = reason(
    "expectedLoss",
    lossIsSmall ? "for" : "against",
    `Picking the leading arm costs ${rounded(100 * loss)} % of its rate on average (at most ${100 * policy.expectedLossMax} %).`,
  );
  if (p >= policy.shipBelow)
    return {
      kind: "hypothesis",
      reasons: [differ, single, reason("level", "against", `Shipping needs p below ${policy.shipBelow}.`), lossReason],
    };
  return { kind: lossIsSmall ? "ship" : "hypothesis", reasons: [differ, single, lossReason] };
}

const notAttributable = {
  multiple: "Several fields varied at once: no field gets the credit.",
  none: "No declared field varied: what made the difference is not recorded.",
  undeclared: "No content columns are declared: what varied is not known.",
} as const;

const rounded = (value: number) => String(Number(value.toPrecision(2)));
