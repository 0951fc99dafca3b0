// The one shape of the five guards: data in, findings out, never an early stop (preflight note 1).
import { type GuardIssue, type GuardName, type GuardResult, worstGuardVerdict } from "../domain/index.ts";
import type { PreflightInput } from "./input.ts";

export interface Guard {
  readonly name: GuardName;
  /** Every rule that takes part for this input, also where it finds nothing. */
  ruleIds(input: PreflightInput): string[];
  check(input: PreflightInput): GuardIssue[];
  /** Rule packs, catalogues and hashers with their versions. */
  readonly versions: Readonly<Record<string, string>>;
}

export function runGuard(guard: Guard, input: PreflightInput): GuardResult {
  const issues = guard.check(input);
  return {
    guard: guard.name,
    verdict: worstGuardVerdict(issues.map(({ verdict }) => verdict)),
    ruleIds: guard.ruleIds(input),
    issues,
    versions: { ...guard.versions },
  };
}
