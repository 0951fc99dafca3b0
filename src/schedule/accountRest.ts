// What signals of an account mean for a plan: some are waited out, some forbid a plan until a person has cleared them (platforms note 2.7).
import { coolDownOf } from "../catalogue/index.ts";
import type { AccountSignal, Issue, PlanAccount } from "../domain/index.ts";

const hourMs = 3_600_000;

/**
 * @param nowMs the present, from which a signal without a time is counted.
 * @returns the instant before which the account rests, and why there can be no plan at all, if so.
 */
export function accountRest(account: PlanAccount, nowMs: number): { readonly untilMs: number; readonly issues: readonly Issue[] } {
  let untilMs = -Infinity;
  const open = new Set<AccountSignal>();
  for (const signal of account.openSignals) {
    const { until, hours } = coolDownOf(signal);
    if (until === "cleared") open.add(signal);
    else if (until === "hours") untilMs = Math.max(untilMs, nowMs + hours * hourMs);
  }
  for (const { signal, atMs, clearedAtMs } of account.signals) {
    const { until, hours } = coolDownOf(signal);
    if (until === "content") continue;
    if (until === "cleared" && clearedAtMs === null) open.add(signal);
    untilMs = Math.max(untilMs, atMs + hours * hourMs, until === "cleared" ? (clearedAtMs ?? -Infinity) : -Infinity);
  }
  const issues = [...open].map((signal) => ({
    code: "account-signal-open",
    path: "account.openSignals",
    message: `${account.id} has an open ${signal}, and nothing is planned on it until a person has cleared that`,
    fix: `Look at the account on ${account.platform}, clear the ${signal}, and plan again.`,
  }));
  return { untilMs, issues };
}
