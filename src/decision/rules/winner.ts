// 5. A winner passes every gate: leads, exact test within its budget, expected loss, clean guardrails, acknowledged warnings, review. Of several the
// one with the largest shrunken lift. People can only make less of it. Source: validity note 2.5.
import type { MetricHarm } from "../guardrails/metricHarm.ts";
import { breachText } from "../guardrails/words.ts";
import type { ArmFacts, Facts } from "../facts.ts";
import { against, gate, note, type Reason, type Ruling, text } from "../reasons.ts";

export function winner(facts: Facts): Ruling | null {
  const { preset, arms } = facts;
  if (preset.names === "none") return null;
  const best = strongest(arms.filter((arm) => gatesOf(facts, arm).every(isOpen)));
  if (best === undefined) return null;
  const gates = gatesOf(facts, best);
  const { variantId } = best.evidence;
  const reviewed = reviewGate(facts);
  if (reviewed?.outcome === "against")
    return { kind: facts.input.review === undefined || reviewed.rule === "reviewer" ? "hold" : "iterate", reasons: [reviewed, ...gates] };
  return {
    kind: preset.names,
    winner: variantId,
    reasons: [...gates, ...(reviewed === null ? [] : [reviewed]), ...labels(facts)],
  };
}

/** Every gate of one arm but the review, open or shut; the loss last, as it is asked of what passed the others. */
export function gatesOf(facts: Facts, arm: ArmFacts): Reason[] {
  const loss = ({ rule }: Reason): boolean => rule === "expectedLoss";
  return [
    ...arm.gates.filter((gate) => !loss(gate)),
    guardrailGate(facts, arm.evidence.variantId),
    warningGate(facts),
    ...arm.gates.filter(loss),
  ];
}

/** The arm that is furthest ahead. */
export function strongest(arms: readonly ArmFacts[]): ArmFacts | undefined {
  return arms.reduce<ArmFacts | undefined>((best, arm) => (best === undefined || arm.strength > best.strength ? arm : best), undefined);
}

function isOpen({ outcome }: Reason): boolean {
  return outcome !== "against";
}

/** Clean: none breached and, where the preset asks, no harm on the metrics they watch. */
function guardrailGate({ guardrails, preset, metricHarm, policy }: Facts, variantId: string): Reason {
  const acting = guardrails.breaches.filter(({ action }) => action !== "warn");
  const harms = preset.guardrails === "noBreach" ? [] : metricHarm.filter((one) => one.variantId === variantId);
  const harmText = (one: MetricHarm): string =>
    `${variantId} moves what guardrail ${one.guardrailId} watches by ${text(one.pointHarm)} log units (margin ${text(-policy.harm.marginLog)}), harm e-value ${text(one.harmE)}` +
    (preset.guardrails === "nonInferior" ? `, p of being within the margin ${text(one.nonInferiorityP)}` : "");
  const faults = [...acting.map(breachText), ...harms.filter(({ isClean }) => !isClean).map(harmText)];
  if (faults.length > 0) return against("guardrails", faults.join("; "));
  const warned =
    guardrails.breaches.length === 0 ? "no guardrail is breached" : `at most warned: ${guardrails.breaches.map(breachText).join("; ")}`;
  return gate("guardrails", true, [warned, ...harms.map(harmText)].join("; "));
}

function warningGate({ input: { validity, review } }: Facts): Reason {
  const open = validity.checks.filter(({ verdict, checkId }) => verdict === "warn" && review?.acknowledged.includes(checkId) !== true);
  return gate(
    "warnings",
    open.length === 0,
    open.length === 0 ? "no validity warning is open" : `nobody has acknowledged ${open.map(({ checkId }) => checkId).join(", ")}`,
  );
}

/** null where nobody has to look and nobody has; a confounder once found always counts. */
function reviewGate({ preset, input: { review } }: Facts): Reason | null {
  if (review === undefined || review.reviewer === "")
    return preset.review === "none" ? null : against("review", "a review for confounders has not been made yet");
  if (review.confounders.length > 0) return against("review", `${review.reviewer} found ${review.confounders.join(", ")}`);
  if (preset.review === "person" && review.by !== "person")
    return against("reviewer", `${review.reviewer} is not known to be a person, and this preset asks for one`);
  return gate("review", true, `${review.reviewer} found no confounder`);
}

function labels({ preset, presetName }: Facts): Reason[] {
  return [
    ...(preset.names === "hypothesis" ? [note("exploratory", "a hypothesis to test again, not something to ship")] : []),
    ...(preset.test === "none"
      ? [
          note(
            presetName,
            `this rule tests nothing: it names a winner in about ${Math.round(100 * (preset.falseWinnerRate ?? 1))} of 100 experiments with two arms in which neither is better, and in more with more arms`,
          ),
        ]
      : []),
  ];
}
