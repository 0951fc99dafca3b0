// Preflight: all five guards, always, so that a person sees every problem at once.
import { type PreflightReport, worstGuardVerdict } from "../domain/index.ts";
import { budgetGuard } from "./budgetGuard.ts";
import { formatGuard } from "./formatGuard.ts";
import { runGuard } from "./guard.ts";
import type { PreflightInput } from "./input.ts";
import { policyGuard } from "./policyGuard.ts";
import { riskScan } from "./riskScan.ts";
import { uniquenessGuard } from "./uniquenessGuard.ts";

/** Runs every guard on every variant; pure. A block stops, `unverified` and `review` ask a human. */
export function preflight(input: PreflightInput): PreflightReport {
  const guards = [policyGuard, budgetGuard, formatGuard, uniquenessGuard, riskScan].map((guard) => runGuard(guard, input));
  return {
    ...(input.experimentId !== undefined && { experimentId: input.experimentId }),
    verdict: worstGuardVerdict(guards.map(({ verdict }) => verdict)),
    guards,
    contentHashes: input.variants.map(({ contentHash }) => contentHash),
    asOf: input.nowMs,
  };
}

/** The guards that depend on time and on the account's state: run again right before a submit. */
export function preflightBeforeSubmit(input: PreflightInput): PreflightReport {
  const guards = [policyGuard, budgetGuard].map((guard) => runGuard(guard, input));
  return {
    verdict: worstGuardVerdict(guards.map(({ verdict }) => verdict)),
    guards,
    contentHashes: input.variants.map(({ contentHash }) => contentHash),
    asOf: input.nowMs,
  };
}
