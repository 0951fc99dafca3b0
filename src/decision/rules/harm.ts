// 3. Harm, at any time: guardrails that pause, publish failures, the any-time harm process on the index and on each guardrail metric. All that was
// found is kept; the severest acts. Source: validity note 2.5, 2.6.
import { breachText } from "../guardrails/words.ts";
import type { Facts } from "../facts.ts";
import { against, type Reason, type Ruling, text } from "../reasons.ts";

export function harm(facts: Facts): Ruling | null {
  const { guardrails, failures, isFinal, armFailures, arms, metricHarm, policy } = facts;
  const limit = (policy.harm.eValuePerArm ?? Infinity) * arms.length;
  const pauses: Reason[] = [
    ...guardrails.breaches.filter(({ action }) => action === "pause").map((breach) => against("guardrail", breachText(breach))),
    // At the end nothing is left to be published: what a person has let go on after a pause is not stopped again.
    ...(failures?.action === "pause" && !isFinal ? [against("failures", failures.message)] : []),
  ];
  const stops: Reason[] = [
    ...armFailures.map((message) => against("harm", `the attempts of one arm fail: ${message}`)),
    ...arms
      .filter(({ isHarmful }) => isHarmful)
      .map(({ evidence }) =>
        against("harm", `${evidence.variantId} does worse than control: e-value ${text(evidence.harmE)}, limit ${text(limit)}`),
      ),
    ...metricHarm
      .filter(({ isHarmful }) => isHarmful)
      .map(({ variantId, guardrailId, harmE }) =>
        against("harm", `${variantId} harms what guardrail ${guardrailId} watches: e-value ${text(harmE)}, limit ${text(limit)}`),
      ),
  ];
  if (facts.rule === "attempts" && stops.length > 0) return { kind: "stop", reasons: [...stops, ...pauses] };
  if (pauses.length > 0) return { kind: "pause", reasons: [...pauses, ...stops] };
  return stops.length > 0 ? { kind: "stop", reasons: stops } : null;
}
