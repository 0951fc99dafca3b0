// Guardrails in words, for reasons and reports.
import type { Breach, SilentGuardrail } from "./breaches.ts";

export function breachText({ guardrail, value }: Pick<Breach, "guardrail" | "value">): string {
  return `guardrail ${guardrail.id}: ${guardrail.statistic} is ${Number(value.toPrecision(3))}, limit ${guardrail.comparator} ${guardrail.threshold}`;
}

export function silenceText({ guardrail, postIds }: SilentGuardrail): string {
  return `guardrail ${guardrail.id} has no data: ${guardrail.statistic} of ${postIds.length} posts could not be read, though their grace is over`;
}
