// Best practice as rules (assignment note 2.11): every finding says where and what to do.
import type { RegisteredExperiment } from "../types.ts";
import type { LintContext, LintHit, LintRule } from "./rule.ts";
import { controlHasOverrides } from "./rules/controlHasOverrides.ts";
import { controlWithoutWeight } from "./rules/controlWithoutWeight.ts";
import { gatePlusRandomFallback } from "./rules/gatePlusRandomFallback.ts";
import { metricEventUnknown } from "./rules/metricEventUnknown.ts";
import { metricMissing } from "./rules/metricMissing.ts";
import { metricNotReviewed } from "./rules/metricNotReviewed.ts";
import { metricPropertyMissing } from "./rules/metricPropertyMissing.ts";
import { metricSampled } from "./rules/metricSampled.ts";
import { overrideCollision } from "./rules/overrideCollision.ts";
import { overrideIrreversible } from "./rules/overrideIrreversible.ts";
import { ownershipMissing } from "./rules/ownershipMissing.ts";
import { ruleWithoutPolicy } from "./rules/ruleWithoutPolicy.ts";
import { singleVariant } from "./rules/singleVariant.ts";
import { targetedNotRandomised } from "./rules/targetedNotRandomised.ts";
import { tooManyRules } from "./rules/tooManyRules.ts";
import { unitsWouldMove } from "./rules/unitsWouldMove.ts";
import { unreachableRule } from "./rules/unreachableRule.ts";
import { versionNotBumped } from "./rules/versionNotBumped.ts";
import { windowMissing } from "./rules/windowMissing.ts";
import { windowTooLong } from "./rules/windowTooLong.ts";
import { winnerNotPromoted } from "./rules/winnerNotPromoted.ts";

export interface LintFinding extends LintHit {
  readonly ruleId: string;
  readonly severity: LintRule["severity"];
}

export const lintRules: readonly LintRule[] = [
  windowMissing,
  windowTooLong,
  versionNotBumped,
  unitsWouldMove,
  singleVariant,
  controlWithoutWeight,
  controlHasOverrides,
  overrideIrreversible,
  overrideCollision,
  metricMissing,
  metricEventUnknown,
  metricNotReviewed,
  metricPropertyMissing,
  metricSampled,
  tooManyRules,
  ruleWithoutPolicy,
  targetedNotRandomised,
  gatePlusRandomFallback,
  unreachableRule,
  winnerNotPromoted,
  ownershipMissing,
];

/** What best practice has to say about an experiment, rule by rule. Rules whose context is not given say nothing. */
export function lintExperiment(experiment: RegisteredExperiment, context: LintContext = {}): LintFinding[] {
  return lintRules.flatMap((rule) =>
    rule.check(experiment, context).map(({ path, message, fix }) => ({ ruleId: rule.id, severity: rule.severity, path, message, fix })),
  );
}
