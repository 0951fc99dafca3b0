// The one shape of the five guards: data in, findings out, never an early stop (preflight note 1).
import { type GuardIssue, type GuardName, type GuardResult, worstGuardVerdict } from "../domain/index.ts";
import type { PreflightInput } from "./input.ts";
import type { GuardContext } from "./ports.ts";

export interface GuardFindings {
  readonly issues: readonly GuardIssue[];
  /** Every rule that took part for this input, also where it found nothing. */
  readonly ruleIds: readonly string[];
}

export interface Guard {
  readonly name: GuardName;
  /** True if the result depends on the content alone, so that it may be kept; the others run again before every submit. */
  readonly isContentGuard: boolean;
  check(input: PreflightInput, context: GuardContext): GuardFindings;
  /** Rule packs, catalogues and hashers with their versions. */
  versions(context: GuardContext): Readonly<Record<string, string>>;
}

export function runGuard(guard: Guard, input: PreflightInput, context: GuardContext): GuardResult {
  const { issues, ruleIds } = guard.check(input, context);
  return {
    guard: guard.name,
    verdict: worstGuardVerdict(issues.map(({ verdict }) => verdict)),
    ruleIds: [...new Set([...ruleIds, ...issues.map(({ ruleId }) => ruleId)])],
    issues: [...issues],
    versions: { ...guard.versions(context) },
  };
}
