// Face of preflight/: five guards over a brief and its variants.
export { budgetGuard, experimentCostUsd } from "./budgetGuard.ts";
export { formatGuard } from "./formatGuard.ts";
export type { Guard } from "./guard.ts";
export type { Budgets, PreflightAccount, PreflightInput, RecentPost } from "./input.ts";
export { policyGuard } from "./policyGuard.ts";
export { preflight, preflightBeforeSubmit } from "./preflight.ts";
export { riskScan } from "./riskScan.ts";
export { textSimilarity, uniquenessGuard } from "./uniquenessGuard.ts";
